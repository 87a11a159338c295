// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Kind, Status} from "../src/listing/IListingRegistry.sol";
import {ListingShares} from "../src/listing/ListingShares.sol";
import {RevenueSplitter} from "../src/listing/RevenueSplitter.sol";
import {FeedConfig} from "../src/oracle/IPriceOracle.sol";
import {PriceOracle} from "../src/oracle/PriceOracle.sol";
import {UsageAnchor} from "../src/payment/UsageAnchor.sol";
import {MarketTest} from "./base/MarketTest.sol";
import {Source} from "./mocks/Sources.sol";
import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";

/// @dev What whole transactions cost, their own 21,000 and their calldata included. Run with `--isolate`; the numbers
/// are committed in `snapshots/` and compared.
contract GasTest is MarketTest {
    /// What CREATE2 and the code of a splitter with one payee cost.
    uint256 private constant SPLITTER_DEPLOYMENT = 32_000 + 200 * (45 + 8 + 23);

    address private alice = account("alice");

    function test_publishing() public {
        claimHandle(provider, "stoa");
        vm.startPrank(provider);

        registry.publish("stoa", "minilm", Kind.MODEL, CID, MANIFEST, OFFERS, allToTitle());
        assertLte(measured("publish, first under a handle") - SPLITTER_DEPLOYMENT, 230_000);

        registry.publish("stoa", "minilm-2", Kind.MODEL, CID, MANIFEST, OFFERS, allToTitle());
        assertLte(measured("publish, later under a handle") - SPLITTER_DEPLOYMENT, 230_000);

        registry.publish("", "minilm", Kind.MODEL, CID, MANIFEST, OFFERS, allToTitle());
        assertLte(measured("publish, under an address") - SPLITTER_DEPLOYMENT, 230_000);

        registry.publish("stoa", "shared", Kind.MODEL, CID, MANIFEST, OFFERS, evenly(16));
        measured("publish, 16 payees");

        vm.stopPrank();
    }

    function test_handles() public {
        bytes32 commitment = registry.handleCommitment("stoa", provider, "salt");
        registry.commitHandle(commitment);
        measured("commitHandle");
        vm.warp(block.timestamp + HANDLE_DELAY);
        vm.prank(provider);
        registry.claimHandle("stoa", "salt");
        measured("claimHandle, without a bond");
    }

    function test_changes() public {
        uint256 id = publish(provider, "minilm");
        vm.startPrank(provider);
        registry.publishVersion(id, CID, MANIFEST);
        measured("publishVersion");
        registry.setOffers(id, MANIFEST);
        measured("setOffers");
        registry.setStatus(id, Status.PAUSED);
        measured("setStatus");
        registry.setSplits(id, evenly(2));
        measured("setSplits, 2 payees");
        registry.setSplits(id, allToTitle());
        measured("setSplits, back to a splitter that exists");
        registry.setUser(id, alice, type(uint64).max);
        measured("setUser");
        registry.transferFrom(provider, alice, id);
        measured("transferFrom, with a user");
        vm.stopPrank();
    }

    function test_revenue() public {
        setProtocolFee(address(0xDA0), 100);
        RevenueSplitter one = splitterOf(publish(provider, "one"));
        RevenueSplitter sixteen = splitterOf(publish(provider, "sixteen", evenly(16)));
        usd.mint(address(one), 1_000_000);
        usd.mint(address(sixteen), 1_000_000);

        one.distribute(address(usd));
        measured("distribute, first to 1 payee and the protocol");
        one.withdraw(address(usd), provider);
        measured("withdraw, first");
        sixteen.distribute(address(usd));
        measured("distribute, first to 16 payees and the protocol");

        usd.mint(address(one), 1_000_000);
        usd.mint(address(sixteen), 1_000_000);
        one.distribute(address(usd));
        measured("distribute, later to 1 payee and the protocol");
        one.withdraw(address(usd), provider);
        measured("withdraw, later");
        sixteen.distribute(address(usd));
        measured("distribute, later to 16 payees and the protocol");

        usd.mint(address(one), 1_000_000);
        vm.prank(provider);
        one.refund(address(usd), buyer, 1_000, "a payment");
        measured("refund");
    }

    function test_payment() public {
        RevenueSplitter splitter = splitterOf(publish(provider, "minilm"));
        usd.mint(buyer, 10_000);
        for (uint256 nonce = 0; nonce < 2; ++nonce) {
            bytes32 message = keccak256(
                abi.encode(
                    0x7c7c6cdb67a18743f49ec6fa9b35f50d52ed05cbed4cc592e13b44501c1a2267,
                    buyer,
                    address(splitter),
                    1_000,
                    0,
                    NOW + 1,
                    bytes32(nonce)
                )
            );
            (uint8 v, bytes32 r, bytes32 s) =
                vm.sign(keyOf("buyer"), keccak256(abi.encodePacked(hex"1901", usd.DOMAIN_SEPARATOR(), message)));
            usd.transferWithAuthorization(buyer, address(splitter), 1_000, 0, NOW + 1, bytes32(nonce), v, r, s);
            measured(nonce == 0 ? "transferWithAuthorization, first" : "transferWithAuthorization, later");
        }
    }

    function test_shares() public {
        uint256 id = publish(provider, "minilm");
        vm.prank(admin);
        registry.setSharesEnabled(true);
        vm.prank(provider);
        ListingShares shares = ListingShares(registry.createShares(id, 1e24, assetsOf(address(usd))));
        measured("createShares, 1 asset");
        usd.mint(address(shares), 1_000_000);
        shares.distribute(address(usd));
        measured("shares: distribute, first");
        vm.warp(NOW + 1 days);
        vm.prank(provider);
        shares.transfer(alice, 1e23);
        measured("shares: transfer, first, 1 asset");
        vm.warp(NOW + 2 days);
        vm.prank(provider);
        shares.transfer(alice, 1e23);
        measured("shares: transfer, later, 1 asset");
        shares.claim(alice, address(usd));
        measured("shares: claim, first");
        usd.mint(address(shares), 1_000_000);
        shares.distribute(address(usd));
        measured("shares: distribute, later");
        vm.warp(NOW + 3 days);
        shares.claim(alice, address(usd));
        measured("shares: claim, later");
    }

    function test_prices() public {
        PriceOracle oracle = new PriceOracle(address(authority));
        address[] memory sources = new address[](3);
        for (uint256 i = 0; i < 3; ++i) {
            Source source = new Source(8);
            source.set(1e8, NOW);
            sources[i] = address(source);
        }
        Arrays.sort(sources);
        vm.prank(admin);
        oracle.setFeed(address(usd), "USD", FeedConfig(sources, 2, 1 hours, 2_000, 1 days));
        measured("setFeed, 3 sources");
        oracle.poke(address(usd), "USD");
        measured("poke, first, 3 sources");
        oracle.read(address(usd), "USD");
        measured("read, 3 sources");
    }

    function test_anchoring() public {
        UsageAnchor anchors = new UsageAnchor();
        anchors.anchor(1, MANIFEST, 1, CID);
        measured("anchor");
    }

    function measured(string memory name) private returns (uint256) {
        return youngVm.snapshotGasLastCall("market", name);
    }
}
