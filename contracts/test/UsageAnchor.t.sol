// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IUsageAnchor} from "../src/payment/IUsageAnchor.sol";
import {UsageAnchor} from "../src/payment/UsageAnchor.sol";
import {Test, bound} from "./base/Test.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {Vm} from "@prb/test/Vm.sol";

contract UsageAnchorTest is Test {
    bytes private constant CID = hex"015512201111111111111111111111111111111111111111111111111111111111111111";

    address private alice = account("alice");
    address private bob = account("bob");
    UsageAnchor private anchors = new UsageAnchor();

    function testFuzz_aRootIsAnchoredOnceForEver(uint64 epoch, bytes32 root, uint64 count, bytes32 other) public {
        vm.assume(root != 0 && count != 0 && other != 0);
        vm.expectEmit(address(anchors));
        emit IUsageAnchor.UsageAnchored(alice, epoch, root, count, CID);
        vm.startPrank(alice);
        anchors.anchor(epoch, root, count, CID);
        assertEq(anchors.rootOf(alice, epoch), root);

        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.EpochAnchored.selector, alice, epoch));
        anchors.anchor(epoch, other, count, CID);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.EpochAnchored.selector, alice, epoch));
        anchors.anchor(epoch, root, count, CID);
        vm.stopPrank();
        assertEq(anchors.rootOf(alice, epoch), root);
    }

    function test_everySenderHasItsOwnEpochs() public {
        anchor(alice, 7, "one");
        anchor(bob, 7, "two");
        anchor(alice, 3, "three");
        assertEq(anchors.rootOf(alice, 7), bytes32("one"));
        assertEq(anchors.rootOf(bob, 7), bytes32("two"));
        assertEq(anchors.rootOf(alice, 3), bytes32("three"));
        assertEq(anchors.rootOf(bob, 3), bytes32(0));
    }

    function test_thereMustBeSomethingToAnchor() public {
        vm.expectRevert(IUsageAnchor.NothingAnchored.selector);
        anchors.anchor(1, 0, 1, "");
        vm.expectRevert(IUsageAnchor.NothingAnchored.selector);
        anchors.anchor(1, "root", 0, "");
    }

    function test_theCidIsWellFormedOrAbsent() public {
        bytes[3] memory malformed =
            [bytes(hex"015512"), abi.encodePacked(hex"1220", bytes32("x")), abi.encodePacked(hex"01", new bytes(64))];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.MalformedCid.selector, malformed[i]));
            anchors.anchor(1, "root", 1, malformed[i]);
        }
        anchors.anchor(1, "root", 1, "");
        anchors.anchor(2, "root", 1, abi.encodePacked(hex"01", new bytes(63)));
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_everyReceiptOfATreeIsProved(uint256 seed, uint256 count, uint64 epoch) public {
        count = bound(count, 1, 9);
        bytes32[] memory receipts = new bytes32[](count);
        bytes32[] memory leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            receipts[i] = keccak256(abi.encode(seed, i));
            leaves[i] = anchors.leafOf(alice, epoch, receipts[i]);
        }
        vm.prank(alice);
        anchors.anchor(epoch, rootOf(leaves), uint64(count), "");
        for (uint256 i = 0; i < count; ++i) {
            bytes32[] memory proof = proofOf(leaves, i);
            assertTrue(anchors.verify(alice, epoch, receipts[i], proof));
            assertFalse(anchors.verify(alice, epoch, bytes32(uint256(receipts[i]) ^ 1), proof));
            assertFalse(anchors.verify(bob, epoch, receipts[i], proof));
            unchecked {
                assertFalse(anchors.verify(alice, epoch + 1, receipts[i], proof));
            }
        }
    }

    function test_leavesAreTheDocumentedOnes() public {
        bytes32 inner = keccak256(abi.encode(block.chainid, address(anchors), alice, uint64(5), bytes32("receipt")));
        assertEq(anchors.leafOf(alice, 5, "receipt"), keccak256(abi.encode(inner)));
    }

    function test_attack_rootOfAnotherSenderAnchoredAsOwn() public {
        bytes32 root = anchors.leafOf(alice, 1, "receipt");
        anchor(alice, 1, root);
        anchor(bob, 1, root);
        assertTrue(anchors.verify(alice, 1, "receipt", new bytes32[](0)));
        assertFalse(anchors.verify(bob, 1, "receipt", new bytes32[](0)));
    }

    function test_attack_innerNodePassedOffAsAReceipt() public {
        bytes32[] memory leaves = new bytes32[](4);
        for (uint256 i = 0; i < 4; ++i) {
            leaves[i] = anchors.leafOf(alice, 1, bytes32(i));
        }
        anchor(alice, 1, rootOf(leaves));
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = Hashes.commutativeKeccak256(leaves[2], leaves[3]);
        bytes32 inner = Hashes.commutativeKeccak256(leaves[0], leaves[1]);
        assertEq(Hashes.commutativeKeccak256(inner, proof[0]), rootOf(leaves));
        assertFalse(anchors.verify(alice, 1, inner, proof));
        assertFalse(anchors.verify(alice, 1, rootOf(leaves), new bytes32[](0)));
    }

    function testFuzz_attack_proofAgainstAnEpochThatWasNotAnchored(bytes32 receipt, bytes32[] memory proof) public {
        assertFalse(anchors.verify(alice, 1, receipt, proof));
    }

    /// forge-config: default.fuzz.runs = 32
    function testFuzz_eventsAloneTellEveryRoot(uint256 seed) public {
        vm.recordLogs();
        for (uint256 i = 0; i < 12; ++i) {
            uint256 die = uint256(keccak256(abi.encode(seed, i)));
            address sender = die % 2 == 0 ? alice : bob;
            if (anchors.rootOf(sender, uint64(die / 2 % 8)) == 0) anchor(sender, uint64(die / 2 % 8), bytes32(die));
        }
        Vm.Log[] memory logs = vm.getRecordedLogs();
        bytes32[16] memory roots;
        for (uint256 i = 0; i < logs.length; ++i) {
            (bytes32 root,,) = abi.decode(logs[i].data, (bytes32, uint64, bytes));
            bool ofAlice = logs[i].topics[1] == bytes32(uint256(uint160(alice)));
            roots[(ofAlice ? 0 : 8) + uint256(logs[i].topics[2])] = root;
        }
        for (uint256 i = 0; i < 8; ++i) {
            assertEq(roots[i], anchors.rootOf(alice, uint64(i)));
            assertEq(roots[8 + i], anchors.rootOf(bob, uint64(i)));
        }
    }

    function anchor(address sender, uint64 epoch, bytes32 root) private {
        vm.prank(sender);
        anchors.anchor(epoch, root, 1, "");
    }

    /// @dev Pairs from the left; an odd one goes up as it is.
    function rootOf(bytes32[] memory nodes) private pure returns (bytes32) {
        while (nodes.length > 1) {
            nodes = parentsOf(nodes);
        }
        return nodes[0];
    }

    function proofOf(bytes32[] memory nodes, uint256 index) private pure returns (bytes32[] memory proof) {
        proof = new bytes32[](0);
        while (nodes.length > 1) {
            uint256 sibling = index ^ 1;
            if (sibling < nodes.length) {
                bytes32[] memory longer = new bytes32[](proof.length + 1);
                for (uint256 i = 0; i < proof.length; ++i) {
                    longer[i] = proof[i];
                }
                longer[proof.length] = nodes[sibling];
                proof = longer;
            }
            index /= 2;
            nodes = parentsOf(nodes);
        }
    }

    function parentsOf(bytes32[] memory nodes) private pure returns (bytes32[] memory parents) {
        parents = new bytes32[]((nodes.length + 1) / 2);
        for (uint256 i = 0; i < parents.length; ++i) {
            parents[i] =
                2 * i + 1 < nodes.length ? Hashes.commutativeKeccak256(nodes[2 * i], nodes[2 * i + 1]) : nodes[2 * i];
        }
    }
}
