// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobEscrow, Job, JobStatus} from "../src/compute/IJobEscrow.sol";
import {JobEscrow} from "../src/compute/JobEscrow.sol";
import {Case, IDisputable} from "../src/governance/IDisputable.sol";
import {IParameters} from "../src/governance/IParameters.sol";
import {Status} from "../src/listing/IListingRegistry.sol";
import {RevenueSplitter} from "../src/listing/RevenueSplitter.sol";
import {Authorization} from "../src/token/ExactTransfer.sol";
import {JobTest} from "./base/JobTest.sol";
import {bound} from "./base/Test.sol";
import {ContractWallet} from "./mocks/Accounts.sol";
import {FakeCourt, RecordingHook} from "./mocks/Compute.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract JobEscrowTest is JobTest {
    // ---------------------------------------------------------------- creation

    function test_aJobIsOnRecordAsItWasCreated() public {
        vm.prank(buyer);
        uint256 id = jobs.createJob(listing, address(usd), provider, NOW + WINDOW, "a song", address(0));

        assertEq(id, 1);
        assertEq(jobs.jobCount(), 1);
        Job memory made = jobs.job(id);
        assertEq(made.client, buyer);
        assertEq(made.expiredAt, NOW + WINDOW);
        assertEq(made.provider, provider);
        assertEq(made.asset, address(usd));
        assertEq(made.listing, listing);
        assertEq(made.hook, address(0));
        assertTrue(made.status == JobStatus.OPEN);
        assertEq(jobs.clientOf(id), buyer);
    }

    function test_creationIsToldAsTheDraftAsks() public {
        vm.expectEmit(address(jobs));
        emit IJobEscrow.JobCreated(1, buyer, provider, address(court), NOW + WINDOW);
        vm.expectEmit(address(jobs));
        emit IJobEscrow.JobDescribed(1, listing, address(usd), address(0), "a song");
        vm.prank(buyer);
        jobs.createJob(listing, address(usd), provider, NOW + WINDOW, "a song", address(0));
    }

    function testFuzz_theExpiryLiesWithinItsBounds(uint256 expiredAt) public {
        expiredAt = bound(expiredAt, NOW, NOW + 800 days);
        if (expiredAt < NOW + WINDOW || expiredAt > NOW + 730 days) {
            vm.expectRevert(
                abi.encodeWithSelector(IJobEscrow.ExpiryOutOfBounds.selector, expiredAt, NOW + WINDOW, NOW + 730 days)
            );
        }
        vm.prank(buyer);
        jobs.createJob(listing, address(usd), provider, expiredAt, "", address(0));
    }

    function test_theExpiryIsNeverNearerThanTwoAcceptanceWindows() public {
        assertTrue(jobs.WINDOW() >= 2 * jobs.ACCEPTANCE_WINDOW());
        assertEq(jobs.WINDOW(), 2 * ACCEPTANCE + DISPUTE);
    }

    function test_theUserOfTheListingMayBeTheProvider() public {
        vm.prank(provider);
        registry.setUser(listing, stranger, uint64(NOW + 1));
        assertEq(jobs.job(created(stranger, address(0))).provider, stranger);
    }

    function test_nobodyElseMayBeTheProvider() public {
        vm.startPrank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.NotProviderOfListing.selector, listing, stranger));
        jobs.createJob(listing, address(usd), stranger, NOW + WINDOW, "", address(0));

        uint256 id = jobs.createJob(listing, address(usd), address(0), NOW + WINDOW, "", address(0));
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.NotProviderOfListing.selector, listing, stranger));
        jobs.setProvider(id, stranger, "");
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.NotProviderOfListing.selector, listing, address(0)));
        jobs.setProvider(id, address(0), "");
    }

    function test_anUnknownListingHasNoJobs() public {
        vm.startPrank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 99));
        jobs.createJob(99, address(usd), address(0), NOW + WINDOW, "", address(0));
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 99));
        jobs.createJob(99, address(usd), provider, NOW + WINDOW, "", address(0));
    }

    function test_onlyAllowedHooksAreTaken() public {
        address hook = address(new RecordingHook());
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.HookNotAllowed.selector, hook));
        jobs.createJob(listing, address(usd), provider, NOW + WINDOW, "", hook);
    }

    function test_whatIsUnknownHasNoClient() public {
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.UnknownJob.selector, 7));
        jobs.clientOf(7);
        assertEq(jobs.refundableAt(7), 0);
        assertEq(jobs.acceptableFrom(7), type(uint48).max);
    }

    // ---------------------------------------------------------------- provider and budget

    function test_theClientChoosesTheProviderOnce() public {
        uint256 id = created(address(0), address(0));

        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.NotClient.selector, id, provider));
        vm.prank(provider);
        jobs.setProvider(id, provider, "");

        vm.expectEmit(address(jobs));
        emit IJobEscrow.ProviderSet(id, provider);
        vm.startPrank(buyer);
        jobs.setProvider(id, provider, "");
        assertEq(jobs.job(id).provider, provider);

        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.ProviderAlreadySet.selector, id));
        jobs.setProvider(id, provider, "");
    }

    function test_attack_providerChangedAfterFunding() public {
        uint256 id = funded();
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.WrongStatus.selector, id, JobStatus.FUNDED));
        jobs.setProvider(id, provider, "");
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_clientAndProviderSetTheBudget(uint96 first, uint96 second) public {
        uint256 id = created(provider, address(0));
        vm.prank(buyer);
        jobs.setBudget(id, first, "");
        assertEq(jobs.job(id).budget, first);

        vm.expectEmit(address(jobs));
        emit IJobEscrow.BudgetSet(id, second);
        vm.prank(provider);
        jobs.setBudget(id, second, "");
        assertEq(jobs.job(id).budget, second);
    }

    function test_nobodyElseSetsTheBudget() public {
        uint256 id = created(provider, address(0));
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.NotClient.selector, id, stranger));
        jobs.setBudget(id, 1, "");
    }

    function test_aBudgetFitsInto96Bits() public {
        uint256 id = created(provider, address(0));
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 96, 1 << 96));
        jobs.setBudget(id, 1 << 96, "");
    }

    function test_aFundedBudgetStays() public {
        uint256 id = funded();
        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.WrongStatus.selector, id, JobStatus.FUNDED));
        jobs.setBudget(id, 1, "");
    }

    // ---------------------------------------------------------------- funding

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_fundingEscrowsTheBudget(uint96 budget) public {
        budget = uint96(bound(budget, 1, 1e12));
        uint256 id = priced(budget);

        vm.expectEmit(address(jobs));
        emit IJobEscrow.JobFunded(id, buyer, budget);
        vm.prank(buyer);
        jobs.fund(id, budget, "");

        assertEq(usd.balanceOf(address(jobs)), budget);
        assertTrue(jobs.job(id).status == JobStatus.FUNDED);
        assertEq(jobs.job(id).feeBps, FEE_BPS);
        assertEq(jobs.refundableAt(id), jobs.job(id).expiredAt - WINDOW + 1);
    }

    function test_onlyTheClientFunds() public {
        uint256 id = priced(BUDGET);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.NotClient.selector, id, stranger));
        jobs.fund(id, BUDGET, "");
    }

    function test_aJobIsFundedOnce() public {
        uint256 id = funded();
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.WrongStatus.selector, id, JobStatus.FUNDED));
        jobs.fund(id, BUDGET, "");
    }

    function test_aJobWithoutProviderIsNotFunded() public {
        uint256 id = created(address(0), address(0));
        vm.startPrank(buyer);
        jobs.setBudget(id, BUDGET, "");
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.ProviderNotSet.selector, id));
        jobs.fund(id, BUDGET, "");
    }

    function test_attack_budgetChangedUnderAFundingClient() public {
        uint256 id = priced(BUDGET);
        vm.prank(provider);
        jobs.setBudget(id, BUDGET + 1, "");

        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.UnexpectedBudget.selector, BUDGET, BUDGET + 1));
        jobs.fund(id, BUDGET, "");
    }

    function test_aBudgetOfNothingIsNotFunded() public {
        uint256 id = created(provider, address(0));
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.UnexpectedBudget.selector, 0, 0));
        jobs.fund(id, 0, "");
    }

    function test_whatIsNotForSaleIsNotFunded() public {
        uint256 id = priced(BUDGET);
        vm.prank(provider);
        registry.setStatus(listing, Status.PAUSED);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.ListingNotForSale.selector, listing));
        jobs.fund(id, BUDGET, "");
    }

    function test_aJobThatCanNoLongerBeDoneIsNotFunded() public {
        uint256 id = priced(BUDGET);
        uint256 latest = jobs.job(id).expiredAt - WINDOW;
        vm.warp(latest + 1);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.TooLate.selector, id, latest));
        jobs.fund(id, BUDGET, "");

        vm.warp(latest);
        vm.prank(buyer);
        jobs.fund(id, BUDGET, "");
    }

    function test_permitAndFundInOneTransaction() public {
        uint256 id = priced(BUDGET);
        vm.startPrank(buyer);
        usd.approve(address(jobs), 0);
        bytes[] memory calls = new bytes[](2);
        calls[0] = permitCall("buyer", address(jobs), BUDGET);
        calls[1] = abi.encodeCall(jobs.fund, (id, BUDGET, ""));
        jobs.multicall(calls);
        assertEq(usd.balanceOf(address(jobs)), BUDGET);
    }

    function test_anyoneSubmitsTheClientsAuthorization() public {
        uint256 id = priced(BUDGET);
        Authorization memory authorization = fundAuthorization("buyer", id, BUDGET);
        vm.prank(stranger);
        jobs.fundWithAuthorization(id, BUDGET, "", authorization);

        assertEq(usd.balanceOf(address(jobs)), BUDGET);
        assertTrue(jobs.job(id).status == JobStatus.FUNDED);
    }

    function test_aContractWalletFundsByAuthorization() public {
        address wallet = address(new ContractWallet(buyer));
        usd.mint(wallet, BUDGET);
        vm.startPrank(wallet);
        uint256 id = jobs.createJob(listing, address(usd), provider, NOW + WINDOW, "", address(0));
        jobs.setBudget(id, BUDGET, "");
        vm.stopPrank();

        Authorization memory authorization =
            authorizedBy(wallet, "buyer", address(jobs), BUDGET, jobs.fundNonce(id, BUDGET, "", "salt"), "salt");
        jobs.fundWithAuthorization(id, BUDGET, "", authorization);
        assertEq(usd.balanceOf(address(jobs)), BUDGET);
    }

    function test_theAuthorizationOfSomebodyElseDoesNotFund() public {
        uint256 id = priced(BUDGET);
        usd.mint(stranger, BUDGET);
        Authorization memory authorization = fundAuthorization("stranger", id, BUDGET);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.NotClient.selector, id, stranger));
        jobs.fundWithAuthorization(id, BUDGET, "", authorization);
    }

    function test_attack_copiedAuthorizationOfAFunding() public {
        uint256 id = priced(BUDGET);
        uint256 other = priced(BUDGET);
        Authorization memory authorization = fundAuthorization("buyer", id, BUDGET);

        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        jobs.fundWithAuthorization(other, BUDGET, "", authorization);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        jobs.fundWithAuthorization(id, BUDGET, "other", authorization);
        vm.chainId(7);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        jobs.fundWithAuthorization(id, BUDGET, "", authorization);
    }

    // ---------------------------------------------------------------- submission

    function test_theProviderHandsTheWorkIn() public {
        uint256 id = funded();
        vm.expectEmit(address(jobs));
        emit IJobEscrow.JobSubmitted(id, provider, WORK);
        vm.prank(provider);
        jobs.submit(id, WORK, "");

        assertTrue(jobs.job(id).status == JobStatus.SUBMITTED);
        assertEq(jobs.job(id).submittedAt, NOW);
        assertEq(jobs.acceptableFrom(id), NOW + ACCEPTANCE);
        assertEq(jobs.refundableAt(id), jobs.job(id).expiredAt);
    }

    function test_nobodyElseHandsTheWorkIn() public {
        uint256 id = funded();
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.NotProvider.selector, id, buyer));
        jobs.submit(id, WORK, "");
    }

    function test_workIsHandedInOnceAndOnlyIfFunded() public {
        uint256 id = priced(BUDGET);
        vm.startPrank(provider);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.WrongStatus.selector, id, JobStatus.OPEN));
        jobs.submit(id, WORK, "");
        vm.stopPrank();

        uint256 done = submitted();
        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.WrongStatus.selector, done, JobStatus.SUBMITTED));
        jobs.submit(done, WORK, "");
    }

    function test_attack_submitAtTheLastSecond() public {
        // Given: work handed in at the last second at which it can be
        uint256 id = funded();
        uint256 expiredAt = jobs.job(id).expiredAt;
        vm.warp(expiredAt - WINDOW + 1);
        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.TooLate.selector, id, expiredAt - WINDOW));
        jobs.submit(id, WORK, "");
        vm.warp(expiredAt - WINDOW);
        vm.prank(provider);
        jobs.submit(id, WORK, "");

        // When: the client disputes at its last second, for as long as it can
        vm.warp(expiredAt - WINDOW + ACCEPTANCE - 1);
        vm.prank(buyer);
        court.open(jobs, id, type(uint48).max);

        // Then: the provider still has its time before the expiry
        uint256 free = jobs.job(id).heldUntil;
        assertTrue(free + ACCEPTANCE <= expiredAt);
        vm.warp(free);
        court.acceptByTimeout(jobs, id);
        assertEq(usd.balanceOf(splitter), BUDGET - FEE);
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_attack_autoAcceptAgainstExpiry(uint256 handedIn, uint256 disputed, uint256 until) public {
        // Given
        uint256 id = funded();
        uint256 expiredAt = jobs.job(id).expiredAt;
        handedIn = bound(handedIn, NOW, expiredAt - WINDOW);
        vm.warp(handedIn);
        vm.prank(provider);
        jobs.submit(id, WORK, "");

        // When
        disputed = bound(disputed, handedIn, handedIn + ACCEPTANCE - 1);
        vm.warp(disputed);
        vm.prank(buyer);
        court.open(jobs, id, uint48(bound(until, disputed, type(uint48).max)));

        // Then: neither of the two ever stands in the way of the other
        uint256 acceptable =
            jobs.job(id).heldUntil < handedIn + ACCEPTANCE ? handedIn + ACCEPTANCE : jobs.job(id).heldUntil;
        assertTrue(acceptable + ACCEPTANCE <= expiredAt);
        vm.warp(acceptable - 1);
        vm.expectRevert(FakeCourt.TooEarly.selector);
        court.acceptByTimeout(jobs, id);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.NotYetRefundable.selector, id, expiredAt));
        jobs.claimRefund(id);
        vm.warp(acceptable);
        court.acceptByTimeout(jobs, id);
    }

    // ---------------------------------------------------------------- evaluation

    function test_completionPaysTheSplitterAndTheEvaluator() public {
        uint256 id = submitted();
        vm.expectEmit(address(jobs));
        emit IJobEscrow.JobCompleted(id, address(court), "accepted");
        vm.expectEmit(address(jobs));
        emit IJobEscrow.PaymentReleased(id, splitter, BUDGET - FEE);
        vm.expectEmit(address(jobs));
        emit IJobEscrow.EvaluatorFeePaid(id, till, FEE);
        court.accept(jobs, id);

        assertEq(usd.balanceOf(splitter), BUDGET - FEE);
        assertEq(usd.balanceOf(till), FEE);
        assertEq(usd.balanceOf(address(jobs)), 0);
        assertTrue(jobs.job(id).status == JobStatus.COMPLETED);
        assertEq(jobs.refundableAt(id), 0);
        assertEq(jobs.acceptableFrom(id), type(uint48).max);
    }

    function test_theProtocolAndTheProviderArePaidThroughTheSplitter() public {
        setProtocolFee(address(0xDA0), 1_000);
        uint256 id = submitted();
        court.accept(jobs, id);
        RevenueSplitter(splitter).distribute(address(usd));
        assertEq(RevenueSplitter(splitter).creditOf(address(usd), address(0xDA0)), (BUDGET - FEE) / 10);
        assertEq(RevenueSplitter(splitter).creditOf(address(usd), provider), (BUDGET - FEE) * 9 / 10);
    }

    function test_onlyTheCourtCompletes() public {
        uint256 id = submitted();
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotCourt.selector, buyer));
        jobs.complete(id, "", "");
    }

    function test_onlySubmittedWorkIsCompleted() public {
        uint256 id = funded();
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.WrongStatus.selector, id, JobStatus.FUNDED));
        court.accept(jobs, id);
    }

    function test_afterTheExpiryThereIsOnlyTheRefund() public {
        uint256 id = submitted();
        vm.warp(jobs.job(id).expiredAt);
        assertEq(jobs.acceptableFrom(id), type(uint48).max);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.JobHasExpired.selector, id));
        court.accept(jobs, id);
        jobs.claimRefund(id);
        assertEq(usd.balanceOf(buyer), 1e12);
    }

    function test_theClientCallsAnOpenJobOff() public {
        uint256 id = priced(BUDGET);
        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.NotClient.selector, id, provider));
        jobs.reject(id, "", "");

        vm.expectEmit(address(jobs));
        emit IJobEscrow.JobRejected(id, buyer, "changed my mind");
        vm.prank(buyer);
        jobs.reject(id, "changed my mind", "");
        assertTrue(jobs.job(id).status == JobStatus.REJECTED);
    }

    function test_theCourtRejectsFundedAndSubmittedJobs() public {
        uint256 first = funded();
        uint256 second = submitted();
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotCourt.selector, buyer));
        jobs.reject(first, "", "");

        vm.startPrank(address(court));
        vm.expectEmit(address(jobs));
        emit IJobEscrow.Refunded(first, buyer, BUDGET);
        jobs.reject(first, "", "");
        jobs.reject(second, "", "");
        assertEq(usd.balanceOf(buyer), 1e12);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.WrongStatus.selector, first, JobStatus.REJECTED));
        jobs.reject(first, "", "");
    }

    // ---------------------------------------------------------------- refunds

    function test_anyoneRefundsWhatWasNeverHandedIn() public {
        uint256 id = funded();
        uint256 from = jobs.job(id).expiredAt - WINDOW + 1;
        vm.warp(from - 1);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.NotYetRefundable.selector, id, from));
        jobs.claimRefund(id);

        vm.warp(from);
        vm.expectEmit(address(jobs));
        emit IJobEscrow.JobExpired(id);
        vm.expectEmit(address(jobs));
        emit IJobEscrow.Refunded(id, buyer, BUDGET);
        vm.prank(stranger);
        jobs.claimRefund(id);
        assertEq(usd.balanceOf(buyer), 1e12);
        assertTrue(jobs.job(id).status == JobStatus.EXPIRED);

        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.WrongStatus.selector, id, JobStatus.EXPIRED));
        jobs.claimRefund(id);
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_attack_silentEvaluator(uint256 time) public {
        // Given: nobody ever judges
        uint256 id = submitted();
        uint256 expiredAt = jobs.job(id).expiredAt;

        // When, Then: before the expiry anyone has the provider paid, from then on anyone has the client refunded
        vm.warp(bound(time, NOW + ACCEPTANCE, expiredAt + 1_000 days));
        vm.prank(stranger);
        if (block.timestamp < expiredAt) {
            court.acceptByTimeout(jobs, id);
            assertEq(usd.balanceOf(splitter), BUDGET - FEE);
        } else {
            jobs.claimRefund(id);
            assertEq(usd.balanceOf(buyer), 1e12);
        }
        assertEq(usd.balanceOf(address(jobs)), 0);
    }

    function test_anOpenJobHasNothingToRefund() public {
        uint256 id = priced(BUDGET);
        vm.warp(NOW + 1_000 days);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.WrongStatus.selector, id, JobStatus.OPEN));
        jobs.claimRefund(id);
    }

    // ---------------------------------------------------------------- disputes

    function test_theClientDisputesSubmittedWorkInTime() public {
        uint256 id = submitted();
        Case memory disputed = jobs.caseOf(id, buyer);
        assertEq(disputed.listing, listing);
        assertEq(disputed.claimant, buyer);
        assertEq(disputed.respondent, provider);
        assertEq(disputed.asset, address(usd));
        assertEq(disputed.amount, BUDGET);

        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotDisputable.selector, id));
        jobs.caseOf(id, provider);
        vm.warp(NOW + ACCEPTANCE);
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotDisputable.selector, id));
        jobs.caseOf(id, buyer);

        uint256 early = funded();
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotDisputable.selector, early));
        jobs.caseOf(early, buyer);
    }

    function test_aDisputeHoldsTheJob() public {
        uint256 id = submitted();
        vm.expectEmit(address(jobs));
        emit IJobEscrow.JobHeld(id, uint48(NOW + 10 days));
        vm.prank(buyer);
        court.open(jobs, id, uint48(NOW + 10 days));

        assertEq(jobs.acceptableFrom(id), type(uint48).max);
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotDisputable.selector, id));
        jobs.caseOf(id, buyer);
        vm.warp(NOW + 10 days);
        assertEq(jobs.acceptableFrom(id), NOW + ACCEPTANCE);
    }

    function test_noHoldOutlivesTheDisputeWindow() public {
        uint256 id = submitted();
        vm.prank(buyer);
        court.open(jobs, id, type(uint48).max);
        assertEq(jobs.job(id).heldUntil, NOW + DISPUTE);
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_aRulingDividesTheBudget(uint96 budget, uint16 clientBps) public {
        budget = uint96(bound(budget, 1, 1e12));
        clientBps = uint16(bound(clientBps, 0, 10_000));
        uint256 id = priced(budget);
        vm.prank(buyer);
        jobs.fund(id, budget, "");
        vm.prank(provider);
        jobs.submit(id, WORK, "");
        vm.prank(buyer);
        court.open(jobs, id, uint48(NOW + 10 days));

        court.resolve(jobs, id, clientBps);
        jobs.withdrawHeld(address(usd), buyer);
        jobs.withdrawHeld(address(usd), splitter);
        jobs.withdrawHeld(address(usd), till);

        uint256 toClient = uint256(budget) * clientBps / 10_000;
        uint256 fee = (budget - toClient) * FEE_BPS / 10_000;
        assertEq(usd.balanceOf(buyer), 1e12 - budget + toClient);
        assertEq(usd.balanceOf(till), fee);
        assertEq(usd.balanceOf(splitter), budget - toClient - fee);
        assertEq(usd.balanceOf(address(jobs)), 0);
        assertTrue(jobs.job(id).status == (clientBps == 10_000 ? JobStatus.REJECTED : JobStatus.COMPLETED));
    }

    function test_aDismissedDisputeLeavesNoTrace() public {
        uint256 id = submitted();
        vm.prank(buyer);
        court.open(jobs, id, uint48(NOW + 10 days));
        vm.expectEmit(address(jobs));
        emit IJobEscrow.JobReleased(id);
        court.release(jobs, id);

        assertEq(jobs.job(id).heldUntil, 0);
        vm.warp(NOW + ACCEPTANCE);
        court.acceptByTimeout(jobs, id);
        assertEq(usd.balanceOf(splitter), BUDGET - FEE);
    }

    function test_whatWasNeverHeldIsNeitherResolvedNorReleased() public {
        uint256 id = submitted();
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotDisputable.selector, id));
        court.resolve(jobs, id, 0);
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotDisputable.selector, id));
        court.release(jobs, id);
    }

    function test_aRulingThatComesTooLateChangesNothing() public {
        uint256 id = submitted();
        vm.prank(buyer);
        court.open(jobs, id, uint48(NOW + 10 days));
        vm.warp(NOW + 10 days);
        court.acceptByTimeout(jobs, id);

        court.resolve(jobs, id, 10_000);
        assertEq(usd.balanceOf(splitter), BUDGET - FEE);
        assertEq(jobs.heldFor(address(usd), buyer), 0);
        assertTrue(jobs.job(id).status == JobStatus.COMPLETED);
    }

    function test_disputesAreTheCourtsAlone() public {
        uint256 id = submitted();
        vm.startPrank(buyer);
        bytes memory refusal = abi.encodeWithSelector(IDisputable.NotCourt.selector, buyer);
        vm.expectRevert(refusal);
        jobs.hold(id, buyer, type(uint48).max);
        vm.expectRevert(refusal);
        jobs.resolve(id, buyer, 10_000, 0);
        vm.expectRevert(refusal);
        jobs.release(id, buyer);
    }

    function test_onlyWhatMayBeDisputedIsHeld() public {
        uint256 id = funded();
        vm.prank(address(court));
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotDisputable.selector, id));
        jobs.hold(id, buyer, uint48(NOW + 1 days));
    }

    // ---------------------------------------------------------------- fee of the evaluator

    function test_theFeeIsFixedWhenTheJobIsFunded() public {
        uint256 id = submitted();
        vm.prank(admin);
        jobs.setEvaluatorFee(stranger, 500);
        court.accept(jobs, id);
        assertEq(usd.balanceOf(stranger), FEE);
        assertEq(usd.balanceOf(splitter), BUDGET - FEE);
    }

    function test_theFeeStaysWithinItsBounds() public {
        vm.startPrank(admin);
        vm.expectRevert(
            abi.encodeWithSelector(IParameters.ParameterOutOfBounds.selector, bytes32("evaluatorFeeBps"), 501, 0, 500)
        );
        jobs.setEvaluatorFee(till, 501);
        vm.expectRevert(IJobEscrow.MissingFeeRecipient.selector);
        jobs.setEvaluatorFee(address(0), 0);

        vm.expectEmit(address(jobs));
        emit IParameters.ParameterChanged("evaluatorFeeBps", FEE_BPS, 500);
        vm.expectEmit(address(jobs));
        emit IParameters.ParameterChanged("evaluatorFeeRecipient", uint160(till), uint160(stranger));
        jobs.setEvaluatorFee(stranger, 500);
        (address recipient, uint16 bps) = jobs.evaluatorFee();
        assertEq(recipient, stranger);
        assertEq(bps, 500);
    }

    function test_onlyTheDaoSetsFeesAndHooks() public {
        vm.startPrank(stranger);
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.expectRevert(refusal);
        jobs.setEvaluatorFee(stranger, 0);
        vm.expectRevert(refusal);
        jobs.setHook(stranger, true);
    }

    function test_theWindowsStayWithinTheirBounds() public {
        address a = address(authority);
        address c = address(court);
        vm.expectRevert(outOfBounds("acceptanceWindow", 59, 30 days));
        new JobEscrow(a, registry, c, 59, DISPUTE, till, 0);
        vm.expectRevert(outOfBounds("acceptanceWindow", 30 days + 1, 30 days));
        new JobEscrow(a, registry, c, 30 days + 1, DISPUTE, till, 0);
        vm.expectRevert(outOfBounds("disputeWindow", 59, 180 days));
        new JobEscrow(a, registry, c, ACCEPTANCE, 59, till, 0);
        vm.expectRevert(outOfBounds("disputeWindow", 180 days + 1, 180 days));
        new JobEscrow(a, registry, c, ACCEPTANCE, 180 days + 1, till, 0);
        vm.expectRevert(IJobEscrow.MissingFeeRecipient.selector);
        new JobEscrow(a, registry, c, ACCEPTANCE, DISPUTE, address(0), 0);
        JobEscrow widest = new JobEscrow(a, registry, c, 30 days, 180 days, till, 500);
        assertEq(widest.WINDOW(), 240 days);
    }

    // ---------------------------------------------------------------- titles and listings

    function test_attack_titleSoldMidJob() public {
        uint256 id = funded();
        transferTitle(listing, stranger);
        vm.prank(stranger);
        RevenueSplitter moved = RevenueSplitter(registry.setSplits(listing, splitsOf(toAccount(stranger, 10_000))));

        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.NotProvider.selector, id, stranger));
        jobs.submit(id, WORK, "");
        vm.prank(provider);
        jobs.submit(id, WORK, "");
        court.accept(jobs, id);
        assertEq(usd.balanceOf(address(moved)), 0);
        assertEq(usd.balanceOf(splitter), BUDGET - FEE);
    }

    // ---------------------------------------------------------------- pause

    function test_aClosedContractTakesNoNewBusiness() public {
        uint256 id = priced(BUDGET);
        Authorization memory authorization = fundAuthorization("buyer", id, BUDGET);
        close(address(jobs));
        vm.startPrank(buyer);
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, buyer);
        vm.expectRevert(refusal);
        jobs.createJob(listing, address(usd), provider, NOW + WINDOW, "", address(0));
        vm.expectRevert(refusal);
        jobs.fund(id, BUDGET, "");
        vm.expectRevert(refusal);
        jobs.fundWithAuthorization(id, BUDGET, "", authorization);
    }

    function test_aClosedContractLetsEverybodyLeave() public {
        uint256 open = priced(BUDGET);
        uint256 paid = funded();
        uint256 rejected = funded();
        uint256 disputed = submitted();
        uint256 released = submitted();
        uint256 expiring = submitted();
        close(address(jobs));

        vm.prank(buyer);
        jobs.reject(open, "", "");
        vm.prank(address(court));
        jobs.reject(rejected, "", "");
        vm.prank(provider);
        jobs.submit(paid, WORK, "");
        vm.startPrank(buyer);
        court.open(jobs, disputed, uint48(NOW + 10 days));
        court.open(jobs, released, uint48(NOW + 10 days));
        vm.stopPrank();
        court.resolve(jobs, disputed, 5_000);
        court.release(jobs, released);
        vm.warp(NOW + ACCEPTANCE);
        court.acceptByTimeout(jobs, released);
        court.acceptByTimeout(jobs, paid);
        vm.warp(NOW + 1_000 days);
        jobs.claimRefund(expiring);
        jobs.withdrawHeld(address(usd), buyer);
        jobs.withdrawHeld(address(usd), splitter);
        jobs.withdrawHeld(address(usd), till);
        assertEq(usd.balanceOf(address(jobs)), 0);
    }

    // ---------------------------------------------------------------- then

    function outOfBounds(bytes32 key, uint256 value, uint256 max) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IParameters.ParameterOutOfBounds.selector, key, value, 1 minutes, max);
    }
}
