// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CloseReason, ILeaseEscrow, Lease, LeaseQuote, LeaseStatus} from "../src/compute/ILeaseEscrow.sol";
import {LeaseEscrow} from "../src/compute/LeaseEscrow.sol";
import {Case, IDisputable} from "../src/governance/IDisputable.sol";
import {IParameters} from "../src/governance/IParameters.sol";
import {Status} from "../src/listing/IListingRegistry.sol";
import {Authorization, ExactTransfer} from "../src/token/ExactTransfer.sol";
import {ComputeTest} from "./base/ComputeTest.sol";
import {bound} from "./base/Test.sol";
import {ContractWallet} from "./mocks/Accounts.sol";
import {CallbackToken, ComplianceToken, MoodyToken, SilentAllowanceToken} from "./mocks/Compute.sol";
import {FeeToken, PlainToken, ShrinkingToken} from "./mocks/Tokens.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC20Errors, IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

contract LeaseEscrowTest is ComputeTest {
    uint256 private constant FUNDS = 1e12;
    /// Rent per second: 1,000 units.
    uint96 private constant RATE = 3_600_000;
    /// Used up after 10 days exactly.
    uint128 private constant DEPOSIT = 864_000_000;
    uint256 private constant USED_UP = 10 days;
    uint256 private constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    address private operator = account("operator");
    address private splitter;

    function setUp() public override {
        super.setUp();
        splitter = registry.splitterOf(listing);
        usd.mint(buyer, FUNDS);
        vm.prank(buyer);
        usd.approve(address(leases), type(uint256).max);
    }

    // ---------------------------------------------------------------- opening

    function test_aLeaseIsOnRecordAsItWasQuoted() public {
        LeaseQuote memory quote = quoted();
        quote.operator = operator;
        bytes memory signature = signed(quote, "provider");
        uint256 expected = uint256(leases.quoteDigest(quote));

        vm.expectEmit(address(leases));
        emit ILeaseEscrow.LeaseOpened(
            expected,
            listing,
            buyer,
            "gpu-7",
            address(usd),
            RATE,
            operator,
            uint48(NOW + 10 minutes),
            uint48(NOW + 30 days),
            DEPOSIT
        );
        vm.prank(buyer);
        uint256 id = leases.open(quote, signature, DEPOSIT);

        assertEq(id, expected);
        Lease memory made = leases.lease(id);
        assertEq(made.tenant, buyer);
        assertEq(made.asset, address(usd));
        assertEq(made.listing, listing);
        assertEq(made.deposit, DEPOSIT);
        assertEq(made.operator, operator);
        assertEq(made.ratePerHour, RATE);
        assertEq(made.provisionBy, NOW + 10 minutes);
        assertEq(made.maxEnd, NOW + 30 days);
        assertTrue(made.status == LeaseStatus.PROVISIONING);
        assertEq(leases.accrued(id), 0);
        assertEq(leases.endsAt(id), 0);
        assertEq(usd.balanceOf(address(leases)), DEPOSIT);
    }

    function test_theDigestIsThatOfTheTypeInTheInterface() public {
        LeaseQuote memory quote = quoted();
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Stoa Lease Escrow"),
                keccak256("1"),
                block.chainid,
                address(leases)
            )
        );
        bytes32 message = keccak256(
            abi.encode(
                keccak256(
                    "LeaseQuote(uint256 listing,bytes32 capacityId,address asset,uint96 ratePerHour,uint128 minDeposit,address tenant,address operator,uint32 provisionSeconds,uint48 expiresAt,uint48 maxEnd,bytes32 salt)"
                ),
                quote
            )
        );
        assertEq(leases.quoteDigest(quote), keccak256(abi.encodePacked(hex"1901", domain, message)));
    }

    function test_attack_aQuoteUsedTwice() public {
        uint256 id = opened();
        LeaseQuote memory quote = quoted();
        bytes memory signature = signed(quote, "provider");
        vm.startPrank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.WrongStatus.selector, id, LeaseStatus.PROVISIONING));
        leases.open(quote, signature, DEPOSIT);
        leases.close(id);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.WrongStatus.selector, id, LeaseStatus.CLOSED));
        leases.open(quote, signature, DEPOSIT);
    }

    function test_attack_aQuoteUsedOnAnotherChain() public {
        LeaseQuote memory quote = quoted();
        bytes memory signature = signed(quote, "provider");
        vm.chainId(7);
        expectUnsigned(quote, signature, provider);
    }

    function test_attack_aQuoteUsedInAnotherContract() public {
        LeaseQuote memory quote = quoted();
        bytes memory signature = signed(quote, "provider");
        leases = new LeaseEscrow(address(authority), registry, address(court), DISPUTE);
        super.setUp();
        expectUnsigned(quote, signature, provider);
    }

    function test_attack_aQuoteUsedByAnotherTenant() public {
        LeaseQuote memory quote = quoted();
        quote.tenant = buyer;
        bytes memory signature = signed(quote, "provider");
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.NotQuotedTenant.selector, buyer, stranger));
        leases.open(quote, signature, DEPOSIT);

        vm.prank(buyer);
        leases.open(quote, signature, DEPOSIT);
    }

    function test_aQuoteHoldsUntilItExpires() public {
        LeaseQuote memory quote = quoted();
        bytes memory signature = signed(quote, "provider");
        vm.warp(quote.expiresAt + 1);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.QuoteExpired.selector, quote.expiresAt));
        leases.open(quote, signature, DEPOSIT);
        vm.warp(quote.expiresAt);
        vm.prank(buyer);
        leases.open(quote, signature, DEPOSIT);
    }

    function test_aQuoteMustMakeSense() public {
        LeaseQuote memory quote = quoted();
        quote.ratePerHour = 0;
        expectMalformed(quote);
        quote = quoted();
        quote.provisionSeconds = 7 days + 1;
        expectMalformed(quote);
        quote = quoted();
        quote.maxEnd = uint48(NOW + quote.provisionSeconds);
        expectMalformed(quote);
        quote = quoted();
        quote.maxEnd = uint48(NOW + 366 days + 1);
        expectMalformed(quote);
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_aDepositIsAtLeastWhatIsQuoted(uint128 deposit, uint128 min) public {
        LeaseQuote memory quote = quoted();
        quote.minDeposit = uint128(bound(min, 0, FUNDS));
        deposit = uint128(bound(deposit, 0, FUNDS));
        bytes memory signature = signed(quote, "provider");
        bool enough = deposit >= quote.minDeposit && deposit > 0;
        if (!enough) {
            vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.DepositTooSmall.selector, deposit, quote.minDeposit));
        }
        vm.prank(buyer);
        leases.open(quote, signature, deposit);
        assertEq(usd.balanceOf(address(leases)), enough ? deposit : 0);
    }

    function test_whatIsNotForSaleIsNotLeased() public {
        LeaseQuote memory quote = quoted();
        bytes memory signature = signed(quote, "provider");
        vm.prank(provider);
        registry.setStatus(listing, Status.PAUSED);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.ListingNotForSale.selector, listing));
        leases.open(quote, signature, DEPOSIT);

        quote.listing = 99;
        signature = signed(quote, "provider");
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 99));
        leases.open(quote, signature, DEPOSIT);
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_whatWasNotQuotedWasNotSigned(uint96 rate, address asset, address by, bytes32 salt) public {
        LeaseQuote memory quote = quoted();
        bytes memory signature = signed(quote, "provider");
        bytes32 digest = leases.quoteDigest(quote);
        quote.ratePerHour = uint96(bound(rate, 1, type(uint96).max));
        quote.asset = asset;
        quote.operator = by;
        quote.salt = salt;
        vm.assume(leases.quoteDigest(quote) != digest);
        expectUnsigned(quote, signature, provider);
    }

    function test_aStrangersQuoteIsNotTheProviders() public {
        LeaseQuote memory quote = quoted();
        quote.operator = stranger;
        expectUnsigned(quote, signed(quote, "stranger"), provider);
    }

    function test_attack_malleableAndTruncatedQuotes() public {
        LeaseQuote memory quote = quoted();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf("provider"), leases.quoteDigest(quote));
        bytes32 mirrored = bytes32(CURVE_ORDER - uint256(s));
        expectUnsigned(quote, abi.encodePacked(r, mirrored, v == 27 ? uint8(28) : uint8(27)), provider);
        expectUnsigned(quote, abi.encodePacked(r, s), provider);
        expectUnsigned(quote, abi.encodePacked(r, s, v, v), provider);
        expectUnsigned(quote, "", provider);
    }

    function test_aContractWalletQuotes() public {
        address wallet = address(new ContractWallet(operator));
        transferTitle(listing, wallet);
        LeaseQuote memory quote = quoted();
        expectUnsigned(quote, signed(quote, "provider"), wallet);
        bytes memory signature = signed(quote, "operator");
        vm.prank(buyer);
        leases.open(quote, signature, DEPOSIT);
        assertEq(usd.balanceOf(address(leases)), DEPOSIT);
    }

    function test_anAccountWithDelegatedCodeIsJudgedByThatCode() public {
        vm.etch(provider, abi.encodePacked(hex"ef0100", address(new ContractWallet(operator))));
        LeaseQuote memory quote = quoted();
        expectUnsigned(quote, signed(quote, "provider"), provider);
        bytes memory signature = signed(quote, "operator");
        vm.prank(buyer);
        leases.open(quote, signature, DEPOSIT);
        assertEq(usd.balanceOf(address(leases)), DEPOSIT);
    }

    function test_permitAndOpenInOneTransaction() public {
        LeaseQuote memory quote = quoted();
        bytes[] memory calls = new bytes[](2);
        calls[0] = permitCall("buyer", address(leases), DEPOSIT);
        calls[1] = abi.encodeCall(leases.open, (quote, signed(quote, "provider"), DEPOSIT));
        vm.startPrank(buyer);
        usd.approve(address(leases), 0);
        leases.multicall(calls);
        assertEq(usd.balanceOf(address(leases)), DEPOSIT);
    }

    function test_anyoneSubmitsTheTenantsAuthorization() public {
        LeaseQuote memory quote = quoted();
        bytes memory signature = signed(quote, "provider");
        Authorization memory authorization = openAuthorization(quote, signature);
        vm.prank(stranger);
        uint256 id = leases.openWithAuthorization(quote, signature, DEPOSIT, authorization);
        assertEq(leases.lease(id).tenant, buyer);
        assertEq(usd.balanceOf(address(leases)), DEPOSIT);
    }

    function test_attack_copiedAuthorizationOfALease() public {
        LeaseQuote memory quote = quoted();
        bytes memory signature = signed(quote, "provider");
        Authorization memory authorization = openAuthorization(quote, signature);
        LeaseQuote memory other = quoted();
        other.capacityId = "gpu-8";
        bytes memory otherSignature = signed(other, "provider");

        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        leases.openWithAuthorization(other, otherSignature, DEPOSIT, authorization);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        leases.openWithAuthorization(quote, signature, DEPOSIT - 1, authorization);
    }

    // ---------------------------------------------------------------- provisioning

    function test_theProviderActivatesInTime() public {
        uint256 id = opened();
        vm.warp(NOW + 10 minutes);
        vm.expectEmit(address(leases));
        emit ILeaseEscrow.LeaseActivated(id, uint48(NOW + 10 minutes));
        vm.prank(provider);
        leases.activate(id);
        assertTrue(leases.lease(id).status == LeaseStatus.ACTIVE);
        assertEq(leases.endsAt(id), NOW + 10 minutes + USED_UP);

        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.WrongStatus.selector, id, LeaseStatus.ACTIVE));
        leases.activate(id);
    }

    function test_theOperatorActivates() public {
        LeaseQuote memory quote = quoted();
        quote.operator = operator;
        uint256 id = open(quote, DEPOSIT);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.NotProvider.selector, id, stranger));
        leases.activate(id);
        vm.prank(operator);
        leases.activate(id);
        assertEq(leases.lease(id).activatedAt, NOW);
    }

    function test_attack_activationAfterTheDeadline() public {
        uint256 id = opened();
        vm.warp(NOW + 10 minutes + 1);
        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.TooLateToProvision.selector, id, uint48(NOW + 10 minutes)));
        leases.activate(id);
    }

    function test_attack_aLeaseThatWasNeverProvisioned() public {
        uint256 id = opened();
        vm.warp(NOW + 10 minutes);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.NotParty.selector, id, stranger));
        leases.close(id);

        vm.warp(NOW + 10 minutes + 1);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.LeaseHasEnded.selector, id));
        leases.topUp(id, 1);
        vm.expectEmit(address(leases));
        emit ILeaseEscrow.LeaseClosed(id, buyer, CloseReason.NEVER_PROVISIONED, uint48(NOW + 10 minutes + 1), DEPOSIT);
        vm.prank(stranger);
        leases.close(id);
        assertEq(usd.balanceOf(buyer), FUNDS);
        assertEq(leases.withdraw(id), 0);
    }

    function test_theDeadlineIsTheReasonWhoeverCloses() public {
        uint256 id = opened();
        vm.warp(NOW + 10 minutes + 1);
        vm.prank(buyer);
        leases.close(id);
        assertTrue(leases.lease(id).reason == CloseReason.NEVER_PROVISIONED);
    }

    function test_bothPartiesCanCallOffWhatIsNotProvisioned() public {
        uint256 id = opened();
        vm.prank(provider);
        leases.close(id);
        assertTrue(leases.lease(id).reason == CloseReason.PROVIDER);
        assertEq(usd.balanceOf(buyer), FUNDS);

        LeaseQuote memory quote = quoted();
        quote.salt = "other";
        id = open(quote, DEPOSIT);
        vm.prank(buyer);
        leases.close(id);
        assertTrue(leases.lease(id).reason == CloseReason.BUYER);
        assertEq(usd.balanceOf(buyer), FUNDS);
        assertEq(leases.accrued(id), 0);
    }

    // ---------------------------------------------------------------- accrual

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_rentIsArithmeticOverTime(uint96 rate, uint128 deposit, uint32 elapsed) public {
        rate = uint96(bound(rate, 1, 1e30));
        deposit = uint128(bound(deposit, 1, 1e33));
        uint256 id = activeAt(rate, deposit);
        vm.warp(NOW + elapsed);

        uint256 served = elapsed < 30 days ? elapsed : 30 days;
        uint256 expected = served * rate / 3600;
        if (expected > deposit) expected = deposit;
        assertEq(leases.accrued(id), expected);

        uint256 end = leases.endsAt(id);
        if (end < NOW + 30 days) {
            vm.warp(end);
            assertEq(leases.accrued(id), deposit);
            vm.warp(end - 1);
            assertTrue(leases.accrued(id) < deposit);
        }
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_noMoreIsEverPaidThanHasAccrued(uint96 rate, uint128 deposit, uint32[8] memory times) public {
        rate = uint96(bound(rate, 1, 1e12));
        deposit = uint128(bound(deposit, 1, FUNDS));
        uint256 id = activeAt(rate, deposit);
        PlainToken token = PlainToken(leases.lease(id).asset);
        uint256 paid;
        for (uint256 i = 0; i < times.length; ++i) {
            vm.warp(block.timestamp + times[i] % 5 days);
            paid += leases.withdraw(id);
            assertTrue(paid <= leases.accrued(id));
            assertEq(token.balanceOf(splitter), paid);
        }
        vm.prank(buyer);
        leases.close(id);
        vm.warp(block.timestamp + 1 days);
        leases.withdraw(id);
        assertEq(token.balanceOf(splitter), leases.accrued(id));
        assertEq(token.balanceOf(splitter) + token.balanceOf(buyer), deposit);
        assertEq(token.balanceOf(address(leases)), 0);
    }

    function test_theProviderTakesWhatAccruedADayAgo() public {
        uint256 id = active();
        vm.warp(NOW + 1 days);
        assertEq(leases.withdraw(id), 0);

        vm.warp(NOW + 1 days + 1 hours);
        assertEq(leases.withdrawable(id), RATE);
        vm.expectEmit(address(leases));
        emit ILeaseEscrow.LeaseWithdrawn(id, splitter, RATE);
        vm.prank(stranger);
        assertEq(leases.withdraw(id), RATE);
        assertEq(usd.balanceOf(splitter), RATE);
        assertEq(leases.withdraw(id), 0);
    }

    function test_theLastDayOfRentStaysForADay() public {
        uint256 id = active();
        vm.warp(NOW + 3 days);
        vm.prank(buyer);
        leases.close(id);
        assertEq(leases.withdraw(id), 2 days * 1_000);
        vm.warp(NOW + 4 days - 1);
        assertEq(leases.withdraw(id), (1 days - 1) * 1_000);
        vm.warp(NOW + 4 days);
        assertEq(leases.withdraw(id), 1_000);
    }

    function test_anUnclosedLeaseIsPaidOutAllTheSame() public {
        uint256 id = active();
        vm.warp(NOW + 100 days);
        assertEq(leases.withdraw(id), DEPOSIT);
        assertEq(leases.accrued(id), DEPOSIT);
        leases.close(id);
        assertTrue(leases.lease(id).reason == CloseReason.INSUFFICIENT_FUNDS);
        assertEq(leases.lease(id).endedAt, NOW + USED_UP);
    }

    // ---------------------------------------------------------------- top-up

    function test_aTopUpExtendsTheLease() public {
        uint256 id = active();
        usd.mint(stranger, 3_600_000);
        vm.startPrank(stranger);
        usd.approve(address(leases), 3_600_000);
        vm.expectEmit(address(leases));
        emit ILeaseEscrow.LeaseToppedUp(id, stranger, 3_600_000);
        leases.topUp(id, 3_600_000);
        vm.stopPrank();
        assertEq(leases.endsAt(id), NOW + USED_UP + 1 hours);
        assertEq(leases.lease(id).deposit, DEPOSIT + 3_600_000);
    }

    function test_aLeaseCanBeToppedUpBeforeItIsProvisioned() public {
        uint256 id = opened();
        vm.prank(buyer);
        leases.topUp(id, 1);
        assertEq(leases.lease(id).deposit, DEPOSIT + 1);
    }

    function test_attack_topUpFrontRunByClose() public {
        uint256 id = active();
        vm.warp(NOW + USED_UP);
        leases.close(id);
        uint256 before = usd.balanceOf(buyer);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.WrongStatus.selector, id, LeaseStatus.CLOSED));
        leases.topUp(id, DEPOSIT);
        assertEq(usd.balanceOf(buyer), before);
    }

    function test_nobodyTopsUpWhatNeverWas() public {
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.WrongStatus.selector, 7, LeaseStatus.NONE));
        leases.topUp(7, 1);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.WrongStatus.selector, 7, LeaseStatus.NONE));
        leases.close(7);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.WrongStatus.selector, 7, LeaseStatus.NONE));
        leases.activate(7);
        assertEq(leases.withdraw(7), 0);
    }

    // ---------------------------------------------------------------- closing

    function test_attack_closingAtTheExactSecondOfExhaustion() public {
        uint256 id = active();

        // One second before: the last second can still be topped up, and nobody but the parties can close
        vm.warp(NOW + USED_UP - 1);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.NotParty.selector, id, stranger));
        leases.close(id);
        uint256 snapshot = youngVm.snapshotState();
        vm.prank(buyer);
        leases.topUp(id, 1_000);
        vm.warp(NOW + USED_UP);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.NotParty.selector, id, stranger));
        leases.close(id);
        youngVm.revertToState(snapshot);

        // At it: anyone can close, nothing can be added, and nothing is left
        vm.warp(NOW + USED_UP);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.LeaseHasEnded.selector, id));
        leases.topUp(id, 1_000);
        vm.expectEmit(address(leases));
        emit ILeaseEscrow.LeaseClosed(id, buyer, CloseReason.INSUFFICIENT_FUNDS, uint48(NOW + USED_UP), 0);
        vm.prank(stranger);
        leases.close(id);
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_theReasonFollowsFromCallerAndState(uint256 by, uint32 elapsed, uint32 length) public {
        address[4] memory callers = [buyer, provider, operator, stranger];
        address caller = callers[by % 4];
        LeaseQuote memory quote = quoted();
        quote.operator = operator;
        quote.maxEnd = uint48(NOW + bound(length, 1 hours, 20 days));
        uint256 id = open(quote, DEPOSIT);
        vm.prank(provider);
        leases.activate(id);
        uint256 time = NOW + bound(elapsed, 0, 21 days);
        vm.warp(time);

        CloseReason expected = caller == buyer ? CloseReason.BUYER : CloseReason.PROVIDER;
        if (time >= quote.maxEnd && quote.maxEnd <= NOW + USED_UP) expected = CloseReason.EXPIRED;
        else if (time >= NOW + USED_UP) expected = CloseReason.INSUFFICIENT_FUNDS;
        else if (caller == stranger) expected = CloseReason.NONE;

        vm.prank(caller);
        if (expected == CloseReason.NONE) {
            vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.NotParty.selector, id, stranger));
            leases.close(id);
            return;
        }
        leases.close(id);
        assertTrue(leases.lease(id).reason == expected);
        assertEq(usd.balanceOf(buyer), FUNDS - leases.accrued(id));
    }

    function test_aDepositThatLastsUntilTheLatestEndIsNotInsufficient() public {
        LeaseQuote memory quote = quoted();
        quote.maxEnd = uint48(NOW + USED_UP);
        uint256 id = open(quote, DEPOSIT);
        vm.prank(provider);
        leases.activate(id);
        vm.warp(NOW + USED_UP);
        leases.close(id);
        assertTrue(leases.lease(id).reason == CloseReason.EXPIRED);
    }

    function test_aLeaseIsClosedOnce() public {
        uint256 id = active();
        vm.startPrank(buyer);
        leases.close(id);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.WrongStatus.selector, id, LeaseStatus.CLOSED));
        leases.close(id);
    }

    function test_attack_titleSoldMidLease() public {
        uint256 id = active();
        vm.warp(NOW + 3 days);
        transferTitle(listing, stranger);
        vm.prank(stranger);
        address moved = registry.setSplits(listing, splitsOf(toAccount(stranger, 10_000)));
        leases.withdraw(id);
        assertEq(usd.balanceOf(moved), 0);
        assertEq(usd.balanceOf(splitter), 2 days * 1_000);

        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.NotParty.selector, id, provider));
        leases.close(id);
        vm.prank(stranger);
        leases.close(id);
        assertTrue(leases.lease(id).reason == CloseReason.PROVIDER);
        assertEq(usd.balanceOf(buyer), FUNDS - 3 days * 1_000);
    }

    function test_aQuoteOfAFormerOwnerIsVoid() public {
        LeaseQuote memory quote = quoted();
        bytes memory signature = signed(quote, "provider");
        transferTitle(listing, stranger);
        expectUnsigned(quote, signature, stranger);
    }

    // ---------------------------------------------------------------- disputes

    function test_theTenantDisputesWhatIsNotSettled() public {
        uint256 id = active();
        vm.warp(NOW + 3 days);
        leases.withdraw(id);
        Case memory disputed = leases.caseOf(id, buyer);
        assertEq(disputed.listing, listing);
        assertEq(disputed.claimant, buyer);
        assertEq(disputed.respondent, provider);
        assertEq(disputed.asset, address(usd));
        assertEq(disputed.amount, 1 days * 1_000);

        expectUndisputable(id, provider);
        expectUndisputable(opened("other"), buyer);
        expectUndisputable(7, address(0));
    }

    function test_aLeaseIsDisputedWithinADayOfItsEnd() public {
        uint256 id = active();
        vm.warp(NOW + USED_UP + 1 days - 1);
        assertEq(leases.caseOf(id, buyer).amount, DEPOSIT);
        vm.warp(NOW + USED_UP + 1 days);
        expectUndisputable(id, buyer);

        uint256 other = openedAndActive("other");
        vm.warp(block.timestamp + 1 hours);
        vm.prank(buyer);
        leases.close(other);
        vm.warp(block.timestamp + 1 days - 1);
        assertEq(leases.caseOf(other, buyer).amount, RATE);
        vm.warp(block.timestamp + 1);
        expectUndisputable(other, buyer);
    }

    function test_aDisputeEndsTheLeaseAndHoldsItsRent() public {
        uint256 id = active();
        vm.warp(NOW + 3 days);
        vm.expectEmit(address(leases));
        emit ILeaseEscrow.LeaseHeld(id, uint48(NOW + 13 days));
        vm.expectEmit(address(leases));
        emit ILeaseEscrow.LeaseClosed(id, buyer, CloseReason.COURT, uint48(NOW + 3 days), DEPOSIT - 3 days * 1_000);
        dispute(id, NOW + 13 days);

        assertEq(usd.balanceOf(buyer), FUNDS - 3 days * 1_000);
        expectUndisputable(id, buyer);
        vm.warp(NOW + 13 days - 1);
        assertEq(leases.withdraw(id), 0);
        vm.warp(NOW + 13 days);
        assertEq(leases.withdraw(id), 3 days * 1_000);
        expectUndisputable(id, buyer);
    }

    function test_aDisputeOverAnEndedLeaseKeepsItsReason() public {
        uint256 id = active();
        vm.warp(NOW + USED_UP + 1);
        dispute(id, block.timestamp + 1 days);
        assertTrue(leases.lease(id).reason == CloseReason.INSUFFICIENT_FUNDS);

        uint256 closed = openedAndActive("other");
        vm.warp(block.timestamp + 1);
        vm.prank(provider);
        leases.close(closed);
        dispute(closed, block.timestamp + 1 days);
        assertTrue(leases.lease(closed).reason == CloseReason.PROVIDER);
    }

    function test_noHoldOutlivesTheDisputeWindow() public {
        uint256 id = active();
        vm.warp(NOW + 1);
        dispute(id, type(uint48).max);
        assertEq(leases.lease(id).heldUntil, NOW + 1 + DISPUTE);
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_aRulingDividesWhatIsNotSettled(uint32 elapsed, uint32 withdrawn, uint16 tenantBps) public {
        tenantBps = uint16(bound(tenantBps, 0, 10_000));
        uint256 end = NOW + bound(elapsed, 1, USED_UP);
        uint256 id = active();
        vm.warp(bound(withdrawn, NOW, end));
        uint256 taken = leases.withdraw(id);
        vm.warp(end);
        uint256 rent = leases.accrued(id);
        dispute(id, end + 10 days);
        vm.warp(bound(withdrawn, end, end + 10 days));

        uint256 toTenant = (rent - taken) * tenantBps / 10_000;
        vm.expectEmit(address(leases));
        emit ILeaseEscrow.LeaseResolved(id, buyer, splitter, toTenant, rent - taken - toTenant);
        court.resolve(leases, id, tenantBps);
        assertEq(leases.withdraw(id), 0);
        leases.withdrawHeld(address(usd), splitter);
        leases.withdrawHeld(address(usd), buyer);

        assertEq(usd.balanceOf(splitter), rent - toTenant);
        assertEq(usd.balanceOf(buyer), FUNDS - rent + toTenant);
        assertEq(usd.balanceOf(address(leases)), 0);
        vm.warp(end + 100 days);
        assertEq(leases.withdraw(id), 0);
    }

    function test_aDismissedDisputeLeavesTheRentToTheProvider() public {
        uint256 id = active();
        vm.warp(NOW + 3 days);
        dispute(id, NOW + 13 days);
        vm.warp(NOW + 5 days);
        vm.expectEmit(address(leases));
        emit ILeaseEscrow.LeaseReleased(id);
        court.release(leases, id);
        assertEq(leases.withdraw(id), 3 days * 1_000);
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotDisputable.selector, id));
        court.resolve(leases, id, 10_000);
    }

    function test_aRulingThatComesTooLateDividesWhatIsLeft() public {
        uint256 id = active();
        vm.warp(NOW + 3 days);
        dispute(id, NOW + 13 days);
        vm.warp(NOW + 13 days);
        leases.withdraw(id);
        court.resolve(leases, id, 10_000);
        assertEq(usd.balanceOf(splitter), 3 days * 1_000);
        assertEq(leases.heldFor(address(usd), buyer), 0);
    }

    function test_disputesAreTheCourtsAlone() public {
        uint256 id = active();
        vm.startPrank(buyer);
        bytes memory refusal = abi.encodeWithSelector(IDisputable.NotCourt.selector, buyer);
        vm.expectRevert(refusal);
        leases.hold(id, buyer, type(uint48).max);
        vm.expectRevert(refusal);
        leases.resolve(id, buyer, 10_000, 0);
        vm.expectRevert(refusal);
        leases.release(id, buyer);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotDisputable.selector, id));
        court.release(leases, id);
        vm.prank(address(court));
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotDisputable.selector, id));
        leases.hold(id, buyer, type(uint48).max);
    }

    function test_theDisputeWindowStaysWithinItsBounds() public {
        for (uint256 i = 0; i < 2; ++i) {
            uint48 window = i == 0 ? 59 : 180 days + 1;
            vm.expectRevert(
                abi.encodeWithSelector(
                    IParameters.ParameterOutOfBounds.selector, bytes32("disputeWindow"), window, 60, 180 days
                )
            );
            new LeaseEscrow(address(authority), registry, address(court), window);
        }
    }

    // ---------------------------------------------------------------- hostile tokens

    function test_attack_aTokenThatChargesAFee() public {
        FeeToken token = new FeeToken();
        LeaseQuote memory quote = paidIn(token, DEPOSIT);
        bytes memory signature = signed(quote, "provider");
        vm.prank(buyer);
        vm.expectRevert(
            abi.encodeWithSelector(
                ExactTransfer.InexactTransfer.selector, address(token), DEPOSIT, DEPOSIT - DEPOSIT / 100
            )
        );
        leases.open(quote, signature, DEPOSIT);
    }

    function test_aTokenThatReturnsNothingIsFine() public {
        SilentAllowanceToken token = new SilentAllowanceToken();
        LeaseQuote memory quote = paidIn(PlainToken(address(token)), DEPOSIT);
        uint256 id = open(quote, DEPOSIT);
        vm.prank(provider);
        leases.activate(id);
        vm.warp(NOW + 3 days);
        vm.prank(buyer);
        leases.close(id);
        leases.withdraw(id);
        assertEq(token.balanceOf(splitter), 2 days * 1_000);
        assertEq(token.balanceOf(buyer), DEPOSIT - 3 days * 1_000);
    }

    function test_attack_aTokenThatReturnsFalse() public {
        MoodyToken token = new MoodyToken();
        LeaseQuote memory quote = paidIn(token, DEPOSIT);
        bytes memory signature = signed(quote, "provider");
        token.setRefusing(true);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        leases.open(quote, signature, DEPOSIT);

        token.setRefusing(false);
        uint256 id = open(quote, DEPOSIT);
        vm.prank(provider);
        leases.activate(id);
        vm.warp(NOW + 3 days);
        token.setRefusing(true);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        leases.withdraw(id);
        vm.prank(buyer);
        leases.close(id);
        assertEq(leases.heldFor(address(token), buyer), DEPOSIT - 3 days * 1_000);
        token.setRefusing(false);
        assertEq(leases.withdraw(id), 2 days * 1_000);
        assertEq(leases.withdrawHeld(address(token), buyer), DEPOSIT - 3 days * 1_000);
    }

    function test_attack_aBlockedTenantStandsInNobodysWay() public {
        ComplianceToken token = new ComplianceToken();
        uint256 id = open(paidIn(token, DEPOSIT), DEPOSIT);
        vm.prank(provider);
        leases.activate(id);
        token.setBlocked(buyer, true);
        vm.warp(NOW + USED_UP - 1 hours);
        vm.prank(provider);
        leases.close(id);
        vm.warp(NOW + USED_UP + 1 days);
        assertEq(leases.withdraw(id), DEPOSIT - RATE);
        assertEq(leases.heldFor(address(token), buyer), RATE);
    }

    function test_attack_aBlockedProviderStandsInNobodysWay() public {
        ComplianceToken token = new ComplianceToken();
        uint256 id = open(paidIn(token, DEPOSIT), DEPOSIT);
        vm.prank(provider);
        leases.activate(id);
        token.setBlocked(splitter, true);
        vm.warp(NOW + 3 days);
        vm.prank(buyer);
        leases.close(id);
        assertEq(token.balanceOf(buyer), DEPOSIT - 3 days * 1_000);
        vm.expectRevert(bytes("blocked"));
        leases.withdraw(id);

        token.setBlocked(splitter, false);
        assertEq(leases.withdraw(id), 2 days * 1_000);
        assertEq(token.balanceOf(splitter), 2 days * 1_000);
    }

    function test_attack_aTokenThatReenters() public {
        CallbackToken token = new CallbackToken();
        LeaseQuote memory quote = paidIn(token, DEPOSIT);
        uint256 id = open(quote, DEPOSIT);
        vm.prank(provider);
        leases.activate(id);
        vm.warp(NOW + 3 days);
        token.attackWith(address(leases), abi.encodeCall(leases.withdraw, (id)));
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        leases.withdraw(id);
        vm.prank(buyer);
        leases.close(id);
        assertEq(leases.heldFor(address(token), buyer), DEPOSIT - 3 days * 1_000);
        assertEq(token.balanceOf(buyer), 0);
    }

    function test_attack_aTokenThatShrinks() public {
        ShrinkingToken token = new ShrinkingToken();
        uint256 id = open(paidIn(token, DEPOSIT), DEPOSIT);
        uint256 sound = opened();
        token.shrink(address(leases), DEPOSIT);
        vm.startPrank(buyer);
        leases.close(id);
        leases.close(sound);
        assertEq(leases.heldFor(address(token), buyer), DEPOSIT);
        assertEq(usd.balanceOf(buyer), FUNDS);
        vm.stopPrank();
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, address(leases), 0, DEPOSIT)
        );
        leases.withdrawHeld(address(token), buyer);
    }

    // ---------------------------------------------------------------- pause

    function test_aClosedContractTakesNoNewMoney() public {
        LeaseQuote memory quote = quoted();
        quote.salt = "other";
        bytes memory signature = signed(quote, "provider");
        Authorization memory authorization = openAuthorization(quote, signature);
        close(address(leases));
        vm.startPrank(buyer);
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, buyer);
        vm.expectRevert(refusal);
        leases.open(quote, signature, DEPOSIT);
        vm.expectRevert(refusal);
        leases.openWithAuthorization(quote, signature, DEPOSIT, authorization);
    }

    function test_aClosedContractLetsEverybodyLeave() public {
        uint256 id = active();
        uint256 disputed = openedAndActive("disputed");
        uint256 released = openedAndActive("released");
        uint256 fresh = opened("fresh");
        uint256 dead = opened("dead");
        close(address(leases));

        vm.prank(provider);
        leases.activate(fresh);
        vm.warp(NOW + 3 days);
        leases.close(dead);
        leases.withdraw(id);
        vm.prank(buyer);
        leases.close(id);
        dispute(disputed, NOW + 13 days);
        dispute(released, NOW + 13 days);
        court.resolve(leases, disputed, 5_000);
        court.release(leases, released);
        vm.warp(NOW + 100 days);
        leases.withdraw(id);
        leases.withdraw(released);
        leases.withdraw(fresh);
        leases.withdrawHeld(address(usd), splitter);
        leases.withdrawHeld(address(usd), buyer);
        assertEq(usd.balanceOf(address(leases)), 0);
    }

    // ---------------------------------------------------------------- given

    function open(LeaseQuote memory quote, uint128 deposit) private returns (uint256) {
        bytes memory signature = signed(quote, "provider");
        vm.prank(buyer);
        return leases.open(quote, signature, deposit);
    }

    function opened() private returns (uint256) {
        return open(quoted(), DEPOSIT);
    }

    function opened(bytes32 salt) private returns (uint256) {
        LeaseQuote memory quote = quoted();
        quote.salt = salt;
        return open(quote, DEPOSIT);
    }

    function active() private returns (uint256 id) {
        return openedAndActive("salt");
    }

    function openedAndActive(bytes32 salt) private returns (uint256 id) {
        id = opened(salt);
        vm.prank(provider);
        leases.activate(id);
    }

    /// @dev On these terms, for 30 days, in a token of its own.
    function activeAt(uint96 rate, uint128 deposit) private returns (uint256 id) {
        LeaseQuote memory quote = paidIn(new PlainToken(), deposit);
        quote.ratePerHour = rate;
        quote.minDeposit = 0;
        id = open(quote, deposit);
        vm.prank(provider);
        leases.activate(id);
    }

    function paidIn(PlainToken token, uint256 amount) private returns (LeaseQuote memory quote) {
        token.mint(buyer, amount);
        vm.prank(buyer);
        token.approve(address(leases), type(uint256).max);
        quote = quoted();
        quote.asset = address(token);
    }

    function dispute(uint256 id, uint256 until) private {
        vm.prank(buyer);
        court.open(leases, id, uint48(until));
    }

    function openAuthorization(LeaseQuote memory quote, bytes memory signature)
        private
        view
        returns (Authorization memory)
    {
        bytes32 nonce = leases.openNonce(quote, signature, DEPOSIT, "salt");
        return authorized("buyer", address(leases), DEPOSIT, nonce, "salt");
    }

    // ---------------------------------------------------------------- then

    function expectUnsigned(LeaseQuote memory quote, bytes memory signature, address owner) private {
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ILeaseEscrow.NotSignedByTitleOwner.selector, owner));
        leases.open(quote, signature, DEPOSIT);
    }

    function expectMalformed(LeaseQuote memory quote) private {
        bytes memory signature = signed(quote, "provider");
        vm.prank(buyer);
        vm.expectRevert(ILeaseEscrow.MalformedQuote.selector);
        leases.open(quote, signature, DEPOSIT);
    }

    function expectUndisputable(uint256 id, address opener) private {
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotDisputable.selector, id));
        leases.caseOf(id, opener);
    }
}
