// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Handle, IListingRegistry, Kind, Listing, Status} from "../src/listing/IListingRegistry.sol";
import {ListingRegistry} from "../src/listing/ListingRegistry.sol";
import {ListingShares} from "../src/listing/ListingShares.sol";
import {RevenueSplitter} from "../src/listing/RevenueSplitter.sol";
import {PayeeKind, Split} from "../src/listing/Splits.sol";
import {MarketTest} from "./base/MarketTest.sol";
import {bound} from "./base/Test.sol";
import {RegistryMirror} from "./mocks/RegistryMirror.sol";
import {PlainToken} from "./mocks/Tokens.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev Claims handles, publishes under them and changes, lends and sells what it published. Every event goes to a mirror
/// that knows nothing else.
contract RegistryHandler {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    bytes private constant CID = hex"015512201111111111111111111111111111111111111111111111111111111111111111";

    ListingRegistry private immutable REGISTRY;
    PlainToken private immutable BOND_TOKEN;
    address private immutable ADMIN;

    RegistryMirror public immutable MIRROR = new RegistryMirror();

    string[4] public handles = ["alpha", "beta", "gamma", "delta"];
    string[3] public services = ["one", "two", "three"];
    address[4] public people = [address(0xA001), address(0xA002), address(0xA003), address(0xA004)];
    mapping(uint256 id => bytes32) public pathOf;
    mapping(bytes32 path => uint256 id) public idOf;
    mapping(uint256 id => address) public lentTo;

    modifier mirrored() {
        vm.recordLogs();
        _;
        vm.stopPrank();
        MIRROR.replay(address(REGISTRY), vm.getRecordedLogs());
    }

    constructor(ListingRegistry registry, PlainToken bondToken, address admin) {
        REGISTRY = registry;
        BOND_TOKEN = bondToken;
        ADMIN = admin;
    }

    function claim(uint256 name, uint256 who) external mirrored {
        string memory handle = handles[name % 4];
        Handle memory record = REGISTRY.handleOf(handle);
        if (record.owner != address(0) || record.published) return;
        (, uint256 bond) = REGISTRY.handleBond();
        address person = people[who % 4];
        bytes32 salt = bytes32(block.timestamp);
        BOND_TOKEN.mint(person, bond);

        vm.startPrank(person);
        BOND_TOKEN.approve(address(REGISTRY), bond);
        REGISTRY.commitHandle(REGISTRY.handleCommitment(handle, person, salt));
        vm.warp(block.timestamp + REGISTRY.HANDLE_DELAY());
        REGISTRY.claimHandle(handle, salt);
    }

    function offerHandle(uint256 name, uint256 to) external mirrored {
        string memory handle = handles[name % 4];
        address owner = REGISTRY.handleOf(handle).owner;
        if (owner == address(0)) return;
        vm.startPrank(owner);
        REGISTRY.transferHandle(handle, to % 5 == 4 ? address(0) : people[to % 4]);
    }

    function acceptHandle(uint256 name) external mirrored {
        string memory handle = handles[name % 4];
        address heir = REGISTRY.handleOf(handle).heir;
        if (heir == address(0)) return;
        vm.startPrank(heir);
        REGISTRY.acceptHandle(handle);
    }

    function releaseHandle(uint256 name) external mirrored {
        string memory handle = handles[name % 4];
        address owner = REGISTRY.handleOf(handle).owner;
        if (owner == address(0)) return;
        vm.startPrank(owner);
        REGISTRY.releaseHandle(handle);
    }

    function publish(uint256 name, uint256 what, uint256 seed) external mirrored {
        string memory handle = name % 5 == 4 ? "" : handles[name % 5];
        address owner = bytes(handle).length == 0 ? people[seed % 4] : REGISTRY.handleOf(handle).owner;
        if (owner == address(0)) return;
        string memory prefix = bytes(handle).length == 0 ? Strings.toHexString(owner) : handle;
        string memory service = services[what % 3];
        bytes32 path = keccak256(abi.encode(prefix, service));
        if (idOf[path] != 0) return;

        Split[] memory splits = splitsFor(REGISTRY.listingCount() + 1, seed);
        vm.startPrank(owner);
        (uint256 id,) =
            REGISTRY.publish(handle, service, Kind(seed % 9), CID, bytes32(seed | 1), bytes32(seed | 2), splits);
        idOf[path] = id;
        pathOf[id] = path;
    }

    /// @dev Whoever the caller is, this must not succeed.
    function publishOnATakenPath(uint256 name, uint256 what) external mirrored {
        string memory handle = handles[name % 4];
        address owner = REGISTRY.handleOf(handle).owner;
        string memory service = services[what % 3];
        if (owner == address(0) || idOf[keccak256(abi.encode(handle, service))] == 0) return;
        Split[] memory splits = splitsFor(1, 1);
        vm.startPrank(owner);
        try REGISTRY.publish(handle, service, Kind.MODEL, CID, bytes32("x"), bytes32("x"), splits) {} catch {}
    }

    /// @dev Nor this.
    function closeACircle(uint256 which, uint256 upstream) external mirrored {
        (uint256 id, bool live) = pick(which);
        if (!live) return;
        Split[] memory splits = splitsFor(2, 0);
        splits[1].listing = bound(upstream, id, REGISTRY.listingCount());
        vm.startPrank(REGISTRY.ownerOf(id));
        try REGISTRY.setSplits(id, splits) {} catch {}
    }

    function publishVersion(uint256 which, uint256 seed) external mirrored {
        (uint256 id, bool live) = pick(which);
        if (!live) return;
        vm.startPrank(REGISTRY.ownerOf(id));
        REGISTRY.publishVersion(id, CID, bytes32(seed | 1));
    }

    function setOffers(uint256 which, uint256 seed) external mirrored {
        (uint256 id, bool live) = pick(which);
        if (!live) return;
        address user = REGISTRY.userOf(id);
        vm.startPrank(user == address(0) ? REGISTRY.ownerOf(id) : user);
        REGISTRY.setOffers(id, bytes32(seed | 1));
    }

    function setSplits(uint256 which, uint256 seed) external mirrored {
        (uint256 id, bool live) = pick(which);
        if (!live) return;
        Split[] memory splits = splitsFor(id, seed);
        vm.startPrank(REGISTRY.ownerOf(id));
        REGISTRY.setSplits(id, splits);
    }

    function setLineageRate(uint256 which, uint16 bps) external mirrored {
        (uint256 id, bool live) = pick(which);
        if (!live) return;
        vm.startPrank(REGISTRY.ownerOf(id));
        REGISTRY.setLineageRate(id, uint16(bound(bps, 0, 5_000)));
    }

    function setStatus(uint256 which, uint256 seed) external mirrored {
        (uint256 id, bool live) = pick(which);
        if (!live) return;
        Status status = REGISTRY.listing(id).status;
        if (status == Status.SUSPENDED) {
            vm.startPrank(ADMIN);
            REGISTRY.reinstate(id);
        } else if (seed % 4 == 0) {
            vm.startPrank(ADMIN);
            REGISTRY.suspend(id);
        } else {
            Status next = seed % 8 == 1 ? Status.RETIRED : status == Status.ACTIVE ? Status.PAUSED : Status.ACTIVE;
            vm.startPrank(REGISTRY.ownerOf(id));
            REGISTRY.setStatus(id, next);
        }
    }

    function setRoyalty(uint256 which, uint256 seed, uint16 bps) external mirrored {
        (uint256 id,) = pick(which);
        if (id == 0) return;
        (address receiver,) = REGISTRY.royaltyInfo(id, 1);
        vm.startPrank(receiver == address(0) ? REGISTRY.ownerOf(id) : receiver);
        REGISTRY.setRoyalty(id, people[seed % 4], uint16(bound(bps, 0, 1_000)));
    }

    function lend(uint256 which, uint256 who, bool claims) external mirrored {
        (uint256 id,) = pick(which);
        if (id == 0) return;
        vm.startPrank(REGISTRY.ownerOf(id));
        if (claims) {
            REGISTRY.setClaimer(id, people[who % 4]);
        } else {
            REGISTRY.setUser(id, people[who % 4], type(uint64).max);
            lentTo[id] = people[who % 4];
        }
    }

    function transferTitle(uint256 which, uint256 who) external mirrored {
        (uint256 id,) = pick(which);
        if (id == 0) return;
        address owner = REGISTRY.ownerOf(id);
        vm.startPrank(owner);
        REGISTRY.transferFrom(owner, people[who % 4], id);
        delete lentTo[id];
    }

    function createShares(uint256 which, uint96 supply) external mirrored {
        (uint256 id, bool live) = pick(which);
        if (!live || REGISTRY.sharesOf(id) != address(0) || !REGISTRY.sharesEnabled()) return;
        address[] memory assets = new address[](1);
        assets[0] = address(BOND_TOKEN);
        vm.startPrank(REGISTRY.ownerOf(id));
        REGISTRY.createShares(id, bound(supply, 1, type(uint96).max), assets);
    }

    function govern(uint88 bond, uint16 bps) external mirrored {
        vm.startPrank(ADMIN);
        REGISTRY.setSharesEnabled(bps % 4 != 0);
        REGISTRY.setHandleBond(BOND_TOKEN, bond);
        REGISTRY.setProtocolFee(people[bond % 4], uint16(bound(bps, 0, 1_000)));
    }

    function pick(uint256 which) private view returns (uint256 id, bool live) {
        uint256 count = REGISTRY.listingCount();
        if (count == 0) return (0, false);
        id = 1 + which % count;
        live = REGISTRY.listing(id).status != Status.RETIRED;
    }

    function splitsFor(uint256 id, uint256 seed) private pure returns (Split[] memory splits) {
        bool derived = id > 1 && seed % 2 == 0;
        splits = new Split[](derived ? 2 : 1);
        splits[0] = Split(PayeeKind.TITLE, address(0), 0, derived ? 5_000 : 10_000);
        if (derived) splits[1] = Split(PayeeKind.LISTING, address(0), 1 + seed % (id - 1), 5_000);
    }
}

