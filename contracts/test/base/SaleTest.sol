// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {UsdCoin} from "../../src/dev/UsdCoin.sol";
import {Roles} from "../../src/governance/Roles.sol";
import {AllocationSale} from "../../src/staking/AllocationSale.sol";
import {Commitment, Opening, Terms} from "../../src/staking/IAllocationSale.sol";
import {Authorization} from "../../src/token/ExactTransfer.sol";
import {PlainToken} from "../mocks/Tokens.sol";
import {EscrowTest} from "./EscrowTest.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @dev Sales of a token for test dollars, switched on, and the shortest way to one: hours 0 to 12 for scores from 8 on,
/// hours 12 to 24 for scores from 5 on, then a day for all.
abstract contract SaleTest is EscrowTest {
    bytes32 internal constant RECEIVE_TYPEHASH = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    /// 0.017 dollars a token, in lots of a thousandth of one.
    uint96 internal constant LOT = 1e15;
    uint96 internal constant PRICE = 17;
    uint96 internal constant LOTS = 1_000;
    uint96 internal constant BASE = 100;
    uint40 internal constant DEADLINE = uint40(NOW + 48 hours);

    address internal seller = account("seller");
    PlainToken internal sold = new PlainToken();
    UsdCoin internal usd = new UsdCoin(address(this));
    AllocationSale internal sales = new AllocationSale(address(authority), escrow);

    constructor() {
        bytes4[] memory selectors = new bytes4[](3);
        selectors[0] = AllocationSale.announce.selector;
        selectors[1] = AllocationSale.commit.selector;
        selectors[2] = AllocationSale.commitWithAuthorization.selector;
        vm.startPrank(admin);
        authority.setTargetFunctionRole(address(sales), selectors, Roles.PUBLIC);
        sales.setEnabled(true);
        vm.stopPrank();
    }

    function terms() internal view returns (Terms memory) {
        Opening[] memory openings = new Opening[](3);
        openings[0] = Opening(uint40(NOW), 8);
        openings[1] = Opening(uint40(NOW + 12 hours), 5);
        openings[2] = Opening(uint40(NOW + 24 hours), 0);
        uint16[11] memory table = [uint16(50), 100, 100, 150, 200, 300, 400, 500, 600, 800, 1_000];
        uint16[] memory multipliers = new uint16[](table.length);
        for (uint256 score = 0; score < table.length; ++score) {
            multipliers[score] = table[score];
        }
        return Terms(sold, LOTS, usd, LOT, PRICE, BASE, DEADLINE, multipliers, openings);
    }

    function announce() internal returns (bytes32) {
        return announce(terms());
    }

    function announce(Terms memory offered) internal returns (bytes32) {
        PlainToken goods = PlainToken(address(offered.token));
        uint256 amount = uint256(offered.lots) * offered.lot;
        goods.mint(seller, amount);
        vm.startPrank(seller);
        goods.approve(address(sales), amount);
        bytes32 saleId = sales.announce(offered);
        vm.stopPrank();
        return saleId;
    }

    /// @dev `owner` has this score one second later.
    function giveScore(address owner, uint256 score) internal {
        if (score > 0) lockFor(owner, uint256(escrow.scoreThresholds()[score - 1]) * ONE / 2, 13);
    }

    /// @dev Dollars of `who` that the sales may take.
    function pay(address who, uint256 amount) internal {
        usd.mint(who, amount);
        vm.prank(who);
        usd.approve(address(sales), type(uint256).max);
    }

    function commit(bytes32 saleId, address buyer, uint96 lots) internal {
        pay(buyer, uint256(lots) * PRICE);
        vm.prank(buyer);
        sales.commit(saleId, lots);
    }

    function settle(bytes32 saleId) internal {
        vm.warp(DEADLINE);
        sales.settle(saleId);
    }

    function authorize(string memory signer, address payer, uint256 value, bytes32 nonce)
        internal
        view
        returns (Authorization memory)
    {
        bytes32 message = keccak256(abi.encode(RECEIVE_TYPEHASH, payer, sales, value, 0, DEADLINE, nonce));
        bytes32 digest = MessageHashUtils.toTypedDataHash(usd.DOMAIN_SEPARATOR(), message);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf(signer), digest);
        return Authorization(payer, 0, DEADLINE, "salt", abi.encodePacked(r, s, v));
    }
}
