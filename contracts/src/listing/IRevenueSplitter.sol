// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {VoucherClaim} from "../payment/IPaymentChannels.sol";
import {Split} from "./Splits.sol";

/// @title The till of one listing under one set of splits
/// @notice Whatever ERC-20 reaches this address is the listing's revenue. {distribute} credits it to the protocol and to
/// the payees, {withdraw} pays a credit out. The splits can never change here: new splits are another splitter, and this
/// one goes on dividing by its own.
///
/// Invariants, for every asset: balance = owed + undistributed; owed = sum of all credits. Credits are exact: a fraction of
/// an atomic unit stays on the account of its payee until it has grown to a whole one, so that it makes no difference
/// when or how often revenue is distributed. Nothing that one payee or one asset does can hold up another.
/// @dev An asset that takes balances away (negative rebasing) can leave less than is owed: then the first to withdraw are
/// paid. Other assets are not touched by it.
interface IRevenueSplitter {
    /// @notice `revenue` was credited to the protocol and, in the order of the splits, to the payees, a title or a listing
    /// resolved to who it was at this moment. The amounts are the atomic units by which {creditOf} rose: fractions wait.
    event Distributed(
        address indexed asset,
        address indexed protocol,
        uint256 revenue,
        uint256 protocolAmount,
        address[] payees,
        uint256[] amounts
    );

    /// @notice All that `payee` could withdraw was paid out to it.
    event Withdrawn(address indexed asset, address indexed payee, uint256 amount);

    /// @notice `owner` of the title gave `amount` of its own credit back for the payment `paymentKey`.
    event Refunded(
        address indexed asset, address indexed to, bytes32 indexed paymentKey, address owner, uint256 amount
    );

    /// @notice Called on the implementation, which belongs to no listing.
    error NotASplitter();

    /// @notice Only the owner of the listing's title may do this.
    error NotTitleOwner(address caller);

    /// @notice Only the owner of the listing's title or the claimer it named may do this.
    error NotClaimer(address caller);

    /// @notice This payment was already refunded.
    error AlreadyRefunded(bytes32 paymentKey);

    /// @notice A refund must be more than nothing, not more than the owner's credit, and not to this splitter.
    error RefundNotCovered(uint256 amount, uint256 credit);

    /// @notice The asset took more out of this splitter than it was asked to move.
    error AssetOverdrew(address asset, uint256 asked, uint256 taken);

    /// @notice Credits all undistributed revenue of `asset`: the protocol's part first, then the splits of the rest.
    /// Open to anyone. Does nothing when there is nothing to divide.
    /// @return revenue that was credited, in atomic units
    function distribute(address asset) external returns (uint256 revenue);

    /// @notice Pays the whole credit of `payee` to `payee`. Open to anyone. Does nothing without a credit.
    /// @return amount paid, in atomic units
    function withdraw(address asset, address payee) external returns (uint256 amount);

    /// @notice Distributes, and pays a buyer back out of what the title owner itself is credited with. For the title owner,
    /// once per payment. What others earned by the payment stays theirs.
    /// @param amount atomic units, at least 1
    /// @param paymentKey names the payment that is refunded, by the key that the market's till knows it by
    function refund(address asset, address to, uint256 amount, bytes32 paymentKey) external;

    /// @notice Claims vouchers from the x402 channel contract at its canonical address, so that no node is needed to
    /// collect what was earned through it. For the title owner or the claimer it named in the registry.
    /// @dev The claimed sum arrives by the channel contract's own `settle(receiver, token)`, which is open to anyone.
    function claim(VoucherClaim[] calldata voucherClaims) external;

    /// @notice The listing whose revenue this is.
    function listing() external view returns (uint256 id);

    /// @notice How revenue is divided here, for ever.
    function splits() external view returns (Split[] memory);

    /// @notice What {withdraw} would pay now, in atomic units.
    function creditOf(address asset, address payee) external view returns (uint256);

    /// @notice Sum of all credits in `asset`, fractions included, in atomic units.
    function owed(address asset) external view returns (uint256);

    /// @notice Revenue in `asset` that nobody is credited with yet, in atomic units.
    function undistributed(address asset) external view returns (uint256);

    /// @notice Whether {refund} was already done for `paymentKey` here.
    function isRefunded(bytes32 paymentKey) external view returns (bool);
}
