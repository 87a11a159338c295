// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessPass} from "../access/IAccessPass.sol";
import {IJobEscrow} from "../compute/IJobEscrow.sol";
import {ILeaseEscrow} from "../compute/ILeaseEscrow.sol";
import {IListingRegistry} from "../listing/IListingRegistry.sol";
import {ITokenMarket} from "../market/ITokenMarket.sol";
import {IAllocationSale} from "../staking/IAllocationSale.sol";
import {IProviderBond} from "../staking/IProviderBond.sol";
import {IVoteEscrow} from "../staking/IVoteEscrow.sol";
import {IGenesis, Market, Rule, Setting} from "./IGenesis.sol";
import {MarketAuthority} from "./MarketAuthority.sol";
import {MarketGovernor} from "./MarketGovernor.sol";
import {MarketTimelock} from "./MarketTimelock.sol";
import {Roles} from "./Roles.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

contract Genesis is IGenesis {
    using Address for address;

    bytes32 private constant TIMELOCK_ADMIN = 0x00;
    bytes32 private constant PROPOSER = keccak256("PROPOSER_ROLE");
    bytes32 private constant CANCELLER = keccak256("CANCELLER_ROLE");
    bytes32 private constant EXECUTOR = keccak256("EXECUTOR_ROLE");

    /// @inheritdoc IGenesis
    MarketAuthority public immutable AUTHORITY;

    /// @inheritdoc IGenesis
    MarketTimelock public immutable TIMELOCK;

    /// @inheritdoc IGenesis
    address public immutable DEPLOYER;

    uint48 private immutable GUARDIAN_TERM;

    /// @param deployer may wire the market
    /// @param guardianTerm seconds from {wire} for which the guardian can close contracts, at most 365 days
    /// @param timelockDelay seconds between a decision of the DAO and what follows from it: 2 to 14 days, on a development
    /// chain also less
    constructor(address deployer, uint48 guardianTerm, uint256 timelockDelay) {
        DEPLOYER = deployer;
        GUARDIAN_TERM = guardianTerm;
        AUTHORITY = new MarketAuthority(address(this), guardianTerm);
        TIMELOCK = new MarketTimelock(timelockDelay, address(this));
    }

    /// @inheritdoc IGenesis
    function wire(Market calldata market, address guardian, Setting[] calldata settings) external {
        if (msg.sender != DEPLOYER) revert NotDeployer(msg.sender);
        for (uint256 i = 0; i < settings.length; ++i) {
            address target = settings[i].target;
            if (target == address(AUTHORITY) || target == address(TIMELOCK)) revert NotASetting(target);
            target.functionCall(settings[i].call);
        }

        Rule[] memory table = rules(market);
        bytes4[] memory selector = new bytes4[](1);
        for (uint256 i = 0; i < table.length; ++i) {
            selector[0] = table[i].selector;
            AUTHORITY.setTargetFunctionRole(table[i].target, selector, table[i].role);
        }
        AUTHORITY.setGuardianEnd(uint48(block.timestamp) + GUARDIAN_TERM);
        AUTHORITY.grantRole(Roles.GUARDIAN, guardian, 0);
        AUTHORITY.grantRole(Roles.COURT, market.disputeCourt, 0);
        AUTHORITY.grantRole(Roles.DISTRIBUTOR, market.revenueDistributor, 0);
        AUTHORITY.grantRole(Roles.DAO, address(TIMELOCK), 0);
        AUTHORITY.renounceRole(Roles.DAO, address(this));

        TIMELOCK.grantRole(PROPOSER, market.governor);
        TIMELOCK.grantRole(CANCELLER, market.governor);
        TIMELOCK.renounceRole(TIMELOCK_ADMIN, address(this));

        verify(market, guardian);
        emit MarketWired(market, guardian);
    }

    /// @inheritdoc IGenesis
    function verify(Market calldata market, address guardian) public view {
        _verifyAuthority(market, guardian);
        _verifyTimelock(market.governor);
        _verifyGovernor(market);
        _verifyObedience(market);
    }

    /// @inheritdoc IGenesis
    function rules(Market calldata market) public pure returns (Rule[] memory table) {
        table = new Rule[](18);
        uint256 n = 0;
        table[n++] = Rule(market.registry, IListingRegistry.claimHandle.selector, Roles.PUBLIC);
        table[n++] = Rule(market.registry, IListingRegistry.publish.selector, Roles.PUBLIC);
        table[n++] = Rule(market.registry, IListingRegistry.createShares.selector, Roles.PUBLIC);
        table[n++] = Rule(market.registry, IListingRegistry.suspend.selector, Roles.COURT);
        table[n++] = Rule(market.accessPass, IAccessPass.buy.selector, Roles.PUBLIC);
        table[n++] = Rule(market.accessPass, IAccessPass.buyWithAuthorization.selector, Roles.PUBLIC);
        table[n++] = Rule(market.accessPass, IAccessPass.renew.selector, Roles.PUBLIC);
        table[n++] = Rule(market.tokenMarket, ITokenMarket.place.selector, Roles.PUBLIC);
        table[n++] = Rule(market.tokenMarket, ITokenMarket.fill.selector, Roles.PUBLIC);
        table[n++] = Rule(market.tokenMarket, ITokenMarket.fillWithAuthorization.selector, Roles.PUBLIC);
        table[n++] = Rule(market.voteEscrow, IVoteEscrow.increaseFor.selector, Roles.DISTRIBUTOR);
        table[n++] = Rule(market.allocationSale, IAllocationSale.announce.selector, Roles.PUBLIC);
        table[n++] = Rule(market.providerBond, IProviderBond.bond.selector, Roles.PUBLIC);
        table[n++] = Rule(market.leaseEscrow, ILeaseEscrow.open.selector, Roles.PUBLIC);
        table[n++] = Rule(market.leaseEscrow, ILeaseEscrow.openWithAuthorization.selector, Roles.PUBLIC);
        table[n++] = Rule(market.jobEscrow, IJobEscrow.createJob.selector, Roles.PUBLIC);
        table[n++] = Rule(market.jobEscrow, IJobEscrow.fund.selector, Roles.PUBLIC);
        table[n++] = Rule(market.jobEscrow, IJobEscrow.fundWithAuthorization.selector, Roles.PUBLIC);
        assert(n == table.length);
    }

    function _verifyAuthority(Market calldata market, address guardian) private view {
        for (uint64 role = Roles.DAO; role <= Roles.DISTRIBUTOR; ++role) {
            _requireRole(role, DEPLOYER, false);
            _requireRole(role, address(this), false);
        }
        _requireRole(Roles.DAO, address(TIMELOCK), true);
        _requireRole(Roles.GUARDIAN, guardian, true);
        _requireRole(Roles.COURT, market.disputeCourt, true);
        _requireRole(Roles.DISTRIBUTOR, market.revenueDistributor, true);

        Rule[] memory table = rules(market);
        for (uint256 i = 0; i < table.length; ++i) {
            Rule memory rule = table[i];
            if (AUTHORITY.getTargetFunctionRole(rule.target, rule.selector) != rule.role) {
                revert MisplacedFunction(rule.target, rule.selector, rule.role);
            }
        }
    }

    function _verifyTimelock(address governor) private view {
        _requireTimelockRole(TIMELOCK_ADMIN, address(TIMELOCK), true);
        _requireTimelockRole(TIMELOCK_ADMIN, address(this), false);
        _requireTimelockRole(PROPOSER, governor, true);
        _requireTimelockRole(CANCELLER, governor, true);
        _requireTimelockRole(EXECUTOR, address(0), true);
    }

    function _verifyGovernor(Market calldata market) private view {
        MarketGovernor governor = MarketGovernor(payable(market.governor));
        if (governor.timelock() != address(TIMELOCK) || address(governor.token()) != market.voteEscrow) {
            revert ForeignGovernor(market.governor);
        }
    }

    function _verifyObedience(Market calldata market) private view {
        _requireObedience(market.registry);
        _requireObedience(market.accessPass);
        _requireObedience(market.tokenMarket);
        _requireObedience(market.voteEscrow);
        _requireObedience(market.protocolFees);
        _requireObedience(market.allocationSale);
        _requireObedience(market.providerBond);
        _requireObedience(market.disputeCourt);
        _requireObedience(market.leaseEscrow);
        _requireObedience(market.jobEscrow);
        _requireObedience(market.priceOracle);
    }

    function _requireRole(uint64 role, address account, bool held) private view {
        (bool isMember, uint32 delay) = AUTHORITY.hasRole(role, account);
        if (isMember != held || delay != 0) revert MisplacedRole(role, account);
    }

    function _requireTimelockRole(bytes32 role, address account, bool held) private view {
        if (TIMELOCK.hasRole(role, account) != held) revert MisplacedTimelockRole(role, account);
    }

    function _requireObedience(address target) private view {
        address authority = IAccessManaged(target).authority();
        if (authority != address(AUTHORITY)) revert ForeignAuthority(target, authority);
    }
}
