// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ChannelConfig, VoucherClaim} from "../src/payment/IPaymentChannels.sol";
import {CanonicalX402} from "./base/CanonicalX402.sol";
import {MarketTest} from "./base/MarketTest.sol";
import {MintingCollector} from "./mocks/Collectors.sol";
import {PlainToken} from "./mocks/Tokens.sol";

/// @dev What whole transactions cost, their own 21,000 and their calldata included, between parties that held the token
/// before. The published figures of the protocol's own contract, 112k for a first deposit, are of the calls alone. Run
/// with `--isolate`.
contract PaymentChannelsGasTest is MarketTest, CanonicalX402 {
    address private node = account("node");
    uint256 private payerKey = keyOf("buyer");
    ChannelConfig private config = channelOf(buyer, provider, node, address(usd));

    function setUp() public {
        usd.mint(buyer, 1_000_000_000);
        usd.mint(provider, 1);
        usd.mint(address(channels), 1);
    }

    function test_deposits() public {
        deposit(payerKey, config, 1_000);
        assertLte(measured("deposit by EIP-3009, first"), 21_000 + 115_000);
        deposit(payerKey, config, 1_000);
        assertLte(measured("deposit by EIP-3009, later"), 21_000 + 95_000);
    }

    function test_claims() public {
        VoucherClaim[] memory rows = opened(25, 1);
        vm.prank(node);
        channels.claim(rows);
        measured("claim, first of 25 channels");
        rows = raised(rows, 2);
        vm.prank(node);
        channels.claim(rows);
        assertLte(measured("claim, later of 25 channels") / 25, 23_000);

        rows = raised(rows, 3);
        bytes memory signature = sign(keyOf("node"), batchDigest(rows));
        channels.claimWithSignature(rows, signature);
        assertLte(measured("claimWithSignature, 25 channels") / 25, 26_000);

        VoucherClaim[] memory one = rowsOf(claimOf(payerKey, channelAt(0), 4, 4));
        vm.prank(node);
        channels.claim(one);
        assertLte(measured("claim, 1 channel"), 50_000);
        vm.prank(node);
        channels.claim(one);
        measured("claim, 1 channel that is recorded already");

        channels.settle(provider, address(usd));
        assertLte(measured("settle"), 60_000);
    }

    function test_exits() public {
        deposit(payerKey, config, 10_000);
        vm.prank(node);
        channels.refund(config, 100);
        measured("refund, first");
        bytes memory signature = sign(keyOf("node"), refundDigest(idOf(config), 1, 100));
        channels.refundWithSignature(config, 100, 1, signature);
        measured("refundWithSignature");
        vm.startPrank(buyer);
        channels.initiateWithdraw(config, 9_000);
        measured("initiateWithdraw");
        vm.warp(block.timestamp + 1 days);
        channels.finalizeWithdraw(config);
        measured("finalizeWithdraw");
    }

    /// @dev A deposit, a thousand vouchers, one claim among 25 channels and a settlement that they share.
    function test_aThousandCallsOfAChannelCostLittleEach() public {
        deposit(payerKey, config, 1_000);
        uint256 whole = measured("a thousand calls: deposit");
        VoucherClaim[] memory rows = opened(25, 1);
        vm.prank(node);
        channels.claim(rows);
        whole += measured("a thousand calls: claim, with 24 other channels") / 25;
        channels.settle(provider, address(usd));
        whole += measured("a thousand calls: settle, with 24 other channels") / 25;
        assertLte(whole / 1_000, 200);
    }

    function test_otherChannelsMakeNothingDearer() public {
        deposit(payerKey, config, 1_000);
        aLife("first");
        uint256[4] memory alone = aLife("alone");
        crowd(500);
        uint256[4] memory crowded = aLife("beside 500 others");
        for (uint256 i = 0; i < alone.length; ++i) {
            assertLte(crowded[i], alone[i] + 100);
        }
    }

    /// @dev Four calls that leave the channel as it was, but for its totals.
    function aLife(string memory where) private returns (uint256[4] memory gas) {
        (uint128 balance, uint128 claimed) = channels.channels(idOf(config));
        VoucherClaim[] memory rows = rowsOf(claimOf(payerKey, config, claimed + 10, claimed + 10));
        deposit(payerKey, config, balance);
        gas[0] = measured(string.concat("deposit, ", where));
        vm.prank(node);
        channels.claim(rows);
        gas[1] = measured(string.concat("claim, ", where));
        channels.settle(provider, address(usd));
        gas[2] = measured(string.concat("settle, ", where));
        vm.prank(node);
        channels.refund(config, 100);
        gas[3] = measured(string.concat("refund, ", where));
    }

    function crowd(uint256 count) private {
        address minting = address(new MintingCollector());
        PlainToken plain = new PlainToken();
        ChannelConfig memory other = channelOf(stranger, provider, node, address(plain));
        for (uint256 i = 0; i < count; ++i) {
            other.salt = bytes32(i);
            channels.deposit(other, 1_000, minting, "");
            VoucherClaim[] memory rows = rowsOf(claimOf(keyOf("stranger"), other, 500, 500));
            vm.prank(node);
            channels.claim(rows);
        }
    }

    function opened(uint256 count, uint128 total) private returns (VoucherClaim[] memory rows) {
        rows = new VoucherClaim[](count);
        for (uint256 i = 0; i < count; ++i) {
            deposit(payerKey, channelAt(i), 1_000);
            rows[i] = claimOf(payerKey, channelAt(i), total, total);
        }
    }

    function raised(VoucherClaim[] memory rows, uint128 total) private view returns (VoucherClaim[] memory higher) {
        higher = new VoucherClaim[](rows.length);
        for (uint256 i = 0; i < rows.length; ++i) {
            higher[i] = claimOf(payerKey, channelAt(i), total, total);
        }
    }

    function channelAt(uint256 i) private view returns (ChannelConfig memory channel) {
        channel = config;
        channel.salt = keccak256(abi.encode(i));
    }

    function measured(string memory name) private returns (uint256) {
        return youngVm.snapshotGasLastCall("PaymentChannels", name);
    }
}
