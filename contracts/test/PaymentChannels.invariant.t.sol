// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ChannelConfig, Voucher, VoucherClaim} from "../src/payment/IPaymentChannels.sol";
import {PaymentChannels} from "../src/payment/PaymentChannels.sol";
import {CanonicalX402} from "./base/CanonicalX402.sol";
import {bound} from "./base/Test.sol";
import {ContractWallet} from "./mocks/Accounts.sol";
import {ChannelsMirror} from "./mocks/ChannelsMirror.sol";
import {MintingCollector} from "./mocks/Collectors.sol";
import {PlainToken} from "./mocks/Tokens.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev Fills six channels between two payers, two receivers and two tokens, signs, claims, settles, refunds and
/// withdraws in any order, and keeps its own books.
contract ChannelsHandler {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 public constant COUNT = 6;
    uint256 public constant NODE_KEY = 0x40de;

    struct Books {
        uint128 deposited;
        uint128 returned;
        uint128 claimed;
        uint128 signed;
        uint256 refunds;
    }

    PaymentChannels private immutable CHANNELS;
    address private immutable MINTING = address(new MintingCollector());

    PlainToken[2] public tokens = [new PlainToken(), new PlainToken()];
    ChannelsMirror public mirror = new ChannelsMirror();
    ChannelConfig[] private _configs;
    uint256[] private _keys;
    mapping(uint256 channel => Books) private _books;
    mapping(address receiver => mapping(address token => uint128)) public settled;

    constructor(PaymentChannels channels) {
        CHANNELS = channels;
        address node = vm.addr(NODE_KEY);
        for (uint256 i = 0; i < COUNT; ++i) {
            uint256 key = 0xA11CE + i % 3;
            address payer = vm.addr(key);
            ChannelConfig memory config = ChannelConfig({
                payer: payer,
                payerAuthorizer: payer,
                receiver: address(uint160(0xBEE0 + i % 2)),
                receiverAuthorizer: node,
                token: address(tokens[i / 3]),
                withdrawDelay: i % 2 == 0 ? 900 : 2_592_000,
                salt: bytes32(i)
            });
            if (i % 3 == 2) (config.payer, config.payerAuthorizer) = (address(new ContractWallet(payer)), address(0));
            _configs.push(config);
            _keys.push(key);
        }
    }

    modifier mirrored() {
        vm.recordLogs();
        _;
        mirror.replay(address(CHANNELS), vm.getRecordedLogs());
    }

    function configOf(uint256 i) public view returns (ChannelConfig memory) {
        return _configs[i];
    }

    function booksOf(uint256 i) external view returns (Books memory) {
        return _books[i];
    }

    function idOf(uint256 i) public view returns (bytes32) {
        return CHANNELS.getChannelId(_configs[i]);
    }

    function deposit(uint256 which, uint128 amount) external mirrored {
        uint256 i = which % COUNT;
        amount = uint128(bound(amount, 1, 1e24));
        CHANNELS.deposit(_configs[i], amount, MINTING, "");
        _books[i].deposited += amount;
    }

    function claim(uint256 which, uint128 ceiling, uint128 total, bool byReceiver) external mirrored {
        uint256 i = which % COUNT;
        VoucherClaim[] memory rows = new VoucherClaim[](1);
        rows[0] = rowOf(i, ceiling, total);
        vm.prank(byReceiver ? _configs[i].receiver : _configs[i].receiverAuthorizer);
        CHANNELS.claim(rows);
    }

    function claimMany(uint256 first, uint256 count, uint128 ceiling, uint128 total) external mirrored {
        VoucherClaim[] memory rows = new VoucherClaim[](bound(count, 1, 2 * COUNT));
        for (uint256 row = 0; row < rows.length; ++row) {
            rows[row] = rowOf((first % COUNT + row) % COUNT, ceiling, total);
        }
        bytes32 digest = CHANNELS.getClaimBatchDigest(rows);
        CHANNELS.claimWithSignature(rows, sign(NODE_KEY, digest));
    }

    /// @dev Claims more than was signed or is there, or with a signature of the node: accepted, it would not be in the books.
    function cheat(uint256 which, uint128 ceiling, uint128 total, bool forged) external mirrored {
        uint256 i = which % COUNT;
        (uint128 balance, uint128 claimed) = CHANNELS.channels(idOf(i));
        VoucherClaim[] memory rows = new VoucherClaim[](1);
        if (forged) {
            total = uint128(bound(total, uint256(claimed) + 1, type(uint128).max));
            ceiling = total;
        } else {
            ceiling = uint128(bound(ceiling, 0, _books[i].signed));
            total = uint128(bound(total, uint256(ceiling < balance ? ceiling : balance) + 1, type(uint128).max));
        }
        bytes32 digest = CHANNELS.getVoucherDigest(idOf(i), ceiling);
        rows[0] = VoucherClaim(Voucher(_configs[i], ceiling), sign(forged ? NODE_KEY : _keys[i], digest), total);
        vm.prank(_configs[i].receiver);
        try CHANNELS.claim(rows) {} catch {}
    }

    function settle(uint256 which) external mirrored {
        ChannelConfig memory config = _configs[which % COUNT];
        uint256 before = PlainToken(config.token).balanceOf(config.receiver);
        CHANNELS.settle(config.receiver, config.token);
        uint256 moved = PlainToken(config.token).balanceOf(config.receiver) - before;
        settled[config.receiver][config.token] += uint128(moved);
    }

    function refund(uint256 which, uint128 amount, bool signed) external mirrored {
        uint256 i = which % COUNT;
        amount = uint128(bound(amount, 1, 2e24));
        uint256 before = paidBack(i);
        if (signed) {
            uint256 nonce = CHANNELS.refundNonce(idOf(i));
            bytes32 digest = CHANNELS.getRefundDigest(idOf(i), nonce, amount);
            CHANNELS.refundWithSignature(_configs[i], amount, nonce, sign(NODE_KEY, digest));
        } else {
            vm.prank(_configs[i].receiver);
            CHANNELS.refund(_configs[i], amount);
        }
        ++_books[i].refunds;
        _books[i].returned += uint128(paidBack(i) - before);
    }

    function initiateWithdraw(uint256 which, uint128 amount) external mirrored {
        uint256 i = which % COUNT;
        (uint128 balance, uint128 claimed) = CHANNELS.channels(idOf(i));
        (, uint40 initiatedAt) = CHANNELS.pendingWithdrawals(idOf(i));
        if (balance == claimed || initiatedAt != 0) return;
        amount = uint128(bound(amount, 1, balance - claimed));
        vm.prank(_configs[i].payer);
        CHANNELS.initiateWithdraw(_configs[i], amount);
    }

    function finalizeWithdraw(uint256 which) external mirrored {
        uint256 i = which % COUNT;
        (, uint40 initiatedAt) = CHANNELS.pendingWithdrawals(idOf(i));
        if (initiatedAt == 0) return;
        uint256 due = uint256(initiatedAt) + _configs[i].withdrawDelay;
        if (due > block.timestamp) vm.warp(due);
        uint256 before = paidBack(i);
        vm.prank(_configs[i].payer);
        CHANNELS.finalizeWithdraw(_configs[i]);
        _books[i].returned += uint128(paidBack(i) - before);
    }

    /// @dev A row that must be accepted: fresh, or of what is recorded already. Notes what the payer signs with it.
    function rowOf(uint256 i, uint128 ceiling, uint128 total) private returns (VoucherClaim memory row) {
        (uint128 balance,) = CHANNELS.channels(idOf(i));
        total = uint128(bound(total, 0, balance));
        ceiling = uint128(bound(ceiling, total, 3e24 + total));
        bytes32 digest = CHANNELS.getVoucherDigest(idOf(i), ceiling);
        row = VoucherClaim(Voucher(_configs[i], ceiling), sign(_keys[i], digest), total);
        if (ceiling > _books[i].signed) _books[i].signed = ceiling;
        if (total > _books[i].claimed) _books[i].claimed = total;
    }

    function paidBack(uint256 i) private view returns (uint256) {
        return PlainToken(_configs[i].token).balanceOf(_configs[i].payer);
    }

    function sign(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}

/// forge-config: default.invariant.runs = 12
/// forge-config: default.invariant.depth = 48
contract PaymentChannelsInvariantTest is CanonicalX402 {
    ChannelsHandler private handler;

    function setUp() public {
        handler = new ChannelsHandler(channels);
        targetContract(address(handler));
    }

    function invariant_claimedIsAtMostSignedAndAtMostDeposited() public {
        for (uint256 i = 0; i < handler.COUNT(); ++i) {
            (uint128 balance, uint128 claimed) = channels.channels(handler.idOf(i));
            ChannelsHandler.Books memory books = handler.booksOf(i);
            assertLte(uint256(claimed), balance);
            assertLte(uint256(claimed), books.signed);
            assertLte(uint256(claimed), books.deposited);
        }
    }

    function invariant_aChannelHoldsWhatItGotLessWhatWentBackAndItsHighestClaim() public {
        for (uint256 i = 0; i < handler.COUNT(); ++i) {
            (uint128 balance, uint128 claimed) = channels.channels(handler.idOf(i));
            ChannelsHandler.Books memory books = handler.booksOf(i);
            assertEq(uint256(balance), books.deposited - books.returned);
            assertEq(uint256(claimed), books.claimed);
            assertEq(channels.refundNonce(handler.idOf(i)), books.refunds);
        }
    }

    function invariant_theContractHoldsEveryBalanceLessWhatWasSettled() public {
        for (uint256 t = 0; t < 2; ++t) {
            address token = address(handler.tokens(t));
            uint256 balances = 0;
            uint256 unclaimed = 0;
            for (uint256 i = 0; i < handler.COUNT(); ++i) {
                if (handler.configOf(i).token != token) continue;
                (uint128 balance, uint128 claimed) = channels.channels(handler.idOf(i));
                balances += balance;
                unclaimed += balance - claimed;
            }
            uint256 settled = 0;
            uint256 unsettled = 0;
            for (uint160 r = 0xBEE0; r < 0xBEE2; ++r) {
                (uint128 earned, uint128 paid) = channels.receivers(address(r), token);
                settled += paid;
                unsettled += earned - paid;
            }
            uint256 held = PlainToken(token).balanceOf(address(channels));
            assertEq(held, balances - settled);
            assertEq(held, unclaimed + unsettled);
        }
    }

    function invariant_aReceiverEarnsTheClaimsOfItsChannels() public {
        for (uint256 t = 0; t < 2; ++t) {
            address token = address(handler.tokens(t));
            for (uint160 r = 0xBEE0; r < 0xBEE2; ++r) {
                uint256 sum = 0;
                for (uint256 i = 0; i < handler.COUNT(); ++i) {
                    ChannelConfig memory config = handler.configOf(i);
                    if (config.token != token || config.receiver != address(r)) continue;
                    sum += handler.booksOf(i).claimed;
                }
                (uint128 earned, uint128 paid) = channels.receivers(address(r), token);
                assertEq(uint256(earned), sum);
                assertEq(uint256(paid), handler.settled(address(r), token));
                assertEq(PlainToken(token).balanceOf(address(r)), paid);
            }
        }
    }

    /// @dev Counts first and asserts later: reverting the state would forget a failed assertion.
    function invariant_everyReceiverCanBePaidAndEveryPayerCanLeave() public {
        uint256 wronged = 0;
        uint256 snapshot = youngVm.snapshotState();
        for (uint256 i = 0; i < handler.COUNT(); ++i) {
            if (!canBePaid(handler.configOf(i))) ++wronged;
            if (!canLeave(handler.configOf(i), handler.idOf(i))) ++wronged;
        }
        for (uint256 t = 0; t < 2; ++t) {
            if (handler.tokens(t).balanceOf(address(channels)) != 0) ++wronged;
        }
        youngVm.revertToState(snapshot);
        assertEq(wronged, 0);
    }

    function invariant_eventsAloneTellEverything() public {
        ChannelsMirror mirror = handler.mirror();
        for (uint256 i = 0; i < handler.COUNT(); ++i) {
            ChannelConfig memory config = handler.configOf(i);
            bytes32 id = handler.idOf(i);
            (uint128 balance, uint128 claimed) = channels.channels(id);
            assertEq(uint256(mirror.balanceOf(id)), balance);
            assertEq(uint256(mirror.claimedOf(id)), claimed);
            if (handler.booksOf(i).deposited > 0) {
                assertEq(keccak256(abi.encode(mirror.configOf(id))), keccak256(abi.encode(config)));
            }

            (uint128 pending, uint40 initiatedAt) = channels.pendingWithdrawals(id);
            (uint128 mirroredPending, uint40 finalizeAfter) = mirror.pendingOf(id);
            assertEq(uint256(mirroredPending), pending);
            assertEq(uint256(finalizeAfter), initiatedAt == 0 ? 0 : uint256(initiatedAt) + config.withdrawDelay);

            (uint128 earned, uint128 settled) = channels.receivers(config.receiver, config.token);
            assertEq(uint256(mirror.earned(config.receiver, config.token)), earned);
            assertEq(uint256(mirror.settled(config.receiver, config.token)), settled);
        }
    }

    function canBePaid(ChannelConfig memory config) private returns (bool) {
        (uint128 earned,) = channels.receivers(config.receiver, config.token);
        channels.settle(config.receiver, config.token);
        return PlainToken(config.token).balanceOf(config.receiver) == earned;
    }

    function canLeave(ChannelConfig memory config, bytes32 id) private returns (bool) {
        (uint128 balance, uint128 claimed) = channels.channels(id);
        uint256 due = PlainToken(config.token).balanceOf(config.payer) + balance - claimed;
        (, uint40 initiatedAt) = channels.pendingWithdrawals(id);
        vm.startPrank(config.payer);
        if (initiatedAt != 0) {
            vm.warp(block.timestamp + config.withdrawDelay);
            channels.finalizeWithdraw(config);
        }
        (balance, claimed) = channels.channels(id);
        if (balance > claimed) {
            channels.initiateWithdraw(config, balance - claimed);
            vm.warp(block.timestamp + config.withdrawDelay);
            channels.finalizeWithdraw(config);
        }
        vm.stopPrank();
        return PlainToken(config.token).balanceOf(config.payer) == due;
    }
}
