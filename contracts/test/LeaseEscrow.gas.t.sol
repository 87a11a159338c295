// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LeaseQuote} from "../src/compute/ILeaseEscrow.sol";
import {Authorization} from "../src/token/ExactTransfer.sol";
import {ComputeTest} from "./base/ComputeTest.sol";

/// @dev What whole transactions cost, their own 21,000 and their calldata included. Run with `--isolate`.
contract LeaseEscrowGasTest is ComputeTest {
    uint128 private constant DEPOSIT = 864_000_000;
    uint256 private _salt;

    function setUp() public override {
        super.setUp();
        usd.mint(buyer, 1e12);
        vm.prank(buyer);
        usd.approve(address(leases), type(uint256).max);
        live("withdraw, first from the escrow");
    }

    function test_theLifeOfALease() public {
        LeaseQuote memory quote = next();
        bytes memory signature = signed(quote, "provider");
        vm.prank(buyer);
        uint256 id = leases.open(quote, signature, DEPOSIT);
        measured("open, by allowance");
        vm.prank(provider);
        leases.activate(id);
        measured("activate");
        vm.prank(buyer);
        leases.topUp(id, DEPOSIT);
        measured("topUp");
        vm.warp(block.timestamp + 3 days);
        leases.withdraw(id);
        measured("withdraw, first");
        vm.warp(block.timestamp + 1 days);
        leases.withdraw(id);
        measured("withdraw, later");
        vm.prank(buyer);
        leases.close(id);
        measured("close");
    }

    function test_openingByAuthorization() public {
        LeaseQuote memory quote = next();
        bytes memory signature = signed(quote, "provider");
        bytes32 nonce = leases.openNonce(quote, signature, DEPOSIT, "salt");
        Authorization memory authorization = authorized("buyer", address(leases), DEPOSIT, nonce, "salt");
        leases.openWithAuthorization(quote, signature, DEPOSIT, authorization);
        measured("open, by EIP-3009");
    }

    function test_ruling() public {
        uint256 id = active();
        vm.warp(block.timestamp + 3 days);
        vm.prank(buyer);
        court.open(leases, id, uint48(block.timestamp + 10 days));
        measured("hold, of a running lease");
        court.resolve(leases, id, 5_000);
        measured("resolve");
    }

    function test_itCostsTheSameWithFiveHundredOtherLeases() public {
        active();
        uint256 alone = live("withdraw, among 1 other lease");
        for (uint256 i = 0; i < 500; ++i) {
            active();
        }
        uint256 crowded = live("withdraw, among 500 other leases");
        assertLte(crowded, alone + 100);
    }

    /// @return cost of a withdrawal from one
    function live(string memory name) private returns (uint256 cost) {
        uint256 id = active();
        vm.warp(block.timestamp + 3 days);
        leases.withdraw(id);
        return measured(name);
    }

    function active() private returns (uint256 id) {
        LeaseQuote memory quote = next();
        bytes memory signature = signed(quote, "provider");
        vm.prank(buyer);
        id = leases.open(quote, signature, DEPOSIT);
        vm.prank(provider);
        leases.activate(id);
    }

    function next() private returns (LeaseQuote memory quote) {
        quote = quoted();
        quote.salt = bytes32(++_salt);
    }

    function measured(string memory name) private returns (uint256) {
        return youngVm.snapshotGasLastCall("LeaseEscrow", name);
    }
}
