// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessPass} from "../../src/access/AccessPass.sol";
import {PassKind} from "../../src/access/IAccessPass.sol";
import {Goods} from "../../src/market/ITokenMarket.sol";
import {TokenMarket} from "../../src/market/TokenMarket.sol";
import {Authorization} from "../../src/token/ExactTransfer.sol";
import {PermitMulticall} from "../../src/token/PermitMulticall.sol";
import {MarketTest} from "./MarketTest.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @dev Passes and their market, open to everybody, with test dollars allowed.
abstract contract TradeTest is MarketTest {
    bytes32 internal constant RECEIVE_TYPEHASH = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    uint32 internal constant MONTH = 30 days;
    uint96 internal constant PRICE = 10e6;
    uint40 internal constant LATER = uint40(NOW + 7 days);

    AccessPass internal passes = new AccessPass(address(authority), registry);
    TokenMarket internal market = new TokenMarket(address(authority), registry, passes);

    constructor() {
        open(passes);
        open(market);
    }

    function open(AccessPass where) internal {
        openToAll(address(where), where.buy.selector);
        openToAll(address(where), where.buyWithAuthorization.selector);
        openToAll(address(where), where.renew.selector);
    }

    function open(TokenMarket where) internal {
        openToAll(address(where), where.place.selector);
        openToAll(address(where), where.fill.selector);
        openToAll(address(where), where.fillWithAuthorization.selector);
        allow(where, usd);
    }

    function allow(TokenMarket where, IERC20 token) internal {
        vm.prank(admin);
        where.setPaymentToken(token, true);
    }

    /// @dev Dollars for `who`, free to spend in passes and market.
    function fund(address who, uint256 amount) internal {
        usd.mint(who, amount);
        vm.startPrank(who);
        usd.approve(address(passes), type(uint256).max);
        usd.approve(address(market), type(uint256).max);
        vm.stopPrank();
    }

    function defineTier(uint256 listing, PassKind kind, uint96 price, uint32 size, uint32 maxSupply)
        internal
        returns (uint256)
    {
        vm.prank(registry.ownerOf(listing));
        return passes.defineTier(listing, kind, usd, price, size, maxSupply, 500);
    }

    function buyPass(address who, uint256 tier, uint256 quantity) internal returns (uint256 id) {
        uint256 total = quantity * passes.tier(tier).price;
        fund(who, total);
        vm.prank(who);
        id = passes.buy(tier, quantity, total, who);
    }

    /// @dev Shares of a listing, all of them with `holder`, approved.
    function issueShares(uint256 listing, address holder, uint256 supply) internal returns (IERC20 shares) {
        shares = createShares(listing, supply, assetsOf(address(usd)));
        vm.prank(registry.ownerOf(listing));
        shares.transfer(holder, supply);
        vm.prank(holder);
        shares.approve(address(market), type(uint256).max);
    }

    function place(address maker, Goods goods, uint256 id, uint256 quantity, uint64 lot, uint96 price)
        internal
        returns (uint256)
    {
        vm.prank(maker);
        return market.place(goods, uint96(id), uint96(quantity), lot, usd, price, LATER);
    }

    /// @dev A title for sale, approved.
    function offerTitle(uint256 id, uint96 price) internal returns (uint256) {
        address owner = registry.ownerOf(id);
        vm.prank(owner);
        registry.approve(address(market), id);
        return place(owner, Goods.TITLE, id, 1, 1, price);
    }

    function authorize(string memory signer, address payer, address to, uint256 value, bytes32 nonce)
        internal
        view
        returns (Authorization memory)
    {
        bytes32 message = keccak256(abi.encode(RECEIVE_TYPEHASH, payer, to, value, NOW - 1, NOW + 1 hours, nonce));
        bytes32 digest = MessageHashUtils.toTypedDataHash(usd.DOMAIN_SEPARATOR(), message);
        return Authorization(payer, NOW - 1, NOW + 1 hours, "salt", sign(signer, digest));
    }

    /// @dev A call that lets `spender` spend dollars of the caller, `signer`, who has signed no permit before.
    function permitCall(string memory signer, address spender, uint256 value) internal view returns (bytes memory) {
        address owner = vm.addr(keyOf(signer));
        bytes32 message = keccak256(abi.encode(PERMIT_TYPEHASH, owner, spender, value, 0, NOW));
        bytes32 digest = MessageHashUtils.toTypedDataHash(usd.DOMAIN_SEPARATOR(), message);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf(signer), digest);
        return abi.encodeCall(PermitMulticall.permit, (usd, value, NOW, v, r, s));
    }

    function sign(string memory signer, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf(signer), digest);
        return abi.encodePacked(r, s, v);
    }
}
