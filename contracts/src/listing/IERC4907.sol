// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title EIP-4907: a user beside the owner of an ERC-721 token
interface IERC4907 {
    /// @notice `user` uses the token until `expires`; a zero user is nobody.
    event UpdateUser(uint256 indexed tokenId, address indexed user, uint64 expires);

    /// @notice Sets the user of a token. For its owner or an operator that may transfer it.
    /// @param expires last second of the use, in UNIX time
    function setUser(uint256 tokenId, address user, uint64 expires) external;

    /// @notice The present user of a token; zero if there is none or the time is up.
    function userOf(uint256 tokenId) external view returns (address);

    /// @notice When the use ends or ended; zero if there is none.
    function userExpires(uint256 tokenId) external view returns (uint256);
}
