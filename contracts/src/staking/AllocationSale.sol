// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Authorization, ExactTransfer} from "../token/ExactTransfer.sol";
import {PermitMulticall} from "../token/PermitMulticall.sol";
import {IAllocationSale, Terms, Window} from "./IAllocationSale.sol";
import {IVoteEscrow} from "./IVoteEscrow.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

uint256 constant MAX_WINDOWS = 4;

contract AllocationSale is IAllocationSale, AccessManaged, PermitMulticall, ReentrancyGuardTransient {
    using ExactTransfer for IERC20;
    using Math for uint256;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev `committed` is what all accounts asked for in each window, `open` how many of them are not settled.
    struct Sale {
        address seller;
        uint48 snapshot;
        uint32 open;
        bool isUnsoldCredited;
        uint128 tokensHeld;
        Terms terms;
        uint128[MAX_WINDOWS] committed;
    }

    struct Commitment {
        uint128 paid;
        uint128[MAX_WINDOWS] quantities;
    }

    uint256 private constant MAX_DURATION = 90 days;
    uint256 private constant HUNDREDTHS = 100;

    /// @notice Whose scores count.
    IVoteEscrow public immutable ESCROW;

    /// @inheritdoc IAllocationSale
    bool public enabled;

    /// @notice How many sales there are; also the highest number of one.
    uint256 public saleCount;

    mapping(uint256 sale => Sale) private _sales;
    mapping(uint256 sale => mapping(address account => Commitment)) private _commitments;

    /// @inheritdoc IAllocationSale
    mapping(IERC20 asset => mapping(address account => uint256)) public creditOf;

    /// @param authority decides who may call the restricted functions
    /// @param escrow knows the scores
    constructor(address authority, IVoteEscrow escrow) AccessManaged(authority) {
        ESCROW = escrow;
    }

    // ------------------------------------------------------------------ before the end

    /// @inheritdoc IAllocationSale
    function announce(Terms calldata terms) external restricted nonReentrant returns (uint256 sale) {
        if (!enabled) revert SalesAreOff();
        _requireTerms(terms);
        sale = ++saleCount;
        uint48 snapshot = uint48(block.timestamp - 1);
        Sale storage record = _sales[sale];
        record.seller = msg.sender;
        record.snapshot = snapshot;
        record.tokensHeld = terms.amount;
        record.terms = terms;
        emit Announced(sale, msg.sender, terms, snapshot);

        terms.token.take(msg.sender, terms.amount);
    }

    /// @inheritdoc IAllocationSale
    function commit(uint256 sale, uint256 quantity, uint256 maxCost) external restricted nonReentrant {
        uint256 cost = _commit(sale, msg.sender, quantity, maxCost);
        _sales[sale].terms.payment.take(msg.sender, cost);
    }

    /// @inheritdoc IAllocationSale
    function commitWithAuthorization(
        uint256 sale,
        uint256 quantity,
        uint256 maxCost,
        Authorization calldata authorization
    ) external restricted nonReentrant {
        uint256 cost = _commit(sale, authorization.payer, quantity, maxCost);
        bytes32 nonce = commitNonce(sale, quantity, maxCost, authorization.salt);
        _sales[sale].terms.payment.take(authorization, cost, nonce);
    }

    // ------------------------------------------------------------------ after the end

    /// @inheritdoc IAllocationSale
    function settle(uint256 sale, address account) external {
        Sale storage record = _closed(sale);
        Commitment memory commitment = _commitments[sale][account];
        if (commitment.paid == 0) revert NothingToSettle(sale, account);

        uint256 quantity = 0;
        uint256 left = record.terms.amount;
        for (uint256 i = 0; i < MAX_WINDOWS; ++i) {
            uint256 asked = record.committed[i];
            if (asked == 0) continue;
            uint256 served = asked.min(left);
            quantity += uint256(commitment.quantities[i]).mulDiv(served, asked);
            left -= served;
        }
        uint256 cost = _cost(record.terms, quantity);
        uint256 refund = commitment.paid - cost;

        delete _commitments[sale][account];
        --record.open;
        record.tokensHeld -= uint128(quantity);
        creditOf[record.terms.token][account] += quantity;
        creditOf[record.terms.payment][record.seller] += cost;
        emit Allocated(sale, account, quantity, cost);

        if (refund == 0) return;
        creditOf[record.terms.payment][account] += refund;
        emit Refunded(sale, account, refund);
    }

    /// @inheritdoc IAllocationSale
    function settleUnsold(uint256 sale) external {
        Sale storage record = _closed(sale);
        uint256 quantity = 0;
        if (record.open == 0) {
            quantity = record.tokensHeld;
        } else if (!record.isUnsoldCredited) {
            uint256 committed = 0;
            for (uint256 i = 0; i < MAX_WINDOWS; ++i) {
                committed += record.committed[i];
            }
            quantity = uint256(record.terms.amount).saturatingSub(committed);
        }
        if (quantity == 0) return;

        record.isUnsoldCredited = true;
        record.tokensHeld -= uint128(quantity);
        creditOf[record.terms.token][record.seller] += quantity;
        emit Unsold(sale, quantity);
    }

    /// @inheritdoc IAllocationSale
    function withdraw(IERC20 asset, address account) external nonReentrant returns (uint256 amount) {
        amount = creditOf[asset][account];
        if (amount == 0) return 0;
        delete creditOf[asset][account];
        emit Withdrawn(address(asset), account, amount);

        asset.safeTransfer(account, amount);
    }

    // ------------------------------------------------------------------ the DAO

    /// @inheritdoc IAllocationSale
    function setEnabled(bool on) external restricted {
        emit ParameterChanged("salesEnabled", enabled ? 1 : 0, on ? 1 : 0);
        enabled = on;
    }

    // ------------------------------------------------------------------ reads

    /// @inheritdoc IAllocationSale
    function termsOf(uint256 sale) external view returns (Terms memory) {
        return _sale(sale).terms;
    }

    /// @inheritdoc IAllocationSale
    function allowanceOf(uint256 sale, address account) external view returns (uint256) {
        Sale storage record = _sale(sale);
        uint256 limit = _limit(record, ESCROW.scoreAt(account, record.snapshot));
        return limit.saturatingSub(_sum(_commitments[sale][account].quantities));
    }

    /// @inheritdoc IAllocationSale
    function costOf(uint256 sale, uint256 quantity) external view returns (uint256) {
        return _cost(_sale(sale).terms, quantity);
    }

    /// @inheritdoc IAllocationSale
    function commitNonce(uint256 sale, uint256 quantity, uint256 maxCost, bytes32 salt) public view returns (bytes32) {
        bytes4 selector = this.commitWithAuthorization.selector;
        return keccak256(abi.encode(block.chainid, address(this), selector, sale, quantity, maxCost, salt));
    }

    // ------------------------------------------------------------------ inside

    function _commit(uint256 sale, address account, uint256 quantity, uint256 maxCost) private returns (uint256 cost) {
        if (!enabled) revert SalesAreOff();
        Sale storage record = _sale(sale);
        uint256 window = _openWindow(sale, record.terms);
        uint256 score = ESCROW.scoreAt(account, record.snapshot);
        uint256 minScore = record.terms.windows[window].minScore;
        if (score < minScore) revert ScoreTooLow(score, minScore);
        cost = _cost(record.terms, quantity);
        if (cost == 0 || cost > maxCost) revert CostNotAccepted(cost, maxCost);

        Commitment storage commitment = _commitments[sale][account];
        uint256 asked = _sum(commitment.quantities) + quantity;
        uint256 limit = _limit(record, score);
        if (asked > limit) revert AllocationExceeded(asked, limit);

        if (commitment.paid == 0) ++record.open;
        commitment.paid = (commitment.paid + cost).toUint128();
        commitment.quantities[window] += quantity.toUint128();
        record.committed[window] += quantity.toUint128();
        emit Committed(sale, account, window, quantity, cost);
    }

    function _sale(uint256 sale) private view returns (Sale storage record) {
        record = _sales[sale];
        if (record.seller == address(0)) revert NoSuchSale(sale);
    }

    function _closed(uint256 sale) private view returns (Sale storage record) {
        record = _sale(sale);
        uint256 closes = record.terms.closes;
        if (block.timestamp < closes) revert SaleNotClosed(sale, closes);
    }

    function _openWindow(uint256 sale, Terms storage terms) private view returns (uint256) {
        uint256 i = terms.windows.length;
        while (block.timestamp < terms.closes && i > 0) {
            if (block.timestamp >= terms.windows[--i].opens) return i;
        }
        revert SaleNotOpen(sale);
    }

    function _requireTerms(Terms calldata terms) private view {
        uint256 count = terms.windows.length;
        bool isSale = terms.amount > 0 && terms.lot > 0 && terms.price > 0 && count > 0 && count <= MAX_WINDOWS
            && address(terms.token) != address(terms.payment) && terms.closes <= block.timestamp + MAX_DURATION;
        if (!isSale) revert MalformedTerms();
        uint256 previous = block.timestamp - 1;
        for (uint256 i = 0; i < count; ++i) {
            uint256 opens = terms.windows[i].opens;
            if (opens <= previous || opens >= terms.closes) revert MalformedTerms();
            previous = opens;
        }
    }

    function _limit(Sale storage record, uint256 score) private view returns (uint256) {
        return uint256(record.terms.base) * record.terms.multipliers[score] / HUNDREDTHS;
    }

    function _cost(Terms storage terms, uint256 quantity) private view returns (uint256) {
        return quantity.mulDiv(terms.price, terms.lot, Math.Rounding.Ceil);
    }

    function _sum(uint128[MAX_WINDOWS] storage quantities) private view returns (uint256 sum) {
        for (uint256 i = 0; i < MAX_WINDOWS; ++i) {
            sum += quantities[i];
        }
    }
}
