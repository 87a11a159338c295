// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExactTransfer} from "../token/ExactTransfer.sol";
import {IERC4907} from "./IERC4907.sol";
import {Handle, IListingRegistry, Kind, Listing, Status} from "./IListingRegistry.sol";
import {ListingShares} from "./ListingShares.sol";
import {Names} from "./Names.sol";
import {RevenueSplitter} from "./RevenueSplitter.sol";
import {PayeeKind, Split, Splits} from "./Splits.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC2981} from "@openzeppelin/contracts/token/common/ERC2981.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

contract ListingRegistry is ERC721, ERC2981, AccessManaged, IListingRegistry {
    using ExactTransfer for IERC20;
    using SafeERC20 for IERC20;
    using Strings for address;

    struct User {
        address account;
        uint64 expires;
    }

    struct Rate {
        address recipient;
        uint16 bps;
    }

    struct Bond {
        IERC20 token;
        uint88 amount;
    }

    uint16 private constant BPS = 10_000;
    uint16 private constant MAX_UPSTREAM_BPS = 5_000;
    uint16 private constant MAX_ROYALTY_BPS = 1_000;
    uint16 private constant MAX_PROTOCOL_BPS = 1_000;
    uint256 private constant MAX_PAYEES = 16;
    uint256 private constant MAX_CID_BYTES = 64;
    uint256 private constant MAX_SHARE_ASSETS = 4;
    uint64 private constant COMMITMENT_LIFE = 1 days;
    bytes32 private constant SHARES_ENABLED = "sharesEnabled";

    /// @inheritdoc IListingRegistry
    uint32 public immutable HANDLE_DELAY;

    /// @inheritdoc IListingRegistry
    address public immutable SPLITTER;

    /// @inheritdoc IListingRegistry
    address public immutable SHARES;

    /// @inheritdoc IListingRegistry
    uint256 public listingCount;

    Rate private _protocolFee;
    Bond private _bond;
    mapping(uint256 id => Listing) private _listings;
    mapping(uint256 id => User) private _users;
    mapping(bytes32 path => uint256 id) private _paths;
    mapping(string handle => Handle) private _handles;
    mapping(string handle => bool) private _reserved;
    mapping(bytes32 commitment => uint64 time) private _commitments;

    /// @inheritdoc IListingRegistry
    mapping(uint256 id => address) public claimerOf;

    /// @inheritdoc IListingRegistry
    mapping(uint256 id => address) public sharesOf;

    /// @inheritdoc IListingRegistry
    bool public sharesEnabled;

    /// @param authority decides who may call the restricted functions
    /// @param handleDelay seconds between commitment and claim: at least 1, which is for development chains, and less than a day
    constructor(address authority, uint32 handleDelay) ERC721("Stoa Listing", "STOA") AccessManaged(authority) {
        if (handleDelay == 0 || handleDelay >= COMMITMENT_LIFE) revert HandleDelayOutOfRange(handleDelay);
        HANDLE_DELAY = handleDelay;
        SPLITTER = address(new RevenueSplitter(this));
        SHARES = address(new ListingShares(address(this)));
    }

    modifier onlyTitleOwner(uint256 id) {
        if (msg.sender != ownerOf(id)) revert NotTitleOwner(id, msg.sender);
        _;
    }

    // ------------------------------------------------------------------ handles

    /// @inheritdoc IListingRegistry
    function commitHandle(bytes32 commitment) external {
        if (block.timestamp <= _commitments[commitment] + COMMITMENT_LIFE) return;
        uint64 time = uint64(block.timestamp);
        _commitments[commitment] = time;
        emit HandleCommitted(commitment, time + HANDLE_DELAY, time + COMMITMENT_LIFE);
    }

    /// @inheritdoc IListingRegistry
    function claimHandle(string calldata handle, bytes32 salt) external restricted {
        bytes32 commitment = handleCommitment(handle, msg.sender, salt);
        uint64 time = _commitments[commitment];
        if (time == 0 || block.timestamp < time + HANDLE_DELAY || block.timestamp > time + COMMITMENT_LIFE) {
            revert HandleNotCommitted(commitment);
        }
        if (!Names.isHandle(bytes(handle))) revert MalformedHandle(handle);
        if (_reserved[handle]) revert HandleIsReserved(handle);
        Handle storage record = _handles[handle];
        if (record.owner != address(0) || record.published) revert HandleTaken(handle);

        Bond memory bond = _bond;
        delete _commitments[commitment];
        record.owner = msg.sender;
        record.bond = bond.amount;
        emit HandleClaimed(handle, msg.sender, bond.amount);

        if (bond.amount > 0) bond.token.take(msg.sender, bond.amount);
    }

    /// @inheritdoc IListingRegistry
    function transferHandle(string calldata handle, address to) external {
        _ownHandle(handle).heir = to;
        emit HandleTransferStarted(handle, msg.sender, to);
    }

    /// @inheritdoc IListingRegistry
    function acceptHandle(string calldata handle) external {
        Handle storage record = _handles[handle];
        if (msg.sender != record.heir) revert NotHandleHeir(handle, msg.sender);
        address from = record.owner;
        record.owner = msg.sender;
        delete record.heir;
        emit HandleTransferred(handle, from, msg.sender);
    }

    /// @inheritdoc IListingRegistry
    function releaseHandle(string calldata handle) external {
        Handle storage record = _ownHandle(handle);
        uint256 bond = record.bond;
        delete record.owner;
        delete record.bond;
        delete record.heir;
        emit HandleTransferred(handle, msg.sender, address(0));

        if (bond > 0) _bond.token.safeTransfer(msg.sender, bond);
    }

    /// @inheritdoc IListingRegistry
    function setReserved(string[] calldata handles, bool reserved) external restricted {
        for (uint256 i = 0; i < handles.length; ++i) {
            _reserved[handles[i]] = reserved;
            emit HandleReserved(handles[i], reserved);
        }
    }

    /// @inheritdoc IListingRegistry
    function setHandleBond(IERC20 token, uint88 amount) external restricted {
        address named = address(_bond.token);
        if (named != address(0) && named != address(token)) revert BondTokenFixed(named);
        _bond = Bond(token, amount);
        emit HandleBondSet(address(token), amount);
    }

    // ------------------------------------------------------------------ publishing

    /// @inheritdoc IListingRegistry
    function publish(
        string memory handle,
        string memory service,
        Kind kind,
        bytes memory cid,
        bytes32 manifestSha256,
        bytes32 offersRoot,
        Split[] calldata splits
    ) external restricted returns (uint256 id, address splitter) {
        id = ++listingCount;
        handle = _publishUnder(handle);
        _givePath(handle, service, id);
        _requireManifest(cid, manifestSha256);
        _requireHash(offersRoot);
        splitter = _deploySplitter(id, splits);
        _listings[id] = Listing(splitter, 1, 0, kind, Status.ACTIVE, 0, offersRoot);
        _mint(msg.sender, id);
        emit ListingPublished(id, msg.sender, handle, service, kind, cid, manifestSha256, offersRoot, splitter);
        emit SplitsChanged(id, splitter, splits);
    }

    /// @inheritdoc IListingRegistry
    function publishVersion(uint256 id, bytes calldata cid, bytes32 manifestSha256)
        external
        onlyTitleOwner(id)
        returns (uint32 version)
    {
        Listing storage record = _unretired(id);
        _requireManifest(cid, manifestSha256);
        version = ++record.version;
        emit VersionPublished(id, version, cid, manifestSha256);
    }

    /// @inheritdoc IListingRegistry
    function setOffers(uint256 id, bytes32 offersRoot) external {
        if (msg.sender != ownerOf(id) && msg.sender != userOf(id)) revert NotOwnerOrUser(id, msg.sender);
        _requireHash(offersRoot);
        _unretired(id).offersRoot = offersRoot;
        emit OffersChanged(id, offersRoot);
    }

    /// @inheritdoc IListingRegistry
    function setSplits(uint256 id, Split[] calldata splits) external onlyTitleOwner(id) returns (address splitter) {
        Listing storage record = _unretired(id);
        splitter = _deploySplitter(id, splits);
        record.splitter = splitter;
        emit SplitsChanged(id, splitter, splits);
    }

    /// @inheritdoc IListingRegistry
    function setLineageRate(uint256 id, uint16 bps) external onlyTitleOwner(id) {
        _requireRate(bps, MAX_UPSTREAM_BPS);
        _unretired(id).lineageBps = bps;
        emit LineageRateSet(id, bps);
    }

    /// @inheritdoc IListingRegistry
    function setStatus(uint256 id, Status status) external {
        Listing storage record = _unretired(id);
        bool owned = msg.sender == ownerOf(id);
        if (!owned && msg.sender != userOf(id)) revert NotOwnerOrUser(id, msg.sender);
        bool permitted = owned ? status != Status.SUSPENDED : status == Status.PAUSED;
        if (!permitted || record.status == Status.SUSPENDED || record.status == status) {
            revert StatusChangeNotAllowed(id, record.status, status);
        }
        _setStatus(id, status);
    }

    /// @inheritdoc IListingRegistry
    function setClaimer(uint256 id, address claimer) external onlyTitleOwner(id) {
        claimerOf[id] = claimer;
        emit ClaimerSet(id, claimer);
    }

    /// @inheritdoc IListingRegistry
    function setRoyalty(uint256 id, address receiver, uint16 bps) external {
        (address present,) = royaltyInfo(id, BPS);
        if (msg.sender != (present == address(0) ? ownerOf(id) : present)) revert NotRoyaltySetter(id, msg.sender);
        _requireRate(bps, MAX_ROYALTY_BPS);
        if (bps == 0) {
            _resetTokenRoyalty(id);
            emit RoyaltySet(id, address(0), 0);
        } else {
            _setTokenRoyalty(id, receiver, bps);
            emit RoyaltySet(id, receiver, bps);
        }
    }

    /// @inheritdoc IListingRegistry
    function bindAgent(uint256 id, address agentRegistry, uint256 agentId) external onlyTitleOwner(id) {
        _unretired(id);
        if (agentRegistry != address(0) && IERC721(agentRegistry).ownerOf(agentId) != msg.sender) {
            revert NotAgentOwner(agentRegistry, agentId, msg.sender);
        }
        emit AgentBound(id, agentRegistry, agentId);
    }

    /// @inheritdoc IListingRegistry
    function createShares(uint256 id, uint256 supply, address[] calldata assets)
        external
        restricted
        onlyTitleOwner(id)
        returns (address shares)
    {
        if (!sharesEnabled) revert SharesNotEnabled();
        _unretired(id);
        if (sharesOf[id] != address(0)) revert SharesExist(id, sharesOf[id]);
        if (supply == 0 || supply > type(uint96).max) revert ShareSupplyOutOfRange(supply);
        _requireShareAssets(assets);
        shares = Clones.cloneDeterministicWithImmutableArgs(SHARES, abi.encode(id, assets), 0);
        sharesOf[id] = shares;
        emit SharesCreated(id, shares, supply, assets);

        ListingShares(shares).issue(msg.sender, supply);
    }

    /// @inheritdoc IERC4907
    function setUser(uint256 id, address user, uint64 expires) external {
        _checkAuthorized(ownerOf(id), msg.sender, id);
        _users[id] = User(user, expires);
        emit UpdateUser(id, user, expires);
    }

    // ------------------------------------------------------------------ court and DAO

    /// @inheritdoc IListingRegistry
    function suspend(uint256 id) external restricted {
        if (_unretired(id).status == Status.SUSPENDED) {
            revert StatusChangeNotAllowed(id, Status.SUSPENDED, Status.SUSPENDED);
        }
        _setStatus(id, Status.SUSPENDED);
    }

    /// @inheritdoc IListingRegistry
    function reinstate(uint256 id) external restricted {
        Status status = _unretired(id).status;
        if (status != Status.SUSPENDED) revert StatusChangeNotAllowed(id, status, Status.PAUSED);
        _setStatus(id, Status.PAUSED);
    }

    /// @inheritdoc IListingRegistry
    function setProtocolFee(address recipient, uint16 bps) external restricted {
        _requireRate(bps, MAX_PROTOCOL_BPS);
        if (bps > 0 && recipient == address(0)) revert MissingFeeRecipient();
        _protocolFee = Rate(recipient, bps);
        emit ProtocolFeeSet(recipient, bps);
    }

    /// @inheritdoc IListingRegistry
    function setSharesEnabled(bool enabled) external restricted {
        emit ParameterChanged(SHARES_ENABLED, sharesEnabled ? 1 : 0, enabled ? 1 : 0);
        sharesEnabled = enabled;
    }

    // ------------------------------------------------------------------ reads

    /// @inheritdoc IListingRegistry
    function listing(uint256 id) external view returns (Listing memory) {
        _requireOwned(id);
        return _listings[id];
    }

    /// @inheritdoc IListingRegistry
    function listingAt(string calldata handle, string calldata service) external view returns (uint256 id) {
        return _paths[_pathKey(handle, service)];
    }

    /// @inheritdoc IListingRegistry
    function splitterOf(uint256 id) external view returns (address) {
        _requireOwned(id);
        return _listings[id].splitter;
    }

    /// @inheritdoc IListingRegistry
    function splitterFor(uint256 id, Split[] calldata splits) public view returns (address) {
        return Clones.predictDeterministicAddressWithImmutableArgs(SPLITTER, Splits.encode(id, splits), 0);
    }

    /// @inheritdoc IListingRegistry
    function stateHash(uint256 id) external view returns (bytes32) {
        _requireOwned(id);
        (address receiver, uint256 royaltyBps) = royaltyInfo(id, BPS);
        return
            keccak256(abi.encode(block.chainid, address(this), id, _listings[id], receiver, royaltyBps, sharesOf[id]));
    }

    /// @inheritdoc IERC4907
    function userOf(uint256 id) public view returns (address) {
        _requireOwned(id);
        User memory user = _users[id];
        return block.timestamp <= user.expires ? user.account : address(0);
    }

    /// @inheritdoc IERC4907
    function userExpires(uint256 id) external view returns (uint256) {
        _requireOwned(id);
        return _users[id].expires;
    }

    /// @inheritdoc IListingRegistry
    function handleOf(string calldata handle) external view returns (Handle memory) {
        return _handles[handle];
    }

    /// @inheritdoc IListingRegistry
    function isReserved(string calldata handle) external view returns (bool) {
        return _reserved[handle];
    }

    /// @inheritdoc IListingRegistry
    function handleCommitment(string calldata handle, address owner, bytes32 salt) public pure returns (bytes32) {
        return keccak256(abi.encode(handle, owner, salt));
    }

    /// @inheritdoc IListingRegistry
    function handleBond() external view returns (IERC20 token, uint256 amount) {
        return (_bond.token, _bond.amount);
    }

    /// @inheritdoc IListingRegistry
    function protocolFee() external view returns (address recipient, uint16 bps) {
        return (_protocolFee.recipient, _protocolFee.bps);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view override(ERC721, ERC2981, IERC165) returns (bool) {
        return interfaceId == type(IERC4907).interfaceId || super.supportsInterface(interfaceId);
    }

    // ------------------------------------------------------------------ inside

    /// @dev Any transfer counts, and takes the user and the claimer away.
    function _update(address to, uint256 id, address auth) internal override returns (address from) {
        from = super._update(to, id, auth);
        if (from == address(0)) return from;
        ++_listings[id].transfers;
        if (_users[id].account != address(0)) {
            delete _users[id];
            emit UpdateUser(id, address(0), 0);
        }
        if (claimerOf[id] != address(0)) {
            delete claimerOf[id];
            emit ClaimerSet(id, address(0));
        }
    }

    function _publishUnder(string memory handle) private returns (string memory) {
        if (bytes(handle).length == 0) return msg.sender.toHexString();
        Handle storage record = _ownHandle(handle);
        if (!record.published) record.published = true;
        return handle;
    }

    function _givePath(string memory handle, string memory service, uint256 id) private {
        if (!Names.isService(bytes(service))) revert MalformedService(service);
        bytes32 key = _pathKey(handle, service);
        if (_paths[key] != 0) revert PathTaken(handle, service, _paths[key]);
        _paths[key] = id;
    }

    /// @dev The splitter's address follows from the listing and its splits: the same splits again are the same splitter.
    function _deploySplitter(uint256 id, Split[] calldata splits) private returns (address splitter) {
        _requireSplits(id, splits);
        splitter = splitterFor(id, splits);
        if (splitter.code.length == 0) {
            Clones.cloneDeterministicWithImmutableArgs(SPLITTER, Splits.encode(id, splits), 0);
        }
    }

    function _setStatus(uint256 id, Status status) private {
        _listings[id].status = status;
        emit StatusChanged(id, status);
    }

    function _ownHandle(string memory handle) private view returns (Handle storage record) {
        record = _handles[handle];
        if (msg.sender != record.owner) revert NotHandleOwner(handle, msg.sender);
    }

    function _unretired(uint256 id) private view returns (Listing storage record) {
        _requireOwned(id);
        record = _listings[id];
        if (record.status == Status.RETIRED) revert ListingIsRetired(id);
    }

    function _requireSplits(uint256 id, Split[] calldata splits) private view {
        if (splits.length == 0 || splits.length > MAX_PAYEES) revert PayeeCountOutOfRange(splits.length);
        uint256 sum = 0;
        uint256 upstreamSum = 0;
        for (uint256 i = 0; i < splits.length; ++i) {
            Split calldata split = splits[i];
            bool named = (split.account != address(0)) == (split.kind == PayeeKind.ACCOUNT)
                && (split.listing != 0) == (split.kind == PayeeKind.LISTING);
            if (!named || split.bps == 0) revert MalformedSplit(i);
            sum += split.bps;
            if (split.kind == PayeeKind.LISTING) {
                _requireUpstream(id, split.listing, split.bps);
                upstreamSum += split.bps;
            }
        }
        if (sum != BPS) revert SharesDoNotSumUp(sum);
        _requireRate(upstreamSum, MAX_UPSTREAM_BPS);
    }

    function _requireUpstream(uint256 id, uint256 upstream, uint256 bps) private view {
        if (upstream >= id) revert UpstreamNotOlder(id, upstream);
        uint256 minBps = _listings[upstream].lineageBps;
        if (bps < minBps) revert UpstreamUnderpaid(upstream, bps, minBps);
    }

    function _requireShareAssets(address[] calldata assets) private pure {
        bool fits = assets.length > 0 && assets.length <= MAX_SHARE_ASSETS && assets[0] != address(0);
        for (uint256 i = 1; i < assets.length; ++i) {
            fits = fits && assets[i - 1] < assets[i];
        }
        if (!fits) revert MalformedShareAssets(assets);
    }

    function _requireManifest(bytes memory cid, bytes32 manifestSha256) private pure {
        if (cid.length < 4 || cid.length > MAX_CID_BYTES || cid[0] != 0x01) revert MalformedCid(cid);
        _requireHash(manifestSha256);
    }

    function _requireHash(bytes32 hash) private pure {
        if (hash == 0) revert MissingHash();
    }

    function _requireRate(uint256 bps, uint256 max) private pure {
        if (bps > max) revert RateTooHigh(bps, max);
    }

    function _pathKey(string memory handle, string memory service) private pure returns (bytes32) {
        return keccak256(abi.encode(handle, service));
    }
}
