// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC3009DepositCollector} from "../../src/dev/ERC3009DepositCollector.sol";
import {ExactPermit2Proxy} from "../../src/dev/ExactPermit2Proxy.sol";
import {Permit2} from "../../src/dev/Permit2.sol";
import {Permit2DepositCollector} from "../../src/dev/Permit2DepositCollector.sol";
import {UptoPermit2Proxy} from "../../src/dev/UptoPermit2Proxy.sol";
import {ChannelConfig, Voucher, VoucherClaim} from "../../src/payment/IPaymentChannels.sol";
import {PaymentChannels} from "../../src/payment/PaymentChannels.sol";
import {X402} from "../../src/payment/X402.sol";
import {Test} from "./Test.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @dev The x402 contracts and Permit2 at their addresses, and what their users sign. The digests are hashed here, not
/// asked of the contracts, so that they check one another and a prank is not used up.
abstract contract CanonicalX402 is Test {
    uint256 internal constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    bytes32 internal constant RECEIVE_WITH_AUTHORIZATION =
        0xd099cc98ef71107a616c4f0f941f04c322d8e254fe26b3c6668db87aae413de8;

    PaymentChannels internal constant channels = PaymentChannels(X402.CHANNELS);
    Permit2 internal constant permit2 = Permit2(X402.PERMIT2);
    ExactPermit2Proxy internal constant exactProxy = ExactPermit2Proxy(X402.EXACT_PROXY);
    UptoPermit2Proxy internal constant uptoProxy = UptoPermit2Proxy(X402.UPTO_PROXY);

    uint256 private _deposits;

    /// @dev `runtimeCode` compiles only for contracts without immutables: the very code that is placed on a chain.
    constructor() {
        vm.etch(X402.CHANNELS, type(PaymentChannels).runtimeCode);
        vm.etch(X402.PERMIT2, type(Permit2).runtimeCode);
        vm.etch(X402.EXACT_PROXY, type(ExactPermit2Proxy).runtimeCode);
        vm.etch(X402.UPTO_PROXY, type(UptoPermit2Proxy).runtimeCode);
        vm.etch(X402.ERC3009_COLLECTOR, type(ERC3009DepositCollector).runtimeCode);
        vm.etch(X402.PERMIT2_COLLECTOR, type(Permit2DepositCollector).runtimeCode);
    }

    /// @dev A channel whose payer signs its own vouchers, with a delay of a day.
    function channelOf(address payer, address receiver, address receiverAuthorizer, address token)
        internal
        pure
        returns (ChannelConfig memory)
    {
        return ChannelConfig(payer, payer, receiver, receiverAuthorizer, token, 1 days, 0);
    }

    /// @dev Deposits by EIP-3009, signed with `key`.
    function deposit(uint256 key, ChannelConfig memory config, uint128 amount) internal {
        bytes memory data = depositData(key, config, amount, ++_deposits);
        channels.deposit(config, amount, X402.ERC3009_COLLECTOR, data);
    }

    /// @dev What the EIP-3009 collector wants for a deposit.
    function depositData(uint256 key, ChannelConfig memory config, uint128 amount, uint256 salt)
        internal
        view
        returns (bytes memory)
    {
        uint256 validBefore = block.timestamp + 60;
        bytes32 message = keccak256(
            abi.encode(
                RECEIVE_WITH_AUTHORIZATION,
                config.payer,
                X402.ERC3009_COLLECTOR,
                amount,
                0,
                validBefore,
                depositNonce(config, salt)
            )
        );
        bytes32 domain = IERC20Permit(config.token).DOMAIN_SEPARATOR();
        return abi.encode(0, validBefore, salt, sign(key, typed(domain, message)));
    }

    function depositNonce(ChannelConfig memory config, uint256 salt) internal view returns (bytes32) {
        return keccak256(abi.encode(idOf(config), salt));
    }

    /// @dev A row to claim `total`, under a voucher for `ceiling` signed with `key`.
    function claimOf(uint256 key, ChannelConfig memory config, uint128 ceiling, uint128 total)
        internal
        view
        returns (VoucherClaim memory)
    {
        return VoucherClaim(Voucher(config, ceiling), signVoucher(key, config, ceiling), total);
    }

    function signVoucher(uint256 key, ChannelConfig memory config, uint128 ceiling)
        internal
        view
        returns (bytes memory)
    {
        return sign(key, voucherDigest(idOf(config), ceiling));
    }

    function idOf(ChannelConfig memory config) internal view returns (bytes32) {
        bytes32 typehash = 0x1c9a06ceab9b0ebbd3301dc56c9111bb6d9af421356dc9ccb3b7084c755db308;
        return typed(channelsDomain(), keccak256(abi.encode(typehash, config)));
    }

    function voucherDigest(bytes32 id, uint128 ceiling) internal view returns (bytes32) {
        bytes32 typehash = 0x1e1bd6ff84c3e0d9029a292b212e039c0ca97ec497c55191a4a5874294609a69;
        return typed(channelsDomain(), keccak256(abi.encode(typehash, id, ceiling)));
    }

    function refundDigest(bytes32 id, uint256 nonce, uint128 amount) internal view returns (bytes32) {
        bytes32 typehash = 0xbe23ad087435072cd69b49cc5b92de10ee610fce7ae0ab428307972d764bb216;
        return typed(channelsDomain(), keccak256(abi.encode(typehash, id, nonce, amount)));
    }

    function batchDigest(VoucherClaim[] memory rows) internal view returns (bytes32) {
        bytes memory entries;
        for (uint256 i = 0; i < rows.length; ++i) {
            bytes32 entry = keccak256(
                abi.encode(
                    0x30b9a0367528fca13c3e8ec6134c3113f1887ebe7a1ad61de0955aac288b0cf5,
                    idOf(rows[i].voucher.channel),
                    rows[i].voucher.maxClaimableAmount,
                    rows[i].totalClaimed
                )
            );
            entries = bytes.concat(entries, entry);
        }
        bytes32 typehash = 0x42bd57c010b870c2e96203c66341f28a6a19b4d56a74533a8eb5f706b9fd6d57;
        return typed(channelsDomain(), keccak256(abi.encode(typehash, keccak256(entries))));
    }

    /// @param witnessType the members and types after `deadline,`; empty for a permission without a witness
    function permit2Digest(
        string memory witnessType,
        bytes32 witness,
        address spender,
        address token,
        uint256 amount,
        uint256 nonce,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 permitted = keccak256(
            abi.encode(0x618358ac3db8dc274f0cd8829da7e234bd48cd73c4a740aede1adec9846d06a1, token, amount)
        );
        bytes memory message = abi.encode(permitted, spender, nonce, deadline);
        bytes32 typehash = keccak256(
            "PermitTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline)TokenPermissions(address token,uint256 amount)"
        );
        if (bytes(witnessType).length > 0) {
            message = bytes.concat(message, witness);
            typehash = keccak256(
                bytes.concat(
                    "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline,",
                    bytes(witnessType)
                )
            );
        }
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,uint256 chainId,address verifyingContract)"),
                keccak256("Permit2"),
                block.chainid,
                X402.PERMIT2
            )
        );
        return typed(domain, keccak256(bytes.concat(typehash, message)));
    }

    function channelsDomain() internal view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("x402 Batch Settlement"),
                keccak256("1"),
                block.chainid,
                X402.CHANNELS
            )
        );
    }

    function typed(bytes32 domain, bytes32 message) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", domain, message));
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev The other signature of the same message by the same key, with a high `s`.
    function mirrored(bytes memory signature) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 s, uint8 v) = unpack(signature);
        return abi.encodePacked(r, bytes32(ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
    }

    /// @dev The same signature in the 64 bytes of EIP-2098.
    function compact(bytes memory signature) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 s, uint8 v) = unpack(signature);
        return abi.encodePacked(r, v == 27 ? s : s | bytes32(uint256(1) << 255));
    }

    function withV(bytes memory signature, uint8 v) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 s,) = unpack(signature);
        return abi.encodePacked(r, s, v);
    }

    function unpack(bytes memory signature) internal pure returns (bytes32 r, bytes32 s, uint8 v) {
        (r, s) = abi.decode(signature, (bytes32, bytes32));
        v = uint8(signature[64]);
    }

    function rowsOf(VoucherClaim memory only) internal pure returns (VoucherClaim[] memory rows) {
        rows = new VoucherClaim[](1);
        rows[0] = only;
    }

    function rowsOf(VoucherClaim memory first, VoucherClaim memory second)
        internal
        pure
        returns (VoucherClaim[] memory rows)
    {
        rows = new VoucherClaim[](2);
        (rows[0], rows[1]) = (first, second);
    }
}
