// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../governance/IParameters.sol";
import {IERC4907} from "./IERC4907.sol";
import {Split} from "./Splits.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";

/// @notice What is sold. The order never changes.
enum Kind {
    MODEL,
    AGENT,
    MCP_TOOL,
    DATASET,
    ALGORITHM,
    GPU_OFFER,
    DATA_FEED,
    INDEX,
    BUNDLE
}

/// @notice Whether it is for sale: yes, not for now, never again, or forbidden by the court or the DAO. The order never
/// changes.
enum Status {
    ACTIVE,
    PAUSED,
    RETIRED,
    SUSPENDED
}

/// @notice What the registry holds of a listing. CIDs and manifest hashes are in the events only.
/// @param splitter receives all its primary revenue from now on
/// @param version counts the published manifests, from 1
/// @param transfers counts how often the title changed hands
/// @param lineageBps least share, in hundredths of a percent, that listings derived from it pay to it
/// @param offersRoot SHA-256 of the offers document
struct Listing {
    address splitter;
    uint32 version;
    uint32 transfers;
    Kind kind;
    Status status;
    uint16 lineageBps;
    bytes32 offersRoot;
}

/// @notice A claimed handle.
/// @param owner may publish under it; zero if it is free, or was released
/// @param bond atomic units of the bond token that come back with {releaseHandle}
/// @param published whether anything was ever published under it
/// @param heir may take it over with {acceptHandle}; zero if it is not on offer
struct Handle {
    address owner;
    uint88 bond;
    bool published;
    address heir;
}

/// @title The register of everything that is for sale
/// @notice A listing is an ERC-721 title under a permanent path, `handle/service`, with a splitter that receives its
/// revenue. Its title can be sold: that moves ownership and revenue, never the path.
///
/// Invariants: a path, once given to a listing, leads to that listing for ever; ids count from 1 without a gap; the
/// registry holds exactly the bonds of the claimed handles; upstream listings are always older, so that revenue never
/// runs in a circle of listings; a user never survives a transfer of the title. The events alone suffice to rebuild all
/// of its state.
interface IListingRegistry is IERC2981, IERC721, IERC4907, IParameters {
    // ------------------------------------------------------------------ events

    /// @notice Somebody committed to a handle and may claim it in this window, both ends included (seconds).
    event HandleCommitted(bytes32 indexed commitment, uint64 claimableFrom, uint64 claimableUntil);

    /// @notice `owner` holds `handle` from now on, and deposited `bond` atomic units for it.
    event HandleClaimed(string handle, address indexed owner, uint256 bond);

    /// @notice `from` lets `to` take `handle` over; zero takes the offer back.
    event HandleTransferStarted(string handle, address indexed from, address indexed to);

    /// @notice `handle` and its bond belong to `to` from now on. `to` is zero if `from` released it and got its bond back.
    event HandleTransferred(string handle, address indexed from, address indexed to);

    /// @notice `handle` was put on the list of reserved ones, or taken off it.
    event HandleReserved(string handle, bool reserved);

    /// @notice New claims deposit `amount` atomic units of `token`.
    event HandleBondSet(address indexed token, uint256 amount);

    /// @notice A listing exists. `handle` is a claimed one or the lower-case address of its first owner.
    /// @param cid of the manifest, CIDv1 in its binary form
    /// @param manifestSha256 of the manifest's bytes
    /// @param offersRoot SHA-256 of the offers document
    event ListingPublished(
        uint256 indexed id,
        address indexed owner,
        string handle,
        string service,
        Kind kind,
        bytes cid,
        bytes32 manifestSha256,
        bytes32 offersRoot,
        address indexed splitter
    );

    /// @notice Manifest number `version` of the listing was published.
    event VersionPublished(uint256 indexed id, uint32 version, bytes cid, bytes32 manifestSha256);

    /// @notice The listing is sold on the terms of this offers document from now on.
    event OffersChanged(uint256 indexed id, bytes32 offersRoot);

    /// @notice The listing's revenue goes to `splitter` from now on. Also sent with {ListingPublished}.
    event SplitsChanged(uint256 indexed id, address indexed splitter, Split[] splits);

