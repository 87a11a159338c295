// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputable} from "../governance/IDisputable.sol";

/// @notice All bonds of a listing.
/// @param assets atomic units of the market token that can be slashed
/// @param frozenUntil first second at which no dispute freezes what is leaving, or froze it any more; zero if none ever did
/// @param openHolds disputes that hold the bonds and were not closed by the court yet
/// @param generation counts how often everything was slashed: deposits of earlier generations are worth nothing
/// @param shares that divide the assets; one atomic unit each until something is slashed
/// @param frozenFrom second since when disputes froze what is leaving, with no gap of 7 days between them
struct Pool {
    uint128 assets;
    uint48 frozenUntil;
    uint32 openHolds;
    uint32 generation;
    uint208 shares;
    uint48 frozenFrom;
}

/// @notice What one depositor holds of the bonds of a listing.
/// @param shares that stay
/// @param leaving shares that were unbonded and not paid out yet; they can be slashed like the others
/// @param availableFrom when their cooldown ends (seconds)
struct Deposit {
    uint256 shares;
    uint208 leaving;
    uint48 availableFrom;
}

/// @title Bonds of providers: market tokens that answer for a listing
/// @notice Anyone can bond for a listing. A bond belongs to whoever paid it, not to the owner of the title; it is a promise
/// about whoever serves the listing, so that a depositor watches who that is. Bonds leave after a cooldown as long as the
/// longest possible dispute.
///
/// Anybody but the owner of the title can accuse a listing before the court, of which all its bonds are at stake. The court
/// takes a part of them: up to the damage that was proven goes to the accuser, the rest is burned, so that nobody earns by
/// an accusation. Everybody who bonded for the listing, leaving or not, loses the same part.
///
/// While a dispute holds a listing, nothing leaves. A hold ends by itself; and however many disputes follow each other, they
/// freeze what is leaving for no longer than the longest possible dispute after its cooldown. What was not withdrawn
/// within 7 days of when it could stays, until its depositor asks anew: nobody keeps a bond ready to be gone before the
/// first accusation.
///
/// Invariants: only the court takes bonds; the contract holds exactly the sum of the assets of all listings; no deposit is
/// worth more than was paid for it. The events alone suffice to rebuild all of its state.
interface IProviderBond is IDisputable {
    // ------------------------------------------------------------------ events

    /// @notice `depositor` paid `amount` atomic units for `shares` of the listing's bonds.
    event Bonded(uint256 indexed listing, address indexed depositor, uint256 amount, uint256 shares);

    /// @notice `shares` more are leaving. All that is leaving can be withdrawn from `availableFrom` on (seconds).
    event UnbondStarted(uint256 indexed listing, address indexed depositor, uint256 shares, uint48 availableFrom);

    /// @notice What was leaving, `shares`, was paid out as `amount` atomic units.
    event Unbonded(uint256 indexed listing, address indexed depositor, uint256 shares, uint256 amount);

    /// @notice The dispute of `opener` freezes what is leaving, but not beyond `until` (seconds).
    event Held(uint256 indexed listing, address indexed opener, uint48 until);

    /// @notice The dispute of `opener` is over.
    event HoldEnded(uint256 indexed listing, address indexed opener);

    /// @notice The court took bonds: atomic units for `claimant`, and others that were burned. If nothing was left, a new
    /// generation of deposits begins.
    event Slashed(uint256 indexed listing, address indexed claimant, uint256 awarded, uint256 burned);

    // ------------------------------------------------------------------ errors

    /// @notice There must be something to bond, to unbond or to pay out.
    error NothingToDo();

    /// @notice The depositor has fewer shares that are not leaving already.
    error NotEnoughShares(uint256 shares, uint256 available);

    /// @notice What is leaving cannot be withdrawn before this second.
    error StillBonded(uint256 availableFrom);

    /// @notice A dispute freezes what is leaving until this second.
    error Frozen(uint256 until);

    /// @notice What is leaving was not withdrawn before `until` (seconds), and stays: {unbond} it anew, or zero more of it.
    error Lapsed(uint256 until);

    // ------------------------------------------------------------------ functions

    /// @notice Bonds `amount` atomic units for `listing`, out of the caller's allowance. Restricted: open to anyone unless
    /// closed.
    function bond(uint256 listing, uint256 amount) external returns (uint256 shares);

    /// @notice Starts the cooldown of `shares` of the caller. Starts it anew for what the caller is unbonding already.
    /// @param shares may be zero, if something is leaving already
    function unbond(uint256 listing, uint256 shares) external returns (uint48 availableFrom);

    /// @notice Pays out what `depositor` unbonded, once its cooldown is over and no dispute freezes it. Open to anyone.
    function withdraw(uint256 listing, address depositor) external returns (uint256 amount);

    // ------------------------------------------------------------------ reads

    /// @notice All bonds of a listing.
    function pool(uint256 listing) external view returns (Pool memory);

    /// @notice What `depositor` holds of them, and how many atomic units that is worth now, leaving or not.
    function depositOf(uint256 listing, address depositor) external view returns (Deposit memory, uint256 worth);

    /// @notice First second at which the dispute that `opener` opened does not hold the listing any more; zero if there is
    /// none.
    function heldUntil(uint256 listing, address opener) external view returns (uint48);

    /// @notice The market token.
    function TOKEN() external view returns (address);

    /// @notice The court.
    function COURT() external view returns (address);
}
