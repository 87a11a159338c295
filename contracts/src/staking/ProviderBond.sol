// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Case, IDisputable} from "../governance/IDisputable.sol";
import {IDisputeCourt} from "../governance/IDisputeCourt.sol";
import {IListingRegistry} from "../listing/IListingRegistry.sol";
import {ExactTransfer} from "../token/ExactTransfer.sol";
import {PermitMulticall} from "../token/PermitMulticall.sol";
import {Deposit, IProviderBond, Pool} from "./IProviderBond.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract ProviderBond is AccessManaged, ReentrancyGuardTransient, PermitMulticall, IProviderBond {
    using ExactTransfer for IERC20;
    using Math for uint256;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// What a dispute holds: until when, and how much there was when it was opened.
    struct Hold {
        uint48 until;
        uint128 assets;
    }

    uint256 private constant BPS = 10_000;
    uint256 private constant WITHDRAWAL = 7 days;

    /// @inheritdoc IProviderBond
    address public immutable TOKEN;

    /// @inheritdoc IProviderBond
    address public immutable COURT;

    IListingRegistry private immutable REGISTRY;
    uint48 private immutable MAX_FREEZE;

    mapping(uint256 listing => mapping(address opener => Hold)) private _holds;
    mapping(uint256 listing => Pool) private _pools;
    mapping(uint256 listing => mapping(uint32 generation => mapping(address depositor => Deposit))) private _deposits;

    /// @param authority decides who may call the restricted functions
    /// @param token the market token, which can be burned
    /// @param registry knows the owners of titles
    /// @param court decides what is slashed; nobody else does
    constructor(address authority, ERC20Burnable token, IListingRegistry registry, IDisputeCourt court)
        AccessManaged(authority)
    {
        TOKEN = address(token);
        COURT = address(court);
        REGISTRY = registry;
        MAX_FREEZE = court.MAX_DURATION();
    }

    modifier onlyCourt() {
        if (msg.sender != COURT) revert NotCourt(msg.sender);
        _;
    }

    // ------------------------------------------------------------------ depositors

    /// @inheritdoc IProviderBond
    function bond(uint256 listing, uint256 amount) external restricted nonReentrant returns (uint256 shares) {
        if (amount == 0) revert NothingToDo();
        REGISTRY.ownerOf(listing);
        Pool storage record = _pools[listing];
        (uint256 assets, uint256 total) = (record.assets, record.shares);
        shares = assets == 0 ? amount : amount.mulDiv(total, assets);

        record.assets = (assets + amount).toUint128();
        record.shares = (total + shares).toUint208();
        _deposits[listing][record.generation][msg.sender].shares += shares;
        emit Bonded(listing, msg.sender, amount, shares);

        IERC20(TOKEN).take(msg.sender, amount);
    }

    /// @inheritdoc IProviderBond
    function unbond(uint256 listing, uint256 shares) external returns (uint48 availableFrom) {
        Deposit storage own = _deposits[listing][_pools[listing].generation][msg.sender];
        if (shares == 0 && own.leaving == 0) revert NothingToDo();
        if (shares > own.shares) revert NotEnoughShares(shares, own.shares);
        availableFrom = uint48(block.timestamp) + IDisputeCourt(COURT).maxDuration();

        own.shares -= shares;
        own.leaving += uint208(shares);
        own.availableFrom = availableFrom;
        emit UnbondStarted(listing, msg.sender, shares, availableFrom);
    }

    /// @inheritdoc IProviderBond
    function withdraw(uint256 listing, address depositor) external nonReentrant returns (uint256 amount) {
        Pool storage record = _pools[listing];
        Deposit storage own = _deposits[listing][record.generation][depositor];
        uint256 shares = own.leaving;
        if (shares == 0) revert NothingToDo();
        _requireAvailable(record, own.availableFrom);
        (uint256 assets, uint256 total) = (record.assets, record.shares);
        amount = shares.mulDiv(assets, total);

        delete own.leaving;
        delete own.availableFrom;
        record.assets = uint128(assets - amount);
        record.shares = uint208(total - shares);
        emit Unbonded(listing, depositor, shares, amount);

        IERC20(TOKEN).safeTransfer(depositor, amount);
    }

    // ------------------------------------------------------------------ court

    /// @inheritdoc IDisputable
    function hold(uint256 listing, address opener, uint48 until) external onlyCourt {
        uint256 atStake = caseOf(listing, opener).amount;
        Pool storage record = _pools[listing];
        _holds[listing][opener] = Hold(until, uint128(atStake));
        ++record.openHolds;
        // Freezes that leave less time between them than it takes to withdraw are one.
        if (block.timestamp >= record.frozenUntil + WITHDRAWAL) record.frozenFrom = uint48(block.timestamp);
        if (until > record.frozenUntil) record.frozenUntil = until;
        emit Held(listing, opener, until);
    }

    /// @inheritdoc IDisputable
    function resolve(uint256 listing, address opener, uint16 claimantBps, uint256 damage)
        external
        onlyCourt
        nonReentrant
    {
        uint256 atStake = _endHold(listing, opener);
        Pool storage record = _pools[listing];
        uint256 assets = record.assets;
        uint256 slashed = atStake.min(assets).mulDiv(claimantBps, BPS);
        if (slashed == 0) return;
        uint256 awarded = slashed.min(damage);
        uint256 burned = slashed - awarded;

        record.assets = uint128(assets - slashed);
        if (slashed == assets) {
            delete record.shares;
            ++record.generation;
        }
        emit Slashed(listing, opener, awarded, burned);

        if (awarded > 0) IERC20(TOKEN).safeTransfer(opener, awarded);
        if (burned > 0) ERC20Burnable(TOKEN).burn(burned);
    }

    /// @inheritdoc IDisputable
    function release(uint256 listing, address opener) external onlyCourt {
        _endHold(listing, opener);
    }

    // ------------------------------------------------------------------ reads

    /// @inheritdoc IDisputable
    function caseOf(uint256 listing, address opener) public view returns (Case memory) {
        uint256 assets = _pools[listing].assets;
        if (assets == 0 || _holds[listing][opener].until != 0) revert NotDisputable(listing);
        address owner = REGISTRY.ownerOf(listing);
        if (opener == owner) revert NotDisputable(listing);
        return Case(listing, opener, owner, TOKEN, assets);
    }

    /// @inheritdoc IProviderBond
    function pool(uint256 listing) external view returns (Pool memory) {
        return _pools[listing];
    }

    /// @inheritdoc IProviderBond
    function heldUntil(uint256 listing, address opener) external view returns (uint48) {
        return _holds[listing][opener].until;
    }

    /// @inheritdoc IProviderBond
    function depositOf(uint256 listing, address depositor) external view returns (Deposit memory own, uint256 worth) {
        Pool memory record = _pools[listing];
        own = _deposits[listing][record.generation][depositor];
        if (record.shares > 0) worth = (own.shares + own.leaving).mulDiv(record.assets, record.shares);
    }

    // ------------------------------------------------------------------ inside

    function _endHold(uint256 listing, address opener) private returns (uint256 atStake) {
        Hold memory held = _holds[listing][opener];
        if (held.until == 0) revert NotDisputable(listing);
        delete _holds[listing][opener];
        Pool storage record = _pools[listing];
        if (--record.openHolds == 0 && block.timestamp < record.frozenUntil) {
            record.frozenUntil = uint48(block.timestamp);
        }
        emit HoldEnded(listing, opener);
        return held.assets;
    }

    /// @dev A freeze puts off what could have been withdrawn when it began, and nothing that had lapsed by then.
    function _requireAvailable(Pool storage record, uint256 availableFrom) private view {
        if (block.timestamp < availableFrom) revert StillBonded(availableFrom);
        uint256 from = availableFrom;
        if (record.frozenFrom < availableFrom + WITHDRAWAL) {
            from = Math.max(from, Math.min(record.frozenUntil, availableFrom + MAX_FREEZE));
        }
        if (block.timestamp < from) revert Frozen(from);
        if (block.timestamp >= from + WITHDRAWAL) revert Lapsed(from + WITHDRAWAL);
    }
}
