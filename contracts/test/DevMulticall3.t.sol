// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Multicall3} from "../src/dev/Multicall3.sol";
import {MarketTest} from "./base/MarketTest.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract DevMulticall3Test is MarketTest {
    Multicall3 private multicall = new Multicall3();

    function setUp() public {
        usd.mint(address(multicall), 5);
    }

    function test_aFailureThatIsAllowedLeavesTheOthersAlone() public {
        Multicall3.Result[] memory results = multicall.aggregate3(transfers(true));

        assertTrue(results[0].success);
        assertFalse(results[1].success);
        assertTrue(results[2].success);
        assertEq(abi.decode(results[2].returnData, (bool)) ? 1 : 0, 1);
        assertEq(usd.balanceOf(stranger), 5);
    }

    function test_aFailureThatIsNotAllowedFailsAll() public {
        vm.expectRevert("Multicall3: call failed");
        multicall.aggregate3(transfers(false));
    }

    function test_oneRuleForAllLetsTheOthersPassToo() public {
        Multicall3.Result[] memory results = multicall.tryAggregate(false, withoutRules());

        assertTrue(results[0].success);
        assertFalse(results[1].success);
        assertTrue(results[2].success);
        assertEq(usd.balanceOf(stranger), 5);
    }

    function test_oneRuleForAllFailsAllAtOneFailure() public {
        Multicall3.Call[] memory calls = withoutRules();
        vm.expectRevert("Multicall3: call failed");
        multicall.tryAggregate(true, calls);
    }

    function withoutRules() private view returns (Multicall3.Call[] memory calls) {
        Multicall3.Call3[] memory ruled = transfers(true);
        calls = new Multicall3.Call[](ruled.length);
        for (uint256 i = 0; i < ruled.length; i++) {
            calls[i] = Multicall3.Call(ruled[i].target, ruled[i].callData);
        }
    }

    /// @dev Three of its five, a hundred, and the other two.
    function transfers(bool allowFailure) private view returns (Multicall3.Call3[] memory calls) {
        calls = new Multicall3.Call3[](3);
        uint8[3] memory amounts = [3, 100, 2];
        for (uint256 i = 0; i < 3; i++) {
            bytes memory call = abi.encodeCall(IERC20.transfer, (stranger, amounts[i]));
            calls[i] = Multicall3.Call3(address(usd), allowFailure, call);
        }
    }
}
