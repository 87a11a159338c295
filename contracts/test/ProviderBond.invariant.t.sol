// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DisputeCourt} from "../src/governance/DisputeCourt.sol";
import {Roles} from "../src/governance/Roles.sol";
import {Deposit, IProviderBond, Pool} from "../src/staking/IProviderBond.sol";
import {ProviderBond} from "../src/staking/ProviderBond.sol";
import {MarketToken} from "../src/token/MarketToken.sol";
import {CourtTest} from "./base/CourtTest.sol";
import {bound} from "./base/Test.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev Bonds, unbonds, accuses and slashes two listings, keeps its own books, and rebuilds the contract from its events.
contract BondHandler {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    ProviderBond private immutable BONDS;
    MarketToken private immutable TOKEN;
    DisputeCourt private immutable COURT;

    address[] private _depositors;
    address[] private _accusers;
    uint256 public paidIn;
    uint256 public paidOut;
    uint256 public slashed;
    uint256 public burned;
    uint256 public unfairBonds;
    mapping(uint256 listing => mapping(address depositor => uint256)) public paidBy;
    mapping(uint256 listing => mapping(address depositor => uint256)) public paidTo;

    mapping(uint256 listing => mapping(address accuser => uint256)) private _atStake;

    // What the events say.
    mapping(uint256 listing => Pool) private _pools;
    mapping(uint256 listing => mapping(uint256 generation => mapping(address => Deposit))) private _deposits;
    mapping(uint256 listing => mapping(address => uint48)) public heldUntil;

    constructor(ProviderBond bonds, MarketToken token, DisputeCourt court, address[] memory people) {
        (BONDS, TOKEN, COURT) = (bonds, token, court);
        for (uint256 i = 0; i < people.length; ++i) {
            (i < 3 ? _depositors : _accusers).push(people[i]);
            vm.prank(people[i]);
            token.approve(address(bonds), type(uint256).max);
        }
    }

    modifier mirrored() {
        vm.recordLogs();
        _;
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == address(BONDS)) _apply(logs[i]);
        }
    }

    // ------------------------------------------------------------------ what can happen

    function bond(uint256 listing, uint256 who, uint256 amount) external mirrored {
        (uint256 id, address depositor) = _choose(listing, who);
        if (BONDS.pool(id).shares > 1e50) return;
        amount = amount % 2 == 0 ? bound(amount, 1, 10) : bound(amount, 1, 1_000e18);
        TOKEN.transfer(depositor, amount);
        (, uint256 before) = BONDS.depositOf(id, depositor);
        vm.prank(depositor);
        BONDS.bond(id, amount);
        (, uint256 worth) = BONDS.depositOf(id, depositor);
        if (worth > before + amount) ++unfairBonds;
        if (worth + 2 < before + amount) ++unfairBonds;
        paidIn += amount;
        paidBy[id][depositor] += amount;
    }

    function unbond(uint256 listing, uint256 who, uint256 shares) external mirrored {
        (uint256 id, address depositor) = _choose(listing, who);
        (Deposit memory own,) = BONDS.depositOf(id, depositor);
        if (own.shares == 0) return;
        vm.prank(depositor);
        BONDS.unbond(id, shares % 3 == 0 ? own.shares : bound(shares, 1, own.shares));
    }

    function withdraw(uint256 listing, uint256 who) external mirrored {
        (uint256 id, address depositor) = _choose(listing, who);
        (Deposit memory own,) = BONDS.depositOf(id, depositor);
        if (own.leaving == 0) return;
        uint256 from = own.availableFrom;
        if (BONDS.pool(id).frozenFrom < from + 7 days) {
            uint256 frozenUntil = BONDS.pool(id).frozenUntil;
            uint256 latest = from + COURT.MAX_DURATION();
            if (frozenUntil > latest) frozenUntil = latest;
            if (frozenUntil > from) from = frozenUntil;
        }
        if (block.timestamp < from) vm.warp(from);
        if (block.timestamp >= from + 7 days) {
            vm.prank(depositor);
            BONDS.unbond(id, 0);
            return;
        }
        uint256 amount = BONDS.withdraw(id, depositor);
        paidOut += amount;
        paidTo[id][depositor] += amount;
    }

    function hold(uint256 listing, uint256 who) external mirrored {
        (uint256 id,) = _choose(listing, who);
        address accuser = _accusers[who % 2];
        if (BONDS.heldUntil(id, accuser) != 0 || BONDS.pool(id).assets == 0) return;
        uint48 until = uint48(block.timestamp) + COURT.maxDuration();
        _atStake[id][accuser] = BONDS.pool(id).assets;
        vm.prank(address(COURT));
        BONDS.hold(id, accuser, until);
    }

    function resolve(uint256 listing, uint256 who, uint16 bps, uint96 damage) external mirrored {
        (uint256 id,) = _choose(listing, who);
        address accuser = _accusers[who % 2];
        if (BONDS.heldUntil(id, accuser) == 0) return;
        bps = bps % 5 == 0 ? 10_000 : uint16(bound(bps, 0, 10_000));
        uint256 assets = BONDS.pool(id).assets;
        uint256 atStake = _atStake[id][accuser];
        uint256 expected = (assets < atStake ? assets : atStake) * bps / 10_000;
        uint256 supply = TOKEN.totalSupply();
        vm.prank(address(COURT));
        BONDS.resolve(id, accuser, bps, damage % 2 == 0 ? 3 : damage);
        slashed += expected;
        burned += supply - TOKEN.totalSupply();
    }

    function release(uint256 listing, uint256 who) external mirrored {
        (uint256 id,) = _choose(listing, who);
        address accuser = _accusers[who % 2];
        if (BONDS.heldUntil(id, accuser) == 0) return;
        vm.prank(address(COURT));
        BONDS.release(id, accuser);
    }

    function wait(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 10 days));
    }

    // ------------------------------------------------------------------ reads

    function depositors() external view returns (address[] memory) {
        return _depositors;
    }

    function accusers() external view returns (address[] memory) {
        return _accusers;
    }

    function pool(uint256 listing) external view returns (Pool memory) {
        return _pools[listing];
    }

    function depositOf(uint256 listing, address depositor) external view returns (Deposit memory) {
        return _deposits[listing][_pools[listing].generation][depositor];
    }

    // ------------------------------------------------------------------ inside

    function _choose(uint256 listing, uint256 who) private view returns (uint256 id, address depositor) {
        return (1 + listing % 2, _depositors[who % 3]);
    }

    function _apply(Vm.Log memory log) private {
        uint256 listing = uint256(log.topics[1]);
        address who = address(uint160(uint256(log.topics[2])));
        Pool storage record = _pools[listing];
        Deposit storage own = _deposits[listing][record.generation][who];
        bytes32 topic = log.topics[0];
        if (topic == IProviderBond.Bonded.selector) {
            (uint256 amount, uint256 shares) = abi.decode(log.data, (uint256, uint256));
            record.assets += uint128(amount);
            record.shares += uint208(shares);
            own.shares += shares;
        } else if (topic == IProviderBond.UnbondStarted.selector) {
            (uint256 shares, uint48 availableFrom) = abi.decode(log.data, (uint256, uint48));
            own.shares -= shares;
            own.leaving += uint208(shares);
            own.availableFrom = availableFrom;
        } else if (topic == IProviderBond.Unbonded.selector) {
            (uint256 shares, uint256 amount) = abi.decode(log.data, (uint256, uint256));
            record.assets -= uint128(amount);
            record.shares -= uint208(shares);
            delete own.leaving;
            delete own.availableFrom;
        } else if (topic == IProviderBond.Held.selector) {
            uint48 until = abi.decode(log.data, (uint48));
            heldUntil[listing][who] = until;
            ++record.openHolds;
            if (block.timestamp >= record.frozenUntil + 7 days) record.frozenFrom = uint48(block.timestamp);
            if (until > record.frozenUntil) record.frozenUntil = until;
        } else if (topic == IProviderBond.HoldEnded.selector) {
            delete heldUntil[listing][who];
            if (--record.openHolds == 0 && block.timestamp < record.frozenUntil) {
                record.frozenUntil = uint48(block.timestamp);
            }
        } else if (topic == IProviderBond.Slashed.selector) {
            (uint256 awarded, uint256 gone) = abi.decode(log.data, (uint256, uint256));
            record.assets -= uint128(awarded + gone);
            if (record.assets == 0) {
                delete record.shares;
                ++record.generation;
            }
        }
    }
}

