// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ChannelConfig, IPaymentChannels} from "../../src/payment/IPaymentChannels.sol";
import {VmSafe} from "@prb/test/Vm.sol";

/// @dev Rebuilds the channel contract from its events and nothing else, as an indexer does.
contract ChannelsMirror {
    struct Withdrawal {
        uint128 amount;
        uint40 finalizeAfter;
    }

    mapping(bytes32 channelId => ChannelConfig) private _configs;
    mapping(bytes32 channelId => uint128) public balanceOf;
    mapping(bytes32 channelId => uint128) public claimedOf;
    mapping(bytes32 channelId => Withdrawal) public pendingOf;
    mapping(address receiver => mapping(address token => uint128)) public earned;
    mapping(address receiver => mapping(address token => uint128)) public settled;

    function replay(address channels, VmSafe.Log[] calldata logs) external {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == channels) apply_(logs[i].topics, logs[i].data);
        }
    }

    function configOf(bytes32 id) external view returns (ChannelConfig memory) {
        return _configs[id];
    }

    function apply_(bytes32[] calldata topics, bytes calldata data) private {
        bytes32 topic = topics[0];
        bytes32 id = topics[1];
        if (topic == IPaymentChannels.ChannelCreated.selector) {
            _configs[id] = abi.decode(data, (ChannelConfig));
        } else if (topic == IPaymentChannels.ChannelClosed.selector) {
            require(balanceOf[id] == 0 && claimedOf[id] == 0, "closed with money inside");
        } else if (topic == IPaymentChannels.Deposited.selector) {
            (uint128 amount, uint128 newBalance) = abi.decode(data, (uint128, uint128));
            balanceOf[id] += amount;
            require(balanceOf[id] == newBalance, "another balance than announced");
        } else if (topic == IPaymentChannels.Claimed.selector) {
            (uint128 amount, uint128 newTotal) = abi.decode(data, (uint128, uint128));
            claimedOf[id] += amount;
            require(claimedOf[id] == newTotal, "another total than announced");
            earned[_configs[id].receiver][_configs[id].token] += amount;
        } else if (topic == IPaymentChannels.Settled.selector) {
            settled[asAddress(id)][asAddress(topics[2])] += abi.decode(data, (uint128));
        } else if (topic == IPaymentChannels.Refunded.selector) {
            uint128 amount = abi.decode(data, (uint128));
            balanceOf[id] -= amount;
            if (amount >= pendingOf[id].amount) delete pendingOf[id];
            else pendingOf[id].amount -= amount;
        } else if (topic == IPaymentChannels.WithdrawInitiated.selector) {
            (pendingOf[id].amount, pendingOf[id].finalizeAfter) = abi.decode(data, (uint128, uint40));
        } else if (topic == IPaymentChannels.WithdrawFinalized.selector) {
            balanceOf[id] -= abi.decode(data, (uint128));
            delete pendingOf[id];
        } else {
            revert("an event that no indexer knows");
        }
    }

    function asAddress(bytes32 topic) private pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}