    /// @notice Resales of the title owe `bps` hundredths of a percent to `receiver`; zero is none.
    event RoyaltySet(uint256 indexed id, address indexed receiver, uint16 bps);

    /// @notice Listings derived from this one owe it at least `bps` hundredths of a percent when they set their splits.
    event LineageRateSet(uint256 indexed id, uint16 bps);

    /// @notice The listing's status is `status` from now on.
    event StatusChanged(uint256 indexed id, Status status);

    /// @notice The listing is the ERC-8004 agent `agentId` of `agentRegistry`; a zero registry means that it is none any
    /// more. A transfer of the title ends the binding too.
    event AgentBound(uint256 indexed id, address indexed agentRegistry, uint256 indexed agentId);

    /// @notice `claimer` may claim vouchers for the listing's splitters; zero is nobody. A transfer of the title makes it
    /// nobody too.
    event ClaimerSet(uint256 indexed id, address indexed claimer);

    /// @notice The listing has shares from now on: `supply` atomic units of the token `shares`, all of them its title owner's
    /// at this moment, which divide what they receive in `assets`.
    event SharesCreated(uint256 indexed id, address indexed shares, uint256 supply, address[] assets);

    /// @notice All splitters pay `bps` hundredths of a percent of new revenue to `recipient`, before anyone else.
    event ProtocolFeeSet(address indexed recipient, uint16 bps);

    // ------------------------------------------------------------------ errors

    /// @notice Not a handle: 3 to 32 of `a-z`, `0-9` and single inner hyphens, and not starting with `0x`.
    error MalformedHandle(string handle);

    /// @notice Not a service name: 1 to 64 of `a-z`, `0-9` and single inner hyphens or dots.
    error MalformedService(string service);

    /// @notice Nobody may claim this handle.
    error HandleIsReserved(string handle);

    /// @notice The handle has an owner, or had one who published under it.
    error HandleTaken(string handle);

    /// @notice No commitment to this handle by the caller can be claimed now: none was made, or it is too young or too old.
    error HandleNotCommitted(bytes32 commitment);

    /// @notice The delay between commitment and claim is at least a second and less than a day.
    error HandleDelayOutOfRange(uint256 delay);

    /// @notice The caller does not own this handle.
    error NotHandleOwner(string handle, address caller);

    /// @notice This handle was not offered to the caller.
    error NotHandleHeir(string handle, address caller);

    /// @notice Bonds are held in another token already.
    error BondTokenFixed(address token);

    /// @notice The path leads to a listing, now and for ever.
    error PathTaken(string handle, string service, uint256 id);

    /// @notice Not a binary CIDv1 of at most 64 bytes.
    error MalformedCid(bytes cid);

    /// @notice A SHA-256 must not be zero.
    error MissingHash();

    /// @notice The caller does not own the title.
    error NotTitleOwner(uint256 id, address caller);

    /// @notice The caller neither owns the title nor uses the listing.
    error NotOwnerOrUser(uint256 id, address caller);

    /// @notice The caller may not set the royalty: only its present receiver may, or the owner of the title while it is zero.
    error NotRoyaltySetter(uint256 id, address caller);

    /// @notice A retired listing never changes again.
    error ListingIsRetired(uint256 id);

    /// @notice The caller may not take the listing from the one status to the other.
    error StatusChangeNotAllowed(uint256 id, Status from, Status to);

    /// @notice A rate is above its bound, both in hundredths of a percent.
    error RateTooHigh(uint256 bps, uint256 max);

    /// @notice A listing has 1 to 16 payees.
    error PayeeCountOutOfRange(uint256 count);

    /// @notice Entry `index` of the splits names no payee, more than one, or a share of nothing.
    error MalformedSplit(uint256 index);

    /// @notice The shares do not sum to 10,000.
    error SharesDoNotSumUp(uint256 sum);

    /// @notice An upstream listing must be older than the listing that pays it.
    error UpstreamNotOlder(uint256 id, uint256 upstream);

    /// @notice An upstream listing must be paid its lineage rate at least.
    error UpstreamUnderpaid(uint256 upstream, uint256 bps, uint256 minBps);

    /// @notice The caller does not own the agent that it wants to bind.
    error NotAgentOwner(address agentRegistry, uint256 agentId, address caller);

