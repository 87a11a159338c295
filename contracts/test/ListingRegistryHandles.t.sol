// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IListingRegistry, Kind} from "../src/listing/IListingRegistry.sol";
import {ExactTransfer} from "../src/token/ExactTransfer.sol";
import {MarketToken} from "../src/token/MarketToken.sol";
import {MarketTest} from "./base/MarketTest.sol";
import {isJoined, likely} from "./base/NameRules.sol";
import {bound} from "./base/Test.sol";
import {FeeToken, PlainToken} from "./mocks/Tokens.sol";

/// @dev Handles: who gets one, what it may look like, how it moves and is given up, and what becomes of its bond.
contract ListingRegistryHandlesTest is MarketTest {
    address private alice = account("alice");
    address private bob = account("bob");

    // ---------------------------------------------------------------- claims

    function test_aHandleIsCommittedThenClaimed() public {
        bytes32 commitment = registry.handleCommitment("acme", alice, SALT);
        vm.expectEmit(address(registry));
        emit IListingRegistry.HandleCommitted(commitment, uint64(NOW + HANDLE_DELAY), uint64(NOW + 1 days));
        registry.commitHandle(commitment);

        vm.warp(NOW + HANDLE_DELAY);
        vm.expectEmit(address(registry));
        emit IListingRegistry.HandleClaimed("acme", alice, 0);
        vm.prank(alice);
        registry.claimHandle("acme", SALT);

        assertEq(registry.handleOf("acme").owner, alice);
    }

    function testFuzz_aClaimHoldsOnlyInsideItsWindow(uint256 age) public {
        age = bound(age, 0, 2 days);
        bytes32 commitment = registry.handleCommitment("acme", alice, SALT);
        registry.commitHandle(commitment);
        vm.warp(NOW + age);
        if (age < HANDLE_DELAY || age > 1 days) expectNotCommitted(commitment);
        vm.prank(alice);
        registry.claimHandle("acme", SALT);
    }

    function testFuzz_aClaimWithoutItsCommitmentFails(address caller, string memory handle, bytes32 salt) public {
        commitHandle(alice, "acme");
        vm.assume(caller != address(authority));
        vm.assume(caller != alice || salt != SALT || !same(handle, "acme"));
        expectNotCommitted(registry.handleCommitment(handle, caller, salt));
        vm.prank(caller);
        registry.claimHandle(handle, salt);
    }

    function test_attack_claimCopiedFromThePool() public {
        commitHandle(alice, "acme");
        expectNotCommitted(registry.handleCommitment("acme", bob, SALT));
        vm.prank(bob);
        registry.claimHandle("acme", SALT);
    }

    function test_attack_commitmentRepeatedByAStranger() public {
        bytes32 commitment = registry.handleCommitment("acme", alice, SALT);
        registry.commitHandle(commitment);
        vm.warp(NOW + HANDLE_DELAY);
        vm.prank(stranger);
        registry.commitHandle(commitment);
        vm.prank(alice);
        registry.claimHandle("acme", SALT);
    }

    function test_anOldCommitmentCanBeMadeAgain() public {
        bytes32 commitment = registry.handleCommitment("acme", alice, SALT);
        registry.commitHandle(commitment);
        vm.warp(NOW + 1 days + 1);
        registry.commitHandle(commitment);
        vm.warp(NOW + 1 days + 1 + HANDLE_DELAY);
        vm.prank(alice);
        registry.claimHandle("acme", SALT);
    }

    function test_aCommitmentIsUsedUp() public {
        claimHandle(alice, "acme");
        vm.prank(alice);
        registry.releaseHandle("acme");
        expectNotCommitted(registry.handleCommitment("acme", alice, SALT));
        vm.prank(alice);
        registry.claimHandle("acme", SALT);
    }

    function test_aTakenHandleIsNotClaimedAgain() public {
        claimHandle(alice, "acme");
        commitHandle(bob, "acme");
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.HandleTaken.selector, "acme"));
        registry.claimHandle("acme", SALT);
    }

    // ---------------------------------------------------------------- names

    function test_wellFormedHandlesAreClaimed() public {
        string[7] memory handles = ["abc", "a-b", "0ax", "1x1", "a-b-c-d", "000", "abcdefghijklmnopqrstuvwxyz-01234"];
        for (uint256 i = 0; i < handles.length; ++i) {
            claimHandle(alice, handles[i]);
            assertEq(registry.handleOf(handles[i]).owner, alice);
        }
    }

    function test_malformedHandlesAreRefused() public {
        string[14] memory handles = [
            "",
            "ab",
            "-ab",
            "ab-",
            "a--b",
            "Abc",
            "a_b",
            "a.b",
            "a b",
            "0xa",
            "a/b",
            unicode"ä-b",
            "ab\x00",
            "abcdefghijklmnopqrstuvwxyz-012345"
        ];
        for (uint256 i = 0; i < handles.length; ++i) {
            commitHandle(alice, handles[i]);
            vm.prank(alice);
            vm.expectRevert(abi.encodeWithSelector(IListingRegistry.MalformedHandle.selector, handles[i]));
            registry.claimHandle(handles[i], SALT);
        }
    }

    function testFuzz_everyHandleByItsRule(bytes memory raw) public {
        string memory handle = string(raw);
        commitHandle(alice, handle);
        if (!isHandleByRule(raw)) {
            vm.expectRevert(abi.encodeWithSelector(IListingRegistry.MalformedHandle.selector, handle));
        }
        vm.prank(alice);
        registry.claimHandle(handle, SALT);
    }

    function testFuzz_everyHandleOfLikelyCharactersByItsRule(uint256 seed, uint256 length) public {
        testFuzz_everyHandleByItsRule(likely("abz019-0x-_A", seed, bound(length, 0, 34)));
    }

    function test_reservedHandlesAreNotClaimedUntilTheyAreFreed() public {
        string[] memory handles = new string[](2);
        (handles[0], handles[1]) = ("stoa", "admin");
        vm.expectEmit(address(registry));
        emit IListingRegistry.HandleReserved("admin", true);
        vm.prank(admin);
        registry.setReserved(handles, true);
        assertTrue(registry.isReserved("stoa"));

        commitHandle(alice, "admin");
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.HandleIsReserved.selector, "admin"));
        registry.claimHandle("admin", SALT);

        vm.prank(admin);
        registry.setReserved(handles, false);
        vm.prank(alice);
        registry.claimHandle("admin", SALT);
    }

    // ---------------------------------------------------------------- transfers

    function test_aHandleMovesInTwoSteps() public {
        claimHandle(alice, "acme");
        vm.expectEmit(address(registry));
        emit IListingRegistry.HandleTransferStarted("acme", alice, bob);
        vm.prank(alice);
        registry.transferHandle("acme", bob);
        assertEq(registry.handleOf("acme").owner, alice);
        assertEq(registry.handleOf("acme").heir, bob);

        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.NotHandleHeir.selector, "acme", stranger));
        registry.acceptHandle("acme");

        vm.expectEmit(address(registry));
        emit IListingRegistry.HandleTransferred("acme", alice, bob);
        vm.prank(bob);
        registry.acceptHandle("acme");
        assertEq(registry.handleOf("acme").owner, bob);
        assertEq(registry.handleOf("acme").heir, address(0));
    }

    function test_anOfferedHandleCanBeTakenBack() public {
        claimHandle(alice, "acme");
        vm.startPrank(alice);
        registry.transferHandle("acme", bob);
        registry.transferHandle("acme", address(0));
        vm.stopPrank();
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.NotHandleHeir.selector, "acme", bob));
        registry.acceptHandle("acme");
    }

    function testFuzz_onlyItsOwnerMovesAHandle(address caller) public {
        vm.assume(caller != alice && caller != address(authority));
        claimHandle(alice, "acme");
        bytes memory refusal = abi.encodeWithSelector(IListingRegistry.NotHandleOwner.selector, "acme", caller);
        vm.startPrank(caller);
        vm.expectRevert(refusal);
        registry.transferHandle("acme", caller);
        vm.expectRevert(refusal);
        registry.releaseHandle("acme");
        vm.expectRevert(refusal);
        registry.publish("acme", "service", Kind.MODEL, CID, MANIFEST, OFFERS, allToTitle());
        vm.stopPrank();
    }

    // ---------------------------------------------------------------- bonds

    function testFuzz_theBondOfAHandleComesBackWithIt(uint88 amount) public {
        PlainToken token = setBond(amount);
        token.mint(alice, amount);
        vm.prank(alice);
        token.approve(address(registry), amount);
        claimHandle(alice, "acme");
        assertEq(token.balanceOf(address(registry)), amount);
        assertEq(uint256(registry.handleOf("acme").bond), amount);

        vm.prank(admin);
        registry.setHandleBond(token, amount / 2);
        vm.prank(alice);
        registry.transferHandle("acme", bob);
        vm.prank(bob);
        registry.acceptHandle("acme");
        vm.expectEmit(address(registry));
        emit IListingRegistry.HandleTransferred("acme", bob, address(0));
        vm.prank(bob);
        registry.releaseHandle("acme");

        assertEq(token.balanceOf(bob), amount);
        assertEq(token.balanceOf(address(registry)), 0);
        assertEq(registry.handleOf("acme").owner, address(0));
    }

    function test_aClaimWithoutItsBondFails() public {
        setBond(1);
        commitHandle(alice, "acme");
        vm.prank(alice);
        vm.expectRevert();
        registry.claimHandle("acme", SALT);
    }

    function test_theBondIsPaidInTheMarketToken() public {
        MarketToken token = new MarketToken(alice);
        vm.prank(admin);
        registry.setHandleBond(token, 100e18);
        vm.prank(alice);
        token.approve(address(registry), 100e18);

        claimHandle(alice, "acme");
        assertEq(token.balanceOf(address(registry)), 100e18);

        vm.prank(alice);
        registry.releaseHandle("acme");
        assertEq(token.balanceOf(alice), token.totalSupply());
    }

    function test_attack_bondInATokenThatKeepsAFee() public {
        FeeToken token = new FeeToken();
        vm.prank(admin);
        registry.setHandleBond(token, 1_000);
        token.mint(alice, 1_000);
        vm.prank(alice);
        token.approve(address(registry), 1_000);
        commitHandle(alice, "acme");

        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ExactTransfer.InexactTransfer.selector, address(token), 1_000, 990));
        registry.claimHandle("acme", SALT);
    }

    function test_attack_allowanceAsTheLimitOfABondThatRose() public {
        PlainToken token = setBond(10);
        token.mint(alice, 1_000);
        vm.prank(alice);
        token.approve(address(registry), 10);
        commitHandle(alice, "acme");
        vm.prank(admin);
        registry.setHandleBond(token, 11);

        vm.prank(alice);
        vm.expectRevert();
        registry.claimHandle("acme", SALT);
    }

    function test_bondsStayInOneToken() public {
        PlainToken token = setBond(5);
        (, uint256 amount) = registry.handleBond();
        assertEq(amount, 5);
        vm.prank(admin);
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.BondTokenFixed.selector, address(token)));
        registry.setHandleBond(usd, 5);
    }

    // ---------------------------------------------------------------- releases

    function test_aReleasedHandleIsFreeAgain() public {
        claimHandle(alice, "acme");
        vm.prank(alice);
        registry.releaseHandle("acme");
        claimHandle(bob, "acme");
        assertEq(registry.handleOf("acme").owner, bob);
    }

    function test_attack_reputationOfAReleasedHandleTakenOver() public {
        claimHandle(alice, "acme");
        vm.startPrank(alice);
        registry.publish("acme", "model", Kind.MODEL, CID, MANIFEST, OFFERS, allToTitle());
        registry.releaseHandle("acme");
        vm.stopPrank();
        commitHandle(bob, "acme");
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.HandleTaken.selector, "acme"));
        registry.claimHandle("acme", SALT);
    }

    // ---------------------------------------------------------------- helpers

    function setBond(uint88 amount) private returns (PlainToken token) {
        token = new PlainToken();
        vm.expectEmit(address(registry));
        emit IListingRegistry.HandleBondSet(address(token), amount);
        vm.prank(admin);
        registry.setHandleBond(token, amount);
    }

    function expectNotCommitted(bytes32 commitment) private {
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.HandleNotCommitted.selector, commitment));
    }

    /// @dev The rule for handles once more, written as it is spoken.
    function isHandleByRule(bytes memory raw) private pure returns (bool) {
        if (raw.length < 3 || raw.length > 32) return false;
        if (raw[0] == "0" && raw[1] == "x") return false;
        return isJoined(raw, "-");
    }

    function same(string memory one, string memory other) private pure returns (bool) {
        return keccak256(bytes(one)) == keccak256(bytes(other));
    }
}
