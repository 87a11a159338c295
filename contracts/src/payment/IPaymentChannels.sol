// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The terms of one x402 `batch-settlement` channel; its EIP-712 digest is the channel's id.
/// @param payer funds the channel
/// @param payerAuthorizer signs vouchers; zero means the payer itself, by ERC-1271
/// @param receiver earns the claimed sum
/// @param receiverAuthorizer signs claims and refunds for the receiver
/// @param token the ERC-20 that is paid
/// @param withdrawDelay seconds between the payer's notice and its exit
/// @param salt lets one payer hold several channels on the same terms
struct ChannelConfig {
    address payer;
    address payerAuthorizer;
    address receiver;
    address receiverAuthorizer;
    address token;
    uint40 withdrawDelay;
    bytes32 salt;
}

/// @notice The payer's promise: up to `maxClaimableAmount` atomic units in all may be claimed from the channel.
struct Voucher {
    ChannelConfig channel;
    uint128 maxClaimableAmount;
}

/// @notice A signed voucher and the cumulative amount that the receiver takes under it.
struct VoucherClaim {
    Voucher voucher;
    bytes signature;
    uint128 totalClaimed;
}

/// @title Payment channels of the x402 scheme `batch-settlement`
/// @notice A payer deposits once, signs a cumulative voucher with every request, and the receiver claims many channels in
/// one transaction. A channel needs no opening: its terms are its id, and the first deposit creates it. This is the ABI
/// of the protocol's own contract, and behaves as it does: no owner, no parameter, no pause.
///
/// Amounts of a channel only ever count up, except that unclaimed money leaves its balance: `balance` is all that was
/// deposited less what went back to the payer, and includes `totalClaimed`.
///
/// Invariants: for every channel totalClaimed ≤ balance, and totalClaimed never falls and is never more than the payer
/// signed; for every receiver and token totalSettled ≤ totalClaimed = sum over its channels; for every token the contract
/// holds the sum of all balances less all that was settled. Nothing that happens in one channel, or to one token, delays
/// another.
///
/// What both sides must know:
/// - Only a recorded claim is safe from the payer. A voucher that is not claimed before {finalizeWithdraw} is worthless.
/// - A notice of withdrawal does not lapse. Once its delay has passed, its amount can leave at any moment.
/// - Only a recorded claim makes an old voucher useless. A channel that was emptied before anything was claimed and is
///   filled again honours the vouchers of its first life; a payer that comes back takes a new salt.
/// @dev A token that takes balances away, or more than it was asked to move, harms the channels in that token only: the
/// first to leave are paid. Signatures of the receiver's authorizer may be ECDSA or ERC-1271, EIP-7702 included. Those
/// of a payer's authorizer are ECDSA only: 65 bytes, low `s`, `v` 27 or 28.
interface IPaymentChannels {
    /// @notice The channel has money and never had a claim. Comes again if it was emptied before and is filled again.
    event ChannelCreated(bytes32 indexed channelId, ChannelConfig config);

    /// @notice The channel was emptied before anything was claimed from it.
    event ChannelClosed(bytes32 indexed channelId, ChannelConfig config);

    /// @notice `amount` arrived; the balance, claims included, is now `newBalance`.
    event Deposited(bytes32 indexed channelId, address indexed sender, uint128 amount, uint128 newBalance);

    /// @notice The receiver has earned `claimAmount` more, and `newTotalClaimed` in all.
    event Claimed(bytes32 indexed channelId, address indexed sender, uint128 claimAmount, uint128 newTotalClaimed);

    /// @notice All that `receiver` had earned and not been paid was paid to it.
    event Settled(address indexed receiver, address indexed token, address indexed sender, uint128 amount);

    /// @notice `amount` went back to the payer. It also lowers a pending withdrawal, and at zero cancels it.
    event Refunded(bytes32 indexed channelId, address indexed sender, uint128 amount);

    /// @notice The payer's side gave notice of taking `amount` out at or after `finalizeAfter`.
    event WithdrawInitiated(bytes32 indexed channelId, uint128 amount, uint40 finalizeAfter);

    /// @notice The pending withdrawal ended, and `amount` went back to the payer.
    event WithdrawFinalized(bytes32 indexed channelId, address indexed sender, uint128 amount);

    /// @notice Payer, receiver, receiver's authorizer or token is zero, or a withdrawal is not for the caller to start.
    error InvalidChannel();

    /// @notice The delay must be 900 to 2,592,000 seconds.
    error WithdrawDelayOutOfRange();

    /// @notice A deposit must be more than nothing.
    error ZeroDeposit();

    /// @notice The balance of the channel would not fit 128 bits.
    error DepositOverflow();

    /// @notice A deposit needs a collector.
    error InvalidCollector();

    /// @notice What arrived is not the amount of the deposit.
    error DepositCollectionFailed();

    /// @notice There must be at least one row to claim.
    error EmptyBatch();

    /// @notice Only the receiver or its authorizer may claim, in every row.
    error NotAuthorizedToClaim();

    /// @notice All rows must have the receiver's authorizer of the first one.
    error NotReceiverAuthorizer();

