// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PassKind} from "../src/access/IAccessPass.sol";
import {Authorization} from "../src/token/ExactTransfer.sol";
import {TradeTest} from "./base/TradeTest.sol";

/// @dev What whole transactions cost, their own 21,000 and their calldata included. Run with `--isolate`.
contract AccessPassGasTest is TradeTest {
    uint256 private listing;
    uint256 private term;
    uint256 private credits;

    function setUp() public {
        listing = publish(provider, "minilm");
        term = defineTier(listing, PassKind.TERM, PRICE, MONTH, type(uint32).max);
        credits = defineTier(listing, PassKind.CREDITS, PRICE, 1_000, type(uint32).max);
        fund(buyer, 1_000_000e6);
        usd.mint(address(splitterOf(listing)), 1);
    }

    function test_tiers() public {
        vm.startPrank(provider);
        passes.defineTier(listing, PassKind.TERM, usd, PRICE, MONTH, 100, 500);
        measured("defineTier");
        passes.repriceTier(term, 1);
        measured("repriceTier");
        passes.setTierOpen(term, false);
        measured("setTierOpen");
        vm.stopPrank();
    }

    function test_purchases() public {
        vm.startPrank(buyer);
        passes.buy(term, 1, PRICE, buyer);
        assertLte(measured("buy, first term"), 120_000);
        vm.warp(NOW + 1);
        passes.buy(term, 1, PRICE, buyer);
        assertLte(measured("buy, later term"), 120_000);
        passes.buy(credits, 1, PRICE, buyer);
        assertLte(measured("buy, first credits"), 120_000);
        passes.buy(credits, 1, PRICE, buyer);
        assertLte(measured("buy, later credits"), 120_000);
        passes.renew(term << 40 | (NOW + MONTH), PRICE);
        assertLte(measured("renew"), 120_000);
        vm.stopPrank();
    }

    function test_purchasesByAuthorization() public {
        Authorization memory paid =
            authorize("buyer", buyer, address(passes), PRICE, passes.buyNonce(term, 1, PRICE, buyer, "salt"));
        passes.buyWithAuthorization(term, 1, PRICE, buyer, paid);
        assertLte(measured("buyWithAuthorization, term"), 160_000);
    }

    function test_credits() public {
        uint256 id = credits << 40;
        bytes memory first = sign("buyer", passes.voucherDigest(buyer, id, 10));
        vm.startPrank(buyer);
        passes.buy(credits, 10, 10 * PRICE, buyer);
        passes.activate(id, 5_000);
        measured("activate");
        passes.giveNotice(id);
        measured("giveNotice");
        vm.stopPrank();
        vm.prank(provider);
        passes.redeem(buyer, id, 10, 10, first);
        measured("redeem");
        vm.warp(NOW + 1 hours);
        vm.prank(buyer);
        passes.deactivate(id);
        measured("deactivate");
    }

    function test_otherTiersAndHoldersDoNotChangeThePrice() public {
        vm.prank(buyer);
        passes.buy(term, 1, PRICE, buyer);
        uint256 alone = measured("buy, alone");
        for (uint160 i = 0; i < 500; ++i) {
            uint256 tier = defineTier(listing, PassKind.TERM, PRICE, MONTH, 10);
            vm.startPrank(buyer);
            passes.buy(tier, 1, PRICE, address(0xA000 + i));
            passes.buy(term, 1, PRICE, address(0xA000 + i));
            vm.stopPrank();
        }
        vm.warp(NOW + 1);
        vm.prank(buyer);
        passes.buy(term, 1, PRICE, buyer);
        assertLte(measured("buy, among 500 others"), alone + 100);
    }

    function measured(string memory name) private returns (uint256) {
        return youngVm.snapshotGasLastCall("AccessPass", name);
    }
}