contract ProviderBondInvariantTest is CourtTest {
    MarketToken private token = new MarketToken(address(this));
    ProviderBond private bonds;
    BondHandler private handler;

    function setUp() public {
        publish(provider, "second");
        bonds = new ProviderBond(address(authority), token, registry, court);
        bytes4[] memory open = new bytes4[](1);
        open[0] = bonds.bond.selector;
        vm.prank(admin);
        authority.setTargetFunctionRole(address(bonds), open, Roles.PUBLIC);

        address[] memory people = new address[](5);
        (people[0], people[1], people[2]) = (provider, account("backer"), account("other backer"));
        (people[3], people[4]) = (buyer, stranger);
        handler = new BondHandler(bonds, token, court, people);
        token.transfer(address(handler), token.totalSupply());
        targetContract(address(handler));
    }

    /// forge-config: default.invariant.runs = 6
    function invariant_theContractHoldsWhatStaysAndWhatIsLeaving() public {
        uint256 assets = uint256(bonds.pool(1).assets) + bonds.pool(2).assets;
        assertEq(token.balanceOf(address(bonds)), assets);
        assertEq(assets, handler.paidIn() - handler.paidOut() - handler.slashed());
        // Only the accusers got what was not burned.
        uint256 awarded = token.balanceOf(buyer) + token.balanceOf(stranger);
        assertEq(handler.slashed(), awarded + handler.burned());
        assertEq(token.balanceOf(address(court)), 0);
    }

    /// forge-config: default.invariant.runs = 6
    function invariant_nobodyHasMoreThanItPaid() public {
        address[] memory people = handler.depositors();
        for (uint256 listing = 1; listing <= 2; ++listing) {
            Pool memory all = bonds.pool(listing);
            uint256 shares;
            uint256 total;
            for (uint256 i = 0; i < people.length; ++i) {
                (Deposit memory own, uint256 worth) = bonds.depositOf(listing, people[i]);
                shares += own.shares + own.leaving;
                total += worth;
                assertLte(worth + handler.paidTo(listing, people[i]), handler.paidBy(listing, people[i]));
            }
            assertEq(shares, all.shares);
            assertLte(total, all.assets);
            assertLte(all.assets, total + people.length);
            assertLte(all.assets, all.shares);
        }
        // What is bonded is worth what was paid, but for rounding, whatever was slashed before.
        assertEq(handler.unfairBonds(), 0);
    }

    /// forge-config: default.invariant.runs = 6
    function invariant_theEventsRebuildTheContract() public {
        address[] memory people = handler.depositors();
        address[] memory accusers = handler.accusers();
        for (uint256 listing = 1; listing <= 2; ++listing) {
            assertEq(abi.encode(bonds.pool(listing)), abi.encode(handler.pool(listing)));
            for (uint256 i = 0; i < people.length; ++i) {
                (Deposit memory own,) = bonds.depositOf(listing, people[i]);
                assertEq(abi.encode(own), abi.encode(handler.depositOf(listing, people[i])));
            }
            for (uint256 i = 0; i < accusers.length; ++i) {
                assertEq(bonds.heldUntil(listing, accusers[i]), handler.heldUntil(listing, accusers[i]));
            }
        }
    }

    /// @dev However many disputes are open and nobody ever closes.
    /// forge-config: default.invariant.runs = 6
    function invariant_everybodyCanLeaveByTimeAlone() public {
        uint256 snapshot = youngVm.snapshotState();
        address[] memory people = handler.depositors();
        for (uint256 i = 0; i < 2 * people.length; ++i) {
            (Deposit memory own,) = bonds.depositOf(1 + i % 2, people[i / 2]);
            if (own.shares + own.leaving == 0) continue;
            vm.prank(people[i / 2]);
            bonds.unbond(1 + i % 2, own.shares);
        }
        vm.warp(block.timestamp + LONGEST);
        for (uint256 i = 0; i < 2 * people.length; ++i) {
            (Deposit memory own,) = bonds.depositOf(1 + i % 2, people[i / 2]);
            if (own.leaving > 0) bonds.withdraw(1 + i % 2, people[i / 2]);
        }
        assertEq(token.balanceOf(address(bonds)), 0);
        youngVm.revertToState(snapshot);
    }
}
