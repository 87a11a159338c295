// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../src/governance/IParameters.sol";
import {BUCKET, IVoteEscrow, Lock} from "../src/staking/IVoteEscrow.sol";
import {VoteEscrow} from "../src/staking/VoteEscrow.sol";
import {Authorization, ExactTransfer} from "../src/token/ExactTransfer.sol";
import {PermitMulticall} from "../src/token/PermitMulticall.sol";
import {EscrowTest} from "./base/EscrowTest.sol";
import {bound} from "./base/Test.sol";
import {ContractWallet} from "./mocks/Accounts.sol";
import {FeeToken, PlainToken, ReentrantToken, ShrinkingToken} from "./mocks/Tokens.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

contract VoteEscrowTest is EscrowTest {
    bytes32 private constant RECEIVE = 0xd099cc98ef71107a616c4f0f941f04c322d8e254fe26b3c6668db87aae413de8;
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 private constant DELEGATION = keccak256("Delegation(address delegatee,uint256 nonce,uint256 expiry)");
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    uint256 private constant AMOUNT = 1_300e18;

    // ---------------------------------------------------------------- lock

    function testFuzz_lockGivesTheAmountTimesWhatTheTableHasForItsBuckets(uint256 amount, uint256 buckets) public {
        amount = bound(amount, ONE, 1_000_000_000 * ONE);
        buckets = bound(buckets, 1, 13);

        lockFor(alice, amount, buckets);

        Lock memory made = escrow.lockOf(alice);
        assertEq(made.amount, amount);
        assertEq(made.power, amount * (13 + buckets) / 13);
        assertEq(token.balanceOf(address(escrow)), amount);
        assertEq(token.balanceOf(alice), 0);
    }

    function testFuzz_aLockEndsAtTheFirstBoundaryThatIsFarEnough(uint256 time, uint256 buckets) public {
        time = bound(time, NOW, NOW + 3_650 days);
        buckets = bound(buckets, 1, 13);
        vm.warp(time);

        lockFor(alice, AMOUNT, buckets);

        uint256 end = escrow.lockOf(alice).end;
        assertEq(end % BUCKET, 0);
        assertGte(end, time + buckets * BUCKET);
        assertLt(end - BUCKET, time + buckets * BUCKET);
        assertLte(end / BUCKET - time / BUCKET, 14);
    }

    function test_twelveMonthsGiveTwiceTheAmount() public {
        lockFor(alice, 11_000 * ONE, 13);
        vm.warp(NOW + 1);
        assertEq(escrow.powerAt(alice, NOW), 22_000 * ONE);
        assertEq(escrow.scoreAt(alice, NOW), 1);
    }

    function test_lockTellsWhatWasLockedAndWhoseVotesRose() public {
        fund(alice, AMOUNT);
        vm.expectEmit(address(escrow));
        emit IVoteEscrow.Locked(alice, AMOUNT, 1_400e18, FIRST_END + BUCKET);
        vm.expectEmit(address(escrow));
        emit IVoteEscrow.PowerMoved(alice, FIRST_END + BUCKET, 1_400e18);
        vm.expectEmit(address(escrow));
        emit IVotes.DelegateVotesChanged(alice, 0, 1_400e18);
        vm.prank(alice);
        escrow.lock(AMOUNT, 1);
    }

    function testFuzz_lessThanTheMinimumIsRefused(uint256 minimum, uint256 amount) public {
        minimum = bound(minimum, ONE, 10_000 * ONE);
        amount = bound(amount, 0, minimum - 1);
        vm.prank(admin);
        escrow.setMinimum(minimum);
        fund(alice, minimum);

        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.BelowMinimum.selector, amount, minimum));
        escrow.lock(amount, 13);
        escrow.lock(minimum, 13);
        vm.stopPrank();
    }

    function test_aSecondLockIsRefusedUntilTheFirstIsWithdrawn() public {
        lockFor(alice, AMOUNT, 1);
        uint48 end = escrow.lockOf(alice).end;
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.AlreadyLocked.selector, alice, end));
        escrow.lock(AMOUNT, 2);

        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.AlreadyLocked.selector, alice, end));
        escrow.lock(AMOUNT, 2);

        escrow.withdraw();
        token.approve(address(escrow), AMOUNT);
        escrow.lock(AMOUNT, 2);
        vm.stopPrank();
        assertEq(escrow.lockOf(alice).end, end + 2 * BUCKET);
        assertEq(escrow.getVotes(alice), 1_500e18);
    }

    function test_moreThanAnAccountCanHoldIsRefused() public {
        PlainToken big = new PlainToken();
        VoteEscrow other = escrowOf(big);
        uint256 tooMuch = uint256(type(uint96).max) + 1;
        big.mint(alice, tooMuch);
        vm.startPrank(alice);
        big.approve(address(other), tooMuch);
        vm.expectRevert();
        other.lock(tooMuch, 1);
        other.lock(tooMuch - 1, 13);
        vm.stopPrank();
        assertEq(other.getVotes(alice), (tooMuch - 1) * 2);
    }

    // ---------------------------------------------------------------- lock by signature

    function testFuzz_anyoneSubmitsALockButThePayerHasIt(uint256 amount, uint256 buckets, bytes32 salt) public {
        amount = bound(amount, ONE, 1_000_000 * ONE);
        buckets = bound(buckets, 1, 13);
        token.transfer(alice, amount);
        Authorization memory authorization = signed("alice", alice, amount, buckets, salt);

        vm.prank(carol);
        escrow.lockWithAuthorization(amount, buckets, authorization);

        assertEq(escrow.lockOf(alice).amount, amount);
        assertEq(escrow.lockOf(carol).amount, 0);
        assertTrue(token.authorizationState(alice, escrow.lockNonce(amount, buckets, salt)));
    }

    function test_attack_authorizationUsedForAnotherLockThanSigned() public {
        token.transfer(alice, 2 * AMOUNT);
        Authorization memory authorization = signed("alice", alice, AMOUNT, 1, "salt");
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        escrow.lockWithAuthorization(AMOUNT, 13, authorization);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        escrow.lockWithAuthorization(2 * AMOUNT, 1, authorization);
        authorization.payer = bob;
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        escrow.lockWithAuthorization(AMOUNT, 1, authorization);
    }

    function test_attack_authorizationUsedTwice() public {
        token.transfer(alice, 2 * AMOUNT);
        Authorization memory authorization = signed("alice", alice, AMOUNT, 1, "salt");
        authorization.validBefore = NOW + 100 days;
        authorization.signature = receiveSignature("alice", alice, AMOUNT, 1, "salt", NOW + 100 days);
        escrow.lockWithAuthorization(AMOUNT, 1, authorization);
        vm.warp(escrow.lockOf(alice).end);
        vm.prank(alice);
        escrow.withdraw();

        bytes32 nonce = escrow.lockNonce(AMOUNT, 1, "salt");
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, alice, nonce));
        escrow.lockWithAuthorization(AMOUNT, 1, authorization);
    }

    function test_attack_malleableOrTruncatedSignature() public {
        token.transfer(alice, AMOUNT);
        Authorization memory authorization = signed("alice", alice, AMOUNT, 1, "salt");
        bytes memory good = authorization.signature;
        (bytes32 r, bytes32 s) = abi.decode(good, (bytes32, bytes32));
        bytes[3] memory bad;
        bad[0] = abi.encodePacked(r, ORDER - uint256(s), good[64] == hex"1b" ? bytes1(0x1c) : bytes1(0x1b));
        bad[1] = abi.encodePacked(r, s);
        bad[2] = "";
        for (uint256 i = 0; i < bad.length; ++i) {
            authorization.signature = bad[i];
            vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
            escrow.lockWithAuthorization(AMOUNT, 1, authorization);
        }
    }

    function test_aContractWalletLocksByItsOwnersSignature() public {
        address wallet = address(new ContractWallet(alice));
        token.transfer(wallet, AMOUNT);
        escrow.lockWithAuthorization(AMOUNT, 1, signed("alice", wallet, AMOUNT, 1, "salt"));
        assertEq(escrow.lockOf(wallet).amount, AMOUNT);
    }

    function test_anAccountWithDelegatedCodeLocksByWhatItsCodeAccepts() public {
        vm.etch(bob, abi.encodePacked(hex"ef0100", address(new ContractWallet(alice))));
        token.transfer(bob, AMOUNT);
        escrow.lockWithAuthorization(AMOUNT, 1, signed("alice", bob, AMOUNT, 1, "salt"));
        assertEq(escrow.lockOf(bob).amount, AMOUNT);
    }

    function test_permitAndLockAreOneTransaction() public {
        token.transfer(alice, AMOUNT);
        bytes32 message = keccak256(abi.encode(PERMIT, alice, address(escrow), AMOUNT, 0, NOW));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf("alice"), digest(token.DOMAIN_SEPARATOR(), message));
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(PermitMulticall.permit, (token, AMOUNT, NOW, v, r, s));
        calls[1] = abi.encodeCall(IVoteEscrow.lock, (AMOUNT, 13));
        calls[2] = abi.encodeCall(IVotes.delegate, (bob));
        vm.prank(alice);
        escrow.multicall(calls);
        assertEq(escrow.getVotes(bob), 2 * AMOUNT);
    }

    // ---------------------------------------------------------------- increase

    function testFuzz_increaseAddsPowerForTheWholeBucketsThatAreLeft(uint256 amount, uint256 buckets, uint256 wait)
        public
    {
        amount = bound(amount, 0, 1_000_000 * ONE);
        buckets = bound(buckets, 1, 13);
        lockFor(alice, AMOUNT, buckets);
        Lock memory old = escrow.lockOf(alice);
        uint256 time = bound(wait, NOW, old.end - BUCKET);
        vm.warp(time);

        increaseOf(alice, amount);

        Lock memory raised = escrow.lockOf(alice);
        assertEq(raised.end, old.end);
        assertEq(raised.amount, old.amount + amount);
        assertEq(raised.power, old.power + amount * (13 + (old.end - time) / BUCKET) / 13);
        assertEq(escrow.getVotes(alice), raised.power);
    }

    function test_increaseNeedsAWholeBucketToTheSecond() public {
        lockFor(alice, AMOUNT, 1);
        uint48 end = escrow.lockOf(alice).end;
        vm.warp(end - BUCKET);
        increaseOf(alice, 1);

        fund(alice, 1);
        vm.warp(end - BUCKET + 1);
        expectIncreaseRefused(end);
        vm.warp(end - 1);
        expectIncreaseRefused(end);
        vm.warp(end);
        expectIncreaseRefused(end);
        vm.warp(end + 100 * BUCKET);
        expectIncreaseRefused(end);
    }

    function test_increaseWithoutALockIsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.NothingLocked.selector, alice));
        vm.prank(alice);
        escrow.increase(1);
    }

    function test_increaseTells() public {
        lockFor(alice, AMOUNT, 13);
        fund(alice, 13);
        vm.expectEmit(address(escrow));
        emit IVoteEscrow.Increased(alice, alice, 13, 2 * AMOUNT + 26);
        vm.expectEmit(address(escrow));
        emit IVoteEscrow.PowerMoved(alice, FIRST_END + 13 * BUCKET, 26);
        vm.prank(alice);
        escrow.increase(13);
    }

    function test_theDistributorRaisesALockOutOfItsOwnTokens() public {
        lockFor(alice, AMOUNT, 13);
        token.approve(address(escrow), AMOUNT);
        vm.expectEmit(address(escrow));
        emit IVoteEscrow.Increased(alice, address(this), AMOUNT, 4 * AMOUNT);
        escrow.increaseFor(alice, AMOUNT);
        assertEq(escrow.lockOf(alice).amount, 2 * AMOUNT);
        assertEq(token.balanceOf(address(escrow)), 2 * AMOUNT);

        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.NothingLocked.selector, bob));
        escrow.increaseFor(bob, 1);
        expectUnauthorized(bob);
        escrow.increaseFor(alice, 1);
    }

    // ---------------------------------------------------------------- extend

    function testFuzz_extendSetsWhatALockMadeNowWouldHave(uint256 first, uint256 wait, uint256 second) public {
        first = bound(first, 1, 13);
        second = bound(second, 1, 13);
        lockFor(alice, AMOUNT, first);
        Lock memory old = escrow.lockOf(alice);
        uint256 time = bound(wait, NOW, old.end - 1);
        vm.warp(time);
        uint256 end = (time + second * BUCKET + BUCKET - 1) / BUCKET * BUCKET;
        uint256 power = AMOUNT * (13 + second) / 13;

        if (end < old.end) {
            vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.EndWouldFall.selector, old.end, end));
        } else if (power < old.power) {
            vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.PowerWouldFall.selector, old.power, power));
        } else {
            old = Lock(uint128(AMOUNT), uint128(power), uint48(end));
        }
        vm.prank(alice);
        escrow.extend(second);

        assertEq(abi.encode(escrow.lockOf(alice)), abi.encode(old));
        assertEq(escrow.getVotes(alice), old.power);
        vm.warp(old.end);
        assertEq(escrow.getVotes(alice), 0);
        assertEq(escrow.getPastTotalSupply(old.end - 1), old.power);
    }

    function test_extendTells() public {
        lockFor(alice, AMOUNT, 1);
        vm.expectEmit(address(escrow));
        emit IVoteEscrow.Extended(alice, 2 * AMOUNT, FIRST_END + 13 * BUCKET);
        vm.expectEmit(address(escrow));
        emit IVoteEscrow.PowerMoved(alice, FIRST_END + BUCKET, -1_400e18);
        vm.expectEmit(address(escrow));
        emit IVoteEscrow.PowerMoved(alice, FIRST_END + 13 * BUCKET, int256(2 * AMOUNT));
        vm.prank(alice);
        escrow.extend(13);
    }

    function test_extendWithoutALockIsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.NothingLocked.selector, alice));
        vm.prank(alice);
        escrow.extend(1);
    }

    function testFuzz_bucketsOutsideOneToThirteenAreRefused(uint256 buckets) public {
        if (buckets >= 1 && buckets <= 13) buckets += 13;
        lockFor(alice, AMOUNT, 1);
        fund(bob, AMOUNT);
        bytes memory refusal = abi.encodeWithSelector(IVoteEscrow.BucketsOutOfRange.selector, buckets);
        vm.expectRevert(refusal);
        vm.prank(alice);
        escrow.extend(buckets);
        vm.expectRevert(refusal);
        vm.prank(bob);
        escrow.lock(AMOUNT, buckets);
    }

    // ---------------------------------------------------------------- withdraw

    function testFuzz_withdrawPaysEverythingFromTheEndOnAndNotBefore(uint256 amount, uint256 buckets, uint256 wait)
        public
    {
        amount = bound(amount, ONE, 1_000_000 * ONE);
        lockFor(alice, amount, bound(buckets, 1, 13));
        uint48 end = escrow.lockOf(alice).end;
        uint256 time = bound(wait, NOW, uint256(end) + 3_650 days);
        vm.warp(time);

        vm.prank(alice);
        if (time < end) {
            vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.StillLocked.selector, alice, end));
            escrow.withdraw();
            return;
        }
        vm.expectEmit(address(escrow));
        emit IVoteEscrow.Withdrawn(alice, amount);
        assertEq(escrow.withdraw(), amount);

        assertEq(token.balanceOf(alice), amount);
        assertEq(abi.encode(escrow.lockOf(alice)), abi.encode(Lock(0, 0, 0)));
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.NothingLocked.selector, alice));
        vm.prank(alice);
        escrow.withdraw();
    }

    function test_aWithdrawnLockCountsInThePastAsItDid() public {
        lockFor(alice, AMOUNT, 1);
        delegateOf(alice, bob);
        uint48 end = escrow.lockOf(alice).end;
        vm.warp(end + 1);
        vm.prank(alice);
        escrow.withdraw();
        vm.warp(end + 2);
        assertEq(escrow.powerAt(alice, end - 1), 1_400e18);
        assertEq(escrow.getPastVotes(bob, end - 1), 1_400e18);
        assertEq(escrow.getPastTotalSupply(end - 1), 1_400e18);
        assertEq(escrow.powerAt(alice, end), 0);
        assertEq(escrow.getPastVotes(bob, end), 0);
        assertEq(escrow.getPastTotalSupply(end), 0);
        assertEq(escrow.delegates(alice), bob);
    }

    // ---------------------------------------------------------------- delegation

    function test_anAccountVotesItselfUntilItNamesSomebody() public {
        assertEq(escrow.delegates(alice), alice);
        lockFor(alice, AMOUNT, 13);
        assertEq(escrow.getVotes(alice), 2 * AMOUNT);

        vm.expectEmit(address(escrow));
        emit IVotes.DelegateChanged(alice, alice, bob);
        vm.expectEmit(address(escrow));
        emit IVoteEscrow.PowerMoved(alice, FIRST_END + 13 * BUCKET, -int256(2 * AMOUNT));
        vm.expectEmit(address(escrow));
        emit IVotes.DelegateVotesChanged(alice, 2 * AMOUNT, 0);
        vm.expectEmit(address(escrow));
        emit IVoteEscrow.PowerMoved(bob, FIRST_END + 13 * BUCKET, int256(2 * AMOUNT));
        vm.expectEmit(address(escrow));
        emit IVotes.DelegateVotesChanged(bob, 0, 2 * AMOUNT);
        delegateOf(alice, bob);

        assertEq(escrow.delegates(alice), bob);
        assertEq(escrow.getVotes(alice), 0);
        assertEq(escrow.getVotes(bob), 2 * AMOUNT);
        vm.warp(NOW + 1);
        assertEq(escrow.powerAt(alice, NOW), 2 * AMOUNT);
        assertEq(escrow.powerAt(bob, NOW), 0);
    }

    function test_theZeroAddressStandsForTheAccountItself() public {
        lockFor(alice, AMOUNT, 13);
        delegateOf(alice, bob);
        delegateOf(alice, address(0));
        assertEq(escrow.delegates(alice), alice);
        assertEq(escrow.getVotes(alice), 2 * AMOUNT);
        assertEq(escrow.getVotes(bob), 0);
        assertEq(escrow.getVotes(address(0)), 0);
    }

    function test_whoDelegatedBeforeLockingGivesItsVotesAway() public {
        delegateOf(alice, bob);
        lockFor(alice, AMOUNT, 13);
        increaseOf(alice, AMOUNT);
        assertEq(escrow.getVotes(alice), 0);
        assertEq(escrow.getVotes(bob), 4 * AMOUNT);
    }

    function test_delegatingToTheSameAgainMovesNothing() public {
        lockFor(alice, AMOUNT, 13);
        delegateOf(alice, bob);
        vm.recordLogs();
        delegateOf(alice, bob);
        assertEq(vm.getRecordedLogs().length, 1);
        assertEq(escrow.getVotes(bob), 2 * AMOUNT);
    }

    function test_delegationIsNotPassedOn() public {
        lockFor(alice, AMOUNT, 13);
        lockFor(bob, AMOUNT, 13);
        delegateOf(alice, bob);
        delegateOf(bob, carol);
        assertEq(escrow.getVotes(bob), 2 * AMOUNT);
        assertEq(escrow.getVotes(carol), 2 * AMOUNT);
    }

    function test_delegateBySigDelegatesForItsSigner() public {
        lockFor(alice, AMOUNT, 13);
        (uint8 v, bytes32 r, bytes32 s) = signDelegation("alice", bob, 0, NOW);
        vm.prank(carol);
        escrow.delegateBySig(bob, 0, NOW, v, r, s);
        assertEq(escrow.delegates(alice), bob);
        assertEq(escrow.getVotes(bob), 2 * AMOUNT);
        assertEq(escrow.nonces(alice), 1);

        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, alice, 1));
        escrow.delegateBySig(bob, 0, NOW, v, r, s);
    }

    function test_delegateBySigHoldsUntilItsExpiry() public {
        (uint8 v, bytes32 r, bytes32 s) = signDelegation("alice", bob, 0, NOW);
        vm.warp(NOW + 1);
        vm.expectRevert(abi.encodeWithSelector(IVotes.VotesExpiredSignature.selector, NOW));
        escrow.delegateBySig(bob, 0, NOW, v, r, s);
    }

    function test_attack_malleableDelegation() public {
        (uint8 v, bytes32 r, bytes32 s) = signDelegation("alice", bob, 0, NOW);
        s = bytes32(ORDER - uint256(s));
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s));
        escrow.delegateBySig(bob, 0, NOW, v == 27 ? 28 : 27, r, s);
    }

    // ---------------------------------------------------------------- reading

    function test_theClockTellsSeconds() public {
        assertEq(uint256(escrow.clock()), NOW);
        assertEq(escrow.CLOCK_MODE(), "mode=timestamp");
    }

    function testFuzz_onlyThePastCanBeLookedUp(uint256 timepoint) public {
        timepoint = bound(timepoint, NOW, type(uint256).max);
        bytes memory refusal = abi.encodeWithSelector(IVoteEscrow.ERC5805FutureLookup.selector, timepoint, uint48(NOW));
        vm.expectRevert(refusal);
        escrow.powerAt(alice, timepoint);
        vm.expectRevert(refusal);
        escrow.scoreAt(alice, timepoint);
        vm.expectRevert(refusal);
        escrow.getPastVotes(alice, timepoint);
        vm.expectRevert(refusal);
        escrow.getPastTotalSupply(timepoint);
    }

    function testFuzz_powerIsThereBeforeTheEndAndGoneFromItOn(uint256 buckets, uint256 time) public {
        lockFor(alice, AMOUNT, bound(buckets, 1, 13));
        Lock memory made = escrow.lockOf(alice);
        vm.warp(NOW + 3_650 days);
        time = bound(time, 0, block.timestamp - 1);
        uint256 power = time >= NOW && time < made.end ? made.power : 0;
        assertEq(escrow.powerAt(alice, time), power);
        assertEq(escrow.getPastVotes(alice, time), power);
        assertEq(escrow.getPastTotalSupply(time), power);
    }

    function test_powerIsZeroAtTheFirstSecondAfterTheLockWithNoTransaction() public {
        lockFor(alice, AMOUNT, 13);
        lockFor(bob, AMOUNT, 1);
        uint48 end = escrow.lockOf(alice).end;
        vm.warp(end - 1);
        assertEq(escrow.getVotes(alice), 2 * AMOUNT);
        vm.warp(end);
        assertEq(escrow.getVotes(alice), 0);
        assertEq(escrow.getPastVotes(alice, end - 1), 2 * AMOUNT);
        assertEq(escrow.getPastTotalSupply(end - 1), 2 * AMOUNT);
        vm.warp(end + 1);
        assertEq(escrow.getPastVotes(alice, end), 0);
        assertEq(escrow.powerAt(alice, end), 0);
        assertEq(escrow.scoreAt(alice, end), 0);
        assertEq(escrow.getPastTotalSupply(end), 0);
    }

    function test_votesOfManyEndsGoOneByOne() public {
        for (uint256 i = 1; i <= 13; ++i) {
            address delegator = address(uint160(0xA000 + i));
            lockFor(delegator, AMOUNT, i);
            delegateOf(delegator, carol);
        }
        uint256 votes = escrow.getVotes(carol);
        assertEq(votes, 13 * AMOUNT + 91 * 100e18);
        for (uint256 i = 1; i <= 13; ++i) {
            vm.warp(FIRST_END + i * BUCKET);
            assertEq(escrow.getPastVotes(carol, block.timestamp - 1), votes);
            votes -= AMOUNT + i * 100e18;
            assertEq(escrow.getVotes(carol), votes);
        }
        assertEq(votes, 0);
    }

    // ---------------------------------------------------------------- score

    function test_scoresFollowTheTable() public {
        uint32[10] memory thresholds = escrow.scoreThresholds();
        assertEq(uint256(thresholds[0]), 22_000);
        assertEq(uint256(thresholds[9]), 7_777_000);
        for (uint160 i = 0; i < 10; ++i) {
            lockFor(address(0xA000 + i), thresholds[i] * ONE / 2, 13);
            lockFor(address(0xB000 + i), thresholds[i] * ONE / 2 - 1, 13);
        }
        vm.warp(NOW + 1);
        for (uint160 i = 0; i < 10; ++i) {
            assertEq(escrow.scoreAt(address(0xA000 + i), NOW), i + 1);
            assertEq(escrow.scoreAt(address(0xB000 + i), NOW), i);
        }
    }

    function test_newThresholdsLeaveTheScoresOfThePastAlone() public {
        lockFor(alice, 11_000 * ONE, 13);
        uint32[10] memory thresholds = escrow.scoreThresholds();
        for (uint256 i = 0; i < 10; ++i) {
            thresholds[i] += 1;
        }
        vm.warp(NOW + 100);
        vm.prank(admin);
        escrow.setScoreThresholds(thresholds);
        vm.warp(NOW + 200);
        assertEq(escrow.scoreAt(alice, NOW + 99), 1);
        assertEq(escrow.scoreAt(alice, NOW + 100), 0);
        assertEq(escrow.scoreAt(alice, NOW - 1), 0);
        assertEq(abi.encode(escrow.scoreThresholds()), abi.encode(thresholds));
    }

    function test_delegationChangesNoScore() public {
        lockFor(alice, 11_000 * ONE, 13);
        delegateOf(alice, bob);
        vm.warp(NOW + 1);
        assertEq(escrow.scoreAt(alice, NOW), 1);
        assertEq(escrow.scoreAt(bob, NOW), 0);
    }

    // ---------------------------------------------------------------- parameters

    function test_theTableStartsAsOnePlusAThirteenthForEachBucket() public {
        uint16[13] memory table = escrow.powerTable();
        for (uint256 i = 0; i < 13; ++i) {
            assertEq(uint256(table[i]), 1_300 + (i + 1) * 100);
        }
        assertEq(escrow.minimum(), ONE);
    }

    function test_aNewTableTouchesLaterWritesOnly() public {
        lockFor(alice, AMOUNT, 13);
        lockFor(bob, AMOUNT, 1);
        uint16[13] memory table = flatTable(5_200);
        vm.prank(admin);
        escrow.setPowerTable(table);
        assertEq(abi.encode(escrow.powerTable()), abi.encode(table));
        assertEq(escrow.getVotes(alice), 2 * AMOUNT);

        increaseOf(alice, AMOUNT);
        assertEq(escrow.getVotes(alice), 6 * AMOUNT);
        vm.prank(bob);
        escrow.extend(1);
        assertEq(escrow.getVotes(bob), 4 * AMOUNT);

        vm.prank(admin);
        escrow.setPowerTable(flatTable(1_300));
        assertEq(escrow.getVotes(alice), 6 * AMOUNT);
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.PowerWouldFall.selector, 6 * AMOUNT, 2 * AMOUNT));
        vm.prank(alice);
        escrow.extend(13);
    }

    function testFuzz_theTableStaysInItsBoundsAndNeverFalls(uint16[13] memory table, uint256 seed) public {
        if (seed % 2 == 0) {
            for (uint256 i = 0; i < 13; ++i) {
                table[i] = uint16(bound(table[i], i == 0 ? 1_300 : table[i - 1], 5_200));
            }
        }
        uint256 min = 1_300;
        for (uint256 i = 0; i < 13; ++i) {
            if (table[i] < min || table[i] > 5_200) {
                expectOutOfBounds(i, "powerTable.", table[i], min, 5_200);
                break;
            }
            min = table[i];
        }
        vm.prank(admin);
        escrow.setPowerTable(table);
    }

    function testFuzz_thresholdsAscendInTheirBounds(uint32[10] memory thresholds, uint256 seed) public {
        if (seed % 2 == 0) {
            for (uint256 i = 0; i < 10; ++i) {
                thresholds[i] = uint32(bound(thresholds[i], i == 0 ? 1 : thresholds[i - 1] + 1, 999_999_991 + i));
            }
        }
        uint256 min = 1;
        for (uint256 i = 0; i < 10; ++i) {
            if (thresholds[i] < min || thresholds[i] > 1_000_000_000) {
                expectOutOfBounds(i, "scoreThreshold.", thresholds[i], min, 1_000_000_000);
                break;
            }
            min = uint256(thresholds[i]) + 1;
        }
        vm.prank(admin);
        escrow.setScoreThresholds(thresholds);
    }

    function testFuzz_theMinimumStaysInItsBounds(uint256 minimum) public {
        bytes memory refusal = abi.encodeWithSelector(
            IParameters.ParameterOutOfBounds.selector, bytes32("minimum"), minimum, ONE, 10_000 * ONE
        );
        bool allowed = minimum >= ONE && minimum <= 10_000 * ONE;
        if (!allowed) vm.expectRevert(refusal);
        vm.prank(admin);
        escrow.setMinimum(minimum);
        if (!allowed) vm.expectRevert(refusal);
        new VoteEscrow(address(authority), token, minimum);
    }

    function test_changesOfParametersAreTold() public {
        uint16[13] memory table = escrow.powerTable();
        table[12] = 2_700;
        uint32[10] memory thresholds = escrow.scoreThresholds();
        thresholds[0] = 10_000;
        vm.startPrank(admin);
        vm.expectEmit(address(escrow));
        emit IParameters.ParameterChanged("powerTable.13", 2_600, 2_700);
        escrow.setPowerTable(table);
        vm.expectEmit(address(escrow));
        emit IParameters.ParameterChanged("scoreThreshold.1", 22_000, 10_000);
        escrow.setScoreThresholds(thresholds);
        vm.expectEmit(address(escrow));
        emit IParameters.ParameterChanged("minimum", ONE, 2 * ONE);
        escrow.setMinimum(2 * ONE);
        vm.stopPrank();
    }

    function testFuzz_onlyTheDaoSetsParameters(address caller) public {
        vm.assume(caller != admin);
        uint32[10] memory thresholds = escrow.scoreThresholds();
        expectUnauthorized(caller);
        escrow.setPowerTable(flatTable(1_300));
        expectUnauthorized(caller);
        escrow.setScoreThresholds(thresholds);
        expectUnauthorized(caller);
        escrow.setMinimum(2 * ONE);
    }

    // ---------------------------------------------------------------- closing

    function test_closingStopsNothingButReinvestment() public {
        lockFor(alice, AMOUNT, 1);
        lockFor(bob, AMOUNT, 13);
        vm.prank(admin);
        authority.setTargetClosed(address(escrow), true);

        lockFor(account("latecomer"), AMOUNT, 13);
        expectUnauthorized(address(this));
        escrow.increaseFor(bob, 1);

        (uint8 v, bytes32 r, bytes32 s) = signDelegation("alice", bob, 0, NOW);
        escrow.delegateBySig(bob, 0, NOW, v, r, s);
        delegateOf(bob, carol);
        vm.warp(escrow.lockOf(alice).end);
        vm.prank(alice);
        assertEq(escrow.withdraw(), AMOUNT);
        assertEq(escrow.getVotes(carol), 2 * AMOUNT);
        assertEq(escrow.getPastVotes(bob, block.timestamp - 1), 1_400e18);
    }

    // ---------------------------------------------------------------- attacks

    function test_attack_aOneSecondLock() public {
        fund(alice, AMOUNT);
        vm.warp(FIRST_END - 1);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.BucketsOutOfRange.selector, 0));
        escrow.lock(AMOUNT, 0);
        escrow.lock(AMOUNT, 1);
        uint48 end = escrow.lockOf(alice).end;
        assertEq(end, FIRST_END + BUCKET);
        vm.warp(FIRST_END);
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.StillLocked.selector, alice, end));
        escrow.withdraw();
        vm.stopPrank();
    }

    function test_attack_oneWeiForTwelveMonthsThenALargeIncrease() public {
        fund(alice, 1);
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.BelowMinimum.selector, 1, ONE));
        vm.prank(alice);
        escrow.lock(1, 13);

        lockFor(alice, ONE, 13);
        vm.warp(escrow.lockOf(alice).end - BUCKET);
        increaseOf(alice, AMOUNT);
        assertEq(escrow.getVotes(alice), 2 * ONE + 1_400e18);

        lockFor(bob, AMOUNT, 1);
        assertEq(escrow.getVotes(bob), 1_400e18);
        assertEq(escrow.lockOf(bob).end, escrow.lockOf(alice).end);
    }

    function test_attack_flashBorrowedPower() public {
        uint256 proposed = NOW;
        vm.warp(NOW + 1);
        lockFor(alice, AMOUNT, 13);
        assertEq(escrow.getPastVotes(alice, proposed), 0);
        assertEq(escrow.powerAt(alice, proposed), 0);
        assertEq(escrow.getPastTotalSupply(proposed), 0);
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.ERC5805FutureLookup.selector, NOW + 1, uint48(NOW + 1)));
        escrow.getPastVotes(alice, NOW + 1);
        uint48 end = escrow.lockOf(alice).end;
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.StillLocked.selector, alice, end));
        vm.prank(alice);
        escrow.withdraw();
    }

    function test_attack_delegatingExpiredPower() public {
        lockFor(alice, AMOUNT, 1);
        lockFor(bob, AMOUNT, 13);
        uint48 end = escrow.lockOf(alice).end;
        vm.warp(end);
        delegateOf(alice, carol);
        assertEq(escrow.getVotes(carol), 0);
        assertEq(escrow.getVotes(alice), 0);

        vm.prank(alice);
        escrow.withdraw();
        delegateOf(alice, bob);
        assertEq(escrow.getVotes(bob), 2 * AMOUNT);
        assertEq(escrow.delegates(alice), bob);
        assertEq(escrow.getPastVotes(alice, end - 1), 1_400e18);
    }

    function test_attack_lockAtTheBoundarySecond() public {
        fund(bob, AMOUNT);
        vm.warp(FIRST_END);
        lockFor(alice, AMOUNT, 1);
        assertEq(escrow.lockOf(alice).end, FIRST_END + BUCKET);
        vm.warp(FIRST_END + 1);
        vm.prank(bob);
        escrow.lock(AMOUNT, 13);
        assertEq(escrow.lockOf(bob).end, FIRST_END + 14 * BUCKET);

        vm.warp(FIRST_END + BUCKET);
        assertEq(escrow.getVotes(alice), 0);
        vm.prank(alice);
        assertEq(escrow.withdraw(), AMOUNT);
        assertEq(escrow.getPastTotalSupply(FIRST_END + BUCKET - 1), 1_400e18 + 2 * AMOUNT);
    }

    function test_attack_extendingAtTheBoundary() public {
        lockFor(alice, AMOUNT, 1);
        lockFor(bob, AMOUNT, 1);
        uint48 end = escrow.lockOf(alice).end;
        vm.warp(end - 1);
        vm.prank(bob);
        escrow.extend(1);
        assertEq(escrow.lockOf(bob).end, end + BUCKET);
        assertEq(escrow.getVotes(bob), 1_400e18);

        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.LockExpired.selector, alice, end));
        vm.prank(alice);
        escrow.extend(13);
        assertEq(escrow.getVotes(alice), 0);
        assertEq(escrow.getVotes(bob), 1_400e18);
        assertEq(escrow.getPastTotalSupply(end - 1), 2_800e18);
    }

    function test_attack_griefingByDustDelegationsToAVictim() public {
        lockFor(carol, AMOUNT, 13);
        vm.warp(block.timestamp + 1);
        (uint256 readBefore, uint256 writeBefore) = costsOfCarol();

        for (uint256 i = 1; i <= 500; ++i) {
            vm.warp(block.timestamp + 1);
            address delegator = address(uint160(0xA0000 + i));
            lockFor(delegator, ONE, 1 + i % 13);
            delegateOf(delegator, carol);
        }

        vm.warp(block.timestamp + 1);
        (uint256 readAfter, uint256 writeAfter) = costsOfCarol();
        assertLt(readAfter, readBefore + 40_000);
        assertLt(writeAfter, writeBefore + 25_000);
    }

    // ---------------------------------------------------------------- hostile tokens

    function test_aTokenThatKeepsAFeeIsRefused() public {
        FeeToken fee = new FeeToken();
        VoteEscrow other = escrowOf(fee);
        fee.mint(alice, AMOUNT);
        vm.startPrank(alice);
        fee.approve(address(other), AMOUNT);
        vm.expectRevert(
            abi.encodeWithSelector(ExactTransfer.InexactTransfer.selector, address(fee), AMOUNT, AMOUNT - AMOUNT / 100)
        );
        other.lock(AMOUNT, 1);
        vm.stopPrank();
    }

    function test_aTokenThatReturnsFalseMovesNoBooks() public {
        lockFor(alice, AMOUNT, 1);
        vm.warp(escrow.lockOf(alice).end);
        vm.mockCall(address(token), abi.encodeWithSelector(IERC20.transfer.selector), abi.encode(false));
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        vm.prank(alice);
        escrow.withdraw();
        assertEq(escrow.lockOf(alice).amount, AMOUNT);
    }

    function test_aTokenThatReturnsNothingPays() public {
        lockFor(alice, AMOUNT, 1);
        vm.warp(escrow.lockOf(alice).end);
        vm.mockCall(address(token), abi.encodeWithSelector(IERC20.transfer.selector), "");
        vm.prank(alice);
        assertEq(escrow.withdraw(), AMOUNT);
    }

    function test_aTokenThatSaysItPaidButDidNotIsRefused() public {
        vm.mockCall(address(token), abi.encodeWithSelector(IERC20.transferFrom.selector), abi.encode(true));
        vm.expectRevert(
            abi.encodeWithSelector(ExactTransfer.InexactTransfer.selector, address(token), AMOUNT, uint256(0))
        );
        vm.prank(alice);
        escrow.lock(AMOUNT, 1);
    }

    function test_attack_tokenReEntersWithdraw() public {
        ReentrantToken hostile = new ReentrantToken();
        VoteEscrow other = escrowOf(hostile);
        hostile.mint(alice, AMOUNT);
        vm.startPrank(alice);
        hostile.approve(address(other), AMOUNT);
        other.lock(AMOUNT, 1);
        vm.warp(other.lockOf(alice).end);
        hostile.attackWith(abi.encodeCall(IVoteEscrow.withdraw, ()));
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        other.withdraw();
        vm.stopPrank();
    }

    function test_aTokenThatShrinksPaysWhomItStillCan() public {
        ShrinkingToken shrinking = new ShrinkingToken();
        VoteEscrow other = escrowOf(shrinking);
        address[2] memory owners = [alice, bob];
        for (uint256 i = 0; i < 2; ++i) {
            shrinking.mint(owners[i], AMOUNT);
            vm.startPrank(owners[i]);
            shrinking.approve(address(other), AMOUNT);
            other.lock(AMOUNT, 1);
            vm.stopPrank();
        }
        shrinking.shrink(address(other), 1);
        vm.warp(other.lockOf(alice).end);
        vm.prank(alice);
        assertEq(other.withdraw(), AMOUNT);
        vm.expectRevert();
        vm.prank(bob);
        other.withdraw();
        shrinking.mint(address(other), 1);
        vm.prank(bob);
        assertEq(other.withdraw(), AMOUNT);
    }

    // ---------------------------------------------------------------- helpers

    function costsOfCarol() private returns (uint256 read, uint256 write) {
        read = gasleft();
        escrow.getPastVotes(carol, block.timestamp - 1);
        read -= gasleft();
        fund(carol, ONE);
        vm.prank(carol);
        write = gasleft();
        escrow.increase(ONE);
        write -= gasleft();
    }

    function escrowOf(IERC20 asset) private returns (VoteEscrow other) {
        other = new VoteEscrow(address(authority), asset, ONE);
        vm.prank(admin);
        authority.setTargetFunctionRole(address(other), openToAnyone(), type(uint64).max);
    }

    function expectIncreaseRefused(uint48 end) private {
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.LessThanOneBucketLeft.selector, alice, end));
        vm.prank(alice);
        escrow.increase(1);
    }

    function expectUnauthorized(address caller) private {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, caller));
        vm.prank(caller);
    }

    function expectOutOfBounds(uint256 i, string memory name, uint256 value, uint256 min, uint256 max) private {
        bytes32 key = bytes32(bytes(string.concat(name, vm.toString(i + 1))));
        vm.expectRevert(abi.encodeWithSelector(IParameters.ParameterOutOfBounds.selector, key, value, min, max));
    }

    function flatTable(uint16 value) private pure returns (uint16[13] memory table) {
        for (uint256 i = 0; i < 13; ++i) {
            table[i] = value;
        }
    }

    function signed(string memory signer, address payer, uint256 amount, uint256 buckets, bytes32 salt)
        private
        view
        returns (Authorization memory)
    {
        bytes memory signature = receiveSignature(signer, payer, amount, buckets, salt, NOW + 1);
        return Authorization(payer, 0, NOW + 1, salt, signature);
    }

    function receiveSignature(
        string memory signer,
        address payer,
        uint256 amount,
        uint256 buckets,
        bytes32 salt,
        uint256 validBefore
    ) private view returns (bytes memory) {
        bytes32 nonce = keccak256(
            abi.encode(
                block.chainid, address(escrow), IVoteEscrow.lockWithAuthorization.selector, amount, buckets, salt
            )
        );
        bytes32 message = keccak256(abi.encode(RECEIVE, payer, address(escrow), amount, 0, validBefore, nonce));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf(signer), digest(token.DOMAIN_SEPARATOR(), message));
        return abi.encodePacked(r, s, v);
    }

    function signDelegation(string memory signer, address delegatee, uint256 nonce, uint256 expiry)
        private
        view
        returns (uint8 v, bytes32 r, bytes32 s)
    {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Stoa Vote Escrow"),
                keccak256("1"),
                block.chainid,
                address(escrow)
            )
        );
        bytes32 message = keccak256(abi.encode(DELEGATION, delegatee, nonce, expiry));
        return vm.sign(keyOf(signer), digest(domain, message));
    }

    function digest(bytes32 domain, bytes32 message) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", domain, message));
    }
}
