// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MarketGovernor} from "../../src/governance/MarketGovernor.sol";
import {VoteEscrow} from "../../src/staking/VoteEscrow.sol";
import {MarketToken} from "../../src/token/MarketToken.sol";
import {Test} from "./Test.sol";

/// @dev People with locked tokens, and the shortest way to a decision. Descendants deploy the contracts.
abstract contract GovernanceTest is Test {
    uint8 internal constant AGAINST = 0;
    uint8 internal constant FOR = 1;
    uint8 internal constant ABSTAIN = 2;

    uint48 internal constant DELAY = 1 days;
    uint32 internal constant PERIOD = 7 days;
    uint48 internal constant EXTENSION = 2 days;
    uint48 internal constant TIMELOCK_DELAY = 2 days;
    uint256 internal constant THRESHOLD = 100_000e18;
    /// A fiftieth of the supply: the least quorum there is.
    uint256 internal constant SUPPLY_QUORUM = 20_000_000e18;

    address internal treasury = account("treasury");
    address internal alice = account("alice");
    address internal bob = account("bob");
    address internal carol = account("carol");
    address internal stranger = account("stranger");

    MarketToken internal token;
    VoteEscrow internal escrow;
    MarketGovernor internal governor;

    /// @dev One call, as a proposal.
    struct Plan {
        address[] targets;
        uint256[] values;
        bytes[] calls;
        string description;
    }

    function planOf(address target, bytes memory call, string memory description)
        internal
        pure
        returns (Plan memory plan)
    {
        plan = Plan(new address[](1), new uint256[](1), new bytes[](1), description);
        (plan.targets[0], plan.calls[0]) = (target, call);
    }

    /// @dev Twelve months double: `power` is what `owner` has to vote with from now on.
    function lockForPower(address owner, uint256 power) internal {
        vm.prank(treasury);
        token.transfer(owner, power / 2);
        vm.startPrank(owner);
        token.approve(address(escrow), power / 2);
        escrow.lock(power / 2, 13);
        vm.stopPrank();
    }

    function propose(address proposer, Plan memory plan) internal returns (uint256 id) {
        vm.prank(proposer);
        return governor.propose(plan.targets, plan.values, plan.calls, plan.description);
    }

    /// @dev Proposes, and lets the delay pass.
    function putToVote(address proposer, Plan memory plan) internal returns (uint256 id) {
        id = propose(proposer, plan);
        vm.warp(governor.proposalSnapshot(id) + 1);
    }

    function vote(address voter, uint256 id, uint8 support) internal {
        vm.prank(voter);
        governor.castVote(id, support);
    }

    function endVote(uint256 id) internal {
        vm.warp(governor.proposalDeadline(id) + 1);
    }

    function queue(Plan memory plan) internal {
        governor.queue(plan.targets, plan.values, plan.calls, keccak256(bytes(plan.description)));
    }

    function execute(Plan memory plan) internal {
        governor.execute(plan.targets, plan.values, plan.calls, keccak256(bytes(plan.description)));
    }

    /// @dev `voter` alone decides: the whole way of a proposal.
    function decide(address voter, Plan memory plan) internal {
        uint256 id = putToVote(voter, plan);
        vote(voter, id, FOR);
        endVote(id);
        queue(plan);
        vm.warp(governor.proposalEta(id));
        execute(plan);
    }

    function ballotDigest(uint256 id, uint8 support, address voter) internal view returns (bytes32) {
        (, string memory name, string memory version, uint256 chainId, address verifying,,) = governor.eip712Domain();
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                chainId,
                verifying
            )
        );
        bytes32 ballot = keccak256(abi.encode(governor.BALLOT_TYPEHASH(), id, support, voter, governor.nonces(voter)));
        return keccak256(abi.encodePacked(hex"1901", domain, ballot));
    }

    function signed(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}
