// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../src/governance/IParameters.sol";
import {Acceptance, FeedConfig, FeedState, IPriceOracle} from "../src/oracle/IPriceOracle.sol";
import {PriceOracle} from "../src/oracle/PriceOracle.sol";
import {Test, bound} from "./base/Test.sol";
import {HeavySource, HostileSource, ProxySource, RawSource, Source} from "./mocks/Sources.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev Rebuilds what a feed accepted from its events and their times, and nothing else.
contract OracleMirror {
    FeedConfig public config;
    Acceptance public acceptance;

    function replay(Vm.Log[] calldata logs) external {
        for (uint256 i = 0; i < logs.length; ++i) {
            bytes32 topic = logs[i].topics[0];
            if (topic == IPriceOracle.FeedSet.selector) {
                config = abi.decode(logs[i].data, (FeedConfig));
                if (config.sources.length == 0) delete acceptance;
            } else if (topic == IPriceOracle.PriceAccepted.selector) {
                acceptance = Acceptance(abi.decode(logs[i].data, (uint128)), uint64(block.timestamp), 0);
            } else if (topic == IPriceOracle.Tripped.selector) {
                acceptance.trippedAt = uint64(block.timestamp);
            } else if (topic == IPriceOracle.FeedReset.selector) {
                delete acceptance;
            }
        }
    }

    function digest() external view returns (bytes32) {
        return keccak256(abi.encode(config, acceptance));
    }
}

