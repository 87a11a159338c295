// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessPass} from "../src/access/AccessPass.sol";
import {Credits, IAccessPass, PassKind, Tier} from "../src/access/IAccessPass.sol";
import {Status} from "../src/listing/IListingRegistry.sol";
import {Authorization, ExactTransfer} from "../src/token/ExactTransfer.sol";
import {bound} from "./base/Test.sol";
import {TradeTest} from "./base/TradeTest.sol";
import {ContractWallet, RevertingReceiver} from "./mocks/Accounts.sol";
import {FeeToken, PlainToken} from "./mocks/Tokens.sol";
import {HookedToken, LyingToken, MuteToken, ReentrantReceiver} from "./mocks/Traders.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC1155} from "@openzeppelin/contracts/interfaces/IERC1155.sol";
import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

contract AccessPassTest is TradeTest {
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    address private alice = account("alice");
    address private bob = account("bob");
    uint256 private listing;
    uint256 private term;
    uint256 private credits;
    uint256 private creditId;

    function setUp() public {
        listing = publish(provider, "minilm");
        term = defineTier(listing, PassKind.TERM, PRICE, MONTH, 100);
        credits = defineTier(listing, PassKind.CREDITS, PRICE, 1_000, 1_000);
        creditId = credits << 40;
        fund(buyer, 100_000e6);
    }

    // ---------------------------------------------------------------- tiers

    function testFuzz_aTierHasTheTermsItWasDefinedWith(
        bool forTerm,
        uint96 price,
        uint32 size,
        uint32 maxSupply,
        uint16 royaltyBps
    ) public {
        price = uint96(bound(price, 1, type(uint96).max));
        size = uint32(bound(size, 1, type(uint32).max));
        maxSupply = uint32(bound(maxSupply, 1, type(uint32).max));
        royaltyBps = uint16(bound(royaltyBps, 0, 1_000));
        PassKind kind = forTerm ? PassKind.TERM : PassKind.CREDITS;

        vm.expectEmit(address(passes));
        emit IAccessPass.TierDefined(3, listing, usd, kind, price, size, maxSupply, royaltyBps);
        vm.prank(provider);
        uint256 tier = passes.defineTier(listing, kind, usd, price, size, maxSupply, royaltyBps);

        Tier memory expected = Tier(usd, price, uint64(listing), size, maxSupply, 0, royaltyBps, kind, true);
        assertEq(keccak256(abi.encode(passes.tier(tier))), keccak256(abi.encode(expected)));
        assertEq(tier, 3);
        assertEq(passes.tierCount(), 3);
        assertEq(passes.listingOf(tier << 40 | NOW), listing);
    }

    function test_aTierNeedsAnAssetAPriceASizeAndASupply() public {
        vm.startPrank(provider);
        vm.expectRevert(IAccessPass.MalformedTier.selector);
        passes.defineTier(listing, PassKind.TERM, IERC20(address(0)), PRICE, MONTH, 1, 0);
        vm.expectRevert(IAccessPass.MalformedTier.selector);
        passes.defineTier(listing, PassKind.TERM, usd, 0, MONTH, 1, 0);
        vm.expectRevert(IAccessPass.MalformedTier.selector);
        passes.defineTier(listing, PassKind.TERM, usd, PRICE, 0, 1, 0);
        vm.expectRevert(IAccessPass.MalformedTier.selector);
        passes.defineTier(listing, PassKind.TERM, usd, PRICE, MONTH, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.RoyaltyTooHigh.selector, 1_001, 1_000));
        passes.defineTier(listing, PassKind.TERM, usd, PRICE, MONTH, 1, 1_001);
        vm.expectRevert(IAccessPass.MalformedTier.selector);
        passes.repriceTier(term, 0);
        vm.stopPrank();
    }

    function test_onlyTheTitleOwnerDefinesAndPricesTiers() public {
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotTitleOwner.selector, listing, stranger));
        passes.defineTier(listing, PassKind.TERM, usd, PRICE, MONTH, 1, 0);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotTitleOwner.selector, listing, stranger));
        passes.repriceTier(term, 1);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotAllowedToSetOpen.selector, term, stranger));
        passes.setTierOpen(term, false);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 0));
        passes.setTierOpen(77, false);
        vm.stopPrank();
    }

    function test_tiersFollowTheTitle() public {
        transferTitle(listing, alice);

        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotTitleOwner.selector, listing, provider));
        passes.repriceTier(term, 1);

        vm.expectEmit(address(passes));
        emit IAccessPass.TierRepriced(term, 7);
        vm.prank(alice);
        passes.repriceTier(term, 7);
        assertEq(passes.tier(term).price, 7);
    }

    function test_theUserClosesATierAndOnlyTheOwnerOpensIt() public {
        vm.prank(provider);
        registry.setUser(listing, alice, uint64(NOW + 1 days));

        vm.expectEmit(address(passes));
        emit IAccessPass.TierOpenSet(term, false);
        vm.prank(alice);
        passes.setTierOpen(term, false);
        assertFalse(passes.tier(term).open);

        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotAllowedToSetOpen.selector, term, alice));
        passes.setTierOpen(term, true);

        vm.prank(provider);
        passes.setTierOpen(term, true);
        assertTrue(passes.tier(term).open);
    }

    // ---------------------------------------------------------------- buy

    function testFuzz_aTermPassCarriesItsExpiry(uint32 quantity, uint32 later) public {
        quantity = uint32(bound(quantity, 1, 100));
        vm.warp(NOW + later);
        uint256 expected = term << 40 | (NOW + later + MONTH);

        vm.expectEmit(address(passes));
        emit IAccessPass.PassBought(term, buyer, alice, expected, quantity, quantity * PRICE);
        vm.prank(buyer);
        uint256 id = passes.buy(term, quantity, quantity * PRICE, alice);

        assertEq(id, expected);
        assertEq(passes.expiryOf(id), NOW + later + MONTH);
        assertEq(passes.balanceOf(alice, id), quantity);
        assertEq(passes.tier(term).sold, quantity);
        assertEq(usd.balanceOf(address(splitterOf(listing))), quantity * PRICE);
        assertEq(usd.balanceOf(address(passes)), 0);
    }

    function testFuzz_creditsComeInPacks(uint32 quantity, uint32 size, uint96 price) public {
        quantity = uint32(bound(quantity, 1, type(uint32).max));
        size = uint32(bound(size, 1, type(uint32).max));
        price = uint96(bound(price, 1, type(uint96).max));
        uint256 tier = defineTier(listing, PassKind.CREDITS, price, size, type(uint32).max);

        uint256 id = buyPass(alice, tier, quantity);

        assertEq(id, tier << 40);
        assertEq(passes.expiryOf(id), 0);
        assertEq(passes.balanceOf(alice, id), uint256(quantity) * size);
        assertEq(usd.balanceOf(address(splitterOf(listing))), uint256(quantity) * price);
    }

    function test_proceedsGoByTheSplitsOfTheMoment() public {
        address before = registry.splitterOf(listing);
        setSplits(listing, evenly(2));
        buyPass(alice, term, 1);
        assertEq(usd.balanceOf(before), 0);
        assertEq(usd.balanceOf(registry.splitterOf(listing)), PRICE);
    }

    function test_onlyAnActiveListingSells() public {
        uint256 id = buyPass(buyer, term, 1);
        vm.prank(provider);
        registry.setStatus(listing, Status.PAUSED);
        expectNothingIsSold(id, abi.encodeWithSelector(IAccessPass.ListingNotActive.selector, listing));
        vm.prank(admin);
        registry.suspend(listing);
        expectNothingIsSold(id, abi.encodeWithSelector(IAccessPass.ListingNotActive.selector, listing));
        vm.prank(admin);
        registry.reinstate(listing);
        vm.prank(provider);
        registry.setStatus(listing, Status.RETIRED);
        expectNothingIsSold(id, abi.encodeWithSelector(IAccessPass.ListingNotActive.selector, listing));
    }

    function test_aClosedTierSellsNothing() public {
        uint256 id = buyPass(buyer, term, 1);
        vm.prank(provider);
        passes.setTierOpen(term, false);
        expectNothingIsSold(id, abi.encodeWithSelector(IAccessPass.TierNotOpen.selector, term));
    }

    function test_aPurchaseIsOfSomethingThatIsThere() public {
        vm.startPrank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotForSale.selector, term, 0, 100));
        passes.buy(term, 0, type(uint256).max, buyer);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotForSale.selector, term, type(uint256).max, 100));
        passes.buy(term, type(uint256).max, type(uint256).max, buyer);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotForSale.selector, 77, 1, 0));
        passes.buy(77, 1, type(uint256).max, buyer);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(0)));
        passes.buy(term, 1, PRICE, address(0));
        vm.stopPrank();
    }

    function test_attack_priceRaisedBeforeTheBuyersTransaction() public {
        vm.prank(provider);
        passes.repriceTier(term, PRICE + 1);
        uint256 id = buyPass(alice, term, 1);
        fund(alice, PRICE + 1);

        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.TotalAboveLimit.selector, PRICE + 1, PRICE));
        passes.buy(term, 1, PRICE, alice);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.TotalAboveLimit.selector, PRICE + 1, PRICE));
        passes.renew(id, PRICE);
        vm.stopPrank();
        assertEq(usd.balanceOf(alice), PRICE + 1);
    }

    function test_attack_twoBuyersRaceForTheLastPasses() public {
        buyPass(alice, term, 60);
        vm.startPrank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotForSale.selector, term, 41, 40));
        passes.buy(term, 41, type(uint256).max, buyer);
        passes.buy(term, 40, type(uint256).max, buyer);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotForSale.selector, term, 1, 0));
        passes.buy(term, 1, type(uint256).max, buyer);
        vm.stopPrank();
    }

    function test_aPermitAndAPurchaseFitIntoOneTransaction() public {
        usd.mint(alice, PRICE);
        bytes[] memory calls = new bytes[](2);
        calls[0] = permitCall("alice", address(passes), PRICE);
        calls[1] = abi.encodeCall(passes.buy, (term, 1, PRICE, alice));

        vm.prank(alice);
        passes.multicall(calls);

        assertEq(passes.balanceOf(alice, term << 40 | (NOW + MONTH)), 1);
    }

    function test_hostileAssetsAreRefusedOrHarmless() public {
        FeeToken charging = new FeeToken();
        expectRefused(
            charging,
            abi.encodeWithSelector(
                ExactTransfer.InexactTransfer.selector, address(charging), PRICE, PRICE - PRICE / 100
            )
        );
        IERC20 lying = IERC20(address(new LyingToken(true)));
        expectRefused(lying, abi.encodeWithSelector(ExactTransfer.InexactTransfer.selector, address(lying), PRICE, 0));
        IERC20 refusing = IERC20(address(new LyingToken(false)));
        expectRefused(refusing, abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(refusing)));

        MuteToken mute = new MuteToken();
        mute.mint(buyer, PRICE);
        uint256 tier = tierIn(IERC20(address(mute)));
        vm.prank(buyer);
        passes.buy(tier, 1, PRICE, buyer);
        assertEq(mute.balanceOf(address(splitterOf(listing))), PRICE);
    }

    function test_aRefusingReceiverHurtsOnlyItself() public {
        address refusing = address(new RevertingReceiver());
        vm.startPrank(buyer);
        vm.expectRevert(bytes("no"));
        passes.buy(term, 1, PRICE, refusing);
        passes.buy(term, 1, PRICE, buyer);
        vm.stopPrank();
        assertEq(passes.tier(term).sold, 1);
    }

    function test_attack_receiverReentersThePurchase() public {
        ReentrantReceiver receiver = new ReentrantReceiver();
        fund(address(receiver), 10 * PRICE);
        receiver.attackWith(address(passes), abi.encodeCall(passes.buy, (term, 1, PRICE, address(receiver))));
        vm.prank(buyer);
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        passes.buy(term, 1, PRICE, address(receiver));
    }

    function test_attack_assetReentersThePurchase() public {
        HookedToken hooked = new HookedToken();
        hooked.mint(buyer, 10 * PRICE);
        uint256 tier = tierIn(hooked);
        vm.prank(buyer);
        hooked.approve(address(passes), type(uint256).max);
        hooked.attackWith(address(passes), abi.encodeCall(passes.buy, (tier, 1, PRICE, buyer)));
        vm.prank(buyer);
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        passes.buy(tier, 1, PRICE, buyer);
    }

    // ---------------------------------------------------------------- buyWithAuthorization

    function testFuzz_anAuthorizationBuysWhatItsPayerSigned(uint32 quantity, bool ofTerm) public {
        quantity = uint32(bound(quantity, 1, 50));
        uint256 tier = ofTerm ? term : credits;
        uint256 total = quantity * PRICE;
        Authorization memory paid = authorizeBuy("buyer", buyer, tier, quantity, total, alice);

        vm.prank(stranger);
        uint256 id = passes.buyWithAuthorization(tier, quantity, total, alice, paid);

        assertEq(passes.balanceOf(alice, id), ofTerm ? quantity : quantity * 1_000);
        assertEq(usd.balanceOf(buyer), 100_000e6 - total);
        assertEq(usd.balanceOf(address(splitterOf(listing))), total);
        assertEq(usd.balanceOf(address(passes)), 0);

        bytes32 nonce = passes.buyNonce(tier, quantity, total, alice, "salt");
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, buyer, nonce));
        passes.buyWithAuthorization(tier, quantity, total, alice, paid);
    }

    function test_attack_copiedAuthorizationBuysNothingElse() public {
        Authorization memory paid = authorizeBuy("buyer", buyer, term, 1, PRICE, alice);
        vm.startPrank(stranger);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        passes.buyWithAuthorization(term, 1, PRICE, stranger, paid);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        passes.buyWithAuthorization(term, 2, 2 * PRICE, alice, paid);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        passes.buyWithAuthorization(credits, 1, PRICE, alice, paid);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        passes.buyWithAuthorization(term, 1, PRICE + 1, alice, paid);
        paid.salt = "pepper";
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        passes.buyWithAuthorization(term, 1, PRICE, alice, paid);
        paid.salt = "salt";
        paid.payer = stranger;
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        passes.buyWithAuthorization(term, 1, PRICE, alice, paid);
        vm.stopPrank();

        AccessPass other = new AccessPass(address(authority), registry);
        open(other);
        vm.prank(provider);
        uint256 tier = other.defineTier(listing, PassKind.TERM, usd, PRICE, MONTH, 100, 0);
        paid.payer = buyer;
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        other.buyWithAuthorization(tier, 1, PRICE, alice, paid);
    }

    function test_anAuthorizationIsForTheTotalOfTheMoment() public {
        Authorization memory paid = authorizeBuy("buyer", buyer, term, 1, PRICE, alice);
        vm.prank(provider);
        passes.repriceTier(term, PRICE + 1);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.TotalAboveLimit.selector, PRICE + 1, PRICE));
        passes.buyWithAuthorization(term, 1, PRICE, alice, paid);
        vm.prank(provider);
        passes.repriceTier(term, PRICE - 1);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        passes.buyWithAuthorization(term, 1, PRICE, alice, paid);
    }

    function test_contractWalletsAndDelegatedAccountsPayByAuthorization() public {
        address wallet = address(new ContractWallet(alice));
        fund(wallet, PRICE);
        uint256 id =
            passes.buyWithAuthorization(term, 1, PRICE, bob, authorizeBuy("alice", wallet, term, 1, PRICE, bob));
        assertEq(passes.balanceOf(bob, id), 1);

        address delegated = account("delegated");
        vm.etch(delegated, abi.encodePacked(hex"ef0100", wallet));
        fund(delegated, PRICE);
        passes.buyWithAuthorization(term, 1, PRICE, bob, authorizeBuy("alice", delegated, term, 1, PRICE, bob));
        assertEq(passes.balanceOf(bob, id), 2);
    }

    // ---------------------------------------------------------------- renew

    function testFuzz_renewalAddsATermToTheLaterOfNowAndExpiry(uint32 later) public {
        uint256 id = buyPass(buyer, term, 2);
        vm.warp(NOW + later);
        uint256 from = later > MONTH ? NOW + later : NOW + MONTH;
        uint256 expected = term << 40 | (from + MONTH);

        vm.expectEmit(address(passes));
        emit IAccessPass.PassRenewed(buyer, id, expected, PRICE);
        vm.prank(buyer);
        uint256 newId = passes.renew(id, PRICE);

        assertEq(newId, expected);
        assertEq(passes.balanceOf(buyer, id), 1);
        assertEq(passes.balanceOf(buyer, newId), 1);
        assertEq(usd.balanceOf(address(splitterOf(listing))), 3 * PRICE);
    }

    function test_attack_renewedPassIsGone() public {
        uint256 id = buyPass(buyer, term, 1);
        vm.startPrank(buyer);
        passes.renew(id, PRICE);
        expectNotHeld(buyer, 0, 1, id);
        passes.renew(id, PRICE);
        expectNotHeld(buyer, 0, 1, id);
        passes.safeTransferFrom(buyer, alice, id, 1, "");
        vm.stopPrank();
    }

    function test_onlyAHolderRenewsAndOnlyATerm() public {
        uint256 id = buyPass(buyer, term, 1);
        buyPass(alice, credits, 1);
        vm.startPrank(alice);
        expectNotHeld(alice, 0, 1, id);
        passes.renew(id, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotATerm.selector, creditId));
        passes.renew(creditId, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.TierNotOpen.selector, 77));
        passes.renew(77 << 40 | NOW, PRICE);
        vm.stopPrank();
    }

    function test_aSoldOutTierIsStillRenewed() public {
        uint256 id = buyPass(buyer, term, 100);
        vm.prank(buyer);
        passes.renew(id, PRICE);
        assertEq(passes.tier(term).sold, 100);
    }

    // ---------------------------------------------------------------- credits

    function testFuzz_activeCreditsLeaveTheBalance(uint64 amount, uint64 more) public {
        buyPass(buyer, credits, 100);
        amount = uint64(bound(amount, 0, 100_000));
        more = uint64(bound(more, 0, 100_000 - amount));
        vm.startPrank(buyer);
        vm.expectEmit(address(passes));
        emit IAccessPass.CreditsActivated(buyer, creditId, amount);
        passes.activate(creditId, amount);
        passes.activate(creditId, more);

        assertEq(passes.balanceOf(buyer, creditId), 100_000 - amount - more);
        assertCredits(buyer, amount + more, 0, 0);
        expectNotHeld(buyer, 100_000 - amount - more, 100_001, creditId);
        passes.activate(creditId, 100_001);
        vm.stopPrank();
    }

    function test_aTermIsNotActivated() public {
        uint256 id = buyPass(buyer, term, 1);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotCredits.selector, id));
        passes.activate(id, 1);
    }

    function testFuzz_redemptionIsCumulative(uint64 active, uint64[] memory totals) public {
        active = uint64(bound(active, 0, 100_000));
        setAside(active);
        bytes memory signature = signVoucher("buyer", buyer, type(uint256).max);
        uint256 high = 0;
        vm.startPrank(provider);
        for (uint256 i = 0; i < totals.length && i < 8; ++i) {
            uint256 total = totals[i] % 120_000;
            uint256 before = high;
            if (total > high) high = total < active ? total : active;
            assertEq(passes.redeem(buyer, creditId, total, type(uint256).max, signature), high - before);
            assertCredits(buyer, active - high, high, 0);
        }
        vm.stopPrank();
    }

    function test_redemptionTellsWhatWasUsed() public {
        setAside(500);
        bytes memory signature = signVoucher("buyer", buyer, 300);
        vm.startPrank(provider);
        vm.expectEmit(address(passes));
        emit IAccessPass.CreditsRedeemed(buyer, creditId, 200);
        passes.redeem(buyer, creditId, 200, 300, signature);
        vm.expectEmit(address(passes));
        emit IAccessPass.CreditsRedeemed(buyer, creditId, 100);
        passes.redeem(buyer, creditId, 300, 300, signature);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.AboveVoucher.selector, 301, 300));
        passes.redeem(buyer, creditId, 301, 300, signature);
        vm.recordLogs();
        assertEq(passes.redeem(buyer, creditId, 300, 300, signature), 0);
        assertEq(vm.getRecordedLogs().length, 0);
        vm.stopPrank();
    }

    function test_theRestOfAVoucherIsRedeemedOnceMoreIsActive() public {
        setAside(100);
        bytes memory signature = signVoucher("buyer", buyer, 300);
        vm.prank(provider);
        assertEq(passes.redeem(buyer, creditId, 300, 300, signature), 100);
        vm.prank(buyer);
        passes.activate(creditId, 500);
        vm.prank(provider);
        assertEq(passes.redeem(buyer, creditId, 300, 300, signature), 200);
        assertCredits(buyer, 300, 300, 0);
    }

    function test_theTitleOwnerAndItsClaimerRedeem() public {
        setAside(500);
        bytes memory signature = signVoucher("buyer", buyer, 300);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotClaimer.selector, listing, alice));
        passes.redeem(buyer, creditId, 100, 300, signature);
        vm.prank(provider);
        registry.setClaimer(listing, alice);
        vm.prank(alice);
        assertEq(passes.redeem(buyer, creditId, 100, 300, signature), 100);
        transferTitle(listing, bob);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotClaimer.selector, listing, alice));
        passes.redeem(buyer, creditId, 200, 300, signature);
        vm.prank(bob);
        assertEq(passes.redeem(buyer, creditId, 200, 300, signature), 100);
    }

    function test_contractWalletsAndDelegatedAccountsSignVouchers() public {
        address wallet = address(new ContractWallet(alice));
        address delegated = account("delegated");
        vm.etch(delegated, abi.encodePacked(hex"ef0100", wallet));
        address[2] memory holders = [address(new ContractWallet(bob)), delegated];
        string[2] memory signers = ["bob", "alice"];
        for (uint256 i = 0; i < 2; ++i) {
            buyPass(buyer, credits, 1);
            vm.mockCall(holders[i], abi.encodeWithSelector(0xf23a6e61), abi.encode(bytes4(0xf23a6e61)));
            vm.prank(buyer);
            passes.safeTransferFrom(buyer, holders[i], creditId, 1_000, "");
            vm.prank(holders[i]);
            passes.activate(creditId, 1_000);
            bytes memory signature = signVoucher(signers[i], holders[i], 10);
            vm.prank(provider);
            assertEq(passes.redeem(holders[i], creditId, 10, 10, signature), 10);
        }
    }

    function test_attack_voucherReplayedElsewhere() public {
        setAside(500);
        buyPass(alice, credits, 1);
        vm.prank(alice);
        passes.activate(creditId, 1_000);
        uint256 otherTier = defineTier(listing, PassKind.CREDITS, PRICE, 1_000, 100);
        buyPass(buyer, otherTier, 1);
        vm.prank(buyer);
        passes.activate(otherTier << 40, 1_000);
        bytes memory signature = signVoucher("buyer", buyer, 300);

        // another holder, another id, another ceiling
        expectInvalidVoucher(passes, alice, creditId, 300, signature);
        expectInvalidVoucher(passes, buyer, otherTier << 40, 300, signature);
        expectInvalidVoucher(passes, buyer, creditId, 301, signature);

        // another contract
        AccessPass other = new AccessPass(address(authority), registry);
        vm.startPrank(provider);
        other.defineTier(listing, PassKind.TERM, usd, PRICE, MONTH, 100, 0);
        other.defineTier(listing, PassKind.CREDITS, usd, PRICE, 1_000, 100, 0);
        vm.stopPrank();
        expectInvalidVoucher(other, buyer, creditId, 300, signature);

        // another chain
        vm.chainId(block.chainid + 1);
        expectInvalidVoucher(passes, buyer, creditId, 300, signature);
    }

    function test_malleableAndTruncatedSignaturesAreRefused() public {
        setAside(500);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf("buyer"), passes.voucherDigest(buyer, creditId, 300));
        bytes memory mirrored = abi.encodePacked(r, bytes32(ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        expectInvalidVoucher(passes, buyer, creditId, 300, mirrored);
        expectInvalidVoucher(passes, buyer, creditId, 300, abi.encodePacked(r, s));
        expectInvalidVoucher(passes, buyer, creditId, 300, "");
        expectInvalidVoucher(passes, address(0), creditId, 300, abi.encodePacked(r, s, uint8(99)));
    }

    function test_theVoucherIsSignedAsTypedData() public {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Stoa Access Pass"),
                keccak256("1"),
                block.chainid,
                address(passes)
            )
        );
        bytes32 message = keccak256(
            abi.encode(keccak256("CreditVoucher(address holder,uint256 id,uint256 maxRedeemed)"), buyer, creditId, 300)
        );
        assertEq(passes.voucherDigest(buyer, creditId, 300), MessageHashUtils.toTypedDataHash(domain, message));
    }

    function test_attack_usedCreditsAreTransferred() public {
        setAside(100_000);
        vm.startPrank(buyer);
        expectNotHeld(buyer, 0, 1, creditId);
        passes.safeTransferFrom(buyer, alice, creditId, 1, "");
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotReturnable.selector, creditId, 0));
        passes.deactivate(creditId);
        vm.stopPrank();
    }

    function test_attack_deactivationOvertakesTheRedemption() public {
        setAside(1_000);
        bytes memory signature = signVoucher("buyer", buyer, 400);

        vm.expectEmit(address(passes));
        emit IAccessPass.CreditsNoticed(buyer, creditId, uint48(NOW + 1 hours));
        vm.prank(buyer);
        passes.giveNotice(creditId);
        vm.warp(NOW + 1 hours - 1);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotReturnable.selector, creditId, NOW + 1 hours));
        passes.deactivate(creditId);

        // The seller has the whole notice to redeem what it served.
        vm.prank(provider);
        assertEq(passes.redeem(buyer, creditId, 400, 400, signature), 400);
        vm.warp(NOW + 1 hours);
        vm.expectEmit(address(passes));
        emit IAccessPass.CreditsDeactivated(buyer, creditId, 600);
        vm.prank(buyer);
        assertEq(passes.deactivate(creditId), 600);
        assertEq(passes.balanceOf(buyer, creditId), 99_600);
        assertCredits(buyer, 0, 400, 0);

        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotReturnable.selector, creditId, 0));
        passes.deactivate(creditId);
    }

    function test_attack_noticeIsGivenBeforeTheCreditsAreActive() public {
        buyPass(buyer, credits, 1);
        vm.startPrank(buyer);
        passes.giveNotice(creditId);
        vm.warp(NOW + 2 hours);
        passes.activate(creditId, 1_000);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotReturnable.selector, creditId, 0));
        passes.deactivate(creditId);
        vm.stopPrank();
    }

    function test_activatingNothingTakesTheNoticeBack() public {
        setAside(1_000);
        vm.startPrank(buyer);
        passes.giveNotice(creditId);
        passes.activate(creditId, 0);
        vm.stopPrank();
        assertCredits(buyer, 1_000, 0, 0);
    }

    function test_attack_receiverReentersTheDeactivation() public {
        ReentrantReceiver holder = new ReentrantReceiver();
        buyPass(buyer, credits, 1);
        vm.prank(buyer);
        passes.safeTransferFrom(buyer, address(holder), creditId, 1_000, "");
        holder.act(address(passes), abi.encodeCall(passes.activate, (creditId, 1_000)));
        holder.act(address(passes), abi.encodeCall(passes.giveNotice, (creditId)));
        vm.warp(NOW + 1 hours);
        holder.attackWith(address(passes), abi.encodeCall(passes.deactivate, (creditId)));
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.NotReturnable.selector, creditId, 0));
        holder.act(address(passes), abi.encodeCall(passes.deactivate, (creditId)));
    }

    // ---------------------------------------------------------------- reads and authority

    function testFuzz_royaltiesGoToTheSplitter(uint256 price, uint16 royaltyBps, uint40 expiry) public {
        price = bound(price, 0, type(uint256).max);
        royaltyBps = uint16(bound(royaltyBps, 0, 1_000));
        vm.prank(provider);
        uint256 tier = passes.defineTier(listing, PassKind.TERM, usd, PRICE, MONTH, 1, royaltyBps);
        (address receiver, uint256 amount) = passes.royaltyInfo(tier << 40 | expiry, price);
        assertEq(receiver, royaltyBps == 0 ? address(0) : registry.splitterOf(listing));
        if (price < type(uint128).max) assertEq(amount, price * royaltyBps / 10_000);
        assertLte(amount, price / 10 + 1);
        (receiver, amount) = passes.royaltyInfo(77 << 40, price);
        assertEq(receiver, address(0));
        assertEq(amount, 0);
    }

    function test_itSaysWhatItIs() public {
        assertTrue(passes.supportsInterface(type(IERC1155).interfaceId));
        assertTrue(passes.supportsInterface(type(IERC2981).interfaceId));
        assertTrue(passes.supportsInterface(type(IERC165).interfaceId));
        assertFalse(passes.supportsInterface(0xffffffff));
        assertEq(passes.uri(creditId), 'data:application/json;utf8,{"name":"Stoa pass {id}"}');
        assertEq(address(passes.REGISTRY()), address(registry));
    }

    function test_onlyNewBusinessEndsWhenTheContractIsClosed() public {
        setAside(1_000);
        uint256 id = buyPass(buyer, term, 1);
        Authorization memory paid = authorizeBuy("buyer", buyer, term, 1, PRICE, alice);
        close(address(passes));

        expectNothingIsSold(id, abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, buyer));
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(passes.buy, (term, 1, PRICE, buyer));
        vm.startPrank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, buyer));
        passes.buyWithAuthorization(term, 1, PRICE, alice, paid);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, buyer));
        passes.multicall(calls);
        vm.stopPrank();

        bytes memory signature = signVoucher("buyer", buyer, 10);
        vm.prank(provider);
        assertEq(passes.redeem(buyer, creditId, 5, 10, signature), 5);
        vm.startPrank(buyer);
        passes.activate(creditId, 5);
        passes.giveNotice(creditId);
        vm.warp(NOW + 1 hours);
        passes.deactivate(creditId);
        passes.safeTransferFrom(buyer, alice, id, 1, "");
        vm.stopPrank();
        vm.startPrank(provider);
        passes.repriceTier(term, 1);
        passes.setTierOpen(term, false);
        vm.stopPrank();
    }

    // ---------------------------------------------------------------- inside

    function setAside(uint256 amount) private {
        buyPass(buyer, credits, 100);
        vm.prank(buyer);
        passes.activate(creditId, amount);
    }

    function tierIn(IERC20 asset) private returns (uint256) {
        vm.prank(provider);
        return passes.defineTier(listing, PassKind.TERM, asset, PRICE, MONTH, 100, 0);
    }

    function authorizeBuy(
        string memory signer,
        address payer,
        uint256 tier,
        uint256 quantity,
        uint256 total,
        address recipient
    ) private view returns (Authorization memory) {
        bytes32 nonce = passes.buyNonce(tier, quantity, total, recipient, "salt");
        return authorize(signer, payer, address(passes), total, nonce);
    }

    function signVoucher(string memory signer, address holder, uint256 maxRedeemed)
        private
        view
        returns (bytes memory)
    {
        return sign(signer, passes.voucherDigest(holder, creditId, maxRedeemed));
    }

    function assertCredits(address holder, uint256 active, uint256 redeemed, uint256 returnableAt) private {
        Credits memory found = passes.creditsOf(holder, creditId);
        assertEq(found.active, active);
        assertEq(found.redeemed, redeemed);
        assertEq(found.returnableAt, returnableAt);
    }

    function expectNothingIsSold(uint256 id, bytes memory reason) private {
        vm.startPrank(buyer);
        vm.expectRevert(reason);
        passes.buy(term, 1, PRICE, buyer);
        vm.expectRevert(reason);
        passes.renew(id, PRICE);
        vm.stopPrank();
    }

    function expectRefused(IERC20 asset, bytes memory reason) private {
        uint256 tier = tierIn(asset);
        (bool success,) = address(asset).call(abi.encodeCall(PlainToken.mint, (buyer, PRICE)));
        success;
        vm.startPrank(buyer);
        (success,) = address(asset).call(abi.encodeCall(IERC20.approve, (address(passes), PRICE)));
        vm.expectRevert(reason);
        passes.buy(tier, 1, PRICE, buyer);
        vm.stopPrank();
    }

    function expectInvalidVoucher(AccessPass where, address holder, uint256 id, uint256 max, bytes memory signature)
        private
    {
        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(IAccessPass.InvalidVoucher.selector, holder, id, max));
        where.redeem(holder, id, 1, max, signature);
    }

    function expectNotHeld(address holder, uint256 has, uint256 needs, uint256 id) private {
        vm.expectRevert(
            abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, holder, has, needs, id)
        );
    }
}
