// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IListingShares, Stream} from "../src/listing/IListingShares.sol";
import {ListingShares} from "../src/listing/ListingShares.sol";
import {RevenueSplitter} from "../src/listing/RevenueSplitter.sol";
import {MarketTest} from "./base/MarketTest.sol";
import {bound} from "./base/Test.sol";
import {ContractWallet, RevertingReceiver} from "./mocks/Accounts.sol";
import {
    BlockingToken,
    FalseToken,
    FeeToken,
    PlainToken,
    ReentrantToken,
    ShrinkingToken,
    SilentToken
} from "./mocks/Tokens.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract ListingSharesTest is MarketTest {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    uint256 private constant SUPPLY = 1_000e18;
    uint256 private constant PERIOD = 7 days;

    address private alice = account("alice");
    address private bob = account("bob");

    uint256 private id;
    ListingShares private shares;

    function setUp() public {
        id = publish(alice, "model");
        shares = createShares(id, SUPPLY, assetsOf(address(usd)));
    }

    // ---------------------------------------------------------------- identity

    function test_everyListingHasSharesOfItsOwnName() public {
        ListingShares other = sharesOf("other", address(usd));
        assertEq(shares.name(), "Stoa Listing 1");
        assertEq(shares.symbol(), "STOA-1");
        assertEq(uint256(shares.decimals()), 18);
        assertEq(shares.listing(), id);
        assertEq(registry.sharesOf(shares.listing()), address(shares));
        assertEq(other.name(), "Stoa Listing 2");
        assertEq(other.symbol(), "STOA-2");
        assertNotEq(other.DOMAIN_SEPARATOR(), shares.DOMAIN_SEPARATOR());
    }

    function test_theDomainIsThatOfTheClone() public {
        (, string memory name, string memory version, uint256 chainId, address verifier,,) = shares.eip712Domain();
        assertEq(name, "Stoa Listing 1");
        assertEq(version, "1");
        assertEq(chainId, block.chainid);
        assertEq(verifier, address(shares));
        assertEq(
            shares.DOMAIN_SEPARATOR(),
            keccak256(
                abi.encode(
                    keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                    keccak256(bytes(name)),
                    keccak256(bytes(version)),
                    chainId,
                    verifier
                )
            )
        );
    }

    function test_theImplementationIsNoShareToken() public {
        ListingShares implementation = ListingShares(registry.SHARES());
        assertEq(implementation.totalSupply(), 0);
        vm.expectRevert(IListingShares.NotShares.selector);
        implementation.listing();
        vm.expectRevert(IListingShares.NotShares.selector);
        implementation.distribute(address(usd));
        vm.expectRevert(IListingShares.NotShares.selector);
        implementation.name();
    }

    function testFuzz_onlyTheRegistryIssues(address caller, uint256 supply) public {
        vm.assume(caller != address(registry));
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(IListingShares.NotRegistry.selector, caller));
        shares.issue(caller, supply);
    }

    // ---------------------------------------------------------------- distribute and claim

    function test_revenueOfTheListingReachesItsShares() public {
        // Given
        setProtocolFee(address(0xDA0), 1_000);
        RevenueSplitter splitter = setSplits(id, splitsOf(toTitle(7_000), toAccount(address(shares), 3_000)));
        give(bob, SUPPLY / 4);
        usd.mint(address(splitter), 1_000e6);

        // When
        splitter.distribute(address(usd));
        splitter.withdraw(address(usd), address(shares));
        assertEq(shares.distribute(address(usd)), 270e6);
        vm.warp(NOW + PERIOD);

        // Then
        vm.prank(stranger);
        assertGte(shares.claim(bob, address(usd)), 67_500_000 - 1);
        assertGte(shares.claim(alice, address(usd)), 202_500_000 - 1);
        assertLte(shares.held(address(usd)), 2);
    }

    function testFuzz_revenueIsReleasedLinearly(uint128 amount, uint256 elapsed) public {
        vm.assume(amount > 0);
        elapsed = bound(elapsed, 0, 2 * PERIOD);
        usd.mint(address(shares), amount);
        vm.expectEmit(address(shares));
        emit IListingShares.RevenueDistributed(address(usd), amount, uint64(NOW + PERIOD));
        assertEq(shares.distribute(address(usd)), amount);
        Stream memory stream = shares.streamOf(address(usd));
        assertEq(uint256(stream.amount), amount);
        assertEq(uint256(stream.startedAt), NOW);
        assertEq(uint256(stream.endsAt), NOW + PERIOD);

        vm.warp(NOW + elapsed);
        near(shares.claimable(alice, address(usd)), uint256(amount) * (elapsed < PERIOD ? elapsed : PERIOD) / PERIOD);
    }

    function testFuzz_itMakesNoDifferenceHowOftenAHolderClaims(uint96 amount, uint8 times) public {
        usd.mint(address(shares), amount);
        shares.distribute(address(usd));
        uint256 claims = uint256(times) % 16 + 1;
        for (uint256 i = 1; i <= claims; ++i) {
            vm.warp(NOW + PERIOD * i / claims);
            shares.claim(alice, address(usd));
        }
        near(usd.balanceOf(alice), amount);
        assertEq(usd.balanceOf(alice) + shares.held(address(usd)), amount);
    }

    function testFuzz_everyHolderEarnsForItsTime(uint96 amount, uint256 moved, uint256 time) public {
        moved = bound(moved, 0, SUPPLY);
        time = bound(time, 0, PERIOD);
        usd.mint(address(shares), amount);
        shares.distribute(address(usd));

        vm.warp(NOW + time);
        give(bob, moved);
        vm.warp(NOW + PERIOD);

        uint256 before = uint256(amount) * time / PERIOD;
        uint256 ofBob = (amount - before) * moved / SUPPLY;
        uint256 ofAlice = before + (amount - before) * (SUPPLY - moved) / SUPPLY;
        near(shares.claimable(bob, address(usd)), ofBob);
        near(shares.claimable(alice, address(usd)), ofAlice);
    }

    function test_whatWasEarnedStaysWhenTheShareMovesOn() public {
        usd.mint(address(shares), 700);
        shares.distribute(address(usd));
        vm.warp(NOW + 1 days);
        give(bob, SUPPLY);
        uint256 earned = shares.claimable(alice, address(usd));
        near(earned, 100);

        vm.warp(NOW + 30 days);
        assertEq(shares.claimable(alice, address(usd)), earned);
        assertEq(shares.claim(alice, address(usd)), earned);
        assertEq(shares.claim(alice, address(usd)), 0);
        near(shares.claim(bob, address(usd)), 600);
    }

    function test_aClaimTellsWhatItPaid() public {
        usd.mint(address(shares), 1_000_000);
        shares.distribute(address(usd));
        vm.warp(NOW + PERIOD);
        uint256 due = shares.claimable(alice, address(usd));
        vm.expectEmit(address(shares));
        emit IListingShares.DividendClaimed(address(usd), alice, due);
        shares.claim(alice, address(usd));
    }

    function test_nothingIsDistributedOrClaimedQuietly() public {
        vm.recordLogs();
        assertEq(shares.distribute(address(usd)), 0);
        assertEq(shares.claim(alice, address(usd)), 0);
        assertEq(shares.claim(stranger, address(usd)), 0);
        assertEq(vm.getRecordedLogs().length, 0);
    }

    function testFuzz_laterRevenueJoinsByItsWeight(uint96 first, uint96 second, uint256 elapsed) public {
        vm.assume(first > 0 && second > 0);
        elapsed = bound(elapsed, 0, PERIOD);
        usd.mint(address(shares), first);
        shares.distribute(address(usd));
        vm.warp(NOW + elapsed);
        uint256 remaining = first - uint256(first) * elapsed / PERIOD;
        usd.mint(address(shares), second);
        shares.distribute(address(usd));

        Stream memory stream = shares.streamOf(address(usd));
        assertEq(uint256(stream.amount), remaining + second);
        assertEq(uint256(stream.endsAt), NOW + PERIOD + elapsed * second / (remaining + second));
        vm.warp(stream.endsAt);
        near(shares.claimable(alice, address(usd)), uint256(first) + second);
    }

    function test_assetsAreSharedApart() public {
        PlainToken other = new PlainToken();
        address[] memory assets = address(usd) < address(other)
            ? assetsOf(address(usd), address(other))
            : assetsOf(address(other), address(usd));
        ListingShares both = createShares(publish(alice, "both"), SUPPLY, assets);
        usd.mint(address(both), 700);
        other.mint(address(both), 1_400);
        both.distribute(address(usd));
        vm.warp(NOW + 1 days);
        both.distribute(address(other));
        vm.prank(alice);
        both.transfer(bob, SUPPLY);
        vm.warp(NOW + 8 days);

        near(both.claimable(alice, address(usd)), 100);
        near(both.claimable(bob, address(usd)), 600);
        assertEq(both.claimable(alice, address(other)), 0);
        near(both.claimable(bob, address(other)), 1_400);
    }

    function test_whatIsNotSharedIsNotDistributed() public {
        PlainToken other = new PlainToken();
        other.mint(address(shares), 100);
        vm.expectRevert(abi.encodeWithSelector(IListingShares.AssetNotShared.selector, address(other)));
        shares.distribute(address(other));
        assertEq(shares.claim(alice, address(other)), 0);
    }

    function test_gasDoesNotGrowWithTheNumberOfHolders() public {
        give(bob, 1e18);
        usd.mint(address(shares), 1e6);
        shares.distribute(address(usd));
        vm.warp(NOW + 1 days);
        (uint256 claimGas, uint256 transferGas) = gasOfClaimAndTransfer(address(0xA), address(0xB));
        for (uint256 i = 1; i <= 500; ++i) {
            give(address(uint160(0xB000 + i)), 1e15);
        }
        (uint256 laterClaimGas, uint256 laterTransferGas) = gasOfClaimAndTransfer(address(0xC), address(0xD));
        assertLte(laterClaimGas, claimGas + claimGas / 50);
        assertLte(laterTransferGas, transferGas + transferGas / 50);
    }

    function test_aClosedRegistryHindersNobodyWhoHoldsShares() public {
        usd.mint(address(shares), 1_000);
        close(address(registry));
        shares.distribute(address(usd));
        vm.warp(NOW + 1 days);
        give(bob, SUPPLY / 2);
        permits("alice", alice, 0);
        vm.warp(NOW + PERIOD);
        assertGt(shares.claim(alice, address(usd)), 0);
        assertGt(shares.claim(bob, address(usd)), 0);
    }

    // ---------------------------------------------------------------- permit

    function testFuzz_aPermitSetsTheAllowanceOnce(uint256 value, uint256 deadline) public {
        deadline = bound(deadline, NOW, type(uint256).max);
        (uint8 v, bytes32 r, bytes32 s) = signed(shares, "alice", alice, value, 0, deadline);
        shares.permit(alice, bob, value, deadline, v, r, s);
        assertEq(shares.allowance(alice, bob), value);
        assertEq(shares.nonces(alice), 1);
        vm.expectRevert(abi.encodeWithSelector(IListingShares.PermitNotSigned.selector, alice));
        shares.permit(alice, bob, value, deadline, v, r, s);
    }

    function test_aLatePermitFails() public {
        (uint8 v, bytes32 r, bytes32 s) = signed(shares, "alice", alice, 1, 0, NOW - 1);
        vm.expectRevert(abi.encodeWithSelector(IListingShares.PermitExpired.selector, NOW - 1));
        shares.permit(alice, bob, 1, NOW - 1, v, r, s);
    }

    function test_anAccountWithDelegatedCodePermitsWithItsKey() public {
        vm.etch(alice, abi.encodePacked(hex"ef0100", address(new ContractWallet(bob))));
        permits("alice", alice, 0);
    }

    function test_attack_permitOfAStranger() public {
        (uint8 v, bytes32 r, bytes32 s) = signed(shares, "stranger", alice, 1, 0, NOW);
        vm.expectRevert(abi.encodeWithSelector(IListingShares.PermitNotSigned.selector, alice));
        shares.permit(alice, bob, 1, NOW, v, r, s);
    }

    function test_attack_permitForTheSharesOfAnotherListing() public {
        ListingShares other = sharesOf("other", address(usd));
        (uint8 v, bytes32 r, bytes32 s) = signed(other, "alice", alice, 1, 0, NOW);
        vm.expectRevert(abi.encodeWithSelector(IListingShares.PermitNotSigned.selector, alice));
        shares.permit(alice, bob, 1, NOW, v, r, s);
    }

    function test_attack_malleablePermit() public {
        (uint8 v, bytes32 r, bytes32 s) = signed(shares, "alice", alice, 1, 0, NOW);
        bytes32 highS = bytes32(ORDER - uint256(s));
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, highS));
        shares.permit(alice, bob, 1, NOW, v == 27 ? 28 : 27, r, highS);
        vm.expectRevert(ECDSA.ECDSAInvalidSignature.selector);
        shares.permit(alice, bob, 1, NOW, v - 27, r, s);
    }

    function test_attack_permitOfNobody() public {
        vm.expectRevert(ECDSA.ECDSAInvalidSignature.selector);
        shares.permit(address(0), bob, 1, NOW, 27, bytes32(0), bytes32(0));
    }

    // ---------------------------------------------------------------- attacks

    function test_attack_flashBorrowedShares() public {
        // Given
        usd.mint(address(shares), 1_000e6);
        shares.distribute(address(usd));
        vm.warp(NOW + 3 days);
        usd.mint(address(shares), 1_000e6);

        // When
        give(bob, SUPPLY);
        shares.distribute(address(usd));
        assertEq(shares.claim(bob, address(usd)), 0);
        vm.prank(bob);
        shares.transfer(alice, SUPPLY);

        // Then
        vm.warp(NOW + 30 days);
        assertEq(shares.claim(bob, address(usd)), 0);
        near(shares.claimable(alice, address(usd)), 2_000e6);
    }

    function test_attack_dividendClaimedTwiceBySendingSharesRound() public {
        usd.mint(address(shares), 1_000e6);
        shares.distribute(address(usd));
        vm.warp(NOW + PERIOD);
        shares.claim(alice, address(usd));
        give(bob, SUPPLY);
        assertEq(shares.claim(bob, address(usd)), 0);
        vm.prank(bob);
        shares.transfer(bob, SUPPLY);
        assertEq(shares.claim(bob, address(usd)), 0);
        assertLte(shares.held(address(usd)), 1);
    }

    function test_attack_streamProlongedByDust() public {
        usd.mint(address(shares), 1_000e6);
        shares.distribute(address(usd));
        for (uint256 i = 1; i <= 200; ++i) {
            vm.warp(NOW + i);
            usd.mint(address(shares), 1);
            shares.distribute(address(usd));
        }
        assertEq(uint256(shares.streamOf(address(usd)).endsAt), NOW + PERIOD);
    }

    function testFuzz_attack_streamDelayedByAGift(uint96 first, uint96 gift, uint256 elapsed) public {
        vm.assume(first > 0 && gift > 0);
        elapsed = bound(elapsed, 0, PERIOD - 1);
        usd.mint(address(shares), first);
        shares.distribute(address(usd));
        vm.warp(NOW + elapsed);
        uint256 earned = shares.claimable(alice, address(usd));
        usd.mint(address(shares), gift);
        shares.distribute(address(usd));

        uint256 delay = shares.streamOf(address(usd)).endsAt - (NOW + PERIOD);
        uint256 delayed = first - uint256(first) * elapsed / PERIOD;
        assertLte(delayed * delay, gift * PERIOD);
        assertEq(shares.claimable(alice, address(usd)), earned);
    }

    function test_attack_assetThatCannotBeReadHindersNoTransfer() public {
        address hostile = address(new RevertingReceiver());
        address[] memory assets =
            hostile < address(usd) ? assetsOf(hostile, address(usd)) : assetsOf(address(usd), hostile);
        ListingShares mixed = createShares(publish(alice, "mixed"), SUPPLY, assets);
        usd.mint(address(mixed), 700);
        mixed.distribute(address(usd));
        vm.expectRevert(bytes("no"));
        mixed.distribute(hostile);
        vm.warp(NOW + 1 days);
        vm.prank(alice);
        mixed.transfer(bob, SUPPLY);
        near(mixed.claim(alice, address(usd)), 100);
    }

    function test_attack_assetThatMintsWithoutEnd() public {
        PlainToken token = new PlainToken();
        ListingShares flooded = sharesOf("flooded", address(token));
        token.mint(address(flooded), type(uint128).max);
        flooded.distribute(address(token));
        vm.warp(NOW + PERIOD);
        vm.prank(alice);
        flooded.transfer(bob, SUPPLY / 2);
        near(flooded.claim(alice, address(token)), type(uint128).max);

        token.mint(address(flooded), 1);
        vm.expectRevert(
            abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 128, uint256(1) << 128)
        );
        flooded.distribute(address(token));
        vm.prank(alice);
        flooded.transfer(bob, SUPPLY / 2);
    }

    function test_attack_reentrancyFromTheAsset() public {
        ReentrantToken token = new ReentrantToken();
        ListingShares targeted = sharesOf("targeted", address(token));
        token.mint(address(targeted), 1_000);
        targeted.distribute(address(token));
        vm.warp(NOW + PERIOD);

        token.attackWith(abi.encodeCall(IListingShares.claim, (alice, address(token))));
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        targeted.claim(alice, address(token));
        token.attackWith(abi.encodeCall(IListingShares.distribute, (address(token))));
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        targeted.claim(alice, address(token));

        token.attackWith("");
        near(targeted.claim(alice, address(token)), 1_000);
    }

    function test_attack_holderThatCannotBePaidBlocksNobodyElse() public {
        BlockingToken token = new BlockingToken();
        ListingShares blocked = sharesOf("blocked", address(token));
        vm.prank(alice);
        blocked.transfer(bob, SUPPLY / 2);
        token.setBlocked(bob);
        token.mint(address(blocked), 1_000);
        blocked.distribute(address(token));
        vm.warp(NOW + PERIOD);
        vm.expectRevert(bytes("blocked"));
        blocked.claim(bob, address(token));
        near(blocked.claim(alice, address(token)), 500);
        vm.prank(bob);
        blocked.transfer(alice, SUPPLY / 2);
        near(blocked.claimable(bob, address(token)), 500);
    }

    function test_attack_sharesBurntBySendingThemToNobody() public {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        shares.transfer(address(0), 1);
    }

    function test_sharesSentToThemselvesEarnForAllHolders() public {
        give(address(shares), SUPPLY / 2);
        usd.mint(address(shares), 1_000);
        shares.distribute(address(usd));
        vm.warp(NOW + PERIOD);
        near(shares.claim(address(shares), address(usd)), 500);
        near(shares.distribute(address(usd)), 500);
        vm.warp(NOW + 2 * PERIOD);
        near(shares.claimable(alice, address(usd)), 750);
    }

    // ---------------------------------------------------------------- odd assets

    function test_assetThatReturnsNothingIsPaidOut() public {
        SilentToken token = new SilentToken();
        ListingShares odd = sharesOf("odd", address(token));
        token.mint(address(odd), 1_000);
        odd.distribute(address(token));
        vm.warp(NOW + PERIOD);
        odd.claim(alice, address(token));
        near(token.balanceOf(alice), 1_000);
    }

    function test_assetThatReturnsFalseKeepsTheDividend() public {
        FalseToken token = new FalseToken();
        ListingShares odd = sharesOf("odd", address(token));
        token.mint(address(odd), 1_000);
        odd.distribute(address(token));
        vm.warp(NOW + PERIOD);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        odd.claim(alice, address(token));
        near(odd.claimable(alice, address(token)), 1_000);
    }

    function test_assetThatKeepsAFeeIsSharedByWhatArrived() public {
        FeeToken token = new FeeToken();
        ListingShares odd = sharesOf("odd", address(token));
        token.mint(buyer, 1_000);
        vm.prank(buyer);
        token.transfer(address(odd), 1_000);
        assertEq(odd.distribute(address(token)), 990);
    }

    function test_assetThatShrinksPaysTheFirst() public {
        ShrinkingToken token = new ShrinkingToken();
        ListingShares odd = sharesOf("odd", address(token));
        vm.prank(alice);
        odd.transfer(bob, SUPPLY / 2);
        token.mint(address(odd), 1_000);
        odd.distribute(address(token));
        token.shrink(address(odd), 400);
        vm.warp(NOW + PERIOD);
        assertEq(odd.distribute(address(token)), 0);
        near(odd.claim(alice, address(token)), 500);
        vm.expectRevert();
        odd.claim(bob, address(token));
        token.mint(address(odd), 400);
        near(odd.claim(bob, address(token)), 500);
    }

    // ---------------------------------------------------------------- helpers

    function sharesOf(string memory service, address asset) private returns (ListingShares) {
        return createShares(publish(alice, service), SUPPLY, assetsOf(asset));
    }

    function give(address to, uint256 amount) private {
        vm.prank(alice);
        shares.transfer(to, amount);
    }

    function gasOfClaimAndTransfer(address first, address second)
        private
        returns (uint256 claimGas, uint256 transferGas)
    {
        give(first, 1e18);
        vm.warp(block.timestamp + 1 days);
        uint256 gas = gasleft();
        shares.claim(first, address(usd));
        claimGas = gas - gasleft();
        gas = gasleft();
        vm.prank(first);
        shares.transfer(second, 1e17);
        transferGas = gas - gasleft();
    }

    function permits(string memory signer, address owner, uint256 nonce) private {
        (uint8 v, bytes32 r, bytes32 s) = signed(shares, signer, owner, 5, nonce, block.timestamp);
        shares.permit(owner, bob, 5, block.timestamp, v, r, s);
        assertEq(shares.allowance(owner, bob), 5);
    }

    function signed(
        ListingShares token,
        string memory signer,
        address owner,
        uint256 value,
        uint256 nonce,
        uint256 deadline
    ) private view returns (uint8 v, bytes32 r, bytes32 s) {
        bytes32 message = keccak256(abi.encode(PERMIT, owner, bob, value, nonce, deadline));
        return vm.sign(keyOf(signer), keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), message)));
    }

    /// @dev A fraction of an atomic unit may be waiting.
    function near(uint256 actual, uint256 expected) private {
        assertLte(actual, expected + 1);
        assertGte(actual + 1, expected);
    }
}
