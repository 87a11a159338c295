// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../../src/governance/IParameters.sol";
import {IERC4907} from "../../src/listing/IERC4907.sol";
import {Handle, IListingRegistry, Kind, Listing, Status} from "../../src/listing/IListingRegistry.sol";
import {ListingRegistry} from "../../src/listing/ListingRegistry.sol";
import {ListingShares} from "../../src/listing/ListingShares.sol";
import {RevenueSplitter} from "../../src/listing/RevenueSplitter.sol";
import {Split} from "../../src/listing/Splits.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";
import {VmSafe} from "@prb/test/Vm.sol";

/// @dev Rebuilds the registry from its events and nothing else, as an indexer does.
contract RegistryMirror {
    struct Row {
        Listing listing;
        address owner;
        address user;
        uint64 expires;
        address claimer;
        address royaltyReceiver;
        uint16 royaltyBps;
        bytes32 splits;
        address shares;
        uint256 shareSupply;
        bytes32 shareAssets;
    }

    uint256 public count;
    uint256 public bond;
    address public feeRecipient;
    uint16 public feeBps;
    bool public sharesEnabled;
    mapping(uint256 id => bytes32) public pathOf;
    mapping(uint256 id => Row) private _rows;
    mapping(string handle => Handle) private _handles;

    function replay(address registry, VmSafe.Log[] calldata logs) external {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == registry) apply_(logs[i].topics, logs[i].data);
        }
    }

    function listingDigest(uint256 id) external view returns (bytes32) {
        return keccak256(abi.encode(_rows[id]));
    }

    function handleDigest(string calldata handle) external view returns (bytes32) {
        return keccak256(abi.encode(_handles[handle]));
    }

    /// @dev What {listingDigest} should be, by the registry's own word.
    function digestOf(ListingRegistry registry, uint256 id) external view returns (bytes32) {
        (address receiver, uint256 bps) = registry.royaltyInfo(id, 10_000);
        address shares = registry.sharesOf(id);
        Row memory row = Row({
            listing: registry.listing(id),
            owner: registry.ownerOf(id),
            user: registry.userOf(id),
            expires: uint64(registry.userExpires(id)),
            claimer: registry.claimerOf(id),
            royaltyReceiver: receiver,
            royaltyBps: uint16(bps),
            splits: keccak256(abi.encode(RevenueSplitter(registry.splitterOf(id)).splits())),
            shares: shares,
            shareSupply: shares == address(0) ? 0 : ListingShares(shares).totalSupply(),
            shareAssets: shares == address(0) ? bytes32(0) : keccak256(abi.encode(ListingShares(shares).assets()))
        });
        return keccak256(abi.encode(row));
    }

    function apply_(bytes32[] calldata topics, bytes calldata data) private {
        bytes32 topic = topics[0];
        if (topic == IListingRegistry.HandleClaimed.selector) {
            (string memory handle, uint256 amount) = abi.decode(data, (string, uint256));
            _handles[handle].owner = asAddress(topics[1]);
            _handles[handle].bond = uint88(amount);
        } else if (topic == IListingRegistry.HandleTransferStarted.selector) {
            _handles[abi.decode(data, (string))].heir = asAddress(topics[2]);
        } else if (topic == IListingRegistry.HandleTransferred.selector) {
            Handle storage handle = _handles[abi.decode(data, (string))];
            handle.owner = asAddress(topics[2]);
            handle.heir = address(0);
            if (handle.owner == address(0)) handle.bond = 0;
        } else if (topic == IListingRegistry.HandleBondSet.selector) {
            bond = abi.decode(data, (uint256));
        } else if (topic == IListingRegistry.ProtocolFeeSet.selector) {
            feeRecipient = asAddress(topics[1]);
            feeBps = abi.decode(data, (uint16));
        } else if (topic == IParameters.ParameterChanged.selector) {
            (, uint256 enabled) = abi.decode(data, (uint256, uint256));
            sharesEnabled = enabled == 1;
        } else if (topics.length > 1) {
            applyToListing(topics, data);
        }
    }

    function applyToListing(bytes32[] calldata topics, bytes calldata data) private {
        bytes32 topic = topics[0];
        Row storage row = _rows[uint256(topics[1])];
        if (topic == IERC721.Transfer.selector) {
            row = _rows[uint256(topics[3])];
            row.owner = asAddress(topics[2]);
            if (topics[1] != 0) ++row.listing.transfers;
        } else if (topic == IListingRegistry.ListingPublished.selector) {
            published(row, uint256(topics[1]), data);
            row.listing.splitter = asAddress(topics[3]);
        } else if (topic == IListingRegistry.VersionPublished.selector) {
            (row.listing.version,,) = abi.decode(data, (uint32, bytes, bytes32));
        } else if (topic == IListingRegistry.OffersChanged.selector) {
            row.listing.offersRoot = abi.decode(data, (bytes32));
        } else if (topic == IListingRegistry.SplitsChanged.selector) {
            row.listing.splitter = asAddress(topics[2]);
            row.splits = keccak256(abi.encode(abi.decode(data, (Split[]))));
        } else if (topic == IListingRegistry.LineageRateSet.selector) {
            row.listing.lineageBps = abi.decode(data, (uint16));
        } else if (topic == IListingRegistry.StatusChanged.selector) {
            row.listing.status = abi.decode(data, (Status));
        } else if (topic == IListingRegistry.RoyaltySet.selector) {
            row.royaltyReceiver = asAddress(topics[2]);
            row.royaltyBps = abi.decode(data, (uint16));
        } else if (topic == IListingRegistry.ClaimerSet.selector) {
            row.claimer = asAddress(topics[2]);
        } else if (topic == IListingRegistry.SharesCreated.selector) {
            address[] memory assets;
            row.shares = asAddress(topics[2]);
            (row.shareSupply, assets) = abi.decode(data, (uint256, address[]));
            row.shareAssets = keccak256(abi.encode(assets));
        } else if (topic == IERC4907.UpdateUser.selector) {
            row.user = asAddress(topics[2]);
            row.expires = abi.decode(data, (uint64));
        }
    }

    function published(Row storage row, uint256 id, bytes calldata data) private {
        (string memory handle, string memory service, Kind kind,,, bytes32 offersRoot) =
            abi.decode(data, (string, string, Kind, bytes, bytes32, bytes32));
        count = id;
        pathOf[id] = keccak256(abi.encode(handle, service));
        row.listing.kind = kind;
        row.listing.version = 1;
        row.listing.offersRoot = offersRoot;
        if (bytes(handle).length <= 32) _handles[handle].published = true;
    }

    function asAddress(bytes32 topic) private pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}