    /// @notice A protocol fee needs somebody who receives it.
    error MissingFeeRecipient();

    /// @notice The DAO does not let anyone create shares now.
    error SharesNotEnabled();

    /// @notice The listing has shares already, and gets no others.
    error SharesExist(uint256 id, address shares);

    /// @notice Shares are at least 1 and less than 2⁹⁶ atomic units.
    error ShareSupplyOutOfRange(uint256 supply);

    /// @notice Shares divide 1 to 4 assets, named in ascending order.
    error MalformedShareAssets(address[] assets);

    // ------------------------------------------------------------------ handles

    /// @notice First step to a handle: keeps it secret which one. Committing again before the window ends changes
    /// nothing, so that nobody can disturb a commitment by repeating it.
    /// @param commitment {handleCommitment} of the handle, the future owner and a secret salt
    function commitHandle(bytes32 commitment) external;

    /// @notice Second step: makes the caller the owner of `handle`, from {HANDLE_DELAY} seconds to a day after its
    /// commitment. Takes the bond, if one is set, from the caller's allowance, which is also the caller's limit.
    /// Restricted: open to anyone unless closed.
    function claimHandle(string calldata handle, bytes32 salt) external;

    /// @notice Offers `handle` and its bond to `to`, who takes it with {acceptHandle}. Zero takes the offer back. Listings
    /// published under it stay with the owners of their titles.
    function transferHandle(string calldata handle, address to) external;

    /// @notice Takes over a handle that was offered to the caller.
    function acceptHandle(string calldata handle) external;

    /// @notice Gives a handle up and gets its bond back. If anything was ever published under it, nobody can claim it
    /// again.
    function releaseHandle(string calldata handle) external;

    /// @notice Puts handles on the list that nobody may claim, or takes them off it. Does not touch claimed ones.
    /// Restricted to the DAO.
    function setReserved(string[] calldata handles, bool reserved) external;

    /// @notice Sets the bond of future claims. The token can be named once; then only the amount can change. Restricted to
    /// the DAO.
    /// @param amount atomic units; zero asks for no bond
    function setHandleBond(IERC20 token, uint88 amount) external;

    // ------------------------------------------------------------------ publishing

    /// @notice Publishes a listing, mints its title to the caller, and deploys its splitter. Restricted: open to anyone
    /// unless closed.
    /// @param handle one that the caller owns, or empty: then the caller's lower-case address stands in its place
    /// @param service name under the handle, never used there before
    /// @param cid of the manifest, CIDv1 in its binary form, at most 64 bytes
    /// @param manifestSha256 of the manifest's bytes
    /// @param offersRoot SHA-256 of the offers document
    /// @param splits 1 to 16, shares summing to 10,000; upstream listings at most 5,000 of it and each at least its
    /// lineage rate
    function publish(
        string calldata handle,
        string calldata service,
        Kind kind,
        bytes calldata cid,
        bytes32 manifestSha256,
        bytes32 offersRoot,
        Split[] calldata splits
    ) external returns (uint256 id, address splitter);

    /// @notice Publishes the next manifest. For the owner of the title.
    function publishVersion(uint256 id, bytes calldata cid, bytes32 manifestSha256) external returns (uint32 version);

    /// @notice Changes what is offered. For the owner of the title or the user.
    function setOffers(uint256 id, bytes32 offersRoot) external;

    /// @notice Directs future revenue to the splitter of these splits, and deploys it if it does not exist. Revenue that
    /// reaches an earlier splitter, whenever it does, is divided by the earlier splits. For the owner of the title.
    function setSplits(uint256 id, Split[] calldata splits) external returns (address splitter);

    /// @notice Sets the least share that listings derived from this one must declare, from their next change of splits on.
    /// For the owner of the title.
    /// @param bps at most 5,000
    function setLineageRate(uint256 id, uint16 bps) external;

    /// @notice Pauses, activates or retires. For the owner of the title; the user may pause. A retired listing never
    /// changes again, a suspended one only by {reinstate}.
    function setStatus(uint256 id, Status status) external;

    /// @notice Names who may claim vouchers for the listing besides the owner of its title, who names it. Zero is nobody.
    function setClaimer(uint256 id, address claimer) external;

