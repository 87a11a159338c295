// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MarketToken} from "../src/token/MarketToken.sol";
import {Test, bound} from "./base/Test.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev Four accounts pay each other in every way there is, burn, and submit every authorization again.
contract MarketTokenHandler {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    bytes32 private constant TRANSFER = 0x7c7c6cdb67a18743f49ec6fa9b35f50d52ed05cbed4cc592e13b44501c1a2267;
    uint256 public constant ACCOUNTS = 4;

    MarketToken private immutable TOKEN;

    uint256 public burnt;
    uint256 public movedTwice;
    mapping(address account => uint256) public balances;

    constructor(MarketToken token) {
        TOKEN = token;
        balances[accountAt(0)] = token.totalSupply();
    }

    function accountAt(uint256 i) public pure returns (address) {
        return vm.addr(keyOf(i));
    }

    function transfer(uint256 from, uint256 to, uint256 amount) external {
        amount = affordable(from, amount);
        vm.prank(accountAt(from));
        TOKEN.transfer(accountAt(to), amount);
        move(from, to, amount);
    }

    function transferFrom(uint256 from, uint256 to, uint256 amount) external {
        amount = affordable(from, amount);
        vm.prank(accountAt(from));
        TOKEN.approve(address(this), amount);
        TOKEN.transferFrom(accountAt(from), accountAt(to), amount);
        move(from, to, amount);
    }

    function authorize(uint256 from, uint256 to, uint256 amount, bytes32 nonce) external {
        (address payer, address payee) = (accountAt(from), accountAt(to));
        if (TOKEN.authorizationState(payer, nonce)) return;
        amount = affordable(from, amount);
        uint256 until = block.timestamp + 1;
        bytes32 message = keccak256(abi.encode(TRANSFER, payer, payee, amount, 0, until, nonce));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(keyOf(from), keccak256(abi.encodePacked(hex"1901", TOKEN.DOMAIN_SEPARATOR(), message)));
        TOKEN.transferWithAuthorization(payer, payee, amount, 0, until, nonce, v, r, s);
        move(from, to, amount);
        bytes memory copy = abi.encodePacked(r, s, v);
        try TOKEN.transferWithAuthorization(payer, payee, amount, 0, until, nonce, copy) {
            ++movedTwice;
        } catch {}
    }

    function burn(uint256 from, uint256 amount) external {
        amount = affordable(from, amount) / 1_000;
        vm.prank(accountAt(from));
        TOKEN.burn(amount);
        balances[accountAt(from)] -= amount;
        burnt += amount;
    }

    function affordable(uint256 from, uint256 amount) private view returns (uint256) {
        return bound(amount, 0, balances[accountAt(from)]);
    }

    function move(uint256 from, uint256 to, uint256 amount) private {
        balances[accountAt(from)] -= amount;
        balances[accountAt(to)] += amount;
    }

    function keyOf(uint256 i) private pure returns (uint256) {
        return 0xACC0 + i % ACCOUNTS;
    }
}

/// forge-config: default.invariant.runs = 8
contract MarketTokenInvariantTest is Test {
    MarketTokenHandler private handler;
    MarketToken private token;

    function setUp() public {
        token = new MarketToken(vm.addr(0xACC0));
        handler = new MarketTokenHandler(token);
        targetContract(address(handler));
    }

    function invariant_balancesSumToTheSupplyWhichOnlyBurningLowers() public {
        uint256 sum = 0;
        for (uint256 i = 0; i < handler.ACCOUNTS(); ++i) {
            address holder = handler.accountAt(i);
            assertEq(token.balanceOf(holder), handler.balances(holder));
            sum += token.balanceOf(holder);
        }
        assertEq(token.totalSupply(), sum);
        assertEq(sum, 1_000_000_000e18 - handler.burnt());
    }

    function invariant_noAuthorizationMovesTwice() public {
        assertEq(handler.movedTwice(), 0);
    }
}
