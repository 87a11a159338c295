// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Market, Setting} from "../src/governance/IGenesis.sol";
import {MarketAuthority} from "../src/governance/MarketAuthority.sol";
import {MarketGovernor} from "../src/governance/MarketGovernor.sol";
import {MarketTimelock} from "../src/governance/MarketTimelock.sol";
import {Roles} from "../src/governance/Roles.sol";
import {VoteEscrow} from "../src/staking/VoteEscrow.sol";
import {MarketToken} from "../src/token/MarketToken.sol";
import {GovernanceTest} from "./base/GovernanceTest.sol";
import {WholeMarket} from "./base/WholeMarket.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev Has a lock, and adds an atomic unit to it every second.
contract BusyHolder {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function lock(MarketToken token, VoteEscrow escrow, uint256 amount, uint256 buckets, address delegatee) external {
        token.approve(address(escrow), type(uint256).max);
        escrow.lock(amount, buckets);
        escrow.delegate(delegatee);
    }

    function increase(VoteEscrow escrow, uint256 times, uint256 since) external {
        for (uint256 i = 0; i < times; ++i) {
            vm.warp(since + i);
            escrow.increase(1e18);
        }
    }
}

/// @dev What whole transactions of the DAO cost. Run with `--isolate`.
contract GovernorGasTest is GovernanceTest {
    uint256 private constant BUCKETS = 13;
    uint256 private constant CHECKPOINTS = 500;

    function setUp() public {
        MarketAuthority authority = new MarketAuthority(address(this), 365 days);
        MarketTimelock timelock = new MarketTimelock(TIMELOCK_DELAY, address(this));
        token = new MarketToken(treasury);
        escrow = new VoteEscrow(address(authority), token, 1e18);
        governor = new MarketGovernor(escrow, token, timelock, authority, DELAY, PERIOD, EXTENSION, THRESHOLD);
        timelock.grantRole(timelock.PROPOSER_ROLE(), address(governor));

        bytes4[] memory selectors = new bytes4[](2);
        (selectors[0], selectors[1]) = (escrow.lock.selector, escrow.increase.selector);
        authority.setTargetFunctionRole(address(escrow), selectors, Roles.PUBLIC);
        lockForPower(alice, 10_000_000e18);
        lockForPower(bob, 30_000_000e18);
        lockForPower(carol, 10_000_000e18);
        vm.warp(NOW + 1 hours);
    }

    function test_theWayOfAProposal() public {
        Plan memory plan = planOf(address(1), "", "plan");
        vm.prank(alice);
        uint256 id = governor.propose(plan.targets, plan.values, plan.calls, plan.description);
        measured("propose");
        vm.warp(governor.proposalSnapshot(id) + 1);

        measureVotes(id, "", 140_000);

        endVote(id);
        queue(plan);
        measured("queue");
        vm.warp(governor.proposalEta(id));
        execute(plan);
        measured("execute, one call");
    }

    function test_aBallotBySignature() public {
        uint256 id = putToVote(alice, planOf(address(1), "", "plan"));
        bytes memory signature = signed(keyOf("alice"), ballotDigest(id, FOR, alice));
        governor.castVoteBySig(id, FOR, alice, signature);
        assertLte(measured("castVoteBySig, first"), 170_000);
    }

    function test_votesWithFiveHundredCheckpointsInEveryBucket() public {
        // Given holders who changed their locks, in every bucket, until the snapshot and after it
        busyDelegates(alice, CHECKPOINTS);
        uint256 id = putToVote(alice, planOf(address(1), "", "plan"));
        busyDelegates(alice, 20);

        measureVotes(id, ", 500 checkpoints in every bucket", 300_000);
    }

    function measureVotes(uint256 id, string memory setting, uint256 most) private {
        vm.prank(alice);
        governor.castVote(id, FOR);
        assertLte(measured(string.concat("castVote, first", setting)), most);
        vm.prank(bob);
        governor.castVote(id, FOR);
        assertLte(measured(string.concat("castVote, reaching the quorum", setting)), most);
        vm.prank(carol);
        governor.castVote(id, FOR);
        assertLte(measured(string.concat("castVote, later", setting)), most);
    }

    function busyDelegates(address delegatee, uint256 checkpoints) private {
        for (uint256 buckets = 1; buckets <= BUCKETS; ++buckets) {
            BusyHolder holder = new BusyHolder();
            vm.prank(treasury);
            token.transfer(address(holder), 2_000e18);
            holder.lock(token, escrow, 1_000e18, buckets, delegatee);
            uint256 since = block.timestamp + 1;
            holder.increase(escrow, checkpoints, since);
            vm.warp(since + checkpoints);
        }
    }

    function measured(string memory name) private returns (uint256) {
        return youngVm.snapshotGasLastCall("Governor", name);
    }
}

contract GenesisGasTest is WholeMarket {
    function test_wiring() public {
        Market memory all = contracts();
        Setting[] memory first = settings();
        vm.prank(deployer);
        genesis.wire(all, guardian, first);
        assertLte(youngVm.snapshotGasLastCall("Governor", "wire, 6 settings"), 1 << 24);
    }
}
