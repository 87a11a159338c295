// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "./IParameters.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

/// @title Who may do what: the authority that every restricted function asks
/// @notice OpenZeppelin's AccessManager, and a guardian beside it. The guardian can close a contract for new business,
/// without a vote and at once, but only for a while: a closure expires by itself, cannot be repeated before the contract
/// was open for as long, and the guardian's power has a last day of its own. Neither the DAO nor the court is kept out by
/// it, and nothing that pays people back is restricted in the first place.
///
/// Invariants: no target is closed by guardians for more than 14 days in every 28; no closure outlasts the {guardianEnd} of
/// when it was made; that day is never more than 365 days ahead. The events alone rebuild all of its state.
interface IMarketAuthority is IAccessManager, IParameters {
    /// @notice `guardian` closed `target` until `until` (seconds). `TargetClosed(target, false)` ends it earlier.
    event TargetClosedUntil(address indexed target, address indexed guardian, uint48 until);

    /// @notice The guardian's power ended at `end`.
    error GuardianTermEnded(uint48 end);

    /// @notice No guardian can close `target` again before `from`.
    error ClosedTooRecently(address target, uint48 from);

    /// @notice Closes `target` for new business: until then, only the DAO and the court can call its restricted functions.
    /// Restricted to the guardian, until {guardianEnd}.
    /// @return until 14 days from now, or {guardianEnd} if that is sooner
    function close(address target) external returns (uint48 until);

    /// @notice Sets the day (seconds) on which the guardian's power ends: at most 365 days from now; the past ends it at
    /// once. It does not touch closures that were made before. Restricted to the DAO.
    function setGuardianEnd(uint48 end) external;

    /// @notice First second at which `target` is not closed by a guardian any more; zero if it never was, or if the DAO
    /// opened it again with {setTargetClosed}.
    function closedUntil(address target) external view returns (uint48);

    /// @notice First second at which a guardian can close `target` again: 28 days after the last time.
    function closableFrom(address target) external view returns (uint48);

    /// @notice First second (of the clock) at which guardians can do nothing any more.
    function guardianEnd() external view returns (uint48);
}
