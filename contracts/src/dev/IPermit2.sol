// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The part of Permit2 that x402 uses: single transfers by signature
/// @notice Whoever approved Permit2 for a token once can move it by signatures. The caller of a transfer is the spender
/// that the owner signed for.
interface IPermit2 {
    /// @param amount atomic units, the most that may be moved
    struct TokenPermissions {
        address token;
        uint256 amount;
    }

    /// @param nonce any number that the owner has not used, in any order
    /// @param deadline last second at which the signature holds
    struct PermitTransferFrom {
        TokenPermissions permitted;
        uint256 nonce;
        uint256 deadline;
    }

    /// @param to who receives
    /// @param requestedAmount atomic units
    struct SignatureTransferDetails {
        address to;
        uint256 requestedAmount;
    }

    /// @notice The owner made the nonces useless whose bits are set in `mask`.
    event UnorderedNonceInvalidation(address indexed owner, uint256 word, uint256 mask);

    /// @notice The deadline has passed.
    error SignatureExpired(uint256 signatureDeadline);

    /// @notice More is asked for than was signed.
    error InvalidAmount(uint256 maxAmount);

    /// @notice The nonce was used, or made useless.
    error InvalidNonce();

    /// @notice A signature without a contract has 64 or 65 bytes.
    error InvalidSignatureLength();

    /// @notice The signature is nobody's.
    error InvalidSignature();

    /// @notice The signature is somebody else's.
    error InvalidSigner();

    /// @notice The owner is a contract, and does not accept the signature.
    error InvalidContractSignature();

    /// @notice Moves tokens from `owner` as it signed for the caller.
    function permitTransferFrom(
        PermitTransferFrom calldata permit,
        SignatureTransferDetails calldata transferDetails,
        address owner,
        bytes calldata signature
    ) external;

    /// @notice Moves tokens from `owner` as it signed for the caller, together with something that the caller checks.
    /// @param witness EIP-712 hash of what was signed besides
    /// @param witnessTypeString the rest of the EIP-712 type after `deadline,`
    function permitWitnessTransferFrom(
        PermitTransferFrom calldata permit,
        SignatureTransferDetails calldata transferDetails,
        address owner,
        bytes32 witness,
        string calldata witnessTypeString,
        bytes calldata signature
    ) external;

    /// @notice Makes nonces of the caller useless.
    /// @param wordPos the nonces divided by 256
    /// @param mask a bit for each nonce of that word
    function invalidateUnorderedNonces(uint256 wordPos, uint256 mask) external;

    /// @notice Which nonces of `owner` are used: bit n of word w is nonce 256·w + n.
    function nonceBitmap(address owner, uint256 wordPos) external view returns (uint256);

    /// @notice The EIP-712 domain of the signatures, which has no version.
    // forge-lint: disable-next-line(mixed-case-function)
    function DOMAIN_SEPARATOR() external view returns (bytes32);
}
