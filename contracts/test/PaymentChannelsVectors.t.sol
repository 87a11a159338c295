// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExactPermit2Proxy} from "../src/dev/ExactPermit2Proxy.sol";
import {IPermit2} from "../src/dev/IPermit2.sol";
import {UptoPermit2Proxy} from "../src/dev/UptoPermit2Proxy.sol";
import {UsdCoin} from "../src/dev/UsdCoin.sol";
import {IDepositCollector} from "../src/payment/IDepositCollector.sol";
import {ChannelConfig, IPaymentChannels, Voucher, VoucherClaim} from "../src/payment/IPaymentChannels.sol";
import {PaymentChannels} from "../src/payment/PaymentChannels.sol";
import {X402} from "../src/payment/X402.sol";
import {CanonicalX402} from "./base/CanonicalX402.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev The numbers that every x402 client and facilitator has built in.
contract PaymentChannelsVectorsTest is CanonicalX402 {
    uint256 private constant KEY = 0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6;
    address private constant PAYER = 0x90F79bf6EB2c4f870365E785982E1f101E93b906;
    address private constant PAY_TO = 0x2000000000000000000000000000000000004020;
    address private constant AUTHORIZER = 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC;
    address private constant FACILITATOR = 0x70997970C51812dc3A010C7d01b50e0d17dc79C8;
    UsdCoin private constant USD = UsdCoin(0x5FbDB2315678afecb367f032d93F642f64180aa3);
    bytes32 private constant ID = 0xc67d1015f4430077b7e52e722929cf85fa0f8eaa59fa615ab574f21fd5cc4c53;
    bytes private constant VOUCHER_SIGNATURE = hex"22678e0bfacfccbd21d15b765c6b023ba787998a9f6c9d2d6e9043e79f7e95a4"
        hex"1b4fa1ffca43065baf29de6e24b6d70a911e15277295fb1b3fde83383a77a8701b";

    function setUp() public {
        require(block.chainid == 31_337, "the vectors belong to this chain");
        vm.etch(address(USD), address(new UsdCoin(address(this))).code);
        USD.mint(PAYER, 1_000_000);
    }

    function test_typeHashesAreThoseOfTheProtocol() public {
        assertEq(
            channels.CHANNEL_CONFIG_TYPEHASH(),
            bytes32(0x1c9a06ceab9b0ebbd3301dc56c9111bb6d9af421356dc9ccb3b7084c755db308)
        );
        assertEq(
            channels.VOUCHER_TYPEHASH(), bytes32(0x1e1bd6ff84c3e0d9029a292b212e039c0ca97ec497c55191a4a5874294609a69)
        );
        assertEq(
            channels.REFUND_TYPEHASH(), bytes32(0xbe23ad087435072cd69b49cc5b92de10ee610fce7ae0ab428307972d764bb216)
        );
        assertEq(
            channels.CLAIM_ENTRY_TYPEHASH(), bytes32(0x30b9a0367528fca13c3e8ec6134c3113f1887ebe7a1ad61de0955aac288b0cf5)
        );
        assertEq(
            channels.CLAIM_BATCH_TYPEHASH(), bytes32(0x42bd57c010b870c2e96203c66341f28a6a19b4d56a74533a8eb5f706b9fd6d57)
        );
    }

    function test_digestsAreThoseOfTheProtocol() public {
        assertEq(channels.getChannelId(config()), ID);
        assertEq(
            channels.getVoucherDigest(ID, 1_000),
            bytes32(0x9b01ff26c4487723e54fce2617229bc698aaf6b792b1bee0b399ee148aa54841)
        );
        assertEq(
            channels.getRefundDigest(ID, 0, 500),
            bytes32(0x6cb4bb50d639cb265042ec07b480f96a67a71d10dca5d2b985b2f27a1a30acb2)
        );
        assertEq(
            channels.getClaimBatchDigest(rowsOf(row())),
            bytes32(0xa846b6fd173427d0a9a753ee5b8b8a528b83859a2f8f79970fd40d5a4e3c2940)
        );
        assertEq(depositNonce(config(), 7), bytes32(0x0e05d962c7a5adcdeb692226b15b523ae1af623dce7f213cd4e9524c13f1e8dd));
    }

    function test_theVoucherOfTheVectorIsClaimed() public {
        assertEq(signVoucher(KEY, config(), 1_000), VOUCHER_SIGNATURE);
        deposit(KEY, config(), 1_000);
        vm.prank(AUTHORIZER);
        channels.claim(rowsOf(row()));
        channels.settle(PAY_TO, address(USD));
        assertEq(USD.balanceOf(PAY_TO), 700);
    }

    function test_theExactPermissionOfTheVectorIsSettled() public {
        ExactPermit2Proxy.Witness memory witness = ExactPermit2Proxy.Witness(PAY_TO, 0);
        bytes32 hash = keccak256(abi.encode(exactProxy.WITNESS_TYPEHASH(), witness));
        bytes32 digest = permit2Digest(
            exactProxy.WITNESS_TYPE_STRING(), hash, X402.EXACT_PROXY, address(USD), 1_000, 1, 2_000_000_000
        );
        assertEq(digest, bytes32(0x621dc21fbec6210a436e83034dfed633b6f23038a9f15dd378c0965dd2547ec1));
        bytes memory signature = hex"703abde9027fc83f923e06d6b6093f5a2d7e4ea0bb9194b4c62bbecf9c0e477d"
            hex"116f57c17100fb7eefb60ea2292a3df8b503d4a5b1aa8ef5c7b29aa41aad24871b";

        vm.prank(PAYER);
        USD.approve(X402.PERMIT2, type(uint256).max);
        exactProxy.settle(permission(1_000), PAYER, witness, signature);
        assertEq(USD.balanceOf(PAY_TO), 1_000);
    }

    function test_theUptoPermissionOfTheVectorIsSettled() public {
        UptoPermit2Proxy.Witness memory witness = UptoPermit2Proxy.Witness(PAY_TO, FACILITATOR, 0);
        bytes32 hash = keccak256(abi.encode(uptoProxy.WITNESS_TYPEHASH(), witness));
        bytes32 digest = permit2Digest(
            uptoProxy.WITNESS_TYPE_STRING(), hash, X402.UPTO_PROXY, address(USD), 20_000, 1, 2_000_000_000
        );
        assertEq(digest, bytes32(0x403ef3c6eab93a071fee8367a4edb71bc62abc8423bfed804dc41c488aed5424));
        bytes memory signature = hex"4fdfa6fe089e851e3cd9e2f94d832e5545aea1092bdb313b3d9e317acfac69dc"
            hex"6d0f48a9df1247a00323d30c9e3155afde84ff0cc845f8325a67e396c5cfa9e11b";

        vm.prank(PAYER);
        USD.approve(X402.PERMIT2, type(uint256).max);
        vm.prank(FACILITATOR);
        uptoProxy.settle(permission(20_000), 12_345, PAYER, witness, signature);
        assertEq(USD.balanceOf(PAY_TO), 12_345);
    }

    function test_selectorsAreThoseThatClientsCall() public {
        equal(IPaymentChannels.deposit.selector, 0x140f1e75);
        equal(IPaymentChannels.claim.selector, 0x29237b0c);
        equal(IPaymentChannels.claimWithSignature.selector, 0xe43ce1f2);
        equal(IPaymentChannels.settle.selector, 0x9db32a8f);
        equal(IPaymentChannels.refund.selector, 0xdce4bfae);
        equal(IPaymentChannels.refundWithSignature.selector, 0xb77433e9);
        equal(IPaymentChannels.initiateWithdraw.selector, 0xcf5cf3dc);
        equal(IPaymentChannels.finalizeWithdraw.selector, 0xe88377b1);
        equal(IPaymentChannels.getChannelId.selector, 0x5e5e0b87);
        equal(IPaymentChannels.channels.selector, 0x7a7ebd7b);
        equal(IPaymentChannels.pendingWithdrawals.selector, 0xb7f06ebe);
        equal(IPaymentChannels.refundNonce.selector, 0xf0dc792e);
        equal(IPaymentChannels.receivers.selector, 0x21ff6389);
        equal(Multicall.multicall.selector, 0xac9650d8);
        equal(ExactPermit2Proxy.settle.selector, 0x13cd3b53);
        equal(UptoPermit2Proxy.settle.selector, 0xff11e7b4);
        equal(IPermit2.permitWitnessTransferFrom.selector, 0x137c29fe);
        equal(IPermit2.permitTransferFrom.selector, 0x30f28b7a);
        equal(IPermit2.nonceBitmap.selector, 0x4fe02b44);
        equal(IPermit2.invalidateUnorderedNonces.selector, 0x3ff9dcb1);
        equal(IDepositCollector.collect.selector, bytes4(keccak256("collect(address,address,uint256,bytes32,bytes)")));
    }

    function test_errorsAreThoseThatClientsRead() public {
        equal(IPaymentChannels.InvalidSignature.selector, 0x8baa579f);
        equal(ECDSA.ECDSAInvalidSignature.selector, 0xf645eedf);
        equal(ECDSA.ECDSAInvalidSignatureLength.selector, 0xfce698f7);
        equal(ECDSA.ECDSAInvalidSignatureS.selector, 0xd78bce0c);
    }

    function test_eventTopicsAreThoseThatIndexersFollow() public {
        assertEq(
            IPaymentChannels.Claimed.selector,
            bytes32(0x36bd546bb573e8921fdbfd934bbed62d872796b01792cd240cce27f79dd3eddd)
        );
        assertEq(
            IPaymentChannels.WithdrawInitiated.selector,
            bytes32(0xe4280d0d903c7f258f62b07c62f262377cbaa23f7791d78126e6446e0f0e3c23)
        );
        assertEq(
            IPaymentChannels.WithdrawFinalized.selector,
            bytes32(0x546ce1e2242cd930c196bd08b894443562d709b4fffe4f028a75a6d233efc6e3)
        );
        assertEq(
            IPaymentChannels.Deposited.selector,
            bytes32(0x6c2a09353b5e75e70d0b9778b80a413809bb235d46c211811c474b3346791d89)
        );
        assertEq(
            IPaymentChannels.Settled.selector,
            bytes32(0x7337b4386b690fdb8ba66905b92b9d45d33bc6626ee2620c905fb150ec0cc47d)
        );
        assertEq(
            IPaymentChannels.Refunded.selector,
            bytes32(0xa84286cf8ebc7903a663c77c8d99aa92b600d4c2fcca872a5d4a663db4eb394b)
        );
    }

    /// @dev Which parameters are indexed is not in the topic: the number of topics and the size of the data tell.
    function test_whatIsIndexedIsWhatIndexersExpect() public {
        vm.recordLogs();
        deposit(KEY, config(), 1_000);
        vm.prank(PAY_TO);
        channels.claim(rowsOf(row()));
        channels.settle(PAY_TO, address(USD));
        vm.startPrank(PAYER);
        channels.initiateWithdraw(config(), 300);
        vm.warp(block.timestamp + 900);
        channels.finalizeWithdraw(config());
        vm.stopPrank();
        deposit(KEY, config(), 1);
        vm.prank(PAY_TO);
        channels.refund(config(), 1);

        Vm.Log[] memory logs = vm.getRecordedLogs();
        bytes32[8] memory expected = [
            shape(IPaymentChannels.ChannelCreated.selector, 2, 7 * 32),
            shape(IPaymentChannels.Deposited.selector, 3, 2 * 32),
            shape(IPaymentChannels.Claimed.selector, 3, 2 * 32),
            shape(IPaymentChannels.Settled.selector, 4, 32),
            shape(IPaymentChannels.WithdrawInitiated.selector, 2, 2 * 32),
            shape(IPaymentChannels.WithdrawFinalized.selector, 3, 32),
            shape(IPaymentChannels.Deposited.selector, 3, 2 * 32),
            shape(IPaymentChannels.Refunded.selector, 3, 32)
        ];
        uint256 seen = 0;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != X402.CHANNELS) continue;
            assertEq(shape(logs[i].topics[0], logs[i].topics.length, logs[i].data.length), expected[seen++]);
        }
        assertEq(seen, expected.length);
    }

    function test_theDomainCanBeRead() public {
        (bytes1 fields, string memory name, string memory version, uint256 chainId, address verifier, bytes32 salt,) =
            channels.eip712Domain();
        assertEq(bytes32(fields), bytes32(bytes1(0x0f)));
        assertEq(name, "x402 Batch Settlement");
        assertEq(version, "1");
        assertEq(chainId, 31_337);
        assertEq(verifier, X402.CHANNELS);
        assertEq(salt, bytes32(0));
        assertEq(
            permit2.DOMAIN_SEPARATOR(),
            keccak256(
                abi.encode(
                    keccak256("EIP712Domain(string name,uint256 chainId,address verifyingContract)"),
                    keccak256("Permit2"),
                    31_337,
                    X402.PERMIT2
                )
            )
        );
    }

    function test_anotherChainOrAddressHasOtherIds() public {
        assertNotEq(new PaymentChannels().getChannelId(config()), ID);
        vm.chainId(1);
        assertNotEq(channels.getChannelId(config()), ID);
    }

    function test_limitsAreThoseOfTheProtocol() public {
        assertEq(uint256(channels.MIN_WITHDRAW_DELAY()), 900);
        assertEq(uint256(channels.MAX_WITHDRAW_DELAY()), 2_592_000);
    }

    function equal(bytes4 selector, bytes4 expected) private {
        assertEq(bytes32(selector), bytes32(expected));
    }

    function config() private pure returns (ChannelConfig memory) {
        return ChannelConfig(PAYER, PAYER, PAY_TO, AUTHORIZER, address(USD), 900, 0);
    }

    function row() private pure returns (VoucherClaim memory) {
        return VoucherClaim(Voucher(config(), 1_000), VOUCHER_SIGNATURE, 700);
    }

    function permission(uint256 amount) private pure returns (IPermit2.PermitTransferFrom memory) {
        return IPermit2.PermitTransferFrom(IPermit2.TokenPermissions(address(USD), amount), 1, 2_000_000_000);
    }

    function shape(bytes32 topic, uint256 topics, uint256 size) private pure returns (bytes32) {
        return keccak256(abi.encode(topic, topics, size));
    }
}
