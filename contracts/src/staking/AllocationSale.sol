// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Authorization, ExactTransfer} from "../token/ExactTransfer.sol";
import {PermitMulticall} from "../token/PermitMulticall.sol";
import {Commitment, IAllocationSale, Opening, Sale, Terms, Window} from "./IAllocationSale.sol";
import {IVoteEscrow} from "./IVoteEscrow.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract AllocationSale is IAllocationSale, AccessManaged, PermitMulticall, ReentrancyGuardTransient {
    using ExactTransfer for IERC20;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    uint256 private constant MAX_WINDOWS = 4;
    uint256 private constant MAX_SCORE = 10;
    uint256 private constant MAX_DURATION = 90 days;
    uint256 private constant GRACE = 7 days;
    uint256 private constant ONE = 100;

    /// @inheritdoc IAllocationSale
    IVoteEscrow public immutable ESCROW;

    /// @inheritdoc IAllocationSale
    bool public enabled;

    mapping(bytes32 saleId => Sale) private _sales;
    mapping(bytes32 saleId => mapping(address buyer => Commitment)) private _commitments;

    /// @param authority decides who may call the restricted functions
    /// @param escrow whose scores count
    constructor(address authority, IVoteEscrow escrow) AccessManaged(authority) {
        ESCROW = escrow;
    }

    // ------------------------------------------------------------------ DAO

    /// @inheritdoc IAllocationSale
    function setEnabled(bool isEnabled) external restricted {
        emit ParameterChanged("enabled", enabled ? 1 : 0, isEnabled ? 1 : 0);
        enabled = isEnabled;
    }

    // ------------------------------------------------------------------ selling and buying

    /// @inheritdoc IAllocationSale
    function announce(Terms calldata terms) external restricted nonReentrant returns (bytes32 saleId) {
        if (!enabled) revert SalesOff();
        if (terms.lots == 0 || terms.lot == 0 || terms.price == 0) revert MalformedTerms();
        if (terms.multipliers.length != MAX_SCORE + 1) revert MalformedTerms();
        uint40 snapshot = uint40(block.timestamp - 1);
        saleId = keccak256(abi.encode(msg.sender, snapshot, terms));
        Sale storage sale = _sales[saleId];
        if (sale.seller != address(0)) revert AlreadyAnnounced(saleId);

        (sale.seller, sale.snapshot, sale.deadline) = (msg.sender, snapshot, terms.deadline);
        (sale.token, sale.lots) = (terms.token, terms.lots);
        (sale.asset, sale.price) = (terms.asset, terms.price);
        (sale.lot, sale.base) = (terms.lot, terms.base);
        sale.multipliers = terms.multipliers;
        _open(sale.windows, terms.openings, terms.deadline);
        emit Announced(saleId, msg.sender, terms.token, snapshot, terms);

        terms.token.take(msg.sender, uint256(terms.lots) * terms.lot);
    }

    /// @inheritdoc IAllocationSale
    function commit(bytes32 saleId, uint96 lots) external nonReentrant {
        uint256 payment = _commit(saleId, msg.sender, lots);
        _sales[saleId].asset.take(msg.sender, payment);
    }

    /// @inheritdoc IAllocationSale
    function commitWithAuthorization(bytes32 saleId, uint96 lots, Authorization calldata authorization)
        external
        nonReentrant
    {
        uint256 payment = _commit(saleId, authorization.payer, lots);
        _sales[saleId].asset.take(authorization, payment, commitNonce(saleId, lots, authorization.salt));
    }

    // ------------------------------------------------------------------ settling

    /// @inheritdoc IAllocationSale
    function settle(bytes32 saleId) external nonReentrant {
        Sale storage sale = _sales[saleId];
        if (sale.isSettled) return;
        if (block.timestamp < sale.deadline) revert BeforeDeadline(saleId);
        if (_isVoid(sale)) revert SaleVoid(saleId);

        sale.isSettled = true;
        uint96 left = sale.lots;
        uint96[] memory filled = new uint96[](sale.windows.length);
        for (uint256 i = 0; i < filled.length; ++i) {
            filled[i] = uint96(Math.min(sale.windows[i].demand, left));
            sale.windows[i].filled = filled[i];
            left -= filled[i];
        }
        emit Settled(saleId, filled);
    }

    /// @inheritdoc IAllocationSale
    function claim(bytes32 saleId, address buyer) external nonReentrant returns (uint256 amount) {
        Sale storage sale = _sales[saleId];
        if (!sale.isSettled) revert NotSettled(saleId);
        Commitment storage commitment = _commitments[saleId][buyer];
        if (commitment.isAllocated) return 0;
        amount = _allocated(sale, commitment) * sale.lot;
        if (amount == 0) return 0;

        commitment.isAllocated = true;
        emit Allocated(saleId, buyer, amount);

        sale.token.safeTransfer(buyer, amount);
    }

    /// @inheritdoc IAllocationSale
    function refund(bytes32 saleId, address buyer) external nonReentrant returns (uint256 amount) {
        Sale storage sale = _ended(saleId);
        Commitment storage commitment = _commitments[saleId][buyer];
        if (commitment.isRefunded) return 0;
        amount = (commitment.lots - _allocated(sale, commitment)) * sale.price;
        if (amount == 0) return 0;

        commitment.isRefunded = true;
        emit Refunded(saleId, buyer, amount);

        sale.asset.safeTransfer(buyer, amount);
    }

    /// @inheritdoc IAllocationSale
    function payProceeds(bytes32 saleId) external nonReentrant returns (uint256 amount) {
        Sale storage sale = _sales[saleId];
        if (!sale.isSettled) revert NotSettled(saleId);
        if (sale.isProceedsPaid) return 0;
        amount = _sold(sale) * sale.price;
        if (amount == 0) return 0;

        sale.isProceedsPaid = true;
        emit ProceedsPaid(saleId, sale.seller, amount);

        sale.asset.safeTransfer(sale.seller, amount);
    }

    /// @inheritdoc IAllocationSale
    function returnUnsold(bytes32 saleId) external nonReentrant returns (uint256 amount) {
        Sale storage sale = _ended(saleId);
        if (sale.isUnsoldReturned) return 0;
        amount = (sale.lots - _sold(sale)) * sale.lot;
        if (amount == 0) return 0;

        sale.isUnsoldReturned = true;
        emit UnsoldReturned(saleId, sale.seller, amount);

        sale.token.safeTransfer(sale.seller, amount);
    }

    // ------------------------------------------------------------------ reading

    /// @inheritdoc IAllocationSale
    function saleOf(bytes32 saleId) external view returns (Sale memory) {
        return _sales[saleId];
    }

    /// @inheritdoc IAllocationSale
    function commitmentOf(bytes32 saleId, address buyer) external view returns (Commitment memory) {
        return _commitments[saleId][buyer];
    }

    /// @inheritdoc IAllocationSale
    function limitOf(bytes32 saleId, address buyer) external view returns (uint256 lots) {
        Sale storage sale = _sales[saleId];
        return _limit(sale, ESCROW.scoreAt(buyer, sale.snapshot));
    }

    /// @inheritdoc IAllocationSale
    function allocationOf(bytes32 saleId, address buyer) external view returns (uint256 lots) {
        return _allocated(_sales[saleId], _commitments[saleId][buyer]);
    }

    /// @inheritdoc IAllocationSale
    function commitNonce(bytes32 saleId, uint96 lots, bytes32 salt) public view returns (bytes32) {
        return
            keccak256(
                abi.encode(block.chainid, address(this), this.commitWithAuthorization.selector, saleId, lots, salt)
            );
    }

    // ------------------------------------------------------------------ inside

    function _open(Window[] storage windows, Opening[] calldata openings, uint256 deadline) private {
        if (openings.length == 0 || openings.length > MAX_WINDOWS) revert MalformedTerms();
        uint256 earliest = block.timestamp;
        uint256 strictest = MAX_SCORE;
        for (uint256 i = 0; i < openings.length; ++i) {
            (uint40 start, uint8 minScore) = (openings[i].start, openings[i].minScore);
            if (start < earliest || minScore > strictest) revert MalformedTerms();
            windows.push(Window(start, minScore, 0, 0));
            (earliest, strictest) = (uint256(start) + 1, minScore);
        }
        if (deadline < earliest || deadline > block.timestamp + MAX_DURATION) revert MalformedTerms();
    }

    function _commit(bytes32 saleId, address buyer, uint96 lots) private returns (uint256 payment) {
        Sale storage sale = _sales[saleId];
        uint256 index = _openWindow(saleId, sale);
        Window storage window = sale.windows[index];
        uint256 score = ESCROW.scoreAt(buyer, sale.snapshot);
        if (score < window.minScore) revert ScoreTooLow(saleId, score, window.minScore);
        uint256 limit = _limit(sale, score);
        if (lots == 0 || lots > limit) revert LotsOutOfRange(saleId, lots, limit);
        if (_commitments[saleId][buyer].lots != 0) revert AlreadyCommitted(saleId, buyer);

        uint96 ahead = window.demand;
        window.demand = ahead + lots;
        _commitments[saleId][buyer] = Commitment(lots, ahead, uint8(index), false, false);
        emit Committed(saleId, buyer, index, lots);
        return uint256(lots) * sale.price;
    }

    function _openWindow(bytes32 saleId, Sale storage sale) private view returns (uint256 index) {
        if (block.timestamp >= sale.deadline) revert NotOpen(saleId);
        uint256 started = sale.windows.length;
        while (block.timestamp < sale.windows[started - 1].start) {
            if (--started == 0) revert NotOpen(saleId);
        }
        return started - 1;
    }

    function _limit(Sale storage sale, uint256 score) private view returns (uint256) {
        return uint256(sale.base) * sale.multipliers[score] / ONE;
    }

    /// @dev Of a settled sale; zero of any other.
    function _allocated(Sale storage sale, Commitment storage commitment) private view returns (uint256 lots) {
        (uint256 first, uint256 count) = (commitment.ahead, commitment.lots);
        if (count == 0) return 0;
        Window storage window = sale.windows[commitment.window];
        (uint256 demand, uint256 filled) = (window.demand, window.filled);
        return (first + count) * filled / demand - first * filled / demand;
    }

    /// @dev Of a settled sale; zero of any other.
    function _sold(Sale storage sale) private view returns (uint256 lots) {
        for (uint256 i = 0; i < sale.windows.length; ++i) {
            lots += sale.windows[i].filled;
        }
    }

    function _ended(bytes32 saleId) private view returns (Sale storage sale) {
        sale = _sales[saleId];
        if (!sale.isSettled && !_isVoid(sale)) revert NotSettled(saleId);
    }

    /// @dev So is a sale that was never announced.
    function _isVoid(Sale storage sale) private view returns (bool) {
        return !sale.isSettled && block.timestamp >= sale.deadline + GRACE;
    }
}
