// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICommunityDistributor} from "./ICommunityDistributor.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

contract CommunityDistributor is ICommunityDistributor {
    using BitMaps for BitMaps.BitMap;
    using SafeERC20 for IERC20;

    /// @inheritdoc ICommunityDistributor
    IERC20 public immutable TOKEN;

    /// @inheritdoc ICommunityDistributor
    bytes32 public immutable ROOT;

    /// @inheritdoc ICommunityDistributor
    uint64 public immutable DEADLINE;

    /// @inheritdoc ICommunityDistributor
    address public immutable TREASURY;

    BitMaps.BitMap private _claimed;

    /// @param token must have been sent here before anyone can claim
    /// @param root of the tree over {leafOf}
    /// @param deadline a second in the future
    /// @param treasury gets the rest
    constructor(IERC20 token, bytes32 root, uint64 deadline, address treasury) {
        if (block.timestamp >= deadline) revert DeadlinePassed(deadline);
        if (treasury == address(0)) revert NoTreasury();
        TOKEN = token;
        ROOT = root;
        DEADLINE = deadline;
        TREASURY = treasury;
    }

    /// @inheritdoc ICommunityDistributor
    function claim(uint256 index, address account, uint256 amount, bytes32[] calldata proof) external {
        if (block.timestamp >= DEADLINE) revert DeadlinePassed(DEADLINE);
        if (_claimed.get(index)) revert AlreadyClaimed(index);
        if (!MerkleProof.verifyCalldata(proof, ROOT, leafOf(index, account, amount))) {
            revert NotOnTheList(index, account, amount);
        }

        _claimed.set(index);
        emit Claimed(index, account, amount);

        TOKEN.safeTransfer(account, amount);
    }

    /// @inheritdoc ICommunityDistributor
    function sweep() external returns (uint256 amount) {
        if (block.timestamp < DEADLINE) revert DeadlineNotReached(DEADLINE);
        amount = TOKEN.balanceOf(address(this));
        if (amount == 0) return 0;

        emit Swept(amount);

        TOKEN.safeTransfer(TREASURY, amount);
    }

    /// @inheritdoc ICommunityDistributor
    function isClaimed(uint256 index) external view returns (bool) {
        return _claimed.get(index);
    }

    /// @inheritdoc ICommunityDistributor
    function leafOf(uint256 index, address account, uint256 amount) public view returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(block.chainid, TOKEN, index, account, amount))));
    }
}
