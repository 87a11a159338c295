// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CommunityDistributor} from "../src/token/CommunityDistributor.sol";
import {ICommunityDistributor} from "../src/token/ICommunityDistributor.sol";
import {Test} from "./base/Test.sol";
import {MerkleTree} from "./mocks/MerkleTree.sol";
import {PlainToken} from "./mocks/Tokens.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev Claims in any order, again and again, too late too, sweeps too early too, and reads the events.
contract CommunityDistributorHandler {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 public constant COUNT = 9;
    uint64 public constant DEADLINE = 1_800_000_000 + 1 days;
    address public constant TREASURY = address(0xDA0);

    PlainToken public immutable TOKEN = new PlainToken();
    CommunityDistributor public immutable DISTRIBUTOR;

    uint256 public claimed;
    uint256 public swept;
    uint256 public wrongs;
    mapping(uint256 index => uint256) public paidByEvents;

    constructor() {
        bytes32 root = MerkleTree.root(leaves());
        DISTRIBUTOR = new CommunityDistributor(IERC20(address(TOKEN)), root, DEADLINE, TREASURY);
        TOKEN.mint(address(DISTRIBUTOR), 4_500);
    }

    function claim(uint256 index) external {
        index %= COUNT;
        bool due = !DISTRIBUTOR.isClaimed(index) && block.timestamp < DEADLINE;
        bytes32[] memory proof = MerkleTree.proof(leaves(), index);
        vm.recordLogs();
        try DISTRIBUTOR.claim(index, memberAt(index), amountAt(index), proof) {
            if (!due) ++wrongs;
            claimed += amountAt(index);
        } catch {
            if (due) ++wrongs;
        }
        read();
    }

    function sweep() external {
        vm.recordLogs();
        try DISTRIBUTOR.sweep() {
            if (block.timestamp < DEADLINE) ++wrongs;
        } catch {
            if (block.timestamp >= DEADLINE) ++wrongs;
        }
        read();
    }

    function wait(uint16 duration) external {
        vm.warp(block.timestamp + duration % 12 hours);
    }

    function memberAt(uint256 index) public pure returns (address) {
        return address(uint160(0xC0FFEE + index));
    }

    function amountAt(uint256 index) public pure returns (uint256) {
        return (index + 1) * 100;
    }

    function read() private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == ICommunityDistributor.Claimed.selector) {
                paidByEvents[uint256(logs[i].topics[1])] += abi.decode(logs[i].data, (uint256));
            } else if (logs[i].topics[0] == ICommunityDistributor.Swept.selector) {
                swept += abi.decode(logs[i].data, (uint256));
            }
        }
    }

    function leaves() private view returns (bytes32[] memory all) {
        all = new bytes32[](COUNT);
        for (uint256 i = 0; i < COUNT; ++i) {
            all[i] = keccak256(bytes.concat(keccak256(abi.encode(block.chainid, TOKEN, i, memberAt(i), amountAt(i)))));
        }
    }
}

/// forge-config: default.invariant.runs = 16
contract CommunityDistributorInvariantTest is Test {
    CommunityDistributorHandler private handler = new CommunityDistributorHandler();

    function setUp() public {
        targetContract(address(handler));
    }

    function invariant_claimsArePaidOnceAndInTimeAndTheRestIsSweptAfterwards() public {
        assertEq(handler.wrongs(), 0);
        assertEq(handler.TOKEN().balanceOf(handler.TREASURY()), handler.swept());
        assertEq(handler.TOKEN().balanceOf(address(handler.DISTRIBUTOR())), 4_500 - handler.claimed() - handler.swept());
    }

    function invariant_eventsAloneTellWhoWasPaidWhat() public {
        for (uint256 i = 0; i < handler.COUNT(); ++i) {
            uint256 paid = handler.DISTRIBUTOR().isClaimed(i) ? handler.amountAt(i) : 0;
            assertEq(handler.TOKEN().balanceOf(handler.memberAt(i)), paid);
            assertEq(handler.paidByEvents(i), paid);
        }
    }
}
