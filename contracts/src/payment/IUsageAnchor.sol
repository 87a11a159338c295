// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Public digests of usage
/// @notice Whoever keeps receipts of calls anchors one Merkle root over them for every epoch, and can prove later, to
/// anybody, that a receipt was among them at that time. What an epoch is, the sender decides; an anchor is never changed.
/// Nobody owns this contract, and it holds nothing.
///
/// The tree is that of OpenZeppelin's `MerkleProof`: inner nodes hash their two children in ascending order. A leaf is
/// keccak256(keccak256(abi.encode(chainid, this contract, sender, epoch, receipt))): hashed twice, so that no inner node is
/// a leaf, and bound to one place, so that no sender can pass a root of another one off as its own.
interface IUsageAnchor {
    /// @notice `sender` answers for `count` receipts of `epoch` under `root`.
    /// @param cid where the receipts can be read, CIDv1 in its binary form; empty if they are not published
    event UsageAnchored(address indexed sender, uint64 indexed epoch, bytes32 root, uint64 count, bytes cid);

    /// @notice The sender has anchored this epoch already.
    error EpochAnchored(address sender, uint64 epoch);

    /// @notice There is nothing to anchor: no root, or no receipt.
    error NothingAnchored();

    /// @notice Not a binary CIDv1 of at most 64 bytes.
    error MalformedCid(bytes cid);

    /// @notice Anchors the caller's receipts of `epoch`. Open to anyone, once per caller and epoch, in any order.
    /// @param root over at least one receipt
    /// @param count of receipts, at least 1; nobody checks it
    /// @param cid where the receipts can be read, at most 64 bytes; may be empty
    function anchor(uint64 epoch, bytes32 root, uint64 count, bytes calldata cid) external;

    /// @notice Whether `receipt` was among what `sender` anchored for `epoch`.
    /// @param receipt digest of the receipt
    /// @param proof siblings from the leaf up; empty if it is the only receipt
    function verify(address sender, uint64 epoch, bytes32 receipt, bytes32[] calldata proof)
        external
        view
        returns (bool);

    /// @notice The leaf that stands for `receipt` in the tree of `sender` and `epoch`.
    function leafOf(address sender, uint64 epoch, bytes32 receipt) external view returns (bytes32);

    /// @notice What `sender` anchored for `epoch`, zero if nothing.
    function rootOf(address sender, uint64 epoch) external view returns (bytes32);
}
