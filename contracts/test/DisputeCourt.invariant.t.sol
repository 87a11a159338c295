// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DisputeCourt} from "../src/governance/DisputeCourt.sol";
import {Case} from "../src/governance/IDisputable.sol";
import {Dispute, DisputeState, IDisputeCourt, Ruling} from "../src/governance/IDisputeCourt.sol";
import {CourtTest} from "./base/CourtTest.sol";
import {bound} from "./base/Test.sol";
import {FakeGovernor, FakeSubject} from "./mocks/Court.sol";
import {PlainToken} from "./mocks/Tokens.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev Opens, judges, appeals, closes and withdraws in two tokens, and rebuilds the court from its events.
contract CourtHandler {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant THINGS = 4;

    DisputeCourt private immutable COURT;
    FakeSubject private immutable SUBJECT;
    FakeGovernor private immutable GOVERNOR;
    uint256 private immutable LISTING;

    PlainToken[2] public tokens = [new PlainToken(), new PlainToken()];
    address[] private _parties;
    address[] private _judges;
    uint256[] private _proposals;

    // What the events say.
    Dispute[] private _disputes;
    mapping(address subject => mapping(uint256 id => mapping(address opener => uint256))) public openDisputeOf;
    mapping(uint256 disputeId => mapping(address => bytes32)) public voteOf;
    mapping(uint256 disputeId => mapping(address => bytes32)) public appealOf;
    mapping(address account => mapping(address asset => uint256)) public credits;
    mapping(address asset => uint256) public held;

    constructor(
        DisputeCourt court,
        FakeSubject subject,
        FakeGovernor governor,
        uint256 listing,
        address[] memory people,
        address[] memory judges
    ) {
        (COURT, SUBJECT, GOVERNOR, LISTING) = (court, subject, governor, listing);
        (_parties, _judges) = (people, judges);
        for (uint256 i = 0; i < people.length; ++i) {
            for (uint256 j = 0; j < 2; ++j) {
                tokens[j].mint(people[i], type(uint128).max);
                vm.prank(people[i]);
                tokens[j].approve(address(court), type(uint256).max);
            }
        }
    }

    modifier mirrored() {
        vm.recordLogs();
        _;
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == address(COURT)) _apply(logs[i]);
        }
    }

    // ------------------------------------------------------------------ what can happen

    function open(uint256 thing, uint256 who, uint256 against, uint256 token, uint96 amount) external mirrored {
        thing %= THINGS;
        if (SUBJECT.heldUntil(thing) != 0) return;
        address claimant = _parties[who % 2];
        address respondent = _parties[2 + against % 2];
        SUBJECT.put(
            thing, Case(LISTING, claimant, respondent, address(tokens[token % 2]), bound(amount, 1, type(uint96).max))
        );
        address opener = amount % 3 == 0 ? respondent : claimant;
        if (COURT.openDisputeOf(address(SUBJECT), thing, opener) != 0) return;
        vm.prank(opener);
        COURT.open(SUBJECT, thing, type(uint256).max, hex"01551220", bytes32("complaint"));
    }

    function submitEvidence(uint256 which, bool claimant) external mirrored {
        (uint256 id, Dispute memory chosen) = _choose(which, DisputeState.OPENED);
        if (id == 0 || block.timestamp >= chosen.evidenceUntil) return;
        vm.prank(claimant ? chosen.claimant : chosen.respondent);
        COURT.submitEvidence(id, hex"01551220", bytes32("evidence"));
    }

    function rule(uint256 which, uint256 judge, uint256 taste) external mirrored {
        (uint256 id, Dispute memory chosen) = _choose(which, DisputeState.OPENED);
        if (id == 0 || block.timestamp >= chosen.rulingUntil) return;
        if (block.timestamp < chosen.evidenceUntil) vm.warp(chosen.evidenceUntil);
        Ruling memory ruling = _ruling(taste);
        // Two of three agree in one step, or one of them stands alone.
        for (uint256 i = 0; i < (taste % 3 == 0 ? 1 : 2); ++i) {
            address member = _judges[(judge % 3 + i) % 3];
            if (COURT.voteOf(id, member) == keccak256(abi.encode(ruling))) continue;
            vm.prank(member);
            COURT.rule(id, ruling);
            if (COURT.dispute(id).state == DisputeState.RULED) return;
        }
    }

    function appeal(uint256 which, bool claimant, uint256 taste) external mirrored {
        (uint256 id, Dispute memory chosen) =
            _choose(which, which % 3 == 0 ? DisputeState.APPEALED : DisputeState.RULED);
        if (id == 0 || block.timestamp >= chosen.appealUntil) return;
        address party = claimant ? chosen.claimant : chosen.respondent;
        Ruling memory ruling = _ruling(taste);
        if (appealOf[id][party] != 0) return;
        if (keccak256(abi.encode(ruling)) == keccak256(abi.encode(chosen.ruling))) return;
        vm.prank(party);
        _proposals.push(COURT.appeal(id, ruling));
    }

    function overturn(uint256 which, bool latest) external mirrored {
        if (_proposals.length == 0) return;
        uint256 proposal = _proposals[latest ? _proposals.length - 1 : which % _proposals.length];
        (uint256 id,) = _argumentsOf(proposal);
        Dispute memory chosen = COURT.dispute(id);
        if (chosen.state != DisputeState.APPEALED || block.timestamp >= chosen.executableFrom) return;
        GOVERNOR.carryOut(proposal);
    }

    function close(uint256 which, uint256 kind) external mirrored {
        DisputeState state = [DisputeState.OPENED, DisputeState.RULED, DisputeState.APPEALED][kind % 3];
        (uint256 id, Dispute memory chosen) = _choose(which, state);
        if (id == 0) return;
        uint256 from = state == DisputeState.OPENED ? chosen.rulingUntil : chosen.executableFrom;
        if (SUBJECT.fails()) from = chosen.heldUntil;
        if (block.timestamp < from) vm.warp(from);
        state == DisputeState.OPENED ? COURT.dismiss(id) : COURT.execute(id);
    }

    function withdraw(uint256 who, uint256 token) external mirrored {
        COURT.withdraw(address(tokens[token % 2]), _parties[who % _parties.length]);
    }

    function setFails(uint256 dice) external {
        SUBJECT.setFails(dice % 4 == 0);
    }

    function wait(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 1 days));
    }

    // ------------------------------------------------------------------ reads

    function disputes() external view returns (Dispute[] memory) {
        return _disputes;
    }

    function parties() external view returns (address[] memory) {
        return _parties;
    }

    // ------------------------------------------------------------------ inside

    /// @dev Few different ones, so that judges agree.
    function _ruling(uint256 taste) private pure returns (Ruling memory) {
        return [Ruling(0, false, 0), Ruling(10_000, false, 0), Ruling(5_000, false, 9), Ruling(0, true, 0)][taste % 4];
    }

    function _choose(uint256 which, DisputeState state) private view returns (uint256 id, Dispute memory chosen) {
        for (uint256 i = 0; i < _disputes.length; ++i) {
            id = 1 + (which % _disputes.length + i) % _disputes.length;
            chosen = COURT.dispute(id);
            if (chosen.state == state) return (id, chosen);
        }
        return (0, chosen);
    }

    function _argumentsOf(uint256 proposal) private view returns (uint256 id, Ruling memory ruling) {
        bytes memory call = GOVERNOR.calls(proposal);
        bytes memory arguments = new bytes(call.length - 4);
        for (uint256 i = 0; i < arguments.length; ++i) {
            arguments[i] = call[i + 4];
        }
        return abi.decode(arguments, (uint256, Ruling));
    }

    function _apply(Vm.Log memory log) private {
        bytes32 topic = log.topics[0];
        uint256 id = uint256(log.topics[1]);
        if (topic == IDisputeCourt.BondWithdrawn.selector) {
            (address account, address asset) = (_address(log.topics[1]), _address(log.topics[2]));
            uint256 amount = abi.decode(log.data, (uint256));
            credits[account][asset] -= amount;
            held[asset] -= amount;
        } else if (topic == IDisputeCourt.BondCredited.selector) {
            credits[_address(log.topics[2])][_address(log.topics[3])] += abi.decode(log.data, (uint256));
        } else if (topic == IDisputeCourt.DisputeOpened.selector) {
            (Dispute memory opened,,) = abi.decode(log.data, (Dispute, bytes, bytes32));
            _disputes.push(opened);
            openDisputeOf[opened.subject][opened.id][_address(log.topics[3])] = id;
            held[opened.asset] += opened.bond;
        } else if (topic == IDisputeCourt.Voted.selector) {
            voteOf[id][_address(log.topics[2])] = keccak256(log.data);
        } else if (topic == IDisputeCourt.Ruled.selector) {
            (Ruling memory ruling, uint48 appealUntil) = abi.decode(log.data, (Ruling, uint48));
            Dispute storage record = _disputes[id - 1];
            record.state = DisputeState.RULED;
            record.ruling = ruling;
            record.appealUntil = appealUntil;
            record.executableFrom = appealUntil;
        } else if (topic == IDisputeCourt.Appealed.selector) {
            (Ruling memory ruling, uint48 executableFrom) = abi.decode(log.data, (Ruling, uint48));
            Dispute storage record = _disputes[id - 1];
            record.state = DisputeState.APPEALED;
            record.executableFrom = executableFrom;
            appealOf[id][_address(log.topics[2])] = keccak256(abi.encode(ruling));
            held[record.asset] += record.bond;
        } else if (topic == IDisputeCourt.Overturned.selector) {
            Dispute storage record = _disputes[id - 1];
            record.ruling = abi.decode(log.data, (Ruling));
            record.appealUntil = uint48(block.timestamp);
            record.executableFrom = uint48(block.timestamp);
        } else if (topic == IDisputeCourt.Executed.selector) {
            _end(id, DisputeState.EXECUTED);
        } else if (topic == IDisputeCourt.Dismissed.selector) {
            _end(id, DisputeState.DISMISSED);
        }
    }

    function _end(uint256 id, DisputeState state) private {
        Dispute storage record = _disputes[id - 1];
        record.state = state;
        address opener = record.openedByClaimant ? record.claimant : record.respondent;
        delete openDisputeOf[record.subject][record.id][opener];
    }

    function _address(bytes32 topic) private pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}

