// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Acceptance, FeedConfig, FeedState, IPriceOracle, IPriceSource} from "./IPriceOracle.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";

contract PriceOracle is AccessManaged, IPriceOracle {
    /// A source and its decimals, which are asked for once, when the feed is set.
    struct Source {
        address account;
        uint8 decimals;
    }

    struct Feed {
        Acceptance acceptance;
        uint32 maxAge;
        uint32 cooling;
        uint16 maxDeviationBps;
        uint8 minSources;
        Source[] sources;
    }

    uint256 private constant BPS = 10_000;
    uint256 private constant DECIMALS = 18;
    uint256 private constant MAX_DECIMALS = 36;
    uint256 private constant MAX_SOURCES = 5;
    uint256 private constant SOURCE_GAS = 100_000;
    /// Five words: what `latestRoundData` returns.
    uint256 private constant ROUND_BYTES = 160;

    /// @inheritdoc IPriceOracle
    uint64 public constant MIN_INTERVAL = 5 minutes;

    mapping(address asset => mapping(bytes32 quote => Feed)) private _feeds;

    /// @param authority decides who may call the restricted functions
    constructor(address authority) AccessManaged(authority) {}

    /// @inheritdoc IPriceOracle
    function setFeed(address asset, bytes32 quote, FeedConfig calldata config) external restricted {
        delete _feeds[asset][quote].sources;
        if (config.sources.length == 0) {
            delete _feeds[asset][quote];
        } else {
            _requireWithin("maxAge", config.maxAge, 1 minutes, 7 days);
            _requireWithin("cooling", config.cooling, 10 minutes, 7 days);
            _requireWithin("maxDeviationBps", config.maxDeviationBps, 10, 5_000);
            _requireWithin("minSources", config.minSources, 1, config.sources.length);
            Feed storage feed = _feeds[asset][quote];
            feed.maxAge = config.maxAge;
            feed.cooling = config.cooling;
            feed.maxDeviationBps = config.maxDeviationBps;
            feed.minSources = config.minSources;
            _addSources(feed, config.sources);
        }
        emit FeedSet(asset, quote, config);
    }

    /// @inheritdoc IPriceOracle
    function reset(address asset, bytes32 quote) external restricted {
        delete _feed(asset, quote).acceptance;
        emit FeedReset(asset, quote);
    }

    /// @inheritdoc IPriceOracle
    function poke(address asset, bytes32 quote) external returns (FeedState) {
        Feed storage feed = _feed(asset, quote);
        (uint128 price, bool live) = _median(feed);
        if (!live) revert PriceStale(asset, quote);
        Acceptance memory last = feed.acceptance;

        if (last.trippedAt != 0) {
            if (block.timestamp < last.trippedAt + feed.cooling) return FeedState.TRIPPED;
        } else if (_deviates(last.price, price, feed.maxDeviationBps)) {
            feed.acceptance.trippedAt = uint64(block.timestamp);
            emit Tripped(asset, quote, last.price, price);
            return FeedState.TRIPPED;
        } else if (block.timestamp < last.acceptedAt + MIN_INTERVAL) {
            return FeedState.FRESH;
        }
        feed.acceptance = Acceptance(price, uint64(block.timestamp), 0);
        emit PriceAccepted(asset, quote, price);
        return FeedState.FRESH;
    }

    /// @inheritdoc IPriceOracle
    function read(address asset, bytes32 quote) external view returns (uint128 price) {
        FeedState state;
        (price, state) = _look(_feed(asset, quote));
        if (state == FeedState.STALE) revert PriceStale(asset, quote);
        if (state == FeedState.TRIPPED) revert PriceTripped(asset, quote);
    }

    /// @inheritdoc IPriceOracle
    function stateOf(address asset, bytes32 quote) external view returns (FeedState state) {
        (, state) = _look(_feed(asset, quote));
    }

    /// @inheritdoc IPriceOracle
    function feedOf(address asset, bytes32 quote) external view returns (FeedConfig memory config) {
        Feed storage feed = _feed(asset, quote);
        config.sources = new address[](feed.sources.length);
        for (uint256 i = 0; i < config.sources.length; ++i) {
            config.sources[i] = feed.sources[i].account;
        }
        config.minSources = feed.minSources;
        config.maxAge = feed.maxAge;
        config.maxDeviationBps = feed.maxDeviationBps;
        config.cooling = feed.cooling;
    }

    /// @inheritdoc IPriceOracle
    function acceptanceOf(address asset, bytes32 quote) external view returns (Acceptance memory) {
        return _feed(asset, quote).acceptance;
    }

    function _addSources(Feed storage feed, address[] calldata sources) private {
        if (sources.length > MAX_SOURCES) revert MalformedSources(sources);
        for (uint256 i = 0; i < sources.length; ++i) {
            if (i > 0 && sources[i - 1] >= sources[i]) revert MalformedSources(sources);
            (bool success, bytes memory answer) = sources[i].staticcall(abi.encodeCall(IPriceSource.decimals, ()));
            if (!success || answer.length < 32) revert NotASource(sources[i]);
            uint256 decimals = abi.decode(answer, (uint256));
            if (decimals > MAX_DECIMALS) revert NotASource(sources[i]);
            feed.sources.push(Source(sources[i], uint8(decimals)));
        }
    }

    function _feed(address asset, bytes32 quote) private view returns (Feed storage feed) {
        feed = _feeds[asset][quote];
        if (feed.minSources == 0) revert FeedNotFound(asset, quote);
    }

    function _look(Feed storage feed) private view returns (uint128 price, FeedState state) {
        Acceptance memory last = feed.acceptance;
        if (last.trippedAt != 0) return (0, FeedState.TRIPPED);
        bool live;
        (price, live) = _median(feed);
        if (!live || last.price == 0) return (0, FeedState.STALE);
        if (_deviates(last.price, price, feed.maxDeviationBps)) return (0, FeedState.TRIPPED);
    }

    /// @return price median of the live sources
    /// @return live whether there are enough of them
    function _median(Feed storage feed) private view returns (uint128 price, bool live) {
        uint256 count = feed.sources.length;
        uint256[] memory prices = new uint256[](count);
        uint256 dead = 0;
        for (uint256 i = 0; i < count; ++i) {
            prices[i] = _ask(feed.sources[i], feed.maxAge);
            if (prices[i] == 0) ++dead;
        }
        if (count - dead < feed.minSources) return (0, false);
        Arrays.sort(prices);
        uint256 sumOfMiddle = prices[(dead + count - 1) / 2] + prices[(dead + count) / 2];
        return (uint128(sumOfMiddle / 2), true);
    }

    /// @return price with 18 decimals, zero if the source is dead
    function _ask(Source memory source, uint256 maxAge) private view returns (uint256 price) {
        // A callee gets 63 of 64 parts of the gas at most: with less than this, a live source might seem dead.
        if (gasleft() < SOURCE_GAS * 64 / 63 + 10_000) revert GasTooLow();
        (bool success, bytes memory round) =
            source.account.staticcall{gas: SOURCE_GAS}(abi.encodeCall(IPriceSource.latestRoundData, ()));
        if (!success || round.length < ROUND_BYTES) return 0;

        (, uint256 answer,, uint256 updatedAt) = abi.decode(round, (uint256, uint256, uint256, uint256));
        bool timely = updatedAt <= block.timestamp && block.timestamp - updatedAt <= maxAge;
        if (!timely || answer > type(uint128).max) return 0;
        price = source.decimals > DECIMALS
            ? answer / 10 ** (source.decimals - DECIMALS)
            : answer * 10 ** (DECIMALS - source.decimals);
        if (price > type(uint128).max) return 0;
    }

    function _deviates(uint256 accepted, uint256 price, uint256 maxBps) private pure returns (bool) {
        if (accepted == 0) return false;
        uint256 difference = price > accepted ? price - accepted : accepted - price;
        return difference * BPS > accepted * maxBps;
    }

    function _requireWithin(bytes32 key, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert ParameterOutOfBounds(key, value, min, max);
    }
}
