// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DisputeCourt} from "../src/governance/DisputeCourt.sol";
import {Case, IDisputable} from "../src/governance/IDisputable.sol";
import {
    Dispute,
    DisputeState,
    IAppealGovernor,
    IDisputeCourt,
    Ruling,
    Terms
} from "../src/governance/IDisputeCourt.sol";
import {IParameters} from "../src/governance/IParameters.sol";
import {Roles} from "../src/governance/Roles.sol";
import {Status} from "../src/listing/IListingRegistry.sol";
import {ExactTransfer} from "../src/token/ExactTransfer.sol";
import {CourtTest} from "./base/CourtTest.sol";
import {bound} from "./base/Test.sol";
import {CallbackToken, FakeJobs, FakeSubject} from "./mocks/Court.sol";
import {BlockingToken, FeeToken, PlainToken} from "./mocks/Tokens.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

contract DisputeCourtTest is CourtTest {
    // ------------------------------------------------------------------ opening

    function test_openingTakesTheBondAndHoldsTheSubject() public {
        // When
        uint256 id = openOver(7);

        // Then
        Dispute memory opened = court.dispute(id);
        assertEq(id, 1);
        assertEq(court.disputeCount(), 1);
        assertEq(court.openDisputeOf(address(subject), 7, buyer), id);
        assertEq(usd.balanceOf(address(court)), BOND);
        assertEq(subject.heldUntil(7), NOW + LONGEST);
        assertState(id, DisputeState.OPENED);
        assertEq(opened.subject, address(subject));
        assertEq(opened.id, 7);
        assertEq(opened.listing, listing);
        assertEq(opened.claimant, buyer);
        assertEq(opened.respondent, provider);
        assertEq(opened.titleOwner, provider);
        assertTrue(opened.openedByClaimant);
        assertEq(opened.asset, address(usd));
        assertEq(opened.bond, BOND);
        assertEq(opened.panel, 1);
        assertEq(opened.evidenceUntil, NOW + EVIDENCE);
        assertEq(opened.rulingUntil, NOW + EVIDENCE + RULING);
        assertEq(opened.heldUntil, NOW + LONGEST);
        assertEq(opened.appealPeriod, APPEAL);
        assertEq(opened.appealUntil, 0);
        assertEq(opened.executableFrom, 0);
    }

    function test_theRespondentCanOpenToo() public {
        subject.put(7, usdCase());
        assertFalse(court.dispute(openBy(provider, 7)).openedByClaimant);
    }

    function test_onlyAPartyOpens() public {
        subject.put(7, usdCase());
        fund(stranger, address(usd), BOND);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.NotParty.selector, stranger));
        open(stranger, subject, 7);
    }

    function test_onlyWhatTheDaoAllowsCanBeDisputed() public {
        FakeSubject other = new FakeSubject();
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.NotSubject.selector, other));
        open(buyer, other, 7);

        uint256 id = openOver(7);
        vm.prank(admin);
        court.setSubject(address(subject), false);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.NotSubject.selector, subject));
        open(buyer, subject, 8);

        // What is open goes on.
        decide(id, share(1));
        executeWhenPossible(id);
        assertEq(subject.claimantBps(7), 1);
    }

    function test_nothingIsOpenedWithoutAPanel() public {
        DisputeCourt empty =
            new DisputeCourt(address(authority), IAppealGovernor(address(governor)), registry, termsWith(EVIDENCE));
        vm.prank(admin);
        empty.setSubject(address(subject), true);
        vm.expectRevert(IDisputeCourt.NoPanel.selector);
        vm.prank(buyer);
        empty.open(subject, 7, BOND, CID, SHA256);
    }

    function test_openingManyDisputesToFreezeNeedsManyOpeners() public {
        uint256 id = openOver(7);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.AlreadyDisputed.selector, id));
        open(buyer, subject, 7);

        // Over something else of the same listing it is another matter.
        assertEq(openOver(8), 2);

        // Afterwards it can be disputed again, if the subject still lets it.
        decide(id, share(0));
        executeWhenPossible(id);
        assertEq(court.openDisputeOf(address(subject), 7, buyer), 0);
        assertEq(openBy(buyer, 7), 3);
    }

    function test_theBondIsWithinTheOpenersLimit() public {
        subject.put(7, usdCase());
        fund(buyer, address(usd), BOND);
        vm.startPrank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.BondOutOfRange.selector, BOND, BOND - 1));
        court.open(subject, 7, BOND - 1, CID, SHA256);
        court.open(subject, 7, BOND, CID, SHA256);
        vm.stopPrank();
    }

    function test_nothingAtStakeIsNoDispute() public {
        Case memory nothing = usdCase();
        nothing.amount = 0;
        subject.put(7, nothing);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.BondOutOfRange.selector, 0, type(uint256).max));
        open(buyer, subject, 7);
    }

    function testFuzz_theBondIsAFractionRoundedUpAtLeastTheMinimumAndAtMostTheStake(uint128 amount, uint128 minimum)
        public
    {
        vm.prank(admin);
        court.setMinBond(address(usd), minimum);
        uint256 fraction = (uint256(amount) + 9) / 10;
        uint256 expected = fraction >= minimum ? fraction : minimum < amount ? minimum : amount;
        assertEq(court.bondFor(address(usd), amount), expected);
        assertLte(expected, amount);
        assertEq(court.bondFor(address(this), amount), fraction);
        assertEq(court.minBond(address(usd)), minimum);
    }

    function test_evidenceIsABinaryCidAndAHash() public {
        subject.put(7, usdCase());
        fund(buyer, address(usd), BOND);
        vm.startPrank(buyer);
        bytes[4] memory malformed = [bytes(hex"010203"), hex"00551220", new bytes(65), ""];
        malformed[2][0] = 0x01;
        for (uint256 i = 0; i < malformed.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.MalformedEvidence.selector, malformed[i], SHA256));
            court.open(subject, 7, BOND, malformed[i], SHA256);
        }
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.MalformedEvidence.selector, CID, bytes32(0)));
        court.open(subject, 7, BOND, CID, 0);
    }

    function test_aFeeOnTransferBondAssetIsRefused() public {
        FeeToken token = new FeeToken();
        subject.put(7, Case(listing, buyer, provider, address(token), STAKE));
        token.mint(buyer, BOND);
        fund(buyer, address(token), 0);
        vm.expectRevert(abi.encodeWithSelector(ExactTransfer.InexactTransfer.selector, token, BOND, BOND - BOND / 100));
        open(buyer, subject, 7);
    }

    function test_aReentrantBondAssetGetsNowhere() public {
        CallbackToken token = new CallbackToken();
        subject.put(7, Case(listing, buyer, provider, address(token), STAKE));
        token.mint(buyer, 10 * BOND);
        fund(buyer, address(token), 0);

        bytes[5] memory attacks = [
            abi.encodeCall(court.open, (subject, 8, BOND, CID, SHA256)),
            abi.encodeCall(court.execute, (1)),
            abi.encodeCall(court.dismiss, (1)),
            abi.encodeCall(court.withdraw, (address(token), buyer)),
            abi.encodeCall(court.appeal, (1, share(1)))
        ];
        for (uint256 i = 0; i < attacks.length; ++i) {
            token.attackWith(address(court), attacks[i]);
            vm.expectRevert(bytes4(keccak256("ReentrancyGuardReentrantCall()")));
            open(buyer, subject, 7);
        }

        // While credits are withdrawn too.
        token.attackWith(address(0), "");
        uint256 id = open(buyer, subject, 7);
        vm.warp(court.dispute(id).rulingUntil);
        court.dismiss(id);
        token.attackWith(address(court), attacks[3]);
        vm.expectRevert(bytes4(keccak256("ReentrancyGuardReentrantCall()")));
        court.withdraw(address(token), buyer);
    }

    function test_aListingThatDoesNotExistHasNoDisputes() public {
        subject.put(7, Case(99, buyer, provider, address(usd), STAKE));
        vm.expectRevert(abi.encodeWithSignature("ERC721NonexistentToken(uint256)", 99));
        open(buyer, subject, 7);
    }

    function test_anApprovalCanComeInTheSameTransaction() public {
        subject.put(7, usdCase());
        usd.mint(buyer, BOND);
        bytes32 message = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                buyer,
                court,
                BOND,
                0,
                NOW
            )
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(keyOf("buyer"), keccak256(abi.encodePacked(hex"1901", usd.DOMAIN_SEPARATOR(), message)));
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(court.permit, (usd, BOND, NOW, v, r, s));
        calls[1] = abi.encodeCall(court.open, (subject, 7, BOND, CID, SHA256));
        vm.prank(buyer);
        court.multicall(calls);
        assertEq(court.disputeCount(), 1);
    }

    // ------------------------------------------------------------------ evidence

    function test_bothPartiesHandInEvidenceUntilTheDeadline() public {
        uint256 id = openOver(7);
        vm.warp(NOW + EVIDENCE - 1);
        vm.prank(buyer);
        court.submitEvidence(id, CID, SHA256);
        vm.prank(provider);
        court.submitEvidence(id, CID, SHA256);

        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.NotParty.selector, judge1));
        vm.prank(judge1);
        court.submitEvidence(id, CID, SHA256);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.MalformedEvidence.selector, CID, bytes32(0)));
        vm.prank(buyer);
        court.submitEvidence(id, CID, 0);

        vm.warp(NOW + EVIDENCE);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.TooLate.selector, NOW + EVIDENCE));
        vm.prank(buyer);
        court.submitEvidence(id, CID, SHA256);
    }

    function test_aClosedCaseTakesNoEvidence() public {
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.WrongState.selector, 1, DisputeState.NONE));
        court.submitEvidence(1, CID, SHA256);
        uint256 id = openOver(7);
        decide(id, share(1));
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.WrongState.selector, id, DisputeState.RULED));
        vm.prank(buyer);
        court.submitEvidence(id, CID, SHA256);
    }

    // ------------------------------------------------------------------ ruling

    function test_equalVotesOfTheThresholdAreTheRuling() public {
        // Given
        uint256 id = openOver(7);
        vm.warp(NOW + EVIDENCE);

        // When
        vote(judge1, id, Ruling(5_000, false, 10));
        vote(judge2, id, Ruling(5_000, false, 11));
        assertState(id, DisputeState.OPENED);
        vote(judge3, id, Ruling(5_000, false, 10));

        // Then
        Dispute memory ruled = court.dispute(id);
        assertState(id, DisputeState.RULED);
        assertEq(ruled.ruling.claimantBps, 5_000);
        assertEq(ruled.ruling.damage, 10);
        assertFalse(ruled.ruling.suspension);
        assertEq(ruled.appealUntil, NOW + EVIDENCE + APPEAL);
        assertEq(ruled.executableFrom, NOW + EVIDENCE + APPEAL);
        assertEq(court.voteOf(id, judge1), digestOf(Ruling(5_000, false, 10)));
        assertEq(court.voteOf(id, judge2), digestOf(Ruling(5_000, false, 11)));
    }

    function test_doubleRulingVotesCountOnce() public {
        uint256 id = openOver(7);
        vm.warp(NOW + EVIDENCE);
        vote(judge1, id, share(1));
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.AlreadyVoted.selector, id, judge1));
        vote(judge1, id, share(1));

        // Nor by a detour.
        vote(judge1, id, share(2));
        vote(judge1, id, share(1));
        vote(judge2, id, share(2));
        assertState(id, DisputeState.OPENED);
        vote(judge2, id, share(1));
        assertState(id, DisputeState.RULED);

        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.WrongState.selector, id, DisputeState.RULED));
        vote(judge3, id, share(1));
    }

    function test_thePanelHearsTheEvidenceFirst() public {
        uint256 id = openOver(7);
        vm.warp(NOW + EVIDENCE - 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.TooEarly.selector, NOW + EVIDENCE));
        vote(judge1, id, share(1));
    }

    function test_aRulingAfterTheDeadlineDoesNotCount() public {
        uint256 id = openOver(7);
        uint256 deadline = NOW + EVIDENCE + RULING;
        vm.warp(deadline - 1);
        vote(judge1, id, share(1));
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.TooLate.selector, deadline));
        vote(judge2, id, share(1));
    }

    function test_aRulingGivesNoMoreThanThereIs() public {
        uint256 id = openOver(7);
        vm.warp(NOW + EVIDENCE);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.RulingOutOfRange.selector, 10_001));
        vote(judge1, id, share(10_001));
    }

    function test_onlyThePanelRules() public {
        uint256 id = openOver(7);
        vm.warp(NOW + EVIDENCE);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.NotOnPanel.selector, id, stranger));
        vote(stranger, id, share(1));
    }

    function test_aPanelMemberDoesNotJudgeItsOwnCase() public {
        // Given a panel of the owner of the title, of both parties, and of who buys the title meanwhile
        address lessee = account("lessee");
        address[] memory members = new address[](5);
        (members[0], members[1], members[2], members[3], members[4]) = (provider, buyer, lessee, judge1, judge2);
        vm.prank(admin);
        court.setPanel(members, 3);
        subject.put(7, Case(listing, buyer, lessee, address(usd), STAKE));
        uint256 id = openBy(buyer, 7);
        transferTitle(listing, judge1);
        vm.warp(NOW + EVIDENCE);

        // Then only the last of them judges, and it takes three
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.ConflictOfInterest.selector, id, members[i]));
            vote(members[i], id, share(10_000));
        }
        vote(judge2, id, share(10_000));
        vm.warp(NOW + EVIDENCE + RULING);
        court.dismiss(id);
        assertCredits(BOND, 0);
    }

    function test_aPanelReplacedMidCaseStillJudgesIt() public {
        // Given
        uint256 id = openOver(7);
        address[] memory members = new address[](3);
        (members[0], members[1], members[2]) = (stranger, account("juror"), account("spare juror"));
        vm.prank(admin);
        court.setPanel(members, 2);
        vm.warp(NOW + EVIDENCE);

        // Then
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.NotOnPanel.selector, id, stranger));
        vote(stranger, id, share(0));
        decide(id, share(3));
        assertState(id, DisputeState.RULED);

        uint256 next = openOver(8);
        vm.warp(block.timestamp + EVIDENCE);
        vote(stranger, next, share(0));
        vote(account("juror"), next, share(0));
        assertState(next, DisputeState.RULED);
    }

    // ------------------------------------------------------------------ dismissal

    function test_aSilentPanelRobsNobody() public {
        // Given
        uint256 id = openOver(7);
        uint256 deadline = NOW + EVIDENCE + RULING;
        vm.warp(deadline - 1);
        vote(judge1, id, share(0));
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.TooEarly.selector, deadline));
        court.dismiss(id);

        // When
        vm.warp(deadline);
        vm.prank(stranger);
        court.dismiss(id);

        // Then
        assertState(id, DisputeState.DISMISSED);
        assertCredits(BOND, 0);
        assertEq(subject.heldUntil(7), 0);
        assertEq(court.openDisputeOf(address(subject), 7, buyer), 0);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.WrongState.selector, id, DisputeState.DISMISSED));
        court.dismiss(id);
    }

    function test_aRuledCaseIsNotDismissed() public {
        uint256 id = openOver(7);
        decide(id, share(0));
        vm.warp(NOW + LONGEST);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.WrongState.selector, id, DisputeState.RULED));
        court.dismiss(id);
    }

    function test_aSubjectThatCannotReleaseKeepsTheBondOnlyUntilTheHoldEnds() public {
        uint256 id = openOver(7);
        subject.setFails(true);
        vm.warp(NOW + LONGEST - 1);
        vm.expectRevert("stuck");
        court.dismiss(id);
        vm.warp(NOW + LONGEST);
        court.dismiss(id);
        assertCredits(BOND, 0);
    }

    // ------------------------------------------------------------------ execution

    function test_executionWaitsForTheAppealPeriod() public {
        uint256 id = openOver(7);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.WrongState.selector, id, DisputeState.OPENED));
        court.execute(id);
        decide(id, Ruling(2_500, false, 77));
        vm.warp(NOW + EVIDENCE + APPEAL - 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.TooEarly.selector, NOW + EVIDENCE + APPEAL));
        court.execute(id);

        vm.warp(NOW + EVIDENCE + APPEAL);
        vm.prank(stranger);
        court.execute(id);
        assertState(id, DisputeState.EXECUTED);
        assertEq(subject.claimantBps(7), 2_500);
        assertEq(subject.damage(7), 77);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.WrongState.selector, id, DisputeState.EXECUTED));
        court.execute(id);
    }

    function testFuzz_theBondComesBackIfTheOpenersSidePrevailsAtAll(uint16 bps, bool byClaimant, bool suspension)
        public
    {
        // Given
        bps = uint16(bound(bps, 0, 3) * 3_333 + bps % 2);
        subject.put(7, usdCase());
        uint256 id = openBy(byClaimant ? buyer : provider, 7);

        // When
        decide(id, Ruling(bps, suspension, 0));
        executeWhenPossible(id);

        // Then
        bool prevails = byClaimant ? bps > 0 || suspension : bps < 10_000;
        assertCredits(byClaimant == prevails ? BOND : 0, byClaimant == prevails ? 0 : BOND);
        assertEq(uint8(registry.listing(listing).status), uint8(suspension ? Status.SUSPENDED : Status.ACTIVE));
    }

    function test_theBondOfALostDisputeGoesToTheOtherPartyAlone() public {
        uint256 id = openOver(7);
        decide(id, share(0));
        executeWhenPossible(id);
        assertCredits(0, BOND);

        vm.prank(stranger);
        assertEq(court.withdraw(address(usd), provider), BOND);
        assertEq(usd.balanceOf(provider), BOND);
        assertEq(usd.balanceOf(address(court)), 0);
        assertEq(court.withdraw(address(usd), provider), 0);
    }

    function test_aListingThatCannotBeSuspendedDoesNotHinderTheRest() public {
        uint256 id = openOver(7);
        vm.prank(provider);
        registry.setStatus(listing, Status.RETIRED);
        decide(id, Ruling(10_000, true, 0));
        executeWhenPossible(id);
        assertEq(subject.claimantBps(7), 10_000);
        assertCredits(BOND, 0);
    }

    function test_aCourtThatLostItsRoleStillPaysOut() public {
        uint256 id = openOver(7);
        decide(id, Ruling(10_000, true, 0));
        vm.prank(admin);
        authority.revokeRole(Roles.COURT, address(court));
        executeWhenPossible(id);
        assertEq(subject.claimantBps(7), 10_000);
        assertEq(uint8(registry.listing(listing).status), uint8(Status.ACTIVE));
    }

    function test_aSubjectWhoseResolveRevertsKeepsTheBondsOnlyUntilTheHoldEnds() public {
        // Given
        uint256 id = openOver(7);
        subject.setFails(true);
        decide(id, share(10_000));
        appeal(provider, id, share(0));

        // Then
        vm.warp(NOW + LONGEST - 1);
        vm.expectRevert("stuck");
        court.execute(id);
        vm.warp(NOW + LONGEST);
        court.execute(id);
        assertState(id, DisputeState.EXECUTED);
        assertCredits(2 * BOND, 0);
    }

    /// @dev Whatever fraction of the gas there is: all or nothing.
    function test_tooLittleGasSkipsNeitherTheRulingNorTheSuspension() public {
        uint256 id = openOver(7);
        decide(id, Ruling(10_000, true, 0));
        vm.warp(court.dispute(id).executableFrom);
        subject.setBurden(50);
        uint256 successes;
        for (uint256 gasLimit = 40_000; gasLimit < 1_600_000; gasLimit += 10_000) {
            uint256 snapshot = youngVm.snapshotState();
            (bool success,) = address(court).call{gas: gasLimit}(abi.encodeCall(court.execute, (id)));
            assertEq(subject.ends(7) == 1, success);
            assertEq(registry.listing(listing).status == Status.SUSPENDED, success);
            if (success) ++successes;
            youngVm.revertToState(snapshot);
        }
        assertGt(successes, 0);
    }

    function test_aPartyThatTheTokenBlocksHindersNobody() public {
        // Given
        BlockingToken token = new BlockingToken();
        subject.put(7, Case(listing, buyer, provider, address(token), STAKE));
        token.mint(buyer, BOND);
        fund(buyer, address(token), 0);
        uint256 id = open(buyer, subject, 7);
        token.setBlocked(buyer);

        // When
        decide(id, share(10_000));
        executeWhenPossible(id);

        // Then
        assertEq(subject.claimantBps(7), 10_000);
        assertEq(court.credits(buyer, address(token)), BOND);
        vm.expectRevert("blocked");
        court.withdraw(address(token), buyer);
    }

    // ------------------------------------------------------------------ appeal

    function test_anAppealPutsTheRulingToTheVote() public {
        // Given
        uint256 id = openOver(7);
        decide(id, share(10_000));
        uint256 time = block.timestamp;

        // When
        uint256 proposal = appeal(provider, id, share(2_000));

        // Then
        Dispute memory appealed = court.dispute(id);
        assertState(id, DisputeState.APPEALED);
        assertEq(appealed.executableFrom, time + VOTE);
        assertEq(appealed.ruling.claimantBps, 10_000);
        assertEq(court.appealOf(id, provider), digestOf(share(2_000)));
        assertEq(usd.balanceOf(address(court)), 2 * BOND);
        assertEq(governor.targets(proposal), address(court));
        assertEq(governor.calls(proposal), abi.encodeCall(court.overturn, (id, share(2_000))));
        assertEq(governor.lastProposer(), address(court));
        assertEq(
            governor.lastDescription(),
            string.concat(
                "Appeal of ",
                Strings.toHexString(provider),
                " in dispute 1#proposer=",
                Strings.toHexString(address(court))
            )
        );
        vm.warp(time + VOTE - 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.TooEarly.selector, time + VOTE));
        court.execute(id);
    }

    function test_theDaoOverturnsARuling() public {
        // Given
        uint256 id = openOver(7);
        decide(id, share(10_000));
        uint256 proposal = appeal(provider, id, share(0));

        // When
        vm.warp(block.timestamp + VOTE - 1);
        governor.carryOut(proposal);
        court.execute(id);

        // Then both bonds are the winner's
        assertEq(subject.ends(7), 1);
        assertEq(subject.claimantBps(7), 0);
        assertCredits(0, 2 * BOND);
    }

    function test_anAppealWithoutAQuorumLeavesTheRulingAsItWas() public {
        // Given
        uint256 id = openOver(7);
        decide(id, share(4_000));
        uint256 proposal = appeal(provider, id, share(0));

        // When
        vm.warp(block.timestamp + VOTE);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.TooLate.selector, block.timestamp));
        governor.carryOut(proposal);
        vm.prank(stranger);
        court.execute(id);

        // Then
        assertEq(subject.claimantBps(7), 4_000);
        assertCredits(2 * BOND, 0);
    }

    function test_bothPartiesAppealAndOneIsHeard() public {
        // Given the winner appeals first, to be in the loser's way
        uint256 id = openOver(7);
        decide(id, share(5_000));
        uint256 ofBuyer = appeal(buyer, id, share(9_000));
        vm.warp(block.timestamp + 1 days);
        uint256 ofProvider = appeal(provider, id, share(1_000));
        uint256 end = block.timestamp + VOTE;
        assertEq(court.dispute(id).executableFrom, end);

        // When
        governor.carryOut(ofProvider);

        // Then the other one comes too late, whatever it is
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.TooLate.selector, block.timestamp));
        governor.carryOut(ofBuyer);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.TooLate.selector, block.timestamp));
        vm.prank(buyer);
        court.appeal(id, share(9_000));

        court.execute(id);
        assertEq(subject.claimantBps(7), 1_000);
        // The buyer got something, so its first bond is back; the provider keeps its own, and gets that of the appeal.
        assertCredits(BOND, 2 * BOND);
    }

    function test_ifNeitherAppealIsHeardEachPaysTheOther() public {
        uint256 id = openOver(7);
        decide(id, share(0));
        appeal(buyer, id, share(9_000));
        appeal(provider, id, Ruling(0, false, 1));
        executeWhenPossible(id);
        assertCredits(BOND, 2 * BOND);
    }

    function test_partiesThatAgreeOnAppealBothGetTheirBondsBack() public {
        uint256 id = openOver(7);
        decide(id, share(0));
        appeal(buyer, id, share(5_000));
        uint256 proposal = appeal(provider, id, share(5_000));
        governor.carryOut(proposal);
        court.execute(id);
        assertCredits(2 * BOND, BOND);
    }

    function test_whoMayAppealWhenAndForWhat() public {
        uint256 id = openOver(7);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.WrongState.selector, id, DisputeState.OPENED));
        court.appeal(id, share(1));
        decide(id, share(5_000));

        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.NotParty.selector, stranger));
        vm.prank(stranger);
        court.appeal(id, share(1));

        vm.startPrank(provider);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.AppealAsksForNothing.selector, id));
        court.appeal(id, share(5_000));
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.RulingOutOfRange.selector, 10_001));
        court.appeal(id, share(10_001));
        vm.stopPrank();

        appeal(provider, id, share(1));
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.AlreadyAppealed.selector, id, provider));
        vm.prank(provider);
        court.appeal(id, share(2));

        uint256 end = court.dispute(id).appealUntil;
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.TooLate.selector, end));
        vm.prank(buyer);
        court.appeal(id, share(2));
    }

    function test_theDaoDecidesOnlyWhatWasAppealedFor() public {
        uint256 id = openOver(7);
        decide(id, share(5_000));
        vm.startPrank(admin);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.WrongState.selector, id, DisputeState.RULED));
        court.overturn(id, share(0));
        vm.stopPrank();
        appeal(provider, id, share(1));
        vm.prank(admin);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.NotAppealedFor.selector, id));
        court.overturn(id, share(0));
        vm.prank(judge1);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, judge1));
        court.overturn(id, share(1));
    }

    function test_aVoteThatBecameTooLongCannotRunTheClockOut() public {
        // Given a ruling in the last second, and an appeal in the last second
        uint256 id = openOver(7);
        vm.warp(NOW + EVIDENCE + RULING - 1);
        vote(judge1, id, share(5_000));
        vote(judge2, id, share(5_000));
        vm.warp(court.dispute(id).appealUntil - 1);
        fund(provider, address(usd), BOND);

        // When
        governor.setVotingPeriod(7 days + 3);

        // Then
        uint256 voteEnd = block.timestamp + VOTE + 3;
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.NoTimeForAVote.selector, voteEnd, NOW + LONGEST));
        vm.prank(provider);
        court.appeal(id, share(0));
        governor.setVotingPeriod(7 days);
        vm.prank(provider);
        court.appeal(id, share(0));
        vm.warp(NOW + LONGEST - MARGIN);
        court.execute(id);
        assertEq(subject.claimantBps(7), 5_000);
    }

    function test_aShorterVoteDoesNotCutAnEarlierAppealShort() public {
        uint256 id = openOver(7);
        decide(id, share(5_000));
        appeal(buyer, id, share(1));
        uint256 end = court.dispute(id).executableFrom;
        governor.setVotingPeriod(1);
        appeal(provider, id, share(2));
        assertEq(court.dispute(id).executableFrom, end);
    }

    // ------------------------------------------------------------------ length

    function test_everyWaitHasAnEnd() public {
        assertEq(court.voteDuration(), VOTE);
        assertEq(court.maxDuration(), LONGEST);

        // A governor that cannot be read, or waits for ever, is waited for no longer than 45 days.
        governor.setVotingPeriod(type(uint128).max);
        assertEq(court.voteDuration(), 45 days);
        governor.setTimelock(address(0));
        assertEq(court.maxDuration(), LONGEST - VOTE + 45 days);
        governor.setVotingPeriod(type(uint256).max);
        assertEq(court.maxDuration(), LONGEST - VOTE + 45 days);

        vm.prank(admin);
        court.setTerms(Terms(14 days, 14 days, 7 days, 7 days, 5_000));
        assertEq(court.maxDuration(), court.MAX_DURATION());
        assertEq(court.MAX_DURATION(), 87 days);
    }

    function test_newTermsDoNotTouchOpenDisputes() public {
        uint256 id = openOver(7);
        bytes32 before = keccak256(abi.encode(court.dispute(id)));
        vm.prank(admin);
        court.setTerms(Terms(1, 1, 1, 1, 100));
        assertEq(keccak256(abi.encode(court.dispute(id))), before);
        decide(id, share(1));
        assertEq(court.dispute(id).executableFrom, NOW + EVIDENCE + APPEAL);
        assertEq(court.terms().evidencePeriod, 1);
    }

    // ------------------------------------------------------------------ jobs

    function test_theClientAcceptsItsJob() public {
        FakeJobs jobs = new FakeJobs(buyer, type(uint48).max);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.NotClient.selector, 3, provider));
        vm.prank(provider);
        court.accept(jobs, 3);
        vm.prank(buyer);
        court.accept(jobs, 3);
        assertEq(jobs.reason(), "accepted by the client");
    }

    function test_anyoneAcceptsAJobThatNobodyDisputedInTime() public {
        FakeJobs jobs = new FakeJobs(buyer, uint48(NOW + 5));
        vm.warp(NOW + 4);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.TooEarly.selector, NOW + 5));
        court.acceptByTimeout(jobs, 3);
        vm.warp(NOW + 5);
        vm.prank(stranger);
        court.acceptByTimeout(jobs, 3);
        assertEq(jobs.reason(), "not disputed in time");
    }

    // ------------------------------------------------------------------ DAO

    function test_onlyTheDaoSetsAnything() public {
        vm.startPrank(stranger);
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.expectRevert(refusal);
        court.setSubject(stranger, true);
        vm.expectRevert(refusal);
        court.setPanel(threeJudges(), 2);
        vm.expectRevert(refusal);
        court.setTerms(termsWith(EVIDENCE));
        vm.expectRevert(refusal);
        court.setMinBond(address(usd), 1);
        vm.expectRevert(refusal);
        court.overturn(1, share(1));
    }

    function test_aPanelIsThreeToNineDifferentMembersAndAMajorityWithASpareDecides() public {
        vm.startPrank(admin);
        address[] memory members = threeJudges();
        vm.expectRevert(IDisputeCourt.MalformedPanel.selector);
        court.setPanel(members, 1);
        vm.expectRevert(IDisputeCourt.MalformedPanel.selector);
        court.setPanel(members, 4);
        vm.expectRevert(IDisputeCourt.MalformedPanel.selector);
        court.setPanel(members, 3);
        members[2] = judge1;
        vm.expectRevert(IDisputeCourt.MalformedPanel.selector);
        court.setPanel(members, 2);
        members[2] = address(0);
        vm.expectRevert(IDisputeCourt.MalformedPanel.selector);
        court.setPanel(members, 2);
        vm.expectRevert(IDisputeCourt.MalformedPanel.selector);
        court.setPanel(new address[](2), 2);
        vm.expectRevert(IDisputeCourt.MalformedPanel.selector);
        court.setPanel(new address[](10), 6);

        members = new address[](9);
        for (uint160 i = 0; i < 9; ++i) {
            members[i] = address(i + 1);
        }
        court.setPanel(members, 8);
        assertEq(court.panelVersion(), 2);
        (address[] memory elected, uint8 threshold) = court.panel(2);
        assertEq(abi.encode(elected), abi.encode(members));
        assertEq(threshold, 8);
        (elected, threshold) = court.panel(1);
        assertEq(abi.encode(elected), abi.encode(threeJudges()));
        assertEq(threshold, 2);
    }

    function testFuzz_termsStayWithinTheirBounds(uint256 which, uint32 value, bool development) public {
        vm.chainId(development ? 31_337 : 8_453);
        uint256 shortest = development ? 1 : 1 days;
        which = bound(which, 0, 4);
        bytes32[5] memory keys = [bytes32("evidencePeriod"), "rulingPeriod", "appealPeriod", "margin", "bondBps"];
        uint256[5] memory mins = [shortest, shortest, shortest, shortest, 100];
        uint256[5] memory maxs = [uint256(14 days), 14 days, 7 days, 7 days, 5_000];
        value = uint32(bound(value, 0, 2 * maxs[which]));
        if (value % 7 == 0) value = uint32(mins[which] - 1);
        if (value % 7 == 1) value = uint32(mins[which]);
        if (value % 7 == 2) value = uint32(maxs[which]);
        if (value % 7 == 3) value = uint32(maxs[which] + 1);

        Terms memory wanted = termsWith(EVIDENCE);
        if (which == 0) wanted.evidencePeriod = value;
        if (which == 1) wanted.rulingPeriod = value;
        if (which == 2) wanted.appealPeriod = value;
        if (which == 3) wanted.margin = value;
        if (which == 4) wanted.bondBps = uint16(value);
        bool fits = value >= mins[which] && value <= maxs[which];
        bytes memory refusal = abi.encodeWithSelector(
            IParameters.ParameterOutOfBounds.selector, keys[which], value, mins[which], maxs[which]
        );

        if (!fits) vm.expectRevert(refusal);
        vm.prank(admin);
        court.setTerms(wanted);
        if (fits) assertEq(abi.encode(court.terms()), abi.encode(wanted));

        if (!fits) vm.expectRevert(refusal);
        new DisputeCourt(address(authority), IAppealGovernor(address(governor)), registry, wanted);
    }

    // ------------------------------------------------------------------ closing

    function test_closingTheCourtBlocksNoOneWhoIsInIt() public {
        // Given
        uint256 ruled = openOver(7);
        uint256 silent = openOver(8);
        vm.prank(admin);
        authority.setTargetClosed(address(court), true);

        // Then
        vm.prank(buyer);
        court.submitEvidence(ruled, CID, SHA256);
        uint256 late = openOver(9);
        decide(ruled, share(10_000));
        appeal(provider, ruled, share(0));
        vm.warp(court.dispute(late).rulingUntil);
        court.dismiss(silent);
        court.dismiss(late);
        executeWhenPossible(ruled);
        assertEq(court.withdraw(address(usd), buyer), 4 * BOND);
        FakeJobs jobs = new FakeJobs(buyer, 0);
        vm.prank(buyer);
        court.accept(jobs, 1);
        court.acceptByTimeout(jobs, 1);
        assertEq(usd.balanceOf(address(court)), 0);
    }
}
