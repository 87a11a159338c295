// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVoteEscrow} from "../staking/IVoteEscrow.sol";
import {Chains} from "./Chains.sol";
import {IMarketGovernor} from "./IMarketGovernor.sol";
import {Roles} from "./Roles.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorPreventLateQuorum} from "@openzeppelin/contracts/governance/extensions/GovernorPreventLateQuorum.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

contract MarketGovernor is
    GovernorSettings,
    GovernorCountingSimple,
    GovernorVotes,
    GovernorPreventLateQuorum,
    GovernorTimelockControl,
    IMarketGovernor
{
    using Checkpoints for Checkpoints.Trace208;
    using SafeCast for uint256;

    /// Quorum and margin in parts: a tenth of the power, a fiftieth of the supply, a tenth of the votes cast.
    uint256 private constant POWER_PARTS = 10;
    uint256 private constant SUPPLY_PARTS = 50;
    uint256 private constant MARGIN_PARTS = 10;

    uint256 private constant MIN_DELAY = 1 days;
    uint256 private constant MAX_DELAY = 7 days;
    uint256 private constant MIN_PERIOD = 3 days;
    uint256 private constant MAX_PERIOD = 14 days;
    uint256 private constant MIN_EXTENSION = 1 days;
    uint256 private constant MAX_EXTENSION = 3 days;
    uint256 private constant MIN_THRESHOLD = 1_000e18;
    uint256 private constant MAX_THRESHOLD = 10_000_000e18;
    uint256 private constant MONTH = 28 days;

    IERC20 private immutable MARKET_TOKEN;
    IAccessManager private immutable AUTHORITY;

    /// Supply of the market token whenever something was proposed, so that later burning changes no result.
    Checkpoints.Trace208 private _supplies;

    /// @inheritdoc IMarketGovernor
    mapping(uint256 month => mapping(address account => uint256)) public proposalsIn;

    /// @param escrow counts the votes, by the second
    /// @param marketToken of whose supply a quorum is a fiftieth at least
    /// @param executor carries out what was decided; this governor must be its only proposer
    /// @param authority knows the court
    /// @param delay seconds between a proposal and its vote: 1 to 7 days, on a development chain also less
    /// @param period seconds of a vote: 3 to 14 days
    /// @param extension seconds that a vote goes on at least after its quorum was reached: 1 to 3 days
    /// @param threshold votes that a proposal takes: power of 1,000 to 10,000,000 whole tokens
    constructor(
        IVoteEscrow escrow,
        IERC20 marketToken,
        TimelockController executor,
        IAccessManager authority,
        uint48 delay,
        uint32 period,
        uint48 extension,
        uint256 threshold
    )
        Governor("Stoa")
        GovernorSettings(delay, period, threshold)
        GovernorVotes(escrow)
        GovernorPreventLateQuorum(extension)
        GovernorTimelockControl(executor)
    {
        MARKET_TOKEN = marketToken;
        AUTHORITY = authority;
        _noteSupply();
    }

    /// @inheritdoc IGovernor
    function propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description
    ) public override returns (uint256) {
        (bool isCourt,) = AUTHORITY.hasRole(Roles.COURT, msg.sender);
        if (!isCourt) {
            _useQuota(msg.sender);
            return super.propose(targets, values, calldatas, description);
        }
        if (!_isValidDescriptionForProposer(msg.sender, description)) revert GovernorRestrictedProposer(msg.sender);
        return _propose(targets, values, calldatas, description, msg.sender);
    }

    /// @notice Votes, for and abstaining, that a proposal needs whose vote began at `timepoint`: a tenth of all power
    /// then, and no less than a fiftieth of the token's supply as of the last proposal before; both rounded up.
    function quorum(uint256 timepoint) public view override returns (uint256) {
        uint256 power = token().getPastTotalSupply(timepoint);
        uint256 supply = _supplies.upperLookupRecent(timepoint.toUint48());
        return Math.max(Math.ceilDiv(power, POWER_PARTS), Math.ceilDiv(supply, SUPPLY_PARTS));
    }

    /// @inheritdoc IMarketGovernor
    function proposalQuota(address account) public view returns (uint256) {
        return Math.max(IVoteEscrow(address(token())).scoreAt(account, block.timestamp - 1), 1);
    }

    // ------------------------------------------------------------------ the rule

    function _propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description,
        address proposer
    ) internal override returns (uint256) {
        _noteSupply();
        return super._propose(targets, values, calldatas, description, proposer);
    }

    function _voteSucceeded(uint256 proposalId)
        internal
        view
        override(Governor, GovernorCountingSimple)
        returns (bool)
    {
        (uint256 against, uint256 inFavour, uint256 abstain) = proposalVotes(proposalId);
        return inFavour > against && (inFavour - against) * MARGIN_PARTS >= inFavour + against + abstain;
    }

    function _noteSupply() private {
        _supplies.push(uint48(block.timestamp), MARKET_TOKEN.totalSupply().toUint208());
    }

    function _useQuota(address proposer) private {
        uint256 quota = proposalQuota(proposer);
        uint256 used = proposalsIn[block.timestamp / MONTH][proposer]++;
        if (used >= quota) revert ProposalQuotaUsed(proposer, quota);
    }

    // ------------------------------------------------------------------ parameters

    function _setVotingDelay(uint48 delay) internal override {
        _change("votingDelay", votingDelay(), delay, Chains.isDevelopment() ? 0 : MIN_DELAY, MAX_DELAY);
        super._setVotingDelay(delay);
    }

    function _setVotingPeriod(uint32 period) internal override {
        _change("votingPeriod", votingPeriod(), period, MIN_PERIOD, MAX_PERIOD);
        super._setVotingPeriod(period);
    }

    function _setLateQuorumVoteExtension(uint48 extension) internal override {
        _change("lateQuorumExtension", lateQuorumVoteExtension(), extension, MIN_EXTENSION, MAX_EXTENSION);
        super._setLateQuorumVoteExtension(extension);
    }

    function _setProposalThreshold(uint256 threshold) internal override {
        _change("proposalThreshold", proposalThreshold(), threshold, MIN_THRESHOLD, MAX_THRESHOLD);
        super._setProposalThreshold(threshold);
    }

    function _change(bytes32 key, uint256 oldValue, uint256 newValue, uint256 min, uint256 max) private {
        if (newValue < min || newValue > max) revert ParameterOutOfBounds(key, newValue, min, max);
        emit ParameterChanged(key, oldValue, newValue);
    }

    // ------------------------------------------------------------------ what several parents have

    function state(uint256 proposalId) public view override(Governor, GovernorTimelockControl) returns (ProposalState) {
        return super.state(proposalId);
    }

    function proposalDeadline(uint256 proposalId)
        public
        view
        override(Governor, GovernorPreventLateQuorum)
        returns (uint256)
    {
        return super.proposalDeadline(proposalId);
    }

    function proposalNeedsQueuing(uint256 proposalId)
        public
        view
        override(Governor, GovernorTimelockControl)
        returns (bool)
    {
        return super.proposalNeedsQueuing(proposalId);
    }

    function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.proposalThreshold();
    }

    function _tallyUpdated(uint256 proposalId) internal override(Governor, GovernorPreventLateQuorum) {
        super._tallyUpdated(proposalId);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }
}