contract DisputeCourtInvariantTest is CourtTest {
    CourtHandler private handler;

    function setUp() public {
        address[] memory parties = new address[](4);
        (parties[0], parties[1], parties[2], parties[3]) = (buyer, stranger, provider, account("lessor"));
        handler = new CourtHandler(court, subject, governor, listing, parties, threeJudges());
        targetContract(address(handler));
    }

    /// forge-config: default.invariant.runs = 6
    function invariant_theCourtHoldsTheBondsOfOpenDisputesAndTheCredits() public {
        Dispute[] memory all = handler.disputes();
        address[] memory parties = handler.parties();
        for (uint256 t = 0; t < 2; ++t) {
            address token = address(handler.tokens(t));
            uint256 expected;
            for (uint256 i = 0; i < all.length; ++i) {
                if (all[i].asset == token && isOpen(all[i])) expected += bondsOf(i + 1, all[i]);
            }
            for (uint256 i = 0; i < parties.length; ++i) {
                expected += court.credits(parties[i], token);
            }
            assertEq(handler.tokens(t).balanceOf(address(court)), expected);
            assertEq(handler.held(token), expected, "events");
        }
    }

    /// forge-config: default.invariant.runs = 6
    function invariant_theEventsRebuildTheCourt() public {
        Dispute[] memory all = handler.disputes();
        address[] memory parties = handler.parties();
        assertEq(court.disputeCount(), all.length);
        for (uint256 i = 0; i < all.length; ++i) {
            assertEq(abi.encode(court.dispute(i + 1)), abi.encode(all[i]));
            for (uint256 j = 0; j < parties.length; ++j) {
                assertEq(court.appealOf(i + 1, parties[j]), handler.appealOf(i + 1, parties[j]));
            }
            for (uint256 j = 0; j < 3; ++j) {
                assertEq(court.voteOf(i + 1, threeJudges()[j]), handler.voteOf(i + 1, threeJudges()[j]));
            }
        }
        for (uint256 j = 0; j < parties.length; ++j) {
            for (uint256 t = 0; t < 2; ++t) {
                address token = address(handler.tokens(t));
                assertEq(court.credits(parties[j], token), handler.credits(parties[j], token));
            }
            for (uint256 thing = 0; thing < 4; ++thing) {
                uint256 id = court.openDisputeOf(address(subject), thing, parties[j]);
                assertEq(id, handler.openDisputeOf(address(subject), thing, parties[j]));
                assertTrue(id == 0 || isOpen(all[id - 1]));
            }
        }
    }

    /// forge-config: default.invariant.runs = 6
    function invariant_nobodyHasTwoOpenDisputesAndNobodyElseEverGetsAnything() public {
        Dispute[] memory all = handler.disputes();
        for (uint256 i = 0; i < all.length; ++i) {
            if (!isOpen(all[i])) continue;
            assertEq(court.openDisputeOf(all[i].subject, all[i].id, openerOf(all[i])), i + 1);
        }
        address[6] memory others = [judge1, judge2, judge3, admin, address(governor), address(authority)];
        for (uint256 i = 0; i < others.length; ++i) {
            for (uint256 t = 0; t < 2; ++t) {
                assertEq(court.credits(others[i], address(handler.tokens(t))), 0);
                assertEq(handler.tokens(t).balanceOf(others[i]), 0);
            }
        }
    }

    /// @dev Whatever happened and whoever is silent or broken: after the longest time nothing is left inside.
    /// forge-config: default.invariant.runs = 6
    function invariant_everyStateHasAWayOutByTimeAlone() public {
        uint256 snapshot = youngVm.snapshotState();
        Dispute[] memory all = handler.disputes();
        for (uint256 i = 0; i < all.length; ++i) {
            if (!isOpen(all[i])) continue;
            assertLte(all[i].executableFrom + MARGIN, all[i].heldUntil);
        }
        vm.warp(block.timestamp + LONGEST);
        for (uint256 i = 0; i < all.length; ++i) {
            if (!isOpen(all[i])) continue;
            all[i].state == DisputeState.OPENED ? court.dismiss(i + 1) : court.execute(i + 1);
        }
        address[] memory parties = handler.parties();
        for (uint256 t = 0; t < 2; ++t) {
            for (uint256 i = 0; i < parties.length; ++i) {
                court.withdraw(address(handler.tokens(t)), parties[i]);
            }
            assertEq(handler.tokens(t).balanceOf(address(court)), 0);
        }
        youngVm.revertToState(snapshot);
    }

    function isOpen(Dispute memory record) private pure returns (bool) {
        return uint8(record.state) >= uint8(DisputeState.OPENED) && uint8(record.state) <= uint8(DisputeState.APPEALED);
    }

    function openerOf(Dispute memory record) private pure returns (address) {
        return record.openedByClaimant ? record.claimant : record.respondent;
    }

    function bondsOf(uint256 id, Dispute memory record) private view returns (uint256) {
        uint256 count = 1;
        if (handler.appealOf(id, record.claimant) != 0) ++count;
        if (handler.appealOf(id, record.respondent) != 0) ++count;
        return count * record.bond;
    }
}
