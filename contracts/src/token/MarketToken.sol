// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC3009Signatures} from "./ERC3009Signatures.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title The market's own token
/// @notice Pays for calls like any other token (EIP-3009, EIP-2612), and votes only while it is locked in the vote
/// escrow. Eighteen decimals, EIP-712 domain `Stoa` / `1`. Nobody owns it, and nobody can make more of it.
///
/// Invariants: the sum of all balances is the total supply; the total supply never rises; an authorization moves its value
/// once at most.
contract MarketToken is ERC3009Signatures, ERC20Permit, ERC20Burnable {
    /// @param holder receives all 1,000,000,000 tokens there will ever be
    constructor(address holder) ERC20("Stoa", "STOA") ERC20Permit("Stoa") {
        _mint(holder, 1_000_000_000e18);
    }

    /// @notice The version of the EIP-712 domain, which clients read next to `name`.
    function version() external view returns (string memory) {
        return _EIP712Version();
    }
}
