// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Payee} from "../src/staking/IProtocolFees.sol";
import {ProtocolFees} from "../src/staking/ProtocolFees.sol";
import {RevenueTest} from "./base/RevenueTest.sol";

/// @dev What whole transactions cost, their own 21,000 and their calldata included. Run with `--isolate`.
contract ProtocolFeesGasTest is RevenueTest {
    function test_dividingAndPaying() public {
        ProtocolFees fees = new ProtocolFees(address(authority), distributor, token, account("treasury"));
        vm.prank(admin);
        fees.setShares(5_000, 3_000, 2_000);
        token.transfer(address(fees), 1_003);
        fees.divide(token);
        measured("divide, first of an asset");
        fees.pay(token, Payee.TREASURY);
        measured("pay the treasury");
        fees.pay(token, Payee.STAKERS);
        measured("pay the stakers");
        fees.pay(token, Payee.BURN);
        measured("burn");
        token.transfer(address(fees), 1_003);
        fees.divide(token);
        measured("divide, later");
    }

    function measured(string memory name) private {
        youngVm.snapshotGasLastCall("ProtocolFees", name);
    }
}
