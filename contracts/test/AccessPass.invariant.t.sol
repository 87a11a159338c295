// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessPass} from "../src/access/AccessPass.sol";
import {Credits, PassKind, Tier} from "../src/access/IAccessPass.sol";
import {UsdCoin} from "../src/dev/UsdCoin.sol";
import {ListingRegistry} from "../src/listing/ListingRegistry.sol";
import {Authorization} from "../src/token/ExactTransfer.sol";
import {bound} from "./base/Test.sol";
import {TradeTest} from "./base/TradeTest.sol";
import {PassMirror} from "./mocks/TradeMirrors.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev Defines, sells, renews, gives away, uses and returns passes of two listings. Every event goes to a mirror that knows
/// nothing else.
contract PassHandler {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant LISTINGS = 2;
    uint256 private constant MAX_TIERS = 6;
    bytes32 private constant RECEIVE_TYPEHASH = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );

    AccessPass private immutable PASSES;
    ListingRegistry private immutable REGISTRY;

    UsdCoin public immutable USD = new UsdCoin(address(this));
    PassMirror public immutable MIRROR = new PassMirror();

    uint256[] public ids;
    mapping(uint256 listing => uint256) public earned;
    mapping(address holder => mapping(uint256 id => uint256)) public activated;
    mapping(address holder => mapping(uint256 id => uint256)) public vouched;
    mapping(uint256 id => bool) private _known;
    address[4] private _people = [vm.addr(1), vm.addr(2), vm.addr(3), vm.addr(4)];
    uint256 private _salts;

    modifier mirrored() {
        vm.recordLogs();
        _;
        vm.stopPrank();
        MIRROR.replay(address(PASSES), vm.getRecordedLogs());
    }

    constructor(AccessPass passes, ListingRegistry registry) {
        (PASSES, REGISTRY) = (passes, registry);
    }

    function idCount() external view returns (uint256) {
        return ids.length;
    }

    function person(uint256 who) public view returns (address) {
        return _people[who % 4];
    }

    function defineTier(uint256 which, bool forTerm, uint96 price, uint32 size, uint32 maxSupply) external mirrored {
        if (PASSES.tierCount() == MAX_TIERS) return;
        uint256 listing = 1 + which % LISTINGS;
        PassKind kind = forTerm ? PassKind.TERM : PassKind.CREDITS;
        price = uint96(bound(price, 1, 1e9));
        size = uint32(bound(size, 1, forTerm ? 30 days : 1_000));
        vm.startPrank(REGISTRY.ownerOf(listing));
        PASSES.defineTier(listing, kind, USD, price, size, uint32(bound(maxSupply, 1, 40)), 100);
    }

    function changeTier(uint256 which, uint96 price, bool open) external mirrored {
        (uint256 tier, Tier memory terms) = pick(which);
        if (tier == 0) return;
        vm.startPrank(REGISTRY.ownerOf(terms.listing));
        PASSES.repriceTier(tier, uint96(bound(price, 1, 1e9)));
        PASSES.setTierOpen(tier, open || price % 4 > 0);
    }

    function buy(uint256 which, uint256 who, uint256 whom, uint256 quantity) external mirrored {
        (uint256 tier, Tier memory terms) = pick(which);
        if (!terms.open || terms.sold == terms.maxSupply) return;
        quantity = bound(quantity, 1, terms.maxSupply - terms.sold);
        uint256 total = charge(terms, quantity, person(who));
        vm.startPrank(person(who));
        note(PASSES.buy(tier, quantity, total, person(whom)));
    }

    function buyWithAuthorization(uint256 which, uint256 who, uint256 whom) external mirrored {
        (uint256 tier, Tier memory terms) = pick(which);
        if (!terms.open || terms.sold == terms.maxSupply) return;
        uint256 total = charge(terms, 1, person(who));
        bytes32 nonce = PASSES.buyNonce(tier, 1, total, person(whom), bytes32(++_salts));
        Authorization memory paid = authorize(who, total, nonce);
        note(PASSES.buyWithAuthorization(tier, 1, total, person(whom), paid));
    }

    function renew(uint256 which, uint256 who) external mirrored {
        (uint256 id, uint256 held) = held_(which, who);
        if (held == 0 || PASSES.expiryOf(id) == 0) return;
        Tier memory terms = PASSES.tier(id >> 40);
        if (!terms.open) return;
        uint256 total = charge(terms, 1, person(who));
        vm.startPrank(person(who));
        note(PASSES.renew(id, total));
    }

    function give(uint256 which, uint256 who, uint256 whom, uint256 amount) external mirrored {
        (uint256 id, uint256 held) = held_(which, who);
        if (held == 0) return;
        vm.startPrank(person(who));
        PASSES.safeTransferFrom(person(who), person(whom), id, bound(amount, 0, held), "");
    }

    function activate(uint256 which, uint256 who, uint256 amount) external mirrored {
        (uint256 id, uint256 held) = held_(which, who);
        if (held == 0 || PASSES.expiryOf(id) != 0) return;
        amount = bound(amount, 0, held);
        vm.startPrank(person(who));
        PASSES.activate(id, amount);
        activated[person(who)][id] += amount;
    }

    /// @dev Twice, as a seller might who does not know whether the first time counted.
    function redeem(uint256 which, uint256 who, uint256 total, uint256 maxRedeemed) external mirrored {
        uint256 id = ids.length == 0 ? 0 : ids[which % ids.length];
        for (uint256 i = 0; i < 4 && PASSES.creditsOf(person(who), id).active == 0; ++i) {
            who = i;
        }
        Credits memory credits = PASSES.creditsOf(person(who), id);
        if (credits.active == 0) return;
        maxRedeemed = bound(maxRedeemed, 0, credits.redeemed + 2 * uint256(credits.active));
        total = bound(total, 0, maxRedeemed);
        bytes memory signature = sign(who, PASSES.voucherDigest(person(who), id, maxRedeemed));
        if (maxRedeemed > vouched[person(who)][id]) vouched[person(who)][id] = maxRedeemed;
        vm.startPrank(REGISTRY.ownerOf(PASSES.listingOf(id)));
        PASSES.redeem(person(who), id, total, maxRedeemed, signature);
        PASSES.redeem(person(who), id, total, maxRedeemed, signature);
    }

    function giveNotice(uint256 which, uint256 who) external mirrored {
        if (ids.length == 0) return;
        vm.startPrank(person(who));
        PASSES.giveNotice(ids[which % ids.length]);
    }

    function deactivate(uint256 which, uint256 who) external mirrored {
        if (ids.length == 0) return;
        uint256 id = ids[which % ids.length];
        uint256 returnableAt = PASSES.creditsOf(person(who), id).returnableAt;
        if (returnableAt == 0) return;
        if (block.timestamp < returnableAt) vm.warp(returnableAt);
        vm.startPrank(person(who));
        activated[person(who)][id] -= PASSES.deactivate(id);
    }

    function pass(uint16 time) external {
        vm.warp(block.timestamp + time);
    }

    function charge(Tier memory terms, uint256 quantity, address payer) private returns (uint256 total) {
        total = quantity * terms.price;
        earned[terms.listing] += total;
        USD.mint(payer, total);
        vm.prank(payer);
        USD.approve(address(PASSES), total);
    }

    function authorize(uint256 who, uint256 total, bytes32 nonce) private view returns (Authorization memory) {
        bytes32 message =
            keccak256(abi.encode(RECEIVE_TYPEHASH, person(who), PASSES, total, 0, type(uint256).max, nonce));
        bytes memory signature = sign(who, MessageHashUtils.toTypedDataHash(USD.DOMAIN_SEPARATOR(), message));
        return Authorization(person(who), 0, type(uint256).max, bytes32(_salts), signature);
    }

    function note(uint256 id) private {
        if (_known[id]) return;
        _known[id] = true;
        ids.push(id);
    }

    function pick(uint256 which) private view returns (uint256 tier, Tier memory terms) {
        uint256 count = PASSES.tierCount();
        if (count > 0) tier = 1 + which % count;
        terms = PASSES.tier(tier);
    }

    function held_(uint256 which, uint256 who) private view returns (uint256 id, uint256 amount) {
        for (uint256 i = 0; i < ids.length && amount == 0; ++i) {
            id = ids[(which % ids.length + i) % ids.length];
            amount = PASSES.balanceOf(person(who), id);
        }
    }

    function sign(uint256 who, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(1 + who % 4, digest);
        return abi.encodePacked(r, s, v);
    }
}

