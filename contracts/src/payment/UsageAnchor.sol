// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IUsageAnchor} from "./IUsageAnchor.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

contract UsageAnchor is IUsageAnchor {
    uint256 private constant MAX_CID_BYTES = 64;

    /// @inheritdoc IUsageAnchor
    mapping(address sender => mapping(uint64 epoch => bytes32)) public rootOf;

    /// @inheritdoc IUsageAnchor
    function anchor(uint64 epoch, bytes32 root, uint64 count, bytes calldata cid) external {
        if (root == 0 || count == 0) revert NothingAnchored();
        if (cid.length > 0 && (cid.length < 4 || cid.length > MAX_CID_BYTES || cid[0] != 0x01)) {
            revert MalformedCid(cid);
        }
        if (rootOf[msg.sender][epoch] != 0) revert EpochAnchored(msg.sender, epoch);

        rootOf[msg.sender][epoch] = root;
        emit UsageAnchored(msg.sender, epoch, root, count, cid);
    }

    /// @inheritdoc IUsageAnchor
    function verify(address sender, uint64 epoch, bytes32 receipt, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        return MerkleProof.verifyCalldata(proof, rootOf[sender][epoch], leafOf(sender, epoch, receipt));
    }

    /// @inheritdoc IUsageAnchor
    function leafOf(address sender, uint64 epoch, bytes32 receipt) public view returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(block.chainid, address(this), sender, epoch, receipt))));
    }
}