    /// @notice More would be claimed than the voucher promises.
    error ClaimExceedsCeiling();

    /// @notice More would be claimed than the channel has.
    error ClaimExceedsBalance();

    /// @notice The signature is not that of whom it must be.
    error InvalidSignature();

    /// @notice Only the receiver or its authorizer may refund.
    error NotAuthorizedToRefund();

    /// @notice A refund must be of more than nothing.
    error ZeroRefund();

    /// @notice The signed refund is not the next one of its channel.
    error InvalidRefundNonce();

    /// @notice A withdrawal must be of more than nothing.
    error NothingToWithdraw();

    /// @notice One withdrawal of the channel is pending already.
    error WithdrawalAlreadyPending();

    /// @notice No more can be withdrawn than is there and not claimed.
    error WithdrawAmountExceedsAvailable();

    /// @notice Only the payer or its authorizer may finish a withdrawal.
    error NotAuthorizedToFinalizeWithdraw();

    /// @notice No withdrawal of the channel is pending.
    error WithdrawalNotPending();

    /// @notice The delay of the channel has not passed since the notice.
    error WithdrawDelayNotElapsed();

    /// @notice Adds `amount` to a channel, and creates the channel if it is new. Open to anyone, on the payer's signature.
    /// @param amount atomic units, at least 1; exactly this must arrive, so a token that charges for transfers is refused
    /// @param collector moves the tokens; anything that does is welcome
    /// @param collectorData for the collector, usually a signature of the payer for this channel
    function deposit(ChannelConfig calldata config, uint128 amount, address collector, bytes calldata collectorData)
        external;

    /// @notice Records what the receiver has earned. Moves no token; rows that are already recorded are skipped.
    /// @dev Only for the receiver or its authorizer of every row; one bad row reverts all of them.
    function claim(VoucherClaim[] calldata voucherClaims) external;

    /// @notice As {claim}, by anyone, as signed by the receiver's authorizer that all rows share.
    /// @param authorizerSignature over {getClaimBatchDigest}. It does not expire: what it records can be recorded once.
    function claimWithSignature(VoucherClaim[] calldata voucherClaims, bytes calldata authorizerSignature) external;

    /// @notice Pays `receiver` all it has earned in `token` and not been paid. Open to anyone. Does nothing when that is
    /// nothing.
    function settle(address receiver, address token) external;

    /// @notice Gives unclaimed money back to the payer. For the receiver or its authorizer.
    /// @dev Uses up a refund nonce even if nothing is left to give back, so that a refund signed before is void.
    /// @param amount atomic units, at least 1; of less than that, all there is
    function refund(ChannelConfig calldata config, uint128 amount) external;

    /// @notice As {refund}, by anyone, as signed by the receiver's authorizer.
    /// @param nonce the current {refundNonce} of the channel
    /// @param receiverAuthorizerSignature over {getRefundDigest}
    function refundWithSignature(
        ChannelConfig calldata config,
        uint128 amount,
        uint256 nonce,
        bytes calldata receiverAuthorizerSignature
    ) external;

    /// @notice Gives notice of taking unclaimed money out. For the payer or its authorizer, one at a time.
    /// @param amount atomic units, at least 1 and no more than is unclaimed now
    function initiateWithdraw(ChannelConfig calldata config, uint128 amount) external;

    /// @notice Pays the payer the announced amount, or what is unclaimed now if that is less. For the payer or its
    /// authorizer, once the channel's delay has passed since the notice.
    function finalizeWithdraw(ChannelConfig calldata config) external;

    /// @notice The EIP-712 digest of `config`, by which the channel is known.
    function getChannelId(ChannelConfig calldata config) external view returns (bytes32);

    /// @notice What the payer's side signs to promise `maxClaimableAmount` in all.
    function getVoucherDigest(bytes32 channelId, uint128 maxClaimableAmount) external view returns (bytes32);

    /// @notice What the receiver's authorizer signs to give `amount` back.
    function getRefundDigest(bytes32 channelId, uint256 nonce, uint128 amount) external view returns (bytes32);

    /// @notice What the receiver's authorizer signs to claim these rows, in this order.
    function getClaimBatchDigest(VoucherClaim[] calldata voucherClaims) external view returns (bytes32);

    /// @notice What is in a channel, in atomic units.
    /// @return balance all deposits less what went back to the payer
    /// @return totalClaimed the part of it that the receiver has earned
    function channels(bytes32 channelId) external view returns (uint128 balance, uint128 totalClaimed);

    /// @notice The withdrawal that the payer's side has announced.
    /// @return amount atomic units
    /// @return initiatedAt second of the notice, 0 without one
    function pendingWithdrawals(bytes32 channelId) external view returns (uint128 amount, uint40 initiatedAt);

    /// @notice How many refunds the channel has had, those of nothing included.
    function refundNonce(bytes32 channelId) external view returns (uint256);

    /// @notice What a receiver has earned, and what of it was paid, in atomic units.
    function receivers(address receiver, address token)
        external
        view
        returns (uint128 totalClaimed, uint128 totalSettled);
}
