// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPaymentChannels, VoucherClaim} from "../payment/IPaymentChannels.sol";
import {X402} from "../payment/X402.sol";
import {IListingRegistry} from "./IListingRegistry.sol";
import {IRevenueSplitter} from "./IRevenueSplitter.sol";
import {PayeeKind, Split, Splits} from "./Splits.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @dev The registry deploys one clone of it for every listing and set of splits; both stand in the clone's code.
contract RevenueSplitter is IRevenueSplitter, ReentrancyGuardTransient {
    using Math for uint256;
    using SafeERC20 for IERC20;

    uint256 private constant BPS = 10_000;
    /// Credits are kept in these parts of an atomic unit, in which a share of a share of revenue has no remainder.
    uint256 private constant PARTS = BPS * BPS;

    /// @notice The x402 `batch-settlement` contract, the same on every chain.
    IPaymentChannels public constant CHANNELS = IPaymentChannels(X402.CHANNELS);

    /// @notice The registry whose listings these are.
    IListingRegistry public immutable REGISTRY;

    address private immutable IMPLEMENTATION = address(this);

    mapping(address asset => mapping(address payee => uint256)) private _partsOf;

    /// @inheritdoc IRevenueSplitter
    mapping(address asset => uint256) public owed;

    /// @inheritdoc IRevenueSplitter
    mapping(bytes32 paymentKey => bool) public isRefunded;

    /// @param registry knows who owns a title, and the splitter of every listing
    constructor(IListingRegistry registry) {
        REGISTRY = registry;
    }

    /// @inheritdoc IRevenueSplitter
    function distribute(address asset) external nonReentrant returns (uint256 revenue) {
        return _distribute(asset);
    }

    /// @inheritdoc IRevenueSplitter
    function withdraw(address asset, address payee) external nonReentrant returns (uint256 amount) {
        amount = creditOf(asset, payee);
        if (amount == 0) return 0;

        _debit(asset, payee, amount);
        emit Withdrawn(asset, payee, amount);

        _pay(asset, payee, amount);
    }

    /// @inheritdoc IRevenueSplitter
    function refund(address asset, address to, uint256 amount, bytes32 paymentKey) external nonReentrant {
        if (msg.sender != REGISTRY.ownerOf(listing())) revert NotTitleOwner(msg.sender);
        if (isRefunded[paymentKey]) revert AlreadyRefunded(paymentKey);
        _distribute(asset);
        uint256 available = creditOf(asset, msg.sender);
        if (amount == 0 || amount > available || to == address(this)) revert RefundNotCovered(amount, available);

        isRefunded[paymentKey] = true;
        _debit(asset, msg.sender, amount);
        emit Refunded(asset, to, paymentKey, msg.sender, amount);

        _pay(asset, to, amount);
    }

    /// @inheritdoc IRevenueSplitter
    function claim(VoucherClaim[] calldata voucherClaims) external {
        uint256 id = listing();
        if (msg.sender != REGISTRY.ownerOf(id) && msg.sender != REGISTRY.claimerOf(id)) revert NotClaimer(msg.sender);
        CHANNELS.claim(voucherClaims);
    }

    /// @inheritdoc IRevenueSplitter
    function listing() public view returns (uint256 id) {
        return Splits.decodeId(_terms());
    }

    /// @inheritdoc IRevenueSplitter
    function splits() external view returns (Split[] memory) {
        return Splits.decode(_terms());
    }

    /// @inheritdoc IRevenueSplitter
    function creditOf(address asset, address payee) public view returns (uint256) {
        return _partsOf[asset][payee] / PARTS;
    }

    /// @inheritdoc IRevenueSplitter
    function undistributed(address asset) public view returns (uint256) {
        return IERC20(asset).balanceOf(address(this)).saturatingSub(owed[asset]);
    }

    function _distribute(address asset) private returns (uint256 revenue) {
        bytes memory terms = _terms();
        revenue = undistributed(asset);
        if (revenue == 0) return 0;

        owed[asset] += revenue;
        (address protocol, uint16 feeBps) = REGISTRY.protocolFee();
        uint256 protocolAmount = _credit(asset, protocol, revenue * feeBps * BPS);

        uint256 id = Splits.decodeId(terms);
        Split[] memory shares = Splits.decode(terms);
        address[] memory payees = new address[](shares.length);
        uint256[] memory amounts = new uint256[](shares.length);
        for (uint256 i = 0; i < shares.length; ++i) {
            payees[i] = _resolve(id, shares[i]);
            amounts[i] = _credit(asset, payees[i], revenue * (BPS - feeBps) * shares[i].bps);
        }
        emit Distributed(asset, protocol, revenue, protocolAmount, payees, amounts);
    }

    /// @return whole how many atomic units can be withdrawn now that could not before
    function _credit(address asset, address payee, uint256 parts) private returns (uint256 whole) {
        if (parts == 0) return 0;
        uint256 before = _partsOf[asset][payee];
        _partsOf[asset][payee] = before + parts;
        return (before + parts) / PARTS - before / PARTS;
    }

    function _debit(address asset, address payee, uint256 amount) private {
        _partsOf[asset][payee] -= amount * PARTS;
        owed[asset] -= amount;
    }

    function _terms() private view returns (bytes memory) {
        if (address(this) == IMPLEMENTATION) revert NotASplitter();
        return Clones.fetchCloneArgs(address(this));
    }

    function _resolve(uint256 id, Split memory share) private view returns (address) {
        if (share.kind == PayeeKind.TITLE) return REGISTRY.ownerOf(id);
        if (share.kind == PayeeKind.LISTING) return REGISTRY.splitterOf(share.listing);
        return share.account;
    }

    function _pay(address asset, address to, uint256 amount) private {
        uint256 before = IERC20(asset).balanceOf(address(this));
        IERC20(asset).safeTransfer(to, amount);
        uint256 taken = before.saturatingSub(IERC20(asset).balanceOf(address(this)));
        if (taken > amount) revert AssetOverdrew(asset, amount, taken);
    }
}
