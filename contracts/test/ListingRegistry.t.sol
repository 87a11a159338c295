// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../src/governance/IParameters.sol";
import {Roles} from "../src/governance/Roles.sol";
import {IERC4907} from "../src/listing/IERC4907.sol";
import {IListingRegistry, Kind, Listing, Status} from "../src/listing/IListingRegistry.sol";
import {ListingRegistry} from "../src/listing/ListingRegistry.sol";
import {ListingShares} from "../src/listing/ListingShares.sol";
import {RevenueSplitter} from "../src/listing/RevenueSplitter.sol";
import {PayeeKind, Split} from "../src/listing/Splits.sol";
import {MarketToken} from "../src/token/MarketToken.sol";
import {MarketTest} from "./base/MarketTest.sol";
import {isJoined, likely} from "./base/NameRules.sol";
import {bound} from "./base/Test.sol";
import {AgentRegistry} from "./mocks/Accounts.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {Vm} from "@prb/test/Vm.sol";

contract ListingRegistryTest is MarketTest {
    address private alice = account("alice");
    address private bob = account("bob");

    // ---------------------------------------------------------------- construction

    function test_theDelayBetweenCommitmentAndClaimIsBounded() public {
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.HandleDelayOutOfRange.selector, 0));
        new ListingRegistry(address(authority), 0);
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.HandleDelayOutOfRange.selector, 1 days));
        new ListingRegistry(address(authority), 1 days);
    }

    function test_itAnswersForItsStandards() public {
        assertTrue(registry.supportsInterface(type(IERC165).interfaceId));
        assertTrue(registry.supportsInterface(type(IERC721).interfaceId));
        assertTrue(registry.supportsInterface(type(IERC2981).interfaceId));
        assertTrue(registry.supportsInterface(0xad092b5c));
        assertFalse(registry.supportsInterface(0xffffffff));
    }

    // ---------------------------------------------------------------- publish

    function testFuzz_publishWritesWhatItWasGiven(uint8 kind, bytes32 manifest, bytes32 offers) public {
        kind = uint8(bound(kind, 0, uint8(type(Kind).max)));
        vm.assume(manifest != 0 && offers != 0);
        claimHandle(alice, "acme");
        Split[] memory splits = splitsOf(toTitle(9_000), toAccount(bob, 1_000));
        address expected = registry.splitterFor(1, splits);

        vm.expectEmit(address(registry));
        emit IListingRegistry.ListingPublished(1, alice, "acme", "model", Kind(kind), CID, manifest, offers, expected);
        vm.expectEmit(address(registry));
        emit IListingRegistry.SplitsChanged(1, expected, splits);
        vm.prank(alice);
        (uint256 id, address splitter) = registry.publish("acme", "model", Kind(kind), CID, manifest, offers, splits);

        assertEq(id, 1);
        assertEq(splitter, expected);
        assertGt(splitter.code.length, 0);
        assertEq(registry.ownerOf(1), alice);
        assertEq(registry.listingAt("acme", "model"), 1);
        assertEq(registry.listingCount(), 1);
        Listing memory listing = registry.listing(1);
        assertEq(listing.splitter, splitter);
        assertEq(uint256(listing.version), 1);
        assertEq(uint256(listing.transfers), 0);
        assertEq(uint256(listing.kind), kind);
        assertEq(uint256(listing.status), uint256(Status.ACTIVE));
        assertEq(uint256(listing.lineageBps), 0);
        assertEq(listing.offersRoot, offers);
    }

    function testFuzz_withoutAHandleTheAddressInLowerCaseIsOne(address owner) public {
        vm.assume(owner != address(0) && owner != address(authority));
        uint256 id = publish(owner, "model");
        assertEq(registry.listingAt(Strings.toHexString(owner), "model"), id);
        assertEq(registry.ownerOf(id), owner);
    }

    function test_anAddressIsNobodysHandle() public {
        string memory name = Strings.toHexString(alice);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.NotHandleOwner.selector, name, bob));
        registry.publish(name, "model", Kind.MODEL, CID, MANIFEST, OFFERS, allToTitle());
    }

    function test_aPathIsGivenOnceForEver() public {
        uint256 id = publish(alice, "model");
        vm.prank(alice);
        registry.setStatus(id, Status.RETIRED);
        transferTitle(id, bob);
        vm.prank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(IListingRegistry.PathTaken.selector, Strings.toHexString(alice), "model", id)
        );
        registry.publish("", "model", Kind.MODEL, CID, MANIFEST, OFFERS, allToTitle());
        assertEq(registry.listingAt(Strings.toHexString(alice), "model"), id);
        assertEq(registry.listingAt(Strings.toHexString(bob), "model"), 0);
    }

    function test_theSameServiceUnderAnotherHandleIsAnotherPath() public {
        claimHandle(alice, "acme");
        vm.startPrank(alice);
        registry.publish("acme", "model", Kind.MODEL, CID, MANIFEST, OFFERS, allToTitle());
        registry.publish("", "model", Kind.MODEL, CID, MANIFEST, OFFERS, allToTitle());
        vm.stopPrank();
        assertEq(registry.listingAt("acme", "model"), 1);
        assertEq(registry.listingAt(Strings.toHexString(alice), "model"), 2);
    }

    function test_wellFormedServicesArePublished() public {
        string[6] memory services = [
            "a", "7", "gpt-4.1-mini", "0x1", "a.b", "0123456789012345678901234567890123456789012345678901234567890123"
        ];
        for (uint256 i = 0; i < services.length; ++i) {
            assertEq(publish(alice, services[i]), i + 1);
        }
    }

    function test_malformedServicesAreRefused() public {
        string[12] memory services = [
            "",
            "-a",
            "a-",
            "a--b",
            "a..b",
            "a.-b",
            ".a",
            "A",
            "a/b",
            "a_b",
            unicode"ü",
            "01234567890123456789012345678901234567890123456789012345678901234"
        ];
        for (uint256 i = 0; i < services.length; ++i) {
            vm.prank(alice);
            vm.expectRevert(abi.encodeWithSelector(IListingRegistry.MalformedService.selector, services[i]));
            registry.publish("", services[i], Kind.MODEL, CID, MANIFEST, OFFERS, allToTitle());
        }
    }

    function testFuzz_everyServiceOfLikelyCharactersByItsRule(uint256 seed, uint256 length) public {
        bytes memory raw = likely("abz019-.-._A", seed, bound(length, 0, 66));
        bool valid = raw.length > 0 && raw.length <= 64 && isJoined(raw, "-.");
        if (!valid) {
            vm.expectRevert(abi.encodeWithSelector(IListingRegistry.MalformedService.selector, string(raw)));
        }
        vm.prank(alice);
        registry.publish("", string(raw), Kind.MODEL, CID, MANIFEST, OFFERS, allToTitle());
    }

    function test_malformedManifestsAreRefused() public {
        refusesManifest("", MANIFEST, abi.encodeWithSelector(IListingRegistry.MalformedCid.selector, ""));
        refusesManifest(
            hex"015512", MANIFEST, abi.encodeWithSelector(IListingRegistry.MalformedCid.selector, hex"015512")
        );
        bytes memory v0 = abi.encodePacked(hex"1220", MANIFEST);
        refusesManifest(v0, MANIFEST, abi.encodeWithSelector(IListingRegistry.MalformedCid.selector, v0));
        bytes memory long = abi.encodePacked(bytes1(0x01), new bytes(64));
        refusesManifest(long, MANIFEST, abi.encodeWithSelector(IListingRegistry.MalformedCid.selector, long));
        refusesManifest(CID, 0, abi.encodeWithSelector(IListingRegistry.MissingHash.selector));
    }

    function test_offersMustBeNamed() public {
        uint256 id = publish(alice, "model");
        vm.startPrank(alice);
        vm.expectRevert(IListingRegistry.MissingHash.selector);
        registry.publish("", "other", Kind.MODEL, CID, MANIFEST, 0, allToTitle());
        vm.expectRevert(IListingRegistry.MissingHash.selector);
        registry.setOffers(id, 0);
        vm.stopPrank();
    }

    function test_kindsKeepTheirNumbers() public {
        assertEq(uint256(Kind.MODEL), 0);
        assertEq(uint256(Kind.AGENT), 1);
        assertEq(uint256(Kind.MCP_TOOL), 2);
        assertEq(uint256(Kind.DATASET), 3);
        assertEq(uint256(Kind.ALGORITHM), 4);
        assertEq(uint256(Kind.GPU_OFFER), 5);
        assertEq(uint256(Kind.DATA_FEED), 6);
        assertEq(uint256(Kind.INDEX), 7);
        assertEq(uint256(Kind.BUNDLE), 8);
        assertEq(uint256(Status.ACTIVE), 0);
        assertEq(uint256(Status.PAUSED), 1);
        assertEq(uint256(Status.RETIRED), 2);
        assertEq(uint256(Status.SUSPENDED), 3);
        assertEq(uint256(PayeeKind.TITLE), 0);
        assertEq(uint256(PayeeKind.ACCOUNT), 1);
        assertEq(uint256(PayeeKind.LISTING), 2);
    }

    // ---------------------------------------------------------------- splits

    function test_aListingHasOneToSixteenPayees() public {
        refusesSplits(new Split[](0), abi.encodeWithSelector(IListingRegistry.PayeeCountOutOfRange.selector, 0));
        refusesSplits(evenly(17), abi.encodeWithSelector(IListingRegistry.PayeeCountOutOfRange.selector, 17));
        publish(alice, "one", evenly(1));
        publish(alice, "sixteen", evenly(16));
    }

    function testFuzz_sharesSumUp(uint16 one, uint16 other) public {
        one = uint16(bound(one, 1, 20_000));
        other = uint16(bound(other, 1, 20_000));
        uint256 sum = uint256(one) + other;
        if (sum == 10_000) return;
        refusesSplits(
            splitsOf(toTitle(one), toAccount(bob, other)),
            abi.encodeWithSelector(IListingRegistry.SharesDoNotSumUp.selector, sum)
        );
    }

    function test_everySplitNamesOnePayeeAndAShare() public {
        publish(alice, "base");
        bytes memory refusal = abi.encodeWithSelector(IListingRegistry.MalformedSplit.selector, 1);
        refusesSplits(splitsOf(toTitle(10_000), toAccount(bob, 0)), refusal);
        refusesSplits(splitsOf(toTitle(9_000), toAccount(address(0), 1_000)), refusal);
        refusesSplits(splitsOf(toTitle(9_000), toListing(0, 1_000)), refusal);
        refusesSplits(splitsOf(toTitle(9_000), Split(PayeeKind.TITLE, bob, 0, 1_000)), refusal);
        refusesSplits(splitsOf(toTitle(9_000), Split(PayeeKind.TITLE, address(0), 1, 1_000)), refusal);
        refusesSplits(splitsOf(toTitle(9_000), Split(PayeeKind.ACCOUNT, bob, 1, 1_000)), refusal);
        refusesSplits(splitsOf(toTitle(9_000), Split(PayeeKind.LISTING, bob, 1, 1_000)), refusal);
    }

    function test_attack_upstreamCircle() public {
        uint256 base = publish(alice, "base");
        uint256 derived = publish(bob, "derived", splitsOf(toTitle(5_000), toListing(base, 5_000)));

        vm.startPrank(alice);
        expectNotOlder(base, derived);
        registry.setSplits(base, splitsOf(toTitle(5_000), toListing(derived, 5_000)));
        expectNotOlder(base, base);
        registry.setSplits(base, splitsOf(toTitle(5_000), toListing(base, 5_000)));
        expectNotOlder(base, 99);
        registry.setSplits(base, splitsOf(toTitle(5_000), toListing(99, 5_000)));
        expectNotOlder(3, 3);
        registry.publish("", "new", Kind.MODEL, CID, MANIFEST, OFFERS, splitsOf(toTitle(5_000), toListing(3, 5_000)));
        expectNotOlder(base, type(uint256).max);
        registry.setSplits(base, splitsOf(toTitle(5_000), toListing(type(uint256).max, 5_000)));
        vm.stopPrank();
    }

    function test_upstreamListingsGetHalfAtMost() public {
        uint256 one = publish(alice, "one");
        uint256 two = publish(alice, "two");
        refusesSplits(
            splitsOf(toTitle(4_999), toListing(one, 2_500), toListing(two, 2_501)),
            abi.encodeWithSelector(IListingRegistry.RateTooHigh.selector, 5_001, 5_000)
        );
        publish(bob, "derived", splitsOf(toTitle(5_000), toListing(one, 2_500), toListing(two, 2_500)));
    }

    function testFuzz_anUpstreamListingIsPaidItsLineageRateAtLeast(uint16 rate, uint16 paid) public {
        rate = uint16(bound(rate, 0, 5_000));
        paid = uint16(bound(paid, 1, 5_000));
        uint256 base = publish(alice, "base");
        vm.prank(alice);
        registry.setLineageRate(base, rate);
        Split[] memory splits = splitsOf(toTitle(10_000 - paid), toListing(base, paid));
        if (paid < rate) {
            refusesSplits(splits, abi.encodeWithSelector(IListingRegistry.UpstreamUnderpaid.selector, base, paid, rate));
        } else {
            publish(bob, "derived", splits);
        }
    }

    function test_newSplitsAreANewSplitterAndOldOnesTheOld() public {
        uint256 id = publish(alice, "model");
        address first = registry.splitterOf(id);
        Split[] memory splits = splitsOf(toAccount(bob, 10_000));

        address second = registry.splitterFor(id, splits);
        vm.expectEmit(address(registry));
        emit IListingRegistry.SplitsChanged(id, second, splits);
        vm.prank(alice);
        assertEq(registry.setSplits(id, splits), second);
        assertEq(registry.splitterOf(id), second);

        assertEq(address(setSplits(id, allToTitle())), first);
        assertEq(registry.splitterOf(id), first);
    }

    function test_listingsNeverShareASplitter() public {
        assertNotEq(registry.splitterOf(publish(alice, "one")), registry.splitterOf(publish(alice, "two")));
    }

    // ---------------------------------------------------------------- the rest of a listing's life

    function test_versionsCountUp() public {
        uint256 id = publish(alice, "model");
        vm.expectEmit(address(registry));
        emit IListingRegistry.VersionPublished(id, 2, CID, OFFERS);
        vm.prank(alice);
        assertEq(uint256(registry.publishVersion(id, CID, OFFERS)), 2);
        assertEq(uint256(registry.listing(id).version), 2);
    }

    function testFuzz_offersChange(bytes32 root) public {
        vm.assume(root != 0);
        uint256 id = publish(alice, "model");
        vm.expectEmit(address(registry));
        emit IListingRegistry.OffersChanged(id, root);
        vm.prank(alice);
        registry.setOffers(id, root);
        assertEq(registry.listing(id).offersRoot, root);
    }

    function testFuzz_theLineageRateIsBounded(uint16 bps) public {
        uint256 id = publish(alice, "model");
        vm.prank(alice);
        if (bps > 5_000) {
            vm.expectRevert(abi.encodeWithSelector(IListingRegistry.RateTooHigh.selector, bps, 5_000));
            registry.setLineageRate(id, bps);
        } else {
            vm.expectEmit(address(registry));
            emit IListingRegistry.LineageRateSet(id, bps);
            registry.setLineageRate(id, bps);
            assertEq(uint256(registry.listing(id).lineageBps), bps);
        }
    }

    function testFuzz_theRoyaltyIsBounded(uint16 bps, uint128 price) public {
        uint256 id = publish(alice, "model");
        vm.prank(alice);
        if (bps > 1_000) {
            vm.expectRevert(abi.encodeWithSelector(IListingRegistry.RateTooHigh.selector, bps, 1_000));
            registry.setRoyalty(id, bob, bps);
        } else {
            vm.expectEmit(address(registry));
            emit IListingRegistry.RoyaltySet(id, bps == 0 ? address(0) : bob, bps);
            registry.setRoyalty(id, bob, bps);
            (address receiver, uint256 royalty) = registry.royaltyInfo(id, price);
            assertEq(receiver, bps == 0 ? address(0) : bob);
            assertEq(royalty, uint256(price) * bps / 10_000);
        }
    }

    function test_attack_royaltyTakenAwayByTheBuyerOfATitle() public {
        uint256 id = publish(alice, "model");
        vm.prank(alice);
        registry.setRoyalty(id, alice, 500);
        transferTitle(id, bob);

        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.NotRoyaltySetter.selector, id, bob));
        registry.setRoyalty(id, bob, 500);

        vm.prank(alice);
        registry.setRoyalty(id, alice, 0);
        vm.prank(bob);
        registry.setRoyalty(id, bob, 100);
    }

    function testFuzz_ownerMovesTheStatusOnlyAlongItsEdges(uint8 from, uint8 to) public {
        from = uint8(bound(from, 0, 3));
        to = uint8(bound(to, 0, 3));
        uint256 id = inStatus(Status(from));
        bool retired = Status(from) == Status.RETIRED;
        bool possible = from <= 1 && to <= 2 && from != to;
        if (retired) {
            vm.expectRevert(abi.encodeWithSelector(IListingRegistry.ListingIsRetired.selector, id));
        } else if (!possible) {
            expectNoStatusChange(id, Status(from), Status(to));
        } else {
            vm.expectEmit(address(registry));
            emit IListingRegistry.StatusChanged(id, Status(to));
        }
        vm.prank(alice);
        registry.setStatus(id, Status(to));
        assertEq(uint256(registry.listing(id).status), possible ? to : from);
    }

    function test_aRetiredListingNeverChangesAgain() public {
        uint256 id = inStatus(Status.RETIRED);
        bytes memory refusal = abi.encodeWithSelector(IListingRegistry.ListingIsRetired.selector, id);
        vm.startPrank(alice);
        vm.expectRevert(refusal);
        registry.publishVersion(id, CID, MANIFEST);
        vm.expectRevert(refusal);
        registry.setOffers(id, OFFERS);
        vm.expectRevert(refusal);
        registry.setSplits(id, allToTitle());
        vm.expectRevert(refusal);
        registry.setLineageRate(id, 1);
        vm.expectRevert(refusal);
        registry.bindAgent(id, address(0), 0);
        vm.stopPrank();
        vm.startPrank(admin);
        registry.setSharesEnabled(true);
        vm.expectRevert(refusal);
        registry.suspend(id);
        vm.expectRevert(refusal);
        registry.reinstate(id);
        vm.stopPrank();
        vm.prank(alice);
        vm.expectRevert(refusal);
        registry.createShares(id, 1, assetsOf(address(usd)));
    }

    function test_aSuspensionEndsInAPause() public {
        uint256 id = publish(alice, "model");
        vm.expectEmit(address(registry));
        emit IListingRegistry.StatusChanged(id, Status.SUSPENDED);
        vm.prank(admin);
        registry.suspend(id);
        vm.prank(admin);
        expectNoStatusChange(id, Status.SUSPENDED, Status.SUSPENDED);
        registry.suspend(id);

        vm.prank(admin);
        registry.reinstate(id);
        assertEq(uint256(registry.listing(id).status), uint256(Status.PAUSED));
        vm.prank(admin);
        expectNoStatusChange(id, Status.PAUSED, Status.PAUSED);
        registry.reinstate(id);
    }

    function test_anAgentIsBoundByWhoOwnsBoth() public {
        AgentRegistry agents = new AgentRegistry();
        uint256 id = publish(alice, "model");
        vm.prank(bob);
        agents.register(7);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.NotAgentOwner.selector, address(agents), 7, alice));
        registry.bindAgent(id, address(agents), 7);

        vm.prank(alice);
        agents.register(8);
        vm.expectEmit(address(registry));
        emit IListingRegistry.AgentBound(id, address(agents), 8);
        vm.prank(alice);
        registry.bindAgent(id, address(agents), 8);

        vm.expectEmit(address(registry));
        emit IListingRegistry.AgentBound(id, address(0), 0);
        vm.prank(alice);
        registry.bindAgent(id, address(0), 0);
    }

    function testFuzz_onlyTheTitleOwnerMayDoTheseThings(address caller) public {
        vm.assume(caller != alice && caller != address(0) && caller != address(authority));
        uint256 id = publish(alice, "model");
        vm.prank(alice);
        registry.setApprovalForAll(caller, true);
        bytes memory refusal = abi.encodeWithSelector(IListingRegistry.NotTitleOwner.selector, id, caller);
        bytes memory usersRefusal = abi.encodeWithSelector(IListingRegistry.NotOwnerOrUser.selector, id, caller);

        vm.startPrank(caller);
        vm.expectRevert(refusal);
        registry.publishVersion(id, CID, MANIFEST);
        vm.expectRevert(refusal);
        registry.setSplits(id, allToTitle());
        vm.expectRevert(refusal);
        registry.setLineageRate(id, 1);
        vm.expectRevert(refusal);
        registry.setClaimer(id, caller);
        vm.expectRevert(refusal);
        registry.bindAgent(id, address(0), 0);
        vm.expectRevert(refusal);
        registry.createShares(id, 1, assetsOf(address(usd)));
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.NotRoyaltySetter.selector, id, caller));
        registry.setRoyalty(id, caller, 1);
        vm.expectRevert(usersRefusal);
        registry.setOffers(id, MANIFEST);
        vm.expectRevert(usersRefusal);
        registry.setStatus(id, Status.PAUSED);
        vm.stopPrank();
    }

    function testFuzz_whatDoesNotExistHasNoState(uint256 id) public {
        publish(alice, "model");
        vm.assume(id != 1);
        bytes memory refusal = abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, id);
        vm.expectRevert(refusal);
        registry.listing(id);
        vm.expectRevert(refusal);
        registry.splitterOf(id);
        vm.expectRevert(refusal);
        registry.stateHash(id);
        vm.expectRevert(refusal);
        registry.userOf(id);
        vm.expectRevert(refusal);
        registry.userExpires(id);
        vm.expectRevert(refusal);
        registry.setStatus(id, Status.PAUSED);
        vm.expectRevert(refusal);
        registry.setUser(id, bob, 1);
        vm.expectRevert(refusal);
        registry.setRoyalty(id, bob, 1);
    }

    // ---------------------------------------------------------------- users and claimers

    function testFuzz_aUserUsesUntilItsTimeIsUp(uint64 expires, uint64 time) public {
        uint256 id = publish(alice, "model");
        vm.expectEmit(address(registry));
        emit IERC4907.UpdateUser(id, bob, expires);
        vm.prank(alice);
        registry.setUser(id, bob, expires);
        assertEq(registry.userExpires(id), expires);
        vm.warp(time);
        assertEq(registry.userOf(id), time <= expires ? bob : address(0));
    }

    function testFuzz_onlyWhoMayTransferATitleSetsItsUser(address caller) public {
        vm.assume(caller != alice && caller != bob && caller != address(0));
        uint256 id = publish(alice, "model");
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InsufficientApproval.selector, caller, id));
        registry.setUser(id, caller, type(uint64).max);

        vm.prank(alice);
        registry.approve(caller, id);
        vm.prank(caller);
        registry.setUser(id, caller, type(uint64).max);
        assertEq(registry.userOf(id), caller);
    }

    function test_aUserSetsOffersAndPausesAndNothingElse() public {
        uint256 id = publish(alice, "model");
        vm.prank(alice);
        registry.setUser(id, bob, uint64(NOW + 1));

        vm.startPrank(bob);
        registry.setOffers(id, MANIFEST);
        registry.setStatus(id, Status.PAUSED);
        expectNoStatusChange(id, Status.PAUSED, Status.ACTIVE);
        registry.setStatus(id, Status.ACTIVE);
        expectNoStatusChange(id, Status.PAUSED, Status.RETIRED);
        registry.setStatus(id, Status.RETIRED);
        bytes memory refusal = abi.encodeWithSelector(IListingRegistry.NotTitleOwner.selector, id, bob);
        vm.expectRevert(refusal);
        registry.setSplits(id, allToTitle());
        vm.expectRevert(refusal);
        registry.publishVersion(id, CID, MANIFEST);
        vm.expectRevert(refusal);
        registry.setLineageRate(id, 1);
        vm.expectRevert(refusal);
        registry.setClaimer(id, bob);
        vm.expectRevert(refusal);
        registry.createShares(id, 1, assetsOf(address(usd)));
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InsufficientApproval.selector, bob, id));
        registry.transferFrom(alice, bob, id);

        vm.warp(NOW + 2);
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.NotOwnerOrUser.selector, id, bob));
        registry.setOffers(id, OFFERS);
        vm.stopPrank();
    }

    function testFuzz_anyTransferTakesUserAndClaimerAway(address to) public {
        vm.assume(to != address(0));
        uint256 id = publish(alice, "model");
        vm.startPrank(alice);
        registry.setUser(id, bob, type(uint64).max);
        registry.setClaimer(id, bob);
        vm.expectEmit(address(registry));
        emit IERC4907.UpdateUser(id, address(0), 0);
        vm.expectEmit(address(registry));
        emit IListingRegistry.ClaimerSet(id, address(0));
        registry.transferFrom(alice, to, id);
        vm.stopPrank();

        assertEq(registry.userOf(id), address(0));
        assertEq(registry.userExpires(id), 0);
        assertEq(registry.claimerOf(id), address(0));
        assertEq(uint256(registry.listing(id).transfers), 1);
    }

    // ---------------------------------------------------------------- stateHash

    function test_theStateHashChangesWithAllThatABuyerReliesOn() public {
        uint256 id = publish(alice, "model");
        bytes32[11] memory seen;
        seen[0] = registry.stateHash(id);
        vm.startPrank(alice);
        registry.publishVersion(id, CID, MANIFEST);
        seen[1] = registry.stateHash(id);
        registry.setOffers(id, MANIFEST);
        seen[2] = registry.stateHash(id);
        registry.setSplits(id, evenly(2));
        seen[3] = registry.stateHash(id);
        registry.setLineageRate(id, 1);
        seen[4] = registry.stateHash(id);
        registry.setStatus(id, Status.PAUSED);
        seen[5] = registry.stateHash(id);
        registry.setRoyalty(id, bob, 10);
        seen[6] = registry.stateHash(id);
        vm.stopPrank();
        vm.prank(bob);
        registry.setRoyalty(id, bob, 11);
        seen[7] = registry.stateHash(id);
        transferTitle(id, bob);
        seen[8] = registry.stateHash(id);
        transferTitle(id, alice);
        seen[9] = registry.stateHash(id);
        createShares(id, 1e18, assetsOf(address(usd)));
        seen[10] = registry.stateHash(id);
        for (uint256 i = 0; i < seen.length; ++i) {
            for (uint256 j = 0; j < i; ++j) {
                assertNotEq(seen[i], seen[j]);
            }
        }
    }

    function test_gasOfPublishingDoesNotGrowWithTheRegistry() public {
        publish(alice, "first");
        uint256 gas = gasleft();
        publish(bob, "second");
        uint256 few = gas - gasleft();
        for (uint256 i = 0; i < 500; ++i) {
            publish(alice, Strings.toString(i));
        }
        gas = gasleft();
        publish(stranger, "last-1");
        assertLte(gas - gasleft(), few + few / 50);
    }

    function test_listingsAlikeHaveDifferentStateHashes() public {
        assertNotEq(registry.stateHash(publish(alice, "one")), registry.stateHash(publish(alice, "two")));
    }

    // ---------------------------------------------------------------- authority

    function testFuzz_theProtocolFeeIsBounded(uint16 bps) public {
        vm.prank(admin);
        if (bps > 1_000) {
            vm.expectRevert(abi.encodeWithSelector(IListingRegistry.RateTooHigh.selector, bps, 1_000));
            registry.setProtocolFee(bob, bps);
            return;
        }
        vm.expectEmit(address(registry));
        emit IListingRegistry.ProtocolFeeSet(bob, bps);
        registry.setProtocolFee(bob, bps);
        (address recipient, uint16 rate) = registry.protocolFee();
        assertEq(recipient, bob);
        assertEq(uint256(rate), bps);
    }

    function test_aProtocolFeeNeedsARecipient() public {
        vm.startPrank(admin);
        vm.expectRevert(IListingRegistry.MissingFeeRecipient.selector);
        registry.setProtocolFee(address(0), 1);
        registry.setProtocolFee(address(0), 0);
        vm.stopPrank();
    }

    function testFuzz_restrictedFunctionsAskTheAuthority(address caller) public {
        vm.assume(caller != admin);
        uint256 id = publish(alice, "model");
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, caller);
        vm.startPrank(caller);
        vm.expectRevert(refusal);
        registry.suspend(id);
        vm.expectRevert(refusal);
        registry.reinstate(id);
        vm.expectRevert(refusal);
        registry.setReserved(new string[](1), true);
        vm.expectRevert(refusal);
        registry.setHandleBond(usd, 1);
        vm.expectRevert(refusal);
        registry.setProtocolFee(caller, 1);
        vm.expectRevert(refusal);
        registry.setSharesEnabled(true);
        vm.stopPrank();
    }

    function test_theCourtAndNobodyElseSuspends() public {
        uint256 id = publish(alice, "model");
        allow(Roles.COURT, address(registry), ListingRegistry.suspend.selector);
        allow(Roles.COURT, address(registry), ListingRegistry.reinstate.selector);
        grant(Roles.COURT, bob);
        vm.startPrank(bob);
        registry.suspend(id);
        registry.reinstate(id);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, bob));
        registry.setProtocolFee(bob, 1);
        vm.stopPrank();
    }

    function test_aClosedRegistryTakesNoNewBusiness() public {
        uint256 id = publish(alice, "model");
        vm.prank(admin);
        registry.setSharesEnabled(true);
        commitHandle(alice, "acme");
        close(address(registry));

        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, alice);
        vm.startPrank(alice);
        vm.expectRevert(refusal);
        registry.claimHandle("acme", SALT);
        vm.expectRevert(refusal);
        registry.publish("", "other", Kind.MODEL, CID, MANIFEST, OFFERS, allToTitle());
        vm.expectRevert(refusal);
        registry.createShares(id, 1, assetsOf(address(usd)));
        vm.stopPrank();
    }

    function test_aClosedRegistryLetsEverybodyChangeTransferAndLeave() public {
        // Given
        MarketToken token = new MarketToken(alice);
        vm.prank(admin);
        registry.setHandleBond(token, 5);
        vm.prank(alice);
        token.approve(address(registry), 10);
        uint256 id = publish(alice, "model");
        claimHandle(alice, "acme");
        vm.prank(alice);
        registry.releaseHandle("acme");
        vm.prank(alice);
        token.approve(address(registry), 5);
        claimHandle(alice, "other");
        AgentRegistry agents = new AgentRegistry();
        vm.prank(alice);
        agents.register(7);

        // When
        close(address(registry));
        vm.startPrank(alice);
        registry.publishVersion(id, CID, MANIFEST);
        registry.setOffers(id, MANIFEST);
        registry.setLineageRate(id, 1);
        registry.setRoyalty(id, alice, 1);
        registry.setClaimer(id, bob);
        registry.setUser(id, bob, type(uint64).max);
        registry.bindAgent(id, address(agents), 7);
        registry.setSplits(id, evenly(2));
        registry.setSplits(id, allToTitle());
        registry.setStatus(id, Status.PAUSED);
        registry.transferHandle("other", bob);
        registry.commitHandle("a commitment");
        registry.approve(bob, id);
        vm.stopPrank();
        RevenueSplitter splitter = splitterOf(id);
        usd.mint(address(splitter), 100);
        splitter.distribute(address(usd));
        assertEq(splitter.withdraw(address(usd), alice), 100);
        usd.mint(address(splitter), 100);
        vm.prank(alice);
        splitter.refund(address(usd), bob, 100, "payment");
        vm.startPrank(bob);
        registry.acceptHandle("other");
        registry.releaseHandle("other");
        registry.transferFrom(alice, bob, id);
        registry.setStatus(id, Status.RETIRED);
        vm.stopPrank();

        // Then
        assertEq(token.balanceOf(bob), 5);
        assertEq(token.balanceOf(address(registry)), 0);
    }

    // ---------------------------------------------------------------- shares

    function test_nobodyCreatesSharesUntilTheDaoEnablesThem() public {
        uint256 id = publish(alice, "model");
        assertFalse(registry.sharesEnabled());
        vm.prank(alice);
        vm.expectRevert(IListingRegistry.SharesNotEnabled.selector);
        registry.createShares(id, 1e18, assetsOf(address(usd)));

        vm.expectEmit(address(registry));
        emit IParameters.ParameterChanged("sharesEnabled", 0, 1);
        vm.prank(admin);
        registry.setSharesEnabled(true);
        vm.prank(alice);
        address shares = registry.createShares(id, 1e18, assetsOf(address(usd)));

        vm.expectEmit(address(registry));
        emit IParameters.ParameterChanged("sharesEnabled", 1, 0);
        vm.prank(admin);
        registry.setSharesEnabled(false);
        assertEq(registry.sharesOf(id), shares);
        uint256 other = publish(alice, "other");
        vm.prank(alice);
        vm.expectRevert(IListingRegistry.SharesNotEnabled.selector);
        registry.createShares(other, 1e18, assetsOf(address(usd)));
    }

    function testFuzz_sharesAreMintedToTheTitleOwnerOnce(uint96 supply) public {
        vm.assume(supply > 0);
        uint256 id = publish(alice, "model");
        transferTitle(id, bob);
        vm.prank(admin);
        registry.setSharesEnabled(true);
        address[] memory assets = assetsOf(address(usd));

        vm.recordLogs();
        vm.prank(bob);
        address shares = registry.createShares(id, supply, assets);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs[0].topics[0], IListingRegistry.SharesCreated.selector);
        assertEq(uint256(logs[0].topics[1]), id);
        assertEq(address(uint160(uint256(logs[0].topics[2]))), shares);
        assertEq(keccak256(logs[0].data), keccak256(abi.encode(supply, assets)));

        assertEq(registry.sharesOf(id), shares);
        assertEq(ListingShares(shares).listing(), id);
        assertEq(ListingShares(shares).totalSupply(), supply);
        assertEq(ListingShares(shares).balanceOf(bob), supply);

        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.SharesExist.selector, id, shares));
        registry.createShares(id, supply, assets);
    }

    function testFuzz_theSupplyOfSharesIsBounded(uint256 supply) public {
        supply = bound(supply, uint256(type(uint96).max) + 1, type(uint256).max);
        refusesSupply(supply);
        refusesSupply(0);
    }

    function test_sharesDivideOneToFourDifferentAssets() public {
        refusesAssets(new address[](0));
        refusesAssets(assetsOf(address(0)));
        refusesAssets(assetsOf(address(1), address(1)));
        refusesAssets(assetsOf(address(2), address(1)));
        address[] memory five = new address[](5);
        for (uint256 i = 0; i < 5; ++i) {
            five[i] = address(uint160(i + 1));
        }
        refusesAssets(five);
        address[] memory four = new address[](4);
        for (uint256 i = 0; i < 4; ++i) {
            four[i] = five[i];
        }
        ListingShares shares = createShares(publish(alice, "four"), 1, four);
        assertEq(keccak256(abi.encode(shares.assets())), keccak256(abi.encode(four)));
    }

    // ---------------------------------------------------------------- helpers

    function inStatus(Status status) private returns (uint256 id) {
        id = publish(alice, "model");
        if (status == Status.ACTIVE) return id;
        if (status == Status.SUSPENDED) {
            vm.prank(admin);
            registry.suspend(id);
        } else {
            vm.prank(alice);
            registry.setStatus(id, status);
        }
    }

    function refusesSplits(Split[] memory splits, bytes memory refusal) private {
        vm.prank(alice);
        vm.expectRevert(refusal);
        registry.publish("", "refused", Kind.MODEL, CID, MANIFEST, OFFERS, splits);
    }

    function refusesManifest(bytes memory cid, bytes32 manifest, bytes memory refusal) private {
        vm.prank(alice);
        vm.expectRevert(refusal);
        registry.publish("", "refused", Kind.MODEL, cid, manifest, OFFERS, allToTitle());

        uint256 id = publish(alice, string(abi.encodePacked("v", Strings.toString(registry.listingCount()))));
        vm.prank(alice);
        vm.expectRevert(refusal);
        registry.publishVersion(id, cid, manifest);
    }

    function refusesAssets(address[] memory assets) private {
        uint256 id = publish(alice, string.concat("a", Strings.toString(registry.listingCount())));
        vm.prank(admin);
        registry.setSharesEnabled(true);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.MalformedShareAssets.selector, assets));
        registry.createShares(id, 1, assets);
    }

    function refusesSupply(uint256 supply) private {
        uint256 id = publish(alice, string.concat("s", Strings.toString(registry.listingCount())));
        vm.prank(admin);
        registry.setSharesEnabled(true);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.ShareSupplyOutOfRange.selector, supply));
        registry.createShares(id, supply, assetsOf(address(usd)));
    }

    function expectNotOlder(uint256 id, uint256 upstream) private {
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.UpstreamNotOlder.selector, id, upstream));
    }

    function expectNoStatusChange(uint256 id, Status from, Status to) private {
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.StatusChangeNotAllowed.selector, id, from, to));
    }
}
