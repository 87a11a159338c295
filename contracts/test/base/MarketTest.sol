// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {UsdCoin} from "../../src/dev/UsdCoin.sol";
import {Roles} from "../../src/governance/Roles.sol";
import {Kind} from "../../src/listing/IListingRegistry.sol";
import {ListingRegistry} from "../../src/listing/ListingRegistry.sol";
import {ListingShares} from "../../src/listing/ListingShares.sol";
import {RevenueSplitter} from "../../src/listing/RevenueSplitter.sol";
import {PayeeKind, Split} from "../../src/listing/Splits.sol";
import {Test} from "./Test.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @dev A registry with its authority, test dollars, and the shortest way to a published listing.
abstract contract MarketTest is Test {
    uint32 internal constant HANDLE_DELAY = 60;
    bytes internal constant CID = hex"015512201111111111111111111111111111111111111111111111111111111111111111";
    bytes32 internal constant MANIFEST = bytes32(uint256(0x1111));
    bytes32 internal constant OFFERS = bytes32(uint256(0x2222));
    bytes32 internal constant SALT = "salt";

    address internal admin = account("admin");
    address internal provider = account("provider");
    address internal buyer = account("buyer");
    address internal stranger = account("stranger");

    AccessManager internal authority = new AccessManager(admin);
    ListingRegistry internal registry = new ListingRegistry(address(authority), HANDLE_DELAY);
    UsdCoin internal usd = new UsdCoin(address(this));

    constructor() {
        openToAll(address(registry), ListingRegistry.publish.selector);
        openToAll(address(registry), ListingRegistry.claimHandle.selector);
        openToAll(address(registry), ListingRegistry.createShares.selector);
    }

    /// @dev Anyone may call this restricted function, as long as its contract is not closed.
    function openToAll(address target, bytes4 selector) internal {
        allow(Roles.PUBLIC, target, selector);
    }

    /// @dev This restricted function is for holders of `role` from now on.
    function allow(uint64 role, address target, bytes4 selector) internal {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        vm.prank(admin);
        authority.setTargetFunctionRole(target, selectors, role);
    }

    function grant(uint64 role, address holder) internal {
        vm.prank(admin);
        authority.grantRole(role, holder, 0);
    }

    /// @dev Pauses all restricted functions of `target`, as the guardian does.
    function close(address target) internal {
        vm.prank(admin);
        authority.setTargetClosed(target, true);
    }

    function publish(address owner, string memory service, Split[] memory splits) internal returns (uint256 id) {
        vm.prank(owner);
        (id,) = registry.publish("", service, Kind.MODEL, CID, MANIFEST, OFFERS, splits);
    }

    function publish(address owner, string memory service) internal returns (uint256 id) {
        return publish(owner, service, allToTitle());
    }

    function splitterOf(uint256 id) internal view returns (RevenueSplitter) {
        return RevenueSplitter(registry.splitterOf(id));
    }

    /// @dev Leaves the claim to `owner`, who may make it at once.
    function commitHandle(address owner, string memory handle) internal {
        registry.commitHandle(registry.handleCommitment(handle, owner, SALT));
        vm.warp(block.timestamp + HANDLE_DELAY);
    }

    function claimHandle(address owner, string memory handle) internal {
        bytes32 commitment = registry.handleCommitment(handle, owner, SALT);
        vm.startPrank(owner);
        registry.commitHandle(commitment);
        vm.warp(block.timestamp + HANDLE_DELAY);
        registry.claimHandle(handle, SALT);
        vm.stopPrank();
    }

    function setSplits(uint256 id, Split[] memory splits) internal returns (RevenueSplitter) {
        vm.prank(registry.ownerOf(id));
        return RevenueSplitter(registry.setSplits(id, splits));
    }

    function setProtocolFee(address recipient, uint16 bps) internal {
        vm.prank(admin);
        registry.setProtocolFee(recipient, bps);
    }

    /// @dev As the title owner does, once the DAO enabled it.
    function createShares(uint256 id, uint256 supply, address[] memory assets) internal returns (ListingShares) {
        vm.prank(admin);
        registry.setSharesEnabled(true);
        vm.prank(registry.ownerOf(id));
        return ListingShares(registry.createShares(id, supply, assets));
    }

    function transferTitle(uint256 id, address to) internal {
        address from = registry.ownerOf(id);
        vm.prank(from);
        registry.transferFrom(from, to, id);
    }

    function allToTitle() internal pure returns (Split[] memory) {
        return splitsOf(toTitle(10_000));
    }

    function toTitle(uint16 bps) internal pure returns (Split memory) {
        return Split(PayeeKind.TITLE, address(0), 0, bps);
    }

    function toAccount(address payee, uint16 bps) internal pure returns (Split memory) {
        return Split(PayeeKind.ACCOUNT, payee, 0, bps);
    }

    function toListing(uint256 id, uint16 bps) internal pure returns (Split memory) {
        return Split(PayeeKind.LISTING, address(0), id, bps);
    }

    function splitsOf(Split memory only) internal pure returns (Split[] memory splits) {
        splits = new Split[](1);
        splits[0] = only;
    }

    function splitsOf(Split memory first, Split memory second) internal pure returns (Split[] memory splits) {
        splits = new Split[](2);
        (splits[0], splits[1]) = (first, second);
    }

    function splitsOf(Split memory first, Split memory second, Split memory third)
        internal
        pure
        returns (Split[] memory splits)
    {
        splits = new Split[](3);
        (splits[0], splits[1], splits[2]) = (first, second, third);
    }

    function assetsOf(address only) internal pure returns (address[] memory assets) {
        assets = new address[](1);
        assets[0] = only;
    }

    function assetsOf(address first, address second) internal pure returns (address[] memory assets) {
        assets = new address[](2);
        (assets[0], assets[1]) = (first, second);
    }

    function evenly(uint256 count) internal pure returns (Split[] memory splits) {
        splits = new Split[](count);
        for (uint256 i = 0; i < count; ++i) {
            splits[i] = toAccount(address(uint160(0xA000 + i)), uint16(10_000 / count));
        }
        splits[0].bps += uint16(10_000 % count);
    }
}