contract PriceOracleTest is Test {
    address private constant ASSET = address(0xA55E7);
    bytes32 private constant QUOTE = "USD";
    uint32 private constant MAX_AGE = 1 hours;
    uint16 private constant DEVIATION = 2_000;
    uint32 private constant COOLING = 1 days;

    address private admin = account("admin");
    address private stranger = account("stranger");
    AccessManager private authority = new AccessManager(admin);
    PriceOracle private oracle = new PriceOracle(address(authority));

    // ---------------------------------------------------------------- reading

    function test_theMedianOfOddlyManyIsTheMiddleOne() public {
        Source[] memory sources = feedOf(5, 3);
        setAll(sources, [int256(5e8), 1e8, 3e8, 2e8, 4e8]);
        oracle.poke(ASSET, QUOTE);
        assertEq(uint256(oracle.read(ASSET, QUOTE)), 3e18);
        assertTrue(oracle.stateOf(ASSET, QUOTE) == FeedState.FRESH);
    }

    function test_theMedianOfEvenlyManyIsTheMeanOfTheMiddleOnesRoundedDown() public {
        Source[] memory sources = new Source[](2);
        (sources[0], sources[1]) = (new Source(18), new Source(18));
        setFeed(sources, 1);
        sources[0].set(100, NOW);
        sources[1].set(103, NOW);
        oracle.poke(ASSET, QUOTE);
        assertEq(uint256(oracle.read(ASSET, QUOTE)), 101);
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_theMedianIsThatOfTheLiveSources(uint64[5] memory answers, uint8 deadMask, uint8 decimals) public {
        decimals = uint8(bound(decimals, 0, 18));
        Source[] memory sources = new Source[](5);
        uint256[] memory live = new uint256[](5);
        uint256 count = 0;
        for (uint256 i = 0; i < 5; ++i) {
            sources[i] = new Source(decimals);
        }
        setFeed(sources, 1);
        for (uint256 i = 0; i < 5; ++i) {
            bool dead = deadMask & (1 << i) != 0 || answers[i] == 0;
            sources[i].set(int256(uint256(answers[i])), dead ? NOW - MAX_AGE - 1 : NOW);
            if (!dead) live[count++] = answers[i] * 10 ** (18 - uint256(decimals));
        }
        if (count == 0) {
            expectStale();
            oracle.poke(ASSET, QUOTE);
            return;
        }
        oracle.poke(ASSET, QUOTE);
        uint256[] memory sorted = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            sorted[i] = live[i];
        }
        Arrays.sort(sorted);
        uint256 median = count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
        assertEq(uint256(oracle.read(ASSET, QUOTE)), median);
    }

    function testFuzz_answersAreScaledToEighteenDecimals(uint8 decimals, uint96 answer) public {
        decimals = uint8(bound(decimals, 0, 36));
        Source source = new Source(decimals);
        setFeed(listOf(source), 1);
        source.set(int256(uint256(answer)), NOW);
        uint256 scaled =
            decimals > 18 ? answer / 10 ** (uint256(decimals) - 18) : uint256(answer) * 10 ** (18 - uint256(decimals));
        if (scaled == 0 || scaled > type(uint128).max) {
            expectStale();
            oracle.poke(ASSET, QUOTE);
        } else {
            oracle.poke(ASSET, QUOTE);
            assertEq(uint256(oracle.read(ASSET, QUOTE)), scaled);
        }
    }

    function testFuzz_anAnswerCountsWhileItIsYoung(uint256 updatedAt) public {
        Source source = freshFeed();
        source.set(1e8, updatedAt);
        bool young = updatedAt <= NOW && NOW - updatedAt <= MAX_AGE;
        assertTrue(oracle.stateOf(ASSET, QUOTE) == (young ? FeedState.FRESH : FeedState.STALE));
        if (!young) expectStale();
        oracle.read(ASSET, QUOTE);
    }

    function testFuzz_fewerLiveSourcesThanNeededAreStale(uint8 needed, uint8 dead) public {
        needed = uint8(bound(needed, 1, 5));
        dead = uint8(bound(dead, 0, 5));
        Source[] memory sources = feedOf(5, needed);
        oracle.poke(ASSET, QUOTE);
        for (uint256 i = 0; i < dead; ++i) {
            sources[i].set(1e8, NOW - MAX_AGE - 1);
        }
        bool stale = 5 - dead < needed;
        assertTrue(oracle.stateOf(ASSET, QUOTE) == (stale ? FeedState.STALE : FeedState.FRESH));
        if (stale) expectStale();
        oracle.read(ASSET, QUOTE);
        if (stale) expectStale();
        oracle.poke(ASSET, QUOTE);
    }

    function test_nothingIsReadBeforeAPriceWasAccepted() public {
        feedOf(3, 2);
        assertTrue(oracle.stateOf(ASSET, QUOTE) == FeedState.STALE);
        expectStale();
        oracle.read(ASSET, QUOTE);
        oracle.poke(ASSET, QUOTE);
        assertEq(uint256(oracle.read(ASSET, QUOTE)), 1e18);
    }

    // ---------------------------------------------------------------- hostile sources

    function test_attack_sourcesThatAnswerNonsense() public {
        refusesAnswer(abi.encode(1, -1, NOW, NOW, 1));
        refusesAnswer(abi.encode(1, 0, NOW, NOW, 1));
        refusesAnswer(abi.encode(1, type(int256).min, NOW, NOW, 1));
        refusesAnswer(abi.encode(1, type(int256).max, NOW, NOW, 1));
        refusesAnswer(abi.encode(1, 1e8, NOW, NOW + 1, 1));
        refusesAnswer(abi.encode(1, 1e8, NOW, type(uint256).max, 1));
        refusesAnswer(abi.encode(1, 1e8, NOW, 0, 1));
        refusesAnswer(abi.encode(1, 1e8, NOW, NOW));
        refusesAnswer(hex"01");
        refusesAnswer("");
    }

    function testFuzz_attack_sourceThatAnswersGarbage(bytes memory garbage) public {
        vm.assume(garbage.length < 160);
        refusesAnswer(garbage);
    }

    function test_garbageInFieldsThatDoNotCountIsHarmless() public {
        address source = address(new RawSource(abi.encode(type(uint256).max, 1e8, 0, NOW, type(uint256).max, 7)));
        set(addressesOf(source), 1);
        oracle.poke(ASSET, QUOTE);
        assertEq(uint256(oracle.read(ASSET, QUOTE)), 1e18);
    }

    function test_attack_sourcesThatRevertBurnGasOrReturnTooMuch() public {
        address[] memory sources = new address[](5);
        for (uint256 i = 0; i < 4; ++i) {
            sources[i] = address(new HostileSource(HostileSource.Way(i)));
        }
        Source good = new Source(8);
        good.set(1e8, NOW);
        sources[4] = address(good);
        Arrays.sort(sources);
        set(sources, 1);
        oracle.poke(ASSET, QUOTE);
        uint256 gas = gasleft();
        assertEq(uint256(oracle.read(ASSET, QUOTE)), 1e18);
        assertLt(gas - gasleft(), 700_000);
    }

    function test_attack_sourceThatIsGone() public {
        Source source = freshFeed();
        vm.etch(address(source), "");
        expectStale();
        oracle.read(ASSET, QUOTE);
    }

    /// @dev With too little gas a live source would seem dead, and the rest would decide.
    function test_attack_liveSourcesMadeToSeemDeadByLittleGas() public {
        // Given
        address heavy = address(type(uint160).max);
        address inner = address(new ProxySource(address(new ProxySource(address(new HeavySource())))));
        vm.etch(heavy, address(new ProxySource(inner)).code);
        address[] memory sources = new address[](3);
        for (uint256 i = 0; i < 2; ++i) {
            Source source = new Source(8);
            source.set(int256(28 + i) * 1e7, NOW);
            sources[i] = address(source);
        }
        sources[2] = heavy;
        Arrays.sort(sources);
        set(sources, 1);
        oracle.poke(ASSET, QUOTE);

        // When
        bool answered = false;
        for (uint256 gas = 80_000; gas < 160_000; gas += 100) {
            try oracle.read{gas: gas}(ASSET, QUOTE) returns (uint128 price) {
                answered = true;
                assertEq(uint256(price), 2.9e18);
            } catch {}
        }

        // Then
        assertTrue(answered);
    }

    // ---------------------------------------------------------------- the breaker

    function testFuzz_aJumpTripsTheFeed(uint96 first, uint96 second) public {
        vm.assume(first > 0 && second > 0);
        Source source = new Source(18);
        setFeed(listOf(source), 1);
        source.set(int256(uint256(first)), NOW);
        oracle.poke(ASSET, QUOTE);
        source.set(int256(uint256(second)), NOW);

        uint256 difference = first > second ? first - second : second - first;
        bool jumps = difference * 10_000 > uint256(first) * DEVIATION;
        assertTrue(oracle.stateOf(ASSET, QUOTE) == (jumps ? FeedState.TRIPPED : FeedState.FRESH));
        if (jumps) expectTripped();
        oracle.read(ASSET, QUOTE);
        if (jumps) {
            vm.expectEmit(address(oracle));
            emit IPriceOracle.Tripped(ASSET, QUOTE, first, second);
        }
        vm.prank(stranger);
        assertTrue(oracle.poke(ASSET, QUOTE) == (jumps ? FeedState.TRIPPED : FeedState.FRESH));
    }

    function test_aTrippedFeedStaysSilentEvenIfThePriceComesBack() public {
        Source source = tripped();
        source.set(1e8, NOW);
        expectTripped();
        oracle.read(ASSET, QUOTE);
        assertTrue(oracle.poke(ASSET, QUOTE) == FeedState.TRIPPED);
        assertEq(uint256(oracle.acceptanceOf(ASSET, QUOTE).trippedAt), NOW);
    }

    function test_afterCoolingTheNextPokeAcceptsThePriceOfThatMoment() public {
        Source source = tripped();
        vm.warp(NOW + COOLING - 1);
        source.set(3e8, block.timestamp);
        assertTrue(oracle.poke(ASSET, QUOTE) == FeedState.TRIPPED);
        vm.warp(NOW + COOLING);
        expectTripped();
        oracle.read(ASSET, QUOTE);

        vm.expectEmit(address(oracle));
        emit IPriceOracle.PriceAccepted(ASSET, QUOTE, 3e18);
        vm.prank(stranger);
        assertTrue(oracle.poke(ASSET, QUOTE) == FeedState.FRESH);
        assertEq(uint256(oracle.read(ASSET, QUOTE)), 3e18);
    }

    function test_theDaoResetsATrippedFeed() public {
        tripped();
        vm.expectEmit(address(oracle));
        emit IPriceOracle.FeedReset(ASSET, QUOTE);
        vm.prank(admin);
        oracle.reset(ASSET, QUOTE);
        assertTrue(oracle.stateOf(ASSET, QUOTE) == FeedState.STALE);
        oracle.poke(ASSET, QUOTE);
        assertEq(uint256(oracle.read(ASSET, QUOTE)), 2e18);
    }

    function test_attack_breakerWalkedThroughInOneBlock() public {
        Source source = freshFeed();
        int256 price = 1e8;
        for (uint256 i = 0; i < 3; ++i) {
            price = price * 119 / 100;
            source.set(price, NOW);
            oracle.poke(ASSET, QUOTE);
        }
        assertEq(uint256(oracle.acceptanceOf(ASSET, QUOTE).price), 1e18);
        assertTrue(oracle.stateOf(ASSET, QUOTE) == FeedState.TRIPPED);
    }

    function test_theAcceptedPriceFollowsASlowOne() public {
        Source source = freshFeed();
        int256 price = 1e8;
        for (uint256 i = 1; i <= 10; ++i) {
            vm.warp(NOW + i * 5 minutes);
            price = price * 115 / 100;
            source.set(price, block.timestamp);
            assertTrue(oracle.poke(ASSET, QUOTE) == FeedState.FRESH);
        }
        assertEq(uint256(oracle.read(ASSET, QUOTE)), uint256(price) * 1e10);
    }

    function test_attack_oneBadSourceOfThreeMovesNothing() public {
        Source[] memory sources = feedOf(3, 2);
        oracle.poke(ASSET, QUOTE);
        sources[1].set(1_000e8, NOW);
        assertEq(uint256(oracle.read(ASSET, QUOTE)), 1e18);
        sources[1].set(1, NOW);
        assertEq(uint256(oracle.read(ASSET, QUOTE)), 1e18);
    }

    // ---------------------------------------------------------------- parameters

    function testFuzz_onlyTheDaoSetsAndResets(address caller) public {
        vm.assume(caller != admin);
        freshFeed();
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, caller);
        FeedConfig memory config = oracle.feedOf(ASSET, QUOTE);
        vm.startPrank(caller);
        vm.expectRevert(refusal);
        oracle.setFeed(ASSET, QUOTE, config);
        vm.expectRevert(refusal);
        oracle.reset(ASSET, QUOTE);
        vm.stopPrank();
    }

    function test_parametersAreBounded() public {
        FeedConfig memory config = configOf(addressesOf(address(new Source(8))), 1);
        config.maxAge = 59;
        refuses(config, "maxAge", 59, 1 minutes, 7 days);
        config.maxAge = 7 days + 1;
        refuses(config, "maxAge", 7 days + 1, 1 minutes, 7 days);
        config.maxAge = MAX_AGE;
        config.cooling = 10 minutes - 1;
        refuses(config, "cooling", 10 minutes - 1, 10 minutes, 7 days);
        config.cooling = 7 days + 1;
        refuses(config, "cooling", 7 days + 1, 10 minutes, 7 days);
        config.cooling = COOLING;
        config.maxDeviationBps = 9;
        refuses(config, "maxDeviationBps", 9, 10, 5_000);
        config.maxDeviationBps = 5_001;
        refuses(config, "maxDeviationBps", 5_001, 10, 5_000);
        config.maxDeviationBps = DEVIATION;
        config.minSources = 0;
        refuses(config, "minSources", 0, 1, 1);
        config.minSources = 2;
        refuses(config, "minSources", 2, 1, 1);
    }

    function test_sourcesAreUpToFiveDifferentOnes() public {
        address one = address(new Source(8));
        address[] memory sources = new address[](2);
        (sources[0], sources[1]) = (one, one);
        refuses(sources, abi.encodeWithSelector(IPriceOracle.MalformedSources.selector, sources));
        (sources[0], sources[1]) = (one, address(new Source(8)));
        if (sources[0] < sources[1]) (sources[0], sources[1]) = (sources[1], sources[0]);
        refuses(sources, abi.encodeWithSelector(IPriceOracle.MalformedSources.selector, sources));
        sources = new address[](6);
        for (uint256 i = 0; i < 6; ++i) {
            sources[i] = address(new Source(8));
        }
        Arrays.sort(sources);
        refuses(sources, abi.encodeWithSelector(IPriceOracle.MalformedSources.selector, sources));
    }

    function test_whatTellsNoDecimalsIsNoSource() public {
        address[3] memory none = [stranger, address(new Source(37)), address(authority)];
        for (uint256 i = 0; i < 3; ++i) {
            refuses(addressesOf(none[i]), abi.encodeWithSelector(IPriceOracle.NotASource.selector, none[i]));
        }
    }

    function test_aFeedIsSetChangedAndRemoved() public {
        Source[] memory sources = feedOf(5, 3);
        oracle.poke(ASSET, QUOTE);
        FeedConfig memory config = configOf(addressesOf(address(sources[0])), 1);
        vm.expectEmit(address(oracle));
        emit IPriceOracle.FeedSet(ASSET, QUOTE, config);
        vm.prank(admin);
        oracle.setFeed(ASSET, QUOTE, config);
        assertEq(keccak256(abi.encode(oracle.feedOf(ASSET, QUOTE))), keccak256(abi.encode(config)));
        assertEq(uint256(oracle.read(ASSET, QUOTE)), 1e18);

        set(new address[](0), 0);
        expectNotFound();
        oracle.read(ASSET, QUOTE);
        feedOf(1, 1);
        assertEq(uint256(oracle.acceptanceOf(ASSET, QUOTE).price), 0);
    }

    function test_whatIsNoFeedHasNoState() public {
        expectNotFound();
        oracle.read(ASSET, QUOTE);
        expectNotFound();
        oracle.poke(ASSET, QUOTE);
        expectNotFound();
        oracle.stateOf(ASSET, QUOTE);
        expectNotFound();
        oracle.feedOf(ASSET, QUOTE);
        expectNotFound();
        oracle.acceptanceOf(ASSET, QUOTE);
        vm.prank(admin);
        expectNotFound();
        oracle.reset(ASSET, QUOTE);
    }

    function test_feedsAreApart() public {
        freshFeed();
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.FeedNotFound.selector, ASSET, bytes32("EUR")));
        oracle.read(ASSET, "EUR");
    }

    function test_aClosedOracleIsStillReadAndPoked() public {
        freshFeed();
        vm.prank(admin);
        authority.setTargetClosed(address(oracle), true);
        oracle.poke(ASSET, QUOTE);
        assertEq(uint256(oracle.read(ASSET, QUOTE)), 1e18);
    }

    /// forge-config: default.fuzz.runs = 32
    function testFuzz_eventsAloneRebuildAFeed(uint256 seed) public {
        OracleMirror mirror = new OracleMirror();
        Source source = new Source(8);
        vm.recordLogs();
        setFeed(listOf(source), 1);
        for (uint256 i = 0; i < 24; ++i) {
            uint256 die = uint256(keccak256(abi.encode(seed, i)));
            vm.warp(block.timestamp + die % 12 hours);
            source.set(int256(1e8 + die % 4e7), block.timestamp);
            vm.startPrank(admin);
            if (die % 16 == 0) oracle.reset(ASSET, QUOTE);
            if (die % 16 == 1) oracle.setFeed(ASSET, QUOTE, configOf(new address[](0), 0));
            if (die % 16 == 1) oracle.setFeed(ASSET, QUOTE, configOf(addressesOf(address(source)), 1));
            vm.stopPrank();
            oracle.poke(ASSET, QUOTE);
            mirror.replay(vm.getRecordedLogs());
            assertEq(
                mirror.digest(), keccak256(abi.encode(oracle.feedOf(ASSET, QUOTE), oracle.acceptanceOf(ASSET, QUOTE)))
            );
        }
    }

    // ---------------------------------------------------------------- helpers

    function feedOf(uint256 count, uint8 minSources) private returns (Source[] memory sources) {
        sources = new Source[](count);
        for (uint256 i = 0; i < count; ++i) {
            sources[i] = new Source(8);
            sources[i].set(1e8, NOW);
        }
        setFeed(sources, minSources);
    }

    /// @dev One source that says 1, and it is accepted.
    function freshFeed() private returns (Source) {
        Source[] memory sources = feedOf(1, 1);
        oracle.poke(ASSET, QUOTE);
        return sources[0];
    }

    /// @dev It said 1, then 2.
    function tripped() private returns (Source source) {
        source = freshFeed();
        source.set(2e8, NOW);
        assertTrue(oracle.poke(ASSET, QUOTE) == FeedState.TRIPPED);
    }

    function setAll(Source[] memory sources, int256[5] memory answers) private {
        for (uint256 i = 0; i < sources.length; ++i) {
            sources[i].set(answers[i], NOW);
        }
    }

    function setFeed(Source[] memory sources, uint8 minSources) private {
        address[] memory accounts = new address[](sources.length);
        for (uint256 i = 0; i < accounts.length; ++i) {
            accounts[i] = address(sources[i]);
        }
        Arrays.sort(accounts);
        set(accounts, minSources);
    }

    function set(address[] memory sources, uint8 minSources) private {
        vm.prank(admin);
        oracle.setFeed(ASSET, QUOTE, configOf(sources, minSources));
    }

    function refusesAnswer(bytes memory answer) private {
        set(addressesOf(address(new RawSource(answer))), 1);
        expectStale();
        oracle.poke(ASSET, QUOTE);
    }

    function refuses(FeedConfig memory config, bytes32 key, uint256 value, uint256 min, uint256 max) private {
        vm.prank(admin);
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterOutOfBounds.selector, key, value, min, max));
        oracle.setFeed(ASSET, QUOTE, config);
    }

    function refuses(address[] memory sources, bytes memory refusal) private {
        vm.prank(admin);
        vm.expectRevert(refusal);
        oracle.setFeed(ASSET, QUOTE, configOf(sources, 1));
    }

    function expectStale() private {
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.PriceStale.selector, ASSET, QUOTE));
    }

    function expectTripped() private {
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.PriceTripped.selector, ASSET, QUOTE));
    }

    function expectNotFound() private {
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.FeedNotFound.selector, ASSET, QUOTE));
    }

    function configOf(address[] memory sources, uint8 minSources) private pure returns (FeedConfig memory) {
        return FeedConfig(sources, minSources, MAX_AGE, DEVIATION, COOLING);
    }

    function listOf(Source only) private pure returns (Source[] memory sources) {
        sources = new Source[](1);
        sources[0] = only;
    }

    function addressesOf(address only) private pure returns (address[] memory accounts) {
        accounts = new address[](1);
        accounts[0] = only;
    }
}