contract ListingRegistryInvariantTest is MarketTest {
    RegistryHandler private handler;
    PlainToken private bondToken;

    function setUp() public {
        bondToken = new PlainToken();
        handler = new RegistryHandler(registry, bondToken, admin);
        targetContract(address(handler));
    }

    /// @dev One campaign for all of them. The last two cost most, and what they look for does not heal.
    /// forge-config: default.invariant.runs = 24
    function invariant_theRegistryKeepsItsPromises() public {
        aPathLeadsToItsListingForEver();
        idsCountFromOneWithoutAGap();
        exactlyTheBondsOfClaimedHandlesAreHeld();
        upstreamListingsAreOlder();
        aUserNeverSurvivesATransfer();
    }

    function afterInvariant() public {
        everySplitterAndAllSharesBelongToTheirListing();
        eventsAloneRebuildTheRegistry();
    }

    function aPathLeadsToItsListingForEver() private {
        for (uint256 id = 1; id <= registry.listingCount(); ++id) {
            assertNotEq(handler.pathOf(id), bytes32(0));
            assertEq(handler.idOf(handler.pathOf(id)), id);
        }
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 j = 0; j < 4; ++j) {
                leadsWhereItDid(handler.handles(j), handler.services(i));
                leadsWhereItDid(Strings.toHexString(handler.people(j)), handler.services(i));
            }
        }
    }

    function idsCountFromOneWithoutAGap() private {
        uint256 count = registry.listingCount();
        uint256 titles = 0;
        for (uint256 i = 0; i < 4; ++i) {
            titles += registry.balanceOf(handler.people(i));
        }
        assertEq(titles, count);
        assertEq(handler.pathOf(count + 1), bytes32(0));
    }

    function exactlyTheBondsOfClaimedHandlesAreHeld() private {
        uint256 bonds = 0;
        for (uint256 i = 0; i < 4; ++i) {
            Handle memory handle = registry.handleOf(handler.handles(i));
            if (handle.owner == address(0)) assertEq(uint256(handle.bond), 0);
            bonds += handle.bond;
        }
        assertEq(bondToken.balanceOf(address(registry)), bonds);
    }

    function upstreamListingsAreOlder() private {
        for (uint256 id = 1; id <= registry.listingCount(); ++id) {
            Split[] memory splits = splitterOf(id).splits();
            for (uint256 i = 0; i < splits.length; ++i) {
                if (splits[i].kind == PayeeKind.LISTING) assertLt(splits[i].listing, id);
            }
        }
    }

    function aUserNeverSurvivesATransfer() private {
        for (uint256 id = 1; id <= registry.listingCount(); ++id) {
            assertEq(registry.userOf(id), handler.lentTo(id));
        }
    }

    function everySplitterAndAllSharesBelongToTheirListing() private {
        for (uint256 id = 1; id <= registry.listingCount(); ++id) {
            RevenueSplitter splitter = splitterOf(id);
            assertEq(splitter.listing(), id);
            assertEq(registry.splitterFor(id, splitter.splits()), address(splitter));
            address shares = registry.sharesOf(id);
            if (shares != address(0)) assertEq(ListingShares(shares).listing(), id);
        }
    }

    function eventsAloneRebuildTheRegistry() private {
        RegistryMirror mirror = handler.MIRROR();
        assertEq(mirror.count(), registry.listingCount());
        for (uint256 id = 1; id <= registry.listingCount(); ++id) {
            assertEq(mirror.listingDigest(id), mirror.digestOf(registry, id));
            assertEq(handler.pathOf(id), mirror.pathOf(id));
        }
        for (uint256 i = 0; i < 4; ++i) {
            string memory handle = handler.handles(i);
            assertEq(mirror.handleDigest(handle), keccak256(abi.encode(registry.handleOf(handle))));
        }
        (address recipient, uint16 bps) = registry.protocolFee();
        assertEq(mirror.feeRecipient(), recipient);
        assertEq(uint256(mirror.feeBps()), bps);
        (, uint256 bond) = registry.handleBond();
        assertEq(mirror.bond(), bond);
        assertEq(mirror.sharesEnabled(), registry.sharesEnabled());
    }

    function leadsWhereItDid(string memory handle, string memory service) private {
        assertEq(registry.listingAt(handle, service), handler.idOf(keccak256(abi.encode(handle, service))));
    }
}