/// forge-config: default.invariant.runs = 12
/// forge-config: deep.invariant.runs = 128
contract AccessPassInvariantTest is TradeTest {
    PassHandler private handler;

    function setUp() public {
        publish(provider, "first");
        publish(provider, "second");
        handler = new PassHandler(passes, registry);
        targetContract(address(handler));
    }

    function invariant_passesAreAsManyAsWereSold() public {
        for (uint256 tier = 1; tier <= passes.tierCount(); ++tier) {
            Tier memory terms = passes.tier(tier);
            uint256 pieces = 0;
            for (uint256 i = 0; i < handler.idCount(); ++i) {
                uint256 id = handler.ids(i);
                for (uint256 who = 0; id >> 40 == tier && who < 4; ++who) {
                    Credits memory credits = passes.creditsOf(handler.person(who), id);
                    pieces += passes.balanceOf(handler.person(who), id) + credits.active + credits.redeemed;
                }
            }
            assertLte(terms.sold, terms.maxSupply);
            assertEq(pieces, terms.kind == PassKind.TERM ? terms.sold : uint256(terms.sold) * terms.size);
        }
    }

    function invariant_noMoreIsRedeemedThanWasActivatedAndSignedFor() public {
        for (uint256 i = 0; i < handler.idCount(); ++i) {
            for (uint256 who = 0; who < 4; ++who) {
                (address holder, uint256 id) = (handler.person(who), handler.ids(i));
                Credits memory credits = passes.creditsOf(holder, id);
                assertEq(uint256(credits.active) + credits.redeemed, handler.activated(holder, id));
                assertLte(credits.redeemed, handler.vouched(holder, id));
            }
        }
    }

    function invariant_allProceedsAreWithTheSplitters() public {
        assertEq(handler.USD().balanceOf(address(passes)), 0);
        for (uint256 listing = 1; listing <= 2; ++listing) {
            assertEq(handler.USD().balanceOf(registry.splitterOf(listing)), handler.earned(listing));
        }
    }

    function invariant_eventsAloneRebuildEverything() public {
        PassMirror mirror = handler.MIRROR();
        assertEq(mirror.tierCount(), passes.tierCount());
        for (uint256 tier = 1; tier <= passes.tierCount(); ++tier) {
            assertEq(keccak256(abi.encode(mirror.tier(tier))), keccak256(abi.encode(passes.tier(tier))));
        }
        for (uint256 i = 0; i < handler.idCount(); ++i) {
            for (uint256 who = 0; who < 4; ++who) {
                (address holder, uint256 id) = (handler.person(who), handler.ids(i));
                assertEq(mirror.balanceOf(id, holder), passes.balanceOf(holder, id));
                assertEq(
                    keccak256(abi.encode(mirror.creditsOf(holder, id))),
                    keccak256(abi.encode(passes.creditsOf(holder, id)))
                );
            }
        }
    }
}
