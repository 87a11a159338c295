// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CommunityDistributor} from "../src/token/CommunityDistributor.sol";
import {ICommunityDistributor} from "../src/token/ICommunityDistributor.sol";
import {Test, bound} from "./base/Test.sol";
import {RevertingReceiver} from "./mocks/Accounts.sol";
import {MerkleTree} from "./mocks/MerkleTree.sol";
import {FalseToken, PlainToken, ReentrantToken, SilentToken} from "./mocks/Tokens.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

contract CommunityDistributorTest is Test {
    uint64 private constant DEADLINE = uint64(NOW + 90 days);
    uint256 private constant COUNT = 7;

    address private treasury = account("treasury");
    address private stranger = account("stranger");
    PlainToken private token = new PlainToken();
    CommunityDistributor private distributor;

    function setUp() public {
        distributor = over(IERC20(address(token)));
        token.mint(address(distributor), 2_800);
    }

    // ---------------------------------------------------------------- claims

    function testFuzz_anyoneClaimsButOnlyTheAccountOnTheListIsPaidAndOnce(uint256 index, address caller) public {
        index = bound(index, 0, COUNT - 1);
        bytes32[] memory proof = proofOf(index);
        assertFalse(distributor.isClaimed(index));

        vm.expectEmit(address(distributor));
        emit ICommunityDistributor.Claimed(index, memberAt(index), amountAt(index));
        vm.prank(caller);
        distributor.claim(index, memberAt(index), amountAt(index), proof);

        assertEq(token.balanceOf(memberAt(index)), amountAt(index));
        assertTrue(distributor.isClaimed(index));
        vm.expectRevert(abi.encodeWithSelector(ICommunityDistributor.AlreadyClaimed.selector, index));
        distributor.claim(index, memberAt(index), amountAt(index), proof);
    }

    function test_everybodyIsPaidInAnyOrder() public {
        for (uint256 i = 0; i < COUNT; ++i) {
            uint256 index = i * 3 % COUNT;
            distributor.claim(index, memberAt(index), amountAt(index), proofOf(index));
        }
        assertEq(token.balanceOf(address(distributor)), 0);
        for (uint256 i = 0; i < COUNT; ++i) {
            assertEq(token.balanceOf(memberAt(i)), amountAt(i));
        }
    }

    function testFuzz_whatIsNotOnTheListIsRefused(uint256 index, address to, uint256 amount, uint256 proofIndex)
        public
    {
        proofIndex = bound(proofIndex, 0, COUNT - 1);
        if (index == proofIndex && to == memberAt(index) && amount == amountAt(index)) ++amount;
        refused(index, to, amount, proofOf(proofIndex));
    }

    function testFuzz_aClaimHoldsUntilTheDeadline(uint256 time) public {
        time = bound(time, NOW, uint256(DEADLINE) + 3_650 days);
        vm.warp(time);
        bytes32[] memory proof = proofOf(0);
        if (time >= DEADLINE) {
            vm.expectRevert(abi.encodeWithSelector(ICommunityDistributor.DeadlinePassed.selector, DEADLINE));
        }
        distributor.claim(0, memberAt(0), amountAt(0), proof);
    }

    function test_aListOfOneNeedsNoProof() public {
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(block.chainid, token, 0, stranger, 5))));
        CommunityDistributor single = new CommunityDistributor(IERC20(address(token)), leaf, DEADLINE, treasury);
        token.mint(address(single), 5);
        single.claim(0, stranger, 5, new bytes32[](0));
        assertEq(token.balanceOf(stranger), 5);
    }

    // ---------------------------------------------------------------- sweep

    function testFuzz_theRestGoesToTheTreasuryOnceTheDeadlineHasPassed(uint256 claims, address caller) public {
        claims = bound(claims, 0, COUNT);
        uint256 left = 2_800;
        for (uint256 i = 0; i < claims; ++i) {
            distributor.claim(i, memberAt(i), amountAt(i), proofOf(i));
            left -= amountAt(i);
        }
        vm.warp(DEADLINE - 1);
        vm.expectRevert(abi.encodeWithSelector(ICommunityDistributor.DeadlineNotReached.selector, DEADLINE));
        distributor.sweep();

        vm.warp(DEADLINE);
        vm.prank(caller);
        assertEq(distributor.sweep(), left);
        assertEq(token.balanceOf(treasury), left);
        assertEq(token.balanceOf(address(distributor)), 0);
        assertEq(distributor.sweep(), 0);
    }

    function test_sweepTellsWhatWasLeft() public {
        vm.warp(DEADLINE);
        vm.expectEmit(address(distributor));
        emit ICommunityDistributor.Swept(2_800);
        distributor.sweep();
    }

    // ---------------------------------------------------------------- deployment

    function test_aDeadlineInThePastAndNoTreasuryAreRefused() public {
        vm.expectRevert(abi.encodeWithSelector(ICommunityDistributor.DeadlinePassed.selector, uint64(NOW)));
        new CommunityDistributor(IERC20(address(token)), 0, uint64(NOW), treasury);
        vm.expectRevert(ICommunityDistributor.NoTreasury.selector);
        new CommunityDistributor(IERC20(address(token)), 0, DEADLINE, address(0));
    }

    function test_itTellsItsTerms() public {
        assertEq(address(distributor.TOKEN()), address(token));
        assertEq(distributor.ROOT(), MerkleTree.root(leaves(address(token))));
        assertEq(uint256(distributor.DEADLINE()), DEADLINE);
        assertEq(distributor.TREASURY(), treasury);
    }

    // ---------------------------------------------------------------- attacks

    function test_attack_anInnerNodeClaimedAsALeaf() public {
        bytes32[] memory all = leaves(address(token));
        bytes32[] memory proof = proofOf(0);
        bytes32[] memory shorter = new bytes32[](proof.length - 1);
        for (uint256 i = 0; i < shorter.length; ++i) {
            shorter[i] = proof[i + 1];
        }
        bytes32 node = Hashes.commutativeKeccak256(all[0], all[1]);
        refused(uint256(node), address(uint160(uint256(all[0]))), uint256(all[1]), shorter);
        refused(uint256(all[0]), address(uint160(uint256(all[1]))), 0, shorter);
        refused(0, memberAt(0), amountAt(0), shorter);
        refused(0, memberAt(0), amountAt(0), new bytes32[](0));
    }

    function test_attack_aListUsedForAnotherTokenOrChain() public {
        PlainToken other = new PlainToken();
        CommunityDistributor copy = new CommunityDistributor(other, distributor.ROOT(), DEADLINE, treasury);
        other.mint(address(copy), 2_800);
        bytes32[] memory proof = proofOf(0);
        vm.expectRevert(
            abi.encodeWithSelector(ICommunityDistributor.NotOnTheList.selector, 0, memberAt(0), amountAt(0))
        );
        copy.claim(0, memberAt(0), amountAt(0), proof);
        vm.chainId(block.chainid + 1);
        refused(0, memberAt(0), amountAt(0), proof);
    }

    function test_attack_claimReEntered() public {
        ReentrantToken hostile = new ReentrantToken();
        CommunityDistributor target = over(hostile);
        hostile.mint(address(target), 2_800);
        bytes32[] memory proof = MerkleTree.proof(leaves(address(target.TOKEN())), 0);
        hostile.attackWith(abi.encodeCall(ICommunityDistributor.claim, (0, memberAt(0), amountAt(0), proof)));
        vm.expectRevert(abi.encodeWithSelector(ICommunityDistributor.AlreadyClaimed.selector, 0));
        target.claim(0, memberAt(0), amountAt(0), proof);
    }

    // ---------------------------------------------------------------- hostile tokens and receivers

    function test_aTokenThatReturnsNothingPays() public {
        SilentToken silent = new SilentToken();
        CommunityDistributor target = over(IERC20(address(silent)));
        silent.mint(address(target), 2_800);
        target.claim(0, memberAt(0), amountAt(0), MerkleTree.proof(leaves(address(target.TOKEN())), 0));
        assertEq(silent.balanceOf(memberAt(0)), amountAt(0));
    }

    function test_aTokenThatReturnsFalseMovesNoBooks() public {
        FalseToken hostile = new FalseToken();
        CommunityDistributor target = over(IERC20(address(hostile)));
        bytes32[] memory proof = MerkleTree.proof(leaves(address(target.TOKEN())), 0);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(hostile)));
        target.claim(0, memberAt(0), amountAt(0), proof);
        assertFalse(target.isClaimed(0));
    }

    function test_aReceiverThatRefusesCallsIsPaid() public {
        vm.etch(memberAt(0), address(new RevertingReceiver()).code);
        distributor.claim(0, memberAt(0), amountAt(0), proofOf(0));
        assertEq(token.balanceOf(memberAt(0)), amountAt(0));
    }

    // ---------------------------------------------------------------- helpers

    function over(IERC20 asset) private returns (CommunityDistributor) {
        return new CommunityDistributor(asset, MerkleTree.root(leaves(address(asset))), DEADLINE, treasury);
    }

    function refused(uint256 index, address to, uint256 amount, bytes32[] memory proof) private {
        vm.expectRevert(abi.encodeWithSelector(ICommunityDistributor.NotOnTheList.selector, index, to, amount));
        distributor.claim(index, to, amount, proof);
    }

    function proofOf(uint256 index) private view returns (bytes32[] memory) {
        return MerkleTree.proof(leaves(address(token)), index);
    }

    function leaves(address asset) private view returns (bytes32[] memory all) {
        all = new bytes32[](COUNT);
        for (uint256 i = 0; i < COUNT; ++i) {
            all[i] = keccak256(bytes.concat(keccak256(abi.encode(block.chainid, asset, i, memberAt(i), amountAt(i)))));
        }
    }

    function memberAt(uint256 index) private pure returns (address) {
        return address(uint160(0xC0FFEE + index));
    }

    function amountAt(uint256 index) private pure returns (uint256) {
        return (index + 1) * 100;
    }
}
