// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Stream} from "../src/listing/IListingShares.sol";
import {ListingShares} from "../src/listing/ListingShares.sol";
import {MarketTest} from "./base/MarketTest.sol";
import {bound} from "./base/Test.sol";
import {SharesMirror} from "./mocks/SharesMirror.sol";
import {PlainToken} from "./mocks/Tokens.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev Pays, distributes, trades and claims while time goes by, and keeps its own books. Every event goes to a mirror
/// that knows nothing else.
contract SharesHandler {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant PERIOD = 7 days;

    ListingShares private immutable SHARES;
    SharesMirror public immutable MIRROR;

    address[2] public assets;
    address[4] public people;
    mapping(address asset => uint256) public received;
    mapping(address asset => uint256) public distributed;
    mapping(address asset => uint256) public claimed;
    uint256 public wronged;

    modifier mirrored() {
        vm.recordLogs();
        _;
        MIRROR.replay(address(SHARES), vm.getRecordedLogs());
    }

    constructor(ListingShares shares, SharesMirror mirror, address[2] memory tokens, address[4] memory holders) {
        SHARES = shares;
        MIRROR = mirror;
        assets = tokens;
        people = holders;
    }

    function pay(uint256 which, uint96 amount) external {
        PlainToken(assets[which % 2]).mint(address(SHARES), amount);
        received[assets[which % 2]] += amount;
    }

    function distribute(uint256 which, bool dust) external mirrored {
        address asset = assets[which % 2];
        if (dust) {
            PlainToken(asset).mint(address(SHARES), 1);
            ++received[asset];
        }
        Stream memory before = SHARES.streamOf(asset);
        uint256 amount = SHARES.distribute(asset);
        distributed[asset] += amount;
        Stream memory later = SHARES.streamOf(asset);
        if (later.endsAt < before.endsAt || (amount > 0 && later.endsAt > block.timestamp + PERIOD)) ++wronged;
        if (amount > 0 && before.endsAt > block.timestamp) {
            uint256 delayed = later.amount - amount;
            if (delayed * (later.endsAt - before.endsAt) > amount * PERIOD) ++wronged;
        }
    }

    function transfer(uint256 from, uint256 to, uint256 amount) external mirrored {
        address holder = people[from % 4];
        amount = bound(amount, 0, SHARES.balanceOf(holder));
        vm.prank(holder);
        SHARES.transfer(people[to % 4], amount);
    }

    /// @dev Borrowed and given back within the same second: earns nothing.
    function flashBorrow(uint256 from, uint256 which) external mirrored {
        address holder = people[from % 4];
        address borrower = address(0xF1A54);
        uint256 amount = SHARES.balanceOf(holder);
        vm.prank(holder);
        SHARES.transfer(borrower, amount);
        distributed[assets[which % 2]] += SHARES.distribute(assets[which % 2]);
        if (SHARES.claim(borrower, assets[which % 2]) != 0) ++wronged;
        vm.prank(borrower);
        SHARES.transfer(holder, amount);
    }

    function claim(uint256 who, uint256 which) external mirrored {
        claimed[assets[which % 2]] += SHARES.claim(people[who % 4], assets[which % 2]);
    }

    function wait_(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 4 days));
    }
}

contract ListingSharesInvariantTest is MarketTest {
    uint256 private constant SUPPLY = 3_333_333_333_333_333_333_333;

    ListingShares private shares;
    SharesHandler private handler;

    function setUp() public {
        address one = address(new PlainToken());
        address other = address(new PlainToken());
        if (one > other) (one, other) = (other, one);
        uint256 id = publish(address(0xA001), "model");
        SharesMirror mirror = new SharesMirror([one, other]);
        vm.recordLogs();
        shares = createShares(id, SUPPLY, assetsOf(one, other));
        mirror.replay(address(shares), vm.getRecordedLogs());
        handler = new SharesHandler(
            shares, mirror, [one, other], [address(0xA001), address(0xA002), address(0xA003), address(0xA004)]
        );
        targetContract(address(handler));
    }

    /// @dev One campaign for all of them.
    function invariant_theSharesKeepTheirPromises() public {
        theSupplyNeverChanges();
        streamsAreNeitherHastenedNorDelayedByMoreThanTheirGifts();
        for (uint256 i = 0; i < 2; ++i) {
            PlainToken asset = PlainToken(handler.assets(i));
            whatWasReceivedIsClaimedOrThere(asset);
            everyHolderCanBePaidOutOfWhatWasReleased(asset);
            eventsAloneTellEveryDividend(asset);
        }
    }

    function afterInvariant() public {
        vm.warp(block.timestamp + 30 days);
        for (uint256 i = 0; i < 2; ++i) {
            PlainToken asset = PlainToken(handler.assets(i));
            for (uint256 j = 0; j < 4; ++j) {
                shares.claim(handler.people(j), address(asset));
            }
            assertLte(shares.held(address(asset)), 5);
        }
    }

    function theSupplyNeverChanges() private {
        uint256 sum = 0;
        for (uint256 i = 0; i < 4; ++i) {
            sum += shares.balanceOf(handler.people(i));
        }
        assertEq(sum, SUPPLY);
        assertEq(shares.totalSupply(), SUPPLY);
    }

    function streamsAreNeitherHastenedNorDelayedByMoreThanTheirGifts() private {
        assertEq(handler.wronged(), 0);
    }

    function whatWasReceivedIsClaimedOrThere(PlainToken asset) private {
        uint256 claimed = handler.claimed(address(asset));
        assertEq(asset.balanceOf(address(shares)), handler.received(address(asset)) - claimed);
        assertEq(shares.held(address(asset)), handler.distributed(address(asset)) - claimed);
    }

    /// @dev And no more than a unit for every holder, and one, waits besides.
    function everyHolderCanBePaidOutOfWhatWasReleased(PlainToken asset) private {
        uint256 sum = 0;
        for (uint256 i = 0; i < 4; ++i) {
            sum += shares.claimable(handler.people(i), address(asset));
        }
        Stream memory stream = shares.streamOf(address(asset));
        uint256 unreleased = 0;
        if (block.timestamp < stream.endsAt) {
            unreleased = stream.amount - uint256(stream.amount) * (block.timestamp - stream.startedAt)
                / (stream.endsAt - stream.startedAt);
        }
        uint256 released = shares.held(address(asset)) - unreleased;
        assertLte(sum, released);
        assertLte(released - sum, 5);
    }

    function eventsAloneTellEveryDividend(PlainToken asset) private {
        SharesMirror mirror = handler.MIRROR();
        for (uint256 i = 0; i < 4; ++i) {
            address holder = handler.people(i);
            assertEq(shares.claimable(holder, address(asset)), mirror.claimable(holder, address(asset)));
            assertEq(shares.balanceOf(holder), mirror.balanceOf(holder));
        }
        Stream memory stream = shares.streamOf(address(asset));
        (uint256 amount, uint256 startedAt, uint256 endsAt,, uint256 held) = mirror.pools(address(asset));
        assertEq(uint256(stream.amount), amount);
        assertEq(uint256(stream.startedAt), startedAt);
        assertEq(uint256(stream.endsAt), endsAt);
        assertEq(shares.held(address(asset)), held);
    }
}