    /// @notice Sets what resales of the title owe. For the present receiver of the royalty, or the owner of the title while
    /// there is none: a buyer of the title cannot take the maker's royalty away.
    /// @param bps at most 1,000; zero removes it
    function setRoyalty(uint256 id, address receiver, uint16 bps) external;

    /// @notice States which ERC-8004 agent of this chain the listing is; a zero registry takes it back. For the owner of
    /// the title, who must own the agent too.
    function bindAgent(uint256 id, address agentRegistry, uint256 agentId) external;

    /// @notice Creates the listing's shares and mints all of them to the caller, who must own the title. Once per listing,
    /// and only while the DAO enables it. Restricted: open to anyone unless closed.
    /// @dev Shares receive what a splitter of the listing pays them, so the owner names them as a payee with {setSplits}, and
    /// can take that back: whoever buys shares relies on the owner of the title for revenue to come.
    /// @param supply atomic units, less than 2⁹⁶; a whole share has 10¹⁸ of them
    /// @param assets 1 to 4 tokens whose revenue the shares divide, in ascending order, fixed for ever
    /// @return shares an {IListingShares}
    function createShares(uint256 id, uint256 supply, address[] calldata assets) external returns (address shares);

    // ------------------------------------------------------------------ court and DAO

    /// @notice Forbids the sale of a listing. Restricted to the court.
    function suspend(uint256 id) external;

    /// @notice Ends a suspension; the listing is then paused, and its owner activates it. Restricted to the DAO.
    function reinstate(uint256 id) external;

    /// @notice Sets the protocol's part of all revenue that is not distributed yet. Restricted to the DAO.
    /// @param bps at most 1,000
    function setProtocolFee(address recipient, uint16 bps) external;

    /// @notice Lets title owners create shares, or not. Not, unless the DAO ever decided it; shares that exist are not
    /// touched. Restricted to the DAO.
    function setSharesEnabled(bool enabled) external;

    // ------------------------------------------------------------------ reads

    /// @notice What is on record about a listing.
    function listing(uint256 id) external view returns (Listing memory);

    /// @notice The id of the listing under this path, zero if there is none. An address in lower case is a handle too.
    function listingAt(string calldata handle, string calldata service) external view returns (uint256 id);

    /// @notice How many listings there are; also the highest id.
    function listingCount() external view returns (uint256);

    /// @notice Where all primary revenue of the listing goes: the `payTo` of its payments.
    function splitterOf(uint256 id) external view returns (address);

    /// @notice Where revenue would go under these splits, whether or not that splitter exists yet.
    function splitterFor(uint256 id, Split[] calldata splits) external view returns (address);

    /// @notice Who may claim vouchers for the listing besides the owner of its title.
    function claimerOf(uint256 id) external view returns (address);

    /// @notice The shares of the listing, zero if it has none.
    function sharesOf(uint256 id) external view returns (address);

    /// @notice A digest of all that a buyer of the title relies on: it changes with every version, offer, split, status,
    /// rate, royalty and transfer, and with the creation of shares.
    function stateHash(uint256 id) external view returns (bytes32);

    /// @notice What is on record about a handle.
    function handleOf(string calldata handle) external view returns (Handle memory);

    /// @notice Whether nobody may claim this handle.
    function isReserved(string calldata handle) external view returns (bool);

    /// @notice What {commitHandle} takes.
    function handleCommitment(string calldata handle, address owner, bytes32 salt) external pure returns (bytes32);

    /// @notice What a new claim deposits: atomic units of a token.
    function handleBond() external view returns (IERC20 token, uint256 amount);

    /// @notice Who receives the protocol's part of revenue, and how many hundredths of a percent it is.
    function protocolFee() external view returns (address recipient, uint16 bps);

    /// @notice Whether title owners may create shares now.
    function sharesEnabled() external view returns (bool);

    /// @notice Seconds between commitment and claim.
    function HANDLE_DELAY() external view returns (uint32);

    /// @notice The code that every splitter runs.
    function SPLITTER() external view returns (address);

    /// @notice The code that all shares run.
    function SHARES() external view returns (address);
}
