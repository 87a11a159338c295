// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PassKind} from "../src/access/IAccessPass.sol";
import {Goods} from "../src/market/ITokenMarket.sol";
import {Authorization} from "../src/token/ExactTransfer.sol";
import {TradeTest} from "./base/TradeTest.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";

/// @dev What whole transactions cost, their own 21,000 and their calldata included. Run with `--isolate`. Balances are
/// warm: every party has been paid, and has had such goods, before.
contract TokenMarketGasTest is TradeTest {
    address private maker = account("maker");
    address private treasury = account("treasury");
    uint256 private first;
    uint256 private second;
    uint256 private tier;
    uint256 private pass;

    function setUp() public {
        vm.prank(admin);
        market.setFee(treasury, 100);
        first = titled("first");
        second = titled("second");
        tier = defineTier(first, PassKind.CREDITS, PRICE, 1_000, 100);
        pass = buyPass(maker, tier, 2);
        buyPass(buyer, tier, 1);
        vm.prank(maker);
        passes.setApprovalForAll(address(market), true);
        IERC20 shares = issueShares(first, maker, 1_000e18);
        vm.prank(maker);
        shares.transfer(buyer, 1);
        fund(buyer, 1_000_000e6);
        sellPasses(1);
        sellTitle(second);
        titled("third");
    }

    function test_makers() public {
        vm.startPrank(maker);
        market.place(Goods.PASS, uint96(pass), 1_000, 10, usd, PRICE, LATER);
        measured("place, passes");
        uint256 ofShares = market.place(Goods.SHARES, uint96(first), 1_000, 10, usd, PRICE, LATER);
        measured("place, shares");
        market.reprice(ofShares, 1);
        measured("reprice");
        vm.stopPrank();
        vm.startPrank(provider);
        uint256 orderId = market.place(Goods.TITLE, uint96(first), 1, 1, usd, PRICE, LATER);
        measured("place, title");
        market.cancel(orderId);
        measured("cancel");
        vm.stopPrank();
    }

    function test_fills() public {
        sellPasses(100);
        assertLte(measured("fill, passes, in part"), 150_000);
        sellPasses(1_000);
        assertLte(measured("fill, passes, to the last"), 150_000);

        uint256 orderId = place(maker, Goods.SHARES, first, 1_000, 1, PRICE);
        vm.prank(buyer);
        market.fill(orderId, 500, 500 * PRICE, 0, buyer);
        assertLte(measured("fill, shares, in part"), 150_000);

        sellTitle(first);
        assertLte(measured("fill, title"), 150_000);
        market.withdraw(usd, maker);
        measured("withdraw");
    }

    function test_fillsByAuthorization() public {
        uint256 orderId = place(maker, Goods.PASS, pass, 1_000, 1, PRICE);
        bytes32 nonce = market.fillNonce(orderId, 10, 10 * PRICE, 0, buyer, "salt");
        Authorization memory paid = authorize("buyer", buyer, address(market), 10 * PRICE, nonce);
        market.fillWithAuthorization(orderId, 10, 10 * PRICE, 0, buyer, paid);
        assertLte(measured("fillWithAuthorization, passes, in part"), 220_000);

        orderId = offerTitle(first, PRICE);
        bytes32 state = registry.stateHash(first);
        nonce = market.fillNonce(orderId, 1, PRICE, state, buyer, "salt");
        paid = authorize("buyer", buyer, address(market), PRICE, nonce);
        market.fillWithAuthorization(orderId, 1, PRICE, state, buyer, paid);
        assertLte(measured("fillWithAuthorization, title"), 220_000);
    }

    function test_otherOrdersDoNotChangeThePrice() public {
        sellPasses(100);
        uint256 alone = measured("fill, alone");
        for (uint160 i = 0; i < 500; ++i) {
            place(address(0xA000 + i), Goods.PASS, pass, 1_000, 1, PRICE);
            place(maker, Goods.PASS, pass, 1_000, 1, PRICE);
        }
        sellPasses(100);
        assertLte(measured("fill, among 1,000 others"), alone + 100);
    }

    /// @dev Of an order of a thousand.
    function sellPasses(uint256 quantity) private {
        uint256 orderId = place(maker, Goods.PASS, pass, 1_000, 1, PRICE);
        vm.prank(buyer);
        market.fill(orderId, quantity, quantity * PRICE, 0, buyer);
    }

    function sellTitle(uint256 id) private {
        uint256 orderId = offerTitle(id, PRICE);
        bytes32 state = registry.stateHash(id);
        vm.prank(buyer);
        market.fill(orderId, 1, PRICE, state, buyer);
    }

    function titled(string memory service) private returns (uint256 id) {
        id = publish(provider, service);
        vm.prank(provider);
        registry.setRoyalty(id, treasury, 500);
    }

    function measured(string memory name) private returns (uint256) {
        return youngVm.snapshotGasLastCall("TokenMarket", name);
    }
}
