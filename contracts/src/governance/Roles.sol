// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The roles of the market's authority
/// @notice A restricted function asks for exactly one of them. Functions that open new business ask for `PUBLIC`: anyone
/// may call them, except while the guardian or the DAO has closed their contract. Whatever lets people leave, be paid or
/// take back what is theirs is not restricted at all.
library Roles {
    /// The timelock, and nobody else: every parameter of the market.
    uint64 internal constant DAO = 0;
    /// May close a contract for new business, for a while.
    uint64 internal constant GUARDIAN = 1;
    /// The court: suspends listings.
    uint64 internal constant COURT = 2;
    /// The revenue distributor: raises locks with reinvested revenue.
    uint64 internal constant DISTRIBUTOR = 3;
    /// Everybody.
    uint64 internal constant PUBLIC = type(uint64).max;
}
