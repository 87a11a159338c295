// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Credits, IAccessPass, PassKind, Tier} from "../../src/access/IAccessPass.sol";
import {Goods, ITokenMarket, Order} from "../../src/market/ITokenMarket.sol";
import {IERC1155} from "@openzeppelin/contracts/interfaces/IERC1155.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {VmSafe} from "@prb/test/Vm.sol";

function asAddress(bytes32 topic) pure returns (address) {
    return address(uint160(uint256(topic)));
}

/// @dev Rebuilds the passes from their events and nothing else, as an indexer does.
contract PassMirror {
    uint256 public tierCount;
    mapping(uint256 id => mapping(address holder => uint256)) public balanceOf;
    mapping(uint256 tier => Tier) private _tiers;
    mapping(address holder => mapping(uint256 id => Credits)) private _credits;

    function replay(address passes, VmSafe.Log[] calldata logs) external {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == passes) apply_(logs[i].topics, logs[i].data);
        }
    }

    function tier(uint256 id) external view returns (Tier memory) {
        return _tiers[id];
    }

    function creditsOf(address holder, uint256 id) external view returns (Credits memory) {
        return _credits[holder][id];
    }

    function apply_(bytes32[] calldata topics, bytes calldata data) private {
        bytes32 topic = topics[0];
        if (topic == IERC1155.TransferSingle.selector) {
            (uint256 id, uint256 amount) = abi.decode(data, (uint256, uint256));
            if (topics[2] != 0) balanceOf[id][asAddress(topics[2])] -= amount;
            if (topics[3] != 0) balanceOf[id][asAddress(topics[3])] += amount;
        } else if (topic == IAccessPass.TierDefined.selector) {
            defined(topics, data);
        } else if (topic == IAccessPass.TierRepriced.selector) {
            _tiers[uint256(topics[1])].price = abi.decode(data, (uint96));
        } else if (topic == IAccessPass.TierOpenSet.selector) {
            _tiers[uint256(topics[1])].open = abi.decode(data, (bool));
        } else if (topic == IAccessPass.PassBought.selector) {
            (, uint256 quantity,) = abi.decode(data, (uint256, uint256, uint256));
            _tiers[uint256(topics[1])].sold += uint32(quantity);
        } else {
            creditsChanged(topics, data);
        }
    }

    function creditsChanged(bytes32[] calldata topics, bytes calldata data) private {
        bytes32 topic = topics[0];
        if (topics.length < 3) return;
        Credits storage credits = _credits[asAddress(topics[1])][uint256(topics[2])];
        if (topic == IAccessPass.CreditsActivated.selector) {
            credits.active += abi.decode(data, (uint64));
            credits.returnableAt = 0;
        } else if (topic == IAccessPass.CreditsRedeemed.selector) {
            credits.active -= abi.decode(data, (uint64));
            credits.redeemed += abi.decode(data, (uint64));
        } else if (topic == IAccessPass.CreditsNoticed.selector) {
            credits.returnableAt = abi.decode(data, (uint48));
        } else if (topic == IAccessPass.CreditsDeactivated.selector) {
            credits.active -= abi.decode(data, (uint64));
            credits.returnableAt = 0;
        }
    }

    function defined(bytes32[] calldata topics, bytes calldata data) private {
        (PassKind kind, uint96 price, uint32 size, uint32 maxSupply, uint16 royaltyBps) =
            abi.decode(data, (PassKind, uint96, uint32, uint32, uint16));
        tierCount = uint256(topics[1]);
        IERC20 asset = IERC20(asAddress(topics[3]));
        _tiers[tierCount] = Tier(asset, price, uint64(uint256(topics[2])), size, maxSupply, 0, royaltyBps, kind, true);
    }
}

/// @dev Rebuilds the market from its events and nothing else, as an indexer does.
contract MarketMirror {
    struct Placed {
        Goods goods;
        uint96 quantity;
        uint64 lot;
        IERC20 asset;
        uint96 price;
        uint40 expiry;
        uint32 transfers;
        uint16 feeBps;
        uint16 royaltyBps;
    }

    uint256 public orderCount;
    address public feeRecipient;
    uint256 public feeBps;
    mapping(IERC20 token => bool) public isPaymentToken;
    mapping(IERC20 asset => mapping(address account => uint256)) public creditOf;
    mapping(uint256 orderId => Order) private _orders;

    function replay(address market, VmSafe.Log[] calldata logs) external {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == market) apply_(logs[i].topics, logs[i].data);
        }
    }

    function order(uint256 orderId) external view returns (Order memory) {
        return _orders[orderId];
    }

    function apply_(bytes32[] calldata topics, bytes calldata data) private {
        bytes32 topic = topics[0];
        if (topic == ITokenMarket.OrderPlaced.selector) {
            placed(topics, data);
        } else if (topic == ITokenMarket.OrderRepriced.selector) {
            _orders[uint256(topics[1])].price = abi.decode(data, (uint96));
        } else if (topic == ITokenMarket.OrderCancelled.selector) {
            delete _orders[uint256(topics[1])];
        } else if (topic == ITokenMarket.OrderFilled.selector) {
            filled(uint256(topics[1]), data);
        } else if (topic == ITokenMarket.Withdrawn.selector) {
            creditOf[IERC20(asAddress(topics[1]))][asAddress(topics[2])] -= abi.decode(data, (uint256));
        } else if (topic == ITokenMarket.PaymentTokenSet.selector) {
            isPaymentToken[IERC20(asAddress(topics[1]))] = abi.decode(data, (bool));
        } else if (topics[1] == "feeBps") {
            (, feeBps) = abi.decode(data, (uint256, uint256));
        } else if (topics[1] == "feeRecipient") {
            (, uint256 recipient) = abi.decode(data, (uint256, uint256));
            feeRecipient = address(uint160(recipient));
        }
    }

    function placed(bytes32[] calldata topics, bytes calldata data) private {
        Placed memory made = abi.decode(data, (Placed));
        orderCount = uint256(topics[1]);
        _orders[orderCount] = Order(
            asAddress(topics[2]),
            made.expiry,
            made.transfers,
            made.feeBps,
            made.goods,
            uint96(uint256(topics[3])),
            made.quantity,
            made.lot,
            made.asset,
            made.price,
            made.royaltyBps
        );
    }

    function filled(uint256 orderId, bytes calldata data) private {
        (uint256 quantity, uint256 total, address royaltyReceiver, uint256 royalty, address recipient, uint256 fee) =
            abi.decode(data, (uint256, uint256, address, uint256, address, uint256));
        Order storage sold = _orders[orderId];
        creditOf[sold.asset][sold.maker] += total - royalty - fee;
        creditOf[sold.asset][royaltyReceiver] += royalty;
        creditOf[sold.asset][recipient] += fee;
        if (quantity == sold.quantity) delete _orders[orderId];
        else sold.quantity -= uint96(quantity);
    }
}
