// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMarketGovernor} from "../src/governance/IMarketGovernor.sol";
import {IParameters} from "../src/governance/IParameters.sol";
import {MarketAuthority} from "../src/governance/MarketAuthority.sol";
import {MarketGovernor} from "../src/governance/MarketGovernor.sol";
import {MarketTimelock} from "../src/governance/MarketTimelock.sol";
import {Roles} from "../src/governance/Roles.sol";
import {VoteEscrow} from "../src/staking/VoteEscrow.sol";
import {MarketToken} from "../src/token/MarketToken.sol";
import {GovernanceTest} from "./base/GovernanceTest.sol";
import {bound} from "./base/Test.sol";
import {ContractWallet} from "./mocks/Accounts.sol";
import {Venue} from "./mocks/Venue.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

contract GovernanceGovernorTest is GovernanceTest {
    event ParameterChanged(bytes32 indexed key, uint256 oldValue, uint256 newValue);

    address private admin = account("admin");
    address private court = account("court");

    MarketAuthority private authority;
    MarketTimelock private timelock;
    Venue private venue;

    function setUp() public {
        authority = new MarketAuthority(admin, 365 days);
        timelock = new MarketTimelock(TIMELOCK_DELAY, admin);
        token = new MarketToken(treasury);
        escrow = new VoteEscrow(address(authority), token, 1e18);
        governor = governorWith(DELAY, PERIOD, EXTENSION, THRESHOLD);
        venue = new Venue(address(authority));

        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = escrow.lock.selector;
        vm.startPrank(admin);
        authority.setTargetFunctionRole(address(escrow), selectors, Roles.PUBLIC);
        authority.grantRole(Roles.COURT, court, 0);
        authority.grantRole(Roles.DAO, address(timelock), 0);
        timelock.grantRole(timelock.PROPOSER_ROLE(), address(governor));
        timelock.grantRole(timelock.CANCELLER_ROLE(), address(governor));
        timelock.renounceRole(timelock.DEFAULT_ADMIN_ROLE(), admin);
        vm.stopPrank();

        lockForPower(alice, 30_000_000e18);
        lockForPower(bob, 25_000_000e18);
        lockForPower(carol, 5_000_000e18);
        vm.warp(NOW + 1 hours);
    }

    // ------------------------------------------------------------------ the way of a proposal

    function test_aDecisionIsCarriedOutAfterTheTimelock() public {
        // Given
        Plan memory plan = setRate(7);
        uint256 id = putToVote(carol, plan);
        vote(alice, id, FOR);
        endVote(id);
        assertState(id, IGovernor.ProposalState.Succeeded);
        queue(plan);
        assertEq(governor.proposalEta(id), block.timestamp + TIMELOCK_DELAY);

        // When
        vm.warp(block.timestamp + TIMELOCK_DELAY - 1);
        vm.expectRevert();
        execute(plan);
        vm.warp(block.timestamp + 1);
        vm.prank(stranger);
        execute(plan);

        // Then
        assertEq(venue.rate(), 7);
        assertState(id, IGovernor.ProposalState.Executed);
    }

    function test_theClockIsThatOfTheEscrow() public {
        assertEq(governor.clock(), block.timestamp);
        assertEq(governor.CLOCK_MODE(), "mode=timestamp");
        assertEq(governor.COUNTING_MODE(), "support=bravo&quorum=for,abstain");
        assertEq(address(governor.token()), address(escrow));
        assertEq(governor.timelock(), address(timelock));
    }

    function test_theProposerTakesAProposalBackBeforeItsVote() public {
        Plan memory plan = setRate(7);
        uint256 id = propose(carol, plan);
        bytes32 hash = keccak256(bytes(plan.description));
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, id, stranger));
        vm.prank(stranger);
        governor.cancel(plan.targets, plan.values, plan.calls, hash);

        vm.prank(carol);
        governor.cancel(plan.targets, plan.values, plan.calls, hash);
        assertState(id, IGovernor.ProposalState.Canceled);
    }

    function test_nobodyCancelsWhatWasQueued() public {
        // Given
        Plan memory plan = setRate(7);
        uint256 id = putToVote(carol, plan);
        vote(alice, id, FOR);
        endVote(id);
        queue(plan);
        bytes32 hash = keccak256(bytes(plan.description));
        bytes32 operation =
            timelock.hashOperationBatch(plan.targets, plan.values, plan.calls, 0, bytes20(address(governor)) ^ hash);

        // When
        vm.startPrank(carol);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, id, carol));
        governor.cancel(plan.targets, plan.values, plan.calls, hash);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControl.AccessControlUnauthorizedAccount.selector, carol, timelock.CANCELLER_ROLE()
            )
        );
        timelock.cancel(operation);
        vm.stopPrank();

        // Then
        assertState(id, IGovernor.ProposalState.Queued);
    }

    // ------------------------------------------------------------------ who proposes

    function test_aProposalTakesTheThresholdAsOfASecondAgo() public {
        lockForPower(stranger, THRESHOLD);
        vm.expectRevert(
            abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, stranger, 0, THRESHOLD)
        );
        propose(stranger, setRate(7));

        vm.warp(block.timestamp + 1);
        propose(stranger, setRate(7));
    }

    function test_theCourtProposesWithoutPowerAndWithoutQuota() public {
        for (uint256 i = 0; i < 12; ++i) {
            propose(court, setRate(i));
        }
        assertEq(governor.proposalsIn(block.timestamp / 28 days, court), 0);
    }

    function test_whoIsNotTheCourtAnyMoreProposesLikeEverybody() public {
        vm.prank(address(timelock));
        authority.revokeRole(Roles.COURT, court);
        vm.expectRevert(
            abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, court, 0, THRESHOLD)
        );
        propose(court, setRate(7));
    }

    function test_nobodyTakesAProposalAwayFromTheCourt() public {
        // Given a description that ends with its proposer
        Plan memory plan = setRate(7);
        plan.description = string.concat("appeal #proposer=", vm.toString(court));

        // When
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorRestrictedProposer.selector, alice));
        propose(alice, plan);

        // Then
        propose(court, plan);
    }

    function test_theCourtTakesNobodysProposalAwayEither() public {
        Plan memory plan = setRate(7);
        plan.description = string.concat("plan #proposer=", vm.toString(alice));
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorRestrictedProposer.selector, court));
        propose(court, plan);
    }

    function test_theStakingScoreIsTheNumberOfProposalsAMonth() public {
        assertEq(escrow.scoreAt(carol, block.timestamp - 1), 9);
        for (uint256 i = 0; i < 9; ++i) {
            propose(carol, setRate(i));
        }
        assertEq(governor.proposalsIn(block.timestamp / 28 days, carol), 9);
        vm.expectRevert(abi.encodeWithSelector(IMarketGovernor.ProposalQuotaUsed.selector, carol, 9));
        propose(carol, setRate(9));

        vm.warp((block.timestamp / 28 days + 1) * 28 days);
        propose(carol, setRate(9));
    }

    function test_aDelegateWithoutAScoreOfItsOwnHasOneProposalAMonth() public {
        vm.prank(carol);
        escrow.delegate(stranger);
        vm.warp(block.timestamp + 1);
        assertEq(governor.proposalQuota(stranger), 1);
        propose(stranger, setRate(1));
        vm.expectRevert(abi.encodeWithSelector(IMarketGovernor.ProposalQuotaUsed.selector, stranger, 1));
        propose(stranger, setRate(2));
    }

    // ------------------------------------------------------------------ quorum and margin

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_aProposalPassesWithQuorumAndATenthOfAllVotesAsMargin(uint256 one, uint256 two, uint256 three)
        public
    {
        // Given
        address[3] memory voters = [account("for"), account("against"), account("abstain")];
        uint256[3] memory powers = [bound(one, 1, 2e7) * 2e18, bound(two, 1, 2e7) * 2e18, bound(three, 1, 2e7) * 2e18];
        for (uint256 i = 0; i < 3; ++i) {
            lockForPower(voters[i], powers[i]);
        }
        uint256 id = putToVote(alice, setRate(7));

        // When
        vote(voters[0], id, FOR);
        vote(voters[1], id, AGAINST);
        vote(voters[2], id, ABSTAIN);
        endVote(id);

        // Then
        (uint256 yes, uint256 no, uint256 neither) = (powers[0], powers[1], powers[2]);
        uint256 all = 60_000_000e18 + yes + no + neither;
        bool quorate = (yes + neither) * 10 >= all && (yes + neither) * 50 >= 1_000_000_000e18;
        bool clear = yes > no && 10 * (yes - no) >= yes + no + neither;
        assertState(id, quorate && clear ? IGovernor.ProposalState.Succeeded : IGovernor.ProposalState.Defeated);
    }

    function test_aTenthOfAllVotesCastIsJustEnoughAsMargin() public {
        // 27.5 against 22.5 of 50 million: exactly a tenth
        assertOutcome(27_500_000e18, 22_500_000e18, IGovernor.ProposalState.Succeeded);
    }

    function test_aHairLessThanATenthAsMarginIsNotEnough() public {
        assertOutcome(27_500_000e18, 22_500_002e18, IGovernor.ProposalState.Defeated);
    }

    function test_abstentionsCountAgainstTheMargin() public {
        uint256 id = putToVote(alice, setRate(7));
        vote(alice, id, FOR); // 30
        vote(bob, id, AGAINST); // 25: 5 of 55 is less than a tenth
        endVote(id);
        assertState(id, IGovernor.ProposalState.Defeated);
    }

    function test_withoutAQuorumNothingIsDecided() public {
        uint256 id = putToVote(carol, setRate(7));
        vote(carol, id, FOR);
        endVote(id);
        assertState(id, IGovernor.ProposalState.Defeated);
    }

    function test_aTenthOfAllPowerIsNeededOnceMuchIsLocked() public {
        // Given 460 million power, of which 46 are a tenth
        lockForPower(stranger, 400_000_000e18);
        uint256 id = putToVote(alice, setRate(7));
        assertEq(governor.quorum(governor.proposalSnapshot(id)), 46_000_000e18);

        // When
        vote(alice, id, FOR);
        uint256 snapshot = youngVm.snapshotState();
        endVote(id);
        assertState(id, IGovernor.ProposalState.Defeated);
        youngVm.revertToState(snapshot);
        vote(bob, id, ABSTAIN);

        // Then 55 are enough, but for the margin nothing was lost
        endVote(id);
        assertState(id, IGovernor.ProposalState.Succeeded);
    }

    function test_quorumsRoundUp() public {
        lockForPower(stranger, 400_000_000e18 + 2);
        vm.warp(block.timestamp + 1);
        assertEq(governor.quorum(block.timestamp - 1), 46_000_000e18 + 1);
    }

    /// @dev The attack of the first day: whoever locks first has all the power there is, and is stopped by the floor.
    function test_attack_governorCapturedOnDayOneByWhoeverLocksFirst() public {
        // Given nobody but a thief has locked anything
        escrow = new VoteEscrow(address(authority), token, 1e18);
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = escrow.lock.selector;
        vm.prank(address(timelock));
        authority.setTargetFunctionRole(address(escrow), selectors, Roles.PUBLIC);
        governor = governorWith(DELAY, PERIOD, EXTENSION, THRESHOLD);
        lockForPower(stranger, SUPPLY_QUORUM - 2);
        vm.warp(block.timestamp + 1);

        // When
        uint256 id =
            putToVote(stranger, planOf(address(authority), abi.encodeCall(authority.grantRole, (0, stranger, 0)), ""));
        vote(stranger, id, FOR);
        endVote(id);

        // Then
        assertEq(escrow.getPastVotes(stranger, block.timestamp - 1), escrow.getPastTotalSupply(block.timestamp - 1));
        assertState(id, IGovernor.ProposalState.Defeated);
    }

    function test_powerLockedAfterTheSnapshotDoesNotCount() public {
        uint256 id = putToVote(alice, setRate(7));
        lockForPower(stranger, 400_000_000e18);
        vote(stranger, id, FOR);
        (, uint256 inFavour,) = governor.proposalVotes(id);
        assertEq(inFavour, 0);
        endVote(id);
        assertState(id, IGovernor.ProposalState.Defeated);
    }

    function test_burningTokensLaterDoesNotReviveADefeatedProposal() public {
        // Given a vote that missed the quorum by a little
        uint256 id = putToVote(alice, setRate(7));
        lockForPower(account("dave"), SUPPLY_QUORUM - 1e18);
        uint256 later = putToVote(alice, setRate(8));
        vote(account("dave"), later, FOR);
        endVote(later);
        assertState(later, IGovernor.ProposalState.Defeated);

        // When
        vm.prank(treasury);
        token.burn(800_000_000e18);
        propose(bob, setRate(9));
        vm.warp(block.timestamp + 1);

        // Then
        assertState(later, IGovernor.ProposalState.Defeated);
        assertState(id, IGovernor.ProposalState.Defeated);
        assertEq(governor.quorum(governor.proposalSnapshot(later)), SUPPLY_QUORUM);
        assertLt(governor.quorum(block.timestamp - 1), SUPPLY_QUORUM);
    }

    function test_burningTokensDuringAVoteDoesNotLowerItsQuorum() public {
        // Given a voter with a tenth of all power, but less than a fiftieth of the supply
        lockForPower(stranger, 10_000_000e18);
        uint256 id = putToVote(carol, setRate(7));

        // When
        vm.prank(treasury);
        token.burn(800_000_000e18);
        propose(bob, setRate(9));
        vote(stranger, id, FOR);
        endVote(id);

        // Then
        assertState(id, IGovernor.ProposalState.Defeated);
    }

    function test_aQuorumReachedLateProlongsTheVote() public {
        // Given
        uint256 id = putToVote(carol, setRate(7));
        uint256 deadline = governor.proposalDeadline(id);
        vm.warp(deadline - 1);

        // When
        vote(alice, id, FOR);

        // Then the others still have time to answer
        assertEq(governor.proposalDeadline(id), deadline - 1 + EXTENSION);
        vm.warp(deadline + EXTENSION - 1);
        vote(bob, id, AGAINST);
        endVote(id);
        assertState(id, IGovernor.ProposalState.Defeated);
    }

    // ------------------------------------------------------------------ ballots by signature

    function test_anyoneCastsASignedBallot() public {
        uint256 id = putToVote(carol, setRate(7));
        bytes memory signature = signed(keyOf("alice"), ballotDigest(id, FOR, alice));
        vm.prank(stranger);
        governor.castVoteBySig(id, FOR, alice, signature);
        assertTrue(governor.hasVoted(id, alice));

        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, alice));
        governor.castVoteBySig(id, FOR, alice, signature);
    }

    function test_aContractWalletsBallotIsCounted() public {
        ContractWallet wallet = new ContractWallet(alice);
        lockForPower(address(wallet), SUPPLY_QUORUM);
        uint256 id = putToVote(carol, setRate(7));
        governor.castVoteBySig(id, FOR, address(wallet), signed(keyOf("alice"), ballotDigest(id, FOR, address(wallet))));
        (, uint256 inFavour,) = governor.proposalVotes(id);
        assertEq(inFavour, SUPPLY_QUORUM);
    }

    function test_aBallotOfAnAccountWithCodeIsCounted() public {
        uint256 id = putToVote(carol, setRate(7));
        ContractWallet delegated = new ContractWallet(alice);
        vm.etch(alice, abi.encodePacked(hex"ef0100", address(delegated)));
        governor.castVoteBySig(id, FOR, alice, signed(keyOf("alice"), ballotDigest(id, FOR, alice)));
        assertTrue(governor.hasVoted(id, alice));
    }

    function test_malleableTruncatedAndForeignSignaturesAreRefused() public {
        uint256 id = putToVote(carol, setRate(7));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf("alice"), ballotDigest(id, FOR, alice));
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        expectRefused(id, FOR, abi.encodePacked(r, bytes32(order - uint256(s)), v == 27 ? 28 : 27));
        expectRefused(id, FOR, abi.encodePacked(r, s));
        expectRefused(id, FOR, "");
        expectRefused(id, AGAINST, abi.encodePacked(r, s, v));
        expectRefused(id, FOR, signed(keyOf("bob"), ballotDigest(id, FOR, alice)));
    }

    function test_aBallotForAnotherChainIsRefused() public {
        uint256 id = putToVote(carol, setRate(7));
        bytes memory signature = signed(keyOf("alice"), ballotDigest(id, FOR, alice));
        vm.chainId(1);
        expectRefused(id, FOR, signature);
    }

    // ------------------------------------------------------------------ parameters

    function test_onlyAProposalChangesParameters() public {
        vm.startPrank(admin);
        bytes memory refusal = abi.encodeWithSelector(IGovernor.GovernorOnlyExecutor.selector, admin);
        vm.expectRevert(refusal);
        governor.setVotingDelay(2 days);
        vm.expectRevert(refusal);
        governor.setVotingPeriod(4 days);
        vm.expectRevert(refusal);
        governor.setLateQuorumVoteExtension(1 days);
        vm.expectRevert(refusal);
        governor.setProposalThreshold(2_000e18);
        vm.expectRevert(refusal);
        governor.updateTimelock(TimelockController(payable(admin)));
        vm.expectRevert(refusal);
        governor.relay(admin, 0, "");
        vm.expectRevert(abi.encodeWithSelector(TimelockController.TimelockUnauthorizedCaller.selector, admin));
        timelock.updateDelay(3 days);
        vm.stopPrank();
    }

    function test_aProposalChangesAParameterAndSaysSo() public {
        Plan memory plan = planOf(address(governor), abi.encodeCall(governor.setVotingPeriod, (4 days)), "faster");
        uint256 id = putToVote(carol, plan);
        vote(alice, id, FOR);
        endVote(id);
        queue(plan);
        vm.warp(governor.proposalEta(id));
        vm.expectEmit(address(governor));
        emit ParameterChanged("votingPeriod", 7 days, 4 days);
        execute(plan);
        assertEq(governor.votingPeriod(), 4 days);
    }

    function test_noMajorityMovesAParameterOutOfItsBounds() public {
        Plan memory plan = planOf(address(governor), abi.encodeCall(governor.setVotingPeriod, (1 days)), "rush");
        uint256 id = putToVote(carol, plan);
        vote(alice, id, FOR);
        endVote(id);
        queue(plan);
        vm.warp(governor.proposalEta(id));
        vm.expectRevert(outOfBounds("votingPeriod", 1 days, 3 days, 14 days));
        execute(plan);
    }

    function test_theTimelockChangesItsDelayWithinItsBounds() public {
        vm.chainId(1);
        vm.startPrank(address(timelock));
        vm.expectEmit(address(timelock));
        emit ParameterChanged("timelockDelay", TIMELOCK_DELAY, 14 days);
        timelock.updateDelay(14 days);
        vm.expectRevert(outOfBounds("timelockDelay", 14 days + 1, 2 days, 14 days));
        timelock.updateDelay(14 days + 1);
        vm.expectRevert(outOfBounds("timelockDelay", 2 days - 1, 2 days, 14 days));
        timelock.updateDelay(2 days - 1);
        vm.stopPrank();
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_theConstructorChecksEveryBound(uint48 delay, uint32 period, uint48 extension, uint256 threshold)
        public
    {
        vm.chainId(1);
        assertRefused(bound(delay, 7 days + 1, type(uint48).max), PERIOD, EXTENSION, THRESHOLD, "votingDelay");
        assertRefused(delay % 1 days, PERIOD, EXTENSION, THRESHOLD, "votingDelay");
        assertRefused(DELAY, bound(period, 14 days + 1, type(uint32).max), EXTENSION, THRESHOLD, "votingPeriod");
        assertRefused(DELAY, period % 3 days, EXTENSION, THRESHOLD, "votingPeriod");
        assertRefused(DELAY, PERIOD, bound(extension, 3 days + 1, type(uint48).max), THRESHOLD, "lateQuorumExtension");
        assertRefused(DELAY, PERIOD, extension % 1 days, THRESHOLD, "lateQuorumExtension");
        assertRefused(DELAY, PERIOD, EXTENSION, bound(threshold, 1e25 + 1, type(uint256).max), "proposalThreshold");
        assertRefused(DELAY, PERIOD, EXTENSION, threshold % 1_000e18, "proposalThreshold");
        governorWith(1 days, 3 days, 1 days, 1_000e18);
        governorWith(7 days, 14 days, 3 days, 10_000_000e18);
    }

    function test_decisionsMayBeQuickOnADevelopmentChainOnly() public {
        governorWith(0, PERIOD, EXTENSION, THRESHOLD);
        new MarketTimelock(0, admin);

        vm.chainId(8453);
        assertRefused(0, PERIOD, EXTENSION, THRESHOLD, "votingDelay");
        vm.expectRevert(outOfBounds("timelockDelay", 0, 2 days, 14 days));
        new MarketTimelock(0, admin);
        new MarketTimelock(2 days, admin);
    }

    function test_withoutDelayAVoteBeginsInTheNextSecond() public {
        governor = governorWith(0, PERIOD, EXTENSION, THRESHOLD);
        uint256 id = propose(alice, setRate(7));
        assertState(id, IGovernor.ProposalState.Pending);
        vm.warp(block.timestamp + 1);
        vote(alice, id, FOR);
        endVote(id);
        assertState(id, IGovernor.ProposalState.Succeeded);
    }

    // ------------------------------------------------------------------ the timelock

    function test_onlyTheGovernorSchedules() public {
        bytes memory call = abi.encodeCall(venue.setRate, (7));
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControl.AccessControlUnauthorizedAccount.selector, alice, timelock.PROPOSER_ROLE()
            )
        );
        vm.prank(alice);
        timelock.schedule(address(venue), 0, call, 0, 0, 30 days);
    }

    function test_theFormerAdminOfTheTimelockCanDoNothing() public {
        vm.startPrank(admin);
        bytes32 role = timelock.PROPOSER_ROLE();
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControl.AccessControlUnauthorizedAccount.selector, admin, timelock.DEFAULT_ADMIN_ROLE()
            )
        );
        timelock.grantRole(role, admin);
        vm.stopPrank();
    }

    // ------------------------------------------------------------------ helpers

    function setRate(uint256 rate) private view returns (Plan memory) {
        return planOf(address(venue), abi.encodeCall(venue.setRate, (rate)), string.concat("rate ", vm.toString(rate)));
    }

    function governorWith(uint48 delay, uint32 period, uint48 extension, uint256 threshold)
        private
        returns (MarketGovernor)
    {
        return new MarketGovernor(escrow, token, timelock, authority, delay, period, extension, threshold);
    }

    function assertRefused(uint256 delay, uint256 period, uint256 extension, uint256 threshold, bytes32 key) private {
        try new MarketGovernor(
            escrow, token, timelock, authority, uint48(delay), uint32(period), uint48(extension), threshold
        ) {
            fail();
        } catch (bytes memory refusal) {
            bytes32 named;
            assembly ("memory-safe") {
                named := mload(add(refusal, 0x24))
            }
            assertEq(bytes4(refusal), IParameters.ParameterOutOfBounds.selector);
            assertEq(named, key);
        }
    }

    function assertOutcome(uint256 inFavour, uint256 against, IGovernor.ProposalState expected) private {
        lockForPower(account("for"), inFavour);
        lockForPower(account("against"), against);
        uint256 id = putToVote(alice, setRate(7));
        vote(account("for"), id, FOR);
        vote(account("against"), id, AGAINST);
        endVote(id);
        assertState(id, expected);
    }

    function assertState(uint256 id, IGovernor.ProposalState expected) private {
        assertEq(uint256(governor.state(id)), uint256(expected));
    }

    function expectRefused(uint256 id, uint8 support, bytes memory signature) private {
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, alice));
        governor.castVoteBySig(id, support, alice, signature);
    }

    function outOfBounds(bytes32 key, uint256 value, uint256 min, uint256 max) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IParameters.ParameterOutOfBounds.selector, key, value, min, max);
    }
}
