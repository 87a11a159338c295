// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../governance/IParameters.sol";

/// @notice Whether a feed answers: yes; not for now, for want of sources or of an accepted price; or not until it is
/// reset, since the price jumped. The order never changes.
enum FeedState {
    FRESH,
    STALE,
    TRIPPED
}

/// @notice How a feed is read.
/// @param sources 1 to 5 contracts with `latestRoundData` and `decimals`, in ascending order
/// @param minSources how many of them must be live at least, 1 to all
/// @param maxAge seconds for which an answer of a source counts, 1 minute to 7 days
/// @param maxDeviationBps hundredths of a percent by which the price may differ from the last accepted one, 10 to 5,000
/// @param cooling seconds after which a tripped feed can accept a price again, 10 minutes to 7 days
struct FeedConfig {
    address[] sources;
    uint8 minSources;
    uint32 maxAge;
    uint16 maxDeviationBps;
    uint32 cooling;
}

/// @notice What was last accepted.
/// @param price units of the quote for one whole unit of the asset, times 10¹⁸; zero if none was accepted yet
/// @param acceptedAt in seconds
/// @param trippedAt in seconds, zero while the breaker is closed
struct Acceptance {
    uint128 price;
    uint64 acceptedAt;
    uint64 trippedAt;
}

/// @title Prices from several sources, behind a breaker
/// @notice The price of an asset in a quote is the median of its live sources at the moment it is read. A source is live if
/// it answers within its gas, with a positive price, at a time that has come and is not longer ago than the feed allows.
/// Anything else, a revert or nonsense included, counts as dead and harms nobody else.
///
/// The breaker: {poke} accepts the median from time to time; if ever it differs from the last accepted price by more than
/// the feed allows, the feed does not answer, and trips as soon as anyone pokes it. It then stays silent until the DAO
/// resets it, or until somebody pokes it after its cooling time, which accepts the price of that moment. The accepted
/// price moves at most once in {MIN_INTERVAL}, so nobody can walk the breaker through a large jump in one block. A feed
/// that is not poked for long trips when the price has drifted too far in the meantime: keepers poke it.
///
/// Rounding: a source with more than 18 decimals is cut to 18, the mean of two middle answers is rounded down. The events
/// alone rebuild what is configured and accepted.
interface IPriceOracle is IParameters {
    /// @notice The feed is read like this from now on; without sources there is no feed any more.
    event FeedSet(address indexed asset, bytes32 indexed quote, FeedConfig config);

    /// @notice `price` is what later prices are compared with, and the breaker is closed.
    event PriceAccepted(address indexed asset, bytes32 indexed quote, uint128 price);

    /// @notice `price` differed too much from the last accepted one: the feed does not answer any more.
    event Tripped(address indexed asset, bytes32 indexed quote, uint128 accepted, uint128 price);

    /// @notice The DAO closed the breaker: the next {poke} accepts whatever the price is then.
    event FeedReset(address indexed asset, bytes32 indexed quote);

    /// @notice There is no such feed.
    error FeedNotFound(address asset, bytes32 quote);

    /// @notice A feed has at most 5 sources, in ascending order.
    error MalformedSources(address[] sources);

    /// @notice This does not tell its decimals, or more than 36 of them.
    error NotASource(address source);

    /// @notice Fewer than `minSources` sources are live, or no price was accepted yet.
    error PriceStale(address asset, bytes32 quote);

    /// @notice The price jumped: the breaker is open, or opens with the next {poke}.
    error PriceTripped(address asset, bytes32 quote);

    /// @notice The caller gave too little gas to tell a dead source from a live one.
    error GasTooLow();

    /// @notice Sets, changes or, without sources, removes a feed. What was accepted stays, unless it is removed. Restricted to
    /// the DAO.
    /// @param quote short name in ASCII, such as `USD`
    function setFeed(address asset, bytes32 quote, FeedConfig calldata config) external;

    /// @notice Closes the breaker, and forgets the accepted price: the next {poke} accepts any. Restricted to the DAO.
    function reset(address asset, bytes32 quote) external;

    /// @notice Accepts the price of this moment, or trips the feed. Open to anyone. Does nothing if the price is near the
    /// accepted one and that is younger than {MIN_INTERVAL}, or if the feed tripped and is still cooling. Reverts if too few
    /// sources are live.
    /// @return state of the feed after it
    function poke(address asset, bytes32 quote) external returns (FeedState state);

    /// @notice The median of the live sources now. Reverts with {PriceStale} or {PriceTripped} unless the feed is fresh.
    /// @return price units of the quote for one whole unit of the asset, times 10¹⁸, rounded down
    function read(address asset, bytes32 quote) external view returns (uint128 price);

    /// @notice Whether {read} answers, and if not, why.
    function stateOf(address asset, bytes32 quote) external view returns (FeedState);

    /// @notice How the feed is read.
    function feedOf(address asset, bytes32 quote) external view returns (FeedConfig memory);

    /// @notice What the feed last accepted, and whether it tripped.
    function acceptanceOf(address asset, bytes32 quote) external view returns (Acceptance memory);

    /// @notice Least seconds between two accepted prices of one feed.
    function MIN_INTERVAL() external view returns (uint64);
}

/// @title The part of a price source that is read
interface IPriceSource {
    /// @notice How many decimals its answers have.
    function decimals() external view returns (uint8);

    /// @notice Its latest answer.
    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
