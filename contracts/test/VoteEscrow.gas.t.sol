// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BUCKET} from "../src/staking/IVoteEscrow.sol";
import {VoteEscrow} from "../src/staking/VoteEscrow.sol";
import {Authorization} from "../src/token/ExactTransfer.sol";
import {EscrowTest} from "./base/EscrowTest.sol";
import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorPreventLateQuorum} from "@openzeppelin/contracts/governance/extensions/GovernorPreventLateQuorum.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";

/// @dev As much of a governor as a vote costs: with a quorum out of the past total, and late quorum prevented.
contract Ballot is GovernorCountingSimple, GovernorVotes, GovernorPreventLateQuorum {
    constructor(VoteEscrow escrow) Governor("Ballot") GovernorVotes(escrow) GovernorPreventLateQuorum(2 days) {}

    function votingDelay() public pure override returns (uint256) {
        return 1 days;
    }

    function votingPeriod() public pure override returns (uint256) {
        return 7 days;
    }

    function quorum(uint256 timepoint) public view override returns (uint256) {
        return token().getPastTotalSupply(timepoint) / 10;
    }

    function proposalDeadline(uint256 id) public view override(Governor, GovernorPreventLateQuorum) returns (uint256) {
        return super.proposalDeadline(id);
    }

    function _tallyUpdated(uint256 id) internal override(Governor, GovernorPreventLateQuorum) {
        super._tallyUpdated(id);
    }
}

/// @dev What whole transactions cost, their own 21,000 and their calldata included. Run with `--isolate`.
contract VoteEscrowGasTest is EscrowTest {
    bytes32 private constant RECEIVE = 0xd099cc98ef71107a616c4f0f941f04c322d8e254fe26b3c6668db87aae413de8;
    uint256 private constant AMOUNT = 1_300e18;

    function test_locks() public {
        fund(alice, 10 * AMOUNT);
        fund(bob, AMOUNT);
        vm.startPrank(alice);
        escrow.lock(AMOUNT, 12);
        assertLte(measured("lock, first of all"), 300_000);
        vm.stopPrank();

        vm.prank(bob);
        escrow.lock(AMOUNT, 12);
        assertLte(measured("lock, first of an account"), 300_000);

        vm.startPrank(alice);
        vm.warp(NOW + 1 days);
        escrow.increase(AMOUNT);
        measured("increase");
        vm.warp(NOW + 2 days);
        escrow.extend(13);
        measured("extend");
        vm.warp(NOW + 3 days);
        escrow.delegate(carol);
        measured("delegate, to an account without votes");
        vm.warp(NOW + 4 days);
        escrow.delegate(bob);
        measured("delegate, to an account with votes");
        vm.warp(escrow.lockOf(alice).end);
        escrow.withdraw();
        measured("withdraw");
        escrow.lock(AMOUNT, 13);
        measured("lock, later of an account");
        vm.stopPrank();
    }

    function test_lockingBySignature() public {
        token.transfer(alice, 2 * AMOUNT);
        bytes32 nonce = escrow.lockNonce(AMOUNT, 13, "salt");
        bytes32 message = keccak256(abi.encode(RECEIVE, alice, address(escrow), AMOUNT, 0, NOW + 1, nonce));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(keyOf("alice"), keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), message)));
        vm.prank(bob);
        escrow.lockWithAuthorization(AMOUNT, 13, Authorization(alice, 0, NOW + 1, "salt", abi.encodePacked(r, s, v)));
        assertLte(measured("lockWithAuthorization, first of all"), 330_000);
    }

    function test_voting() public {
        lockFor(alice, AMOUNT, 13);
        vm.warp(block.timestamp + 1);
        escrow.getPastVotes(alice, block.timestamp - 1);
        measured("getPastVotes, 1 checkpoint");
        assertLte(costOfVote(alice, "vote, 1 checkpoint"), 140_000);
    }

    function test_votingWithFiveHundredCheckpointsInEveryBucket() public {
        vm.pauseGasMetering();
        uint256 end = FIRST_END;
        lockAndRaise(1, end - 3 * BUCKET / 2);
        for (uint256 m = 1; m <= 13; ++m) {
            lockAndRaise(m, end - BUCKET / 2);
        }
        vm.resumeGasMetering();
        uint256 time = block.timestamp;
        vm.warp(time + 1);
        escrow.getPastVotes(carol, time);
        measured("getPastVotes, 500 checkpoints in each of 14 buckets");
        escrow.getPastVotes(carol, time - 5_000);
        measured("getPastVotes, 500 checkpoints in each of 14 buckets, long ago");

        vm.warp(end + 13 * BUCKET);
        escrow.getPastVotes(carol, end + 13 * BUCKET - 1);
        measured("getPastVotes, the same, 13 buckets expired since");

        vm.warp(time + 1);
        assertLte(costOfVote(carol, "vote, 500 checkpoints in each of 14 buckets"), 300_000);
    }

    /// @dev A lock delegated to Carol whose end is `buckets` whole buckets and a half away, and 500 writes, a second each.
    function lockAndRaise(uint256 buckets, uint256 from) private {
        if (block.timestamp < from) vm.warp(from);
        address delegator = address(uint160(uint256(keccak256(abi.encode(buckets, from)))));
        delegateOf(delegator, carol);
        lockFor(delegator, ONE, buckets);
        fund(delegator, 500);
        vm.startPrank(delegator);
        for (uint256 i = 0; i < 499; ++i) {
            vm.warp(block.timestamp + 1);
            escrow.increase(1);
        }
        vm.stopPrank();
        vm.warp(block.timestamp + 1);
    }

    function costOfVote(address voter, string memory name) private returns (uint256) {
        Ballot ballot = new Ballot(escrow);
        address[] memory targets = new address[](1);
        targets[0] = address(1);
        uint256 id = ballot.propose(targets, new uint256[](1), new bytes[](1), "nothing");
        vm.warp(block.timestamp + 1 days + 1);
        vm.prank(voter);
        ballot.castVote(id, 1);
        return measured(name);
    }

    function measured(string memory name) private returns (uint256) {
        return youngVm.snapshotGasLastCall("VoteEscrow", name);
    }
}
