// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC3009Signatures} from "../token/ERC3009Signatures.sol";
import {IERC20Permit} from "@openzeppelin/contracts/interfaces/IERC2612.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title A stand-in for USDC on development chains
/// @notice Six decimals, EIP-3009 with both overloads, EIP-2612, EIP-712 domain `USD Coin` / `2`. Test money: its minter
/// makes as much of it as it likes.
contract UsdCoin is ERC3009Signatures, Nonces, IERC20Permit {
    /// @notice Only the minter makes new coins.
    error NotMinter(address caller);

    /// @notice The permit's deadline has passed.
    error PermitExpired(uint256 deadline);

    /// @notice The permit was not signed by the owner of the coins.
    error PermitNotSignedByOwner(address signer, address owner);

    bytes32 private constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    /// @notice Who may call {mint}.
    address public immutable MINTER;

    /// @param minter may mint without limit
    constructor(address minter) ERC20("USD Coin", "USDC") EIP712("USD Coin", "2") {
        MINTER = minter;
    }

    /// @notice Makes `amount` atomic units for `to`.
    function mint(address to, uint256 amount) external {
        if (msg.sender != MINTER) revert NotMinter(msg.sender);
        _mint(to, amount);
    }

    /// @inheritdoc IERC20Permit
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
    {
        if (block.timestamp > deadline) revert PermitExpired(deadline);
        bytes32 message = keccak256(abi.encode(PERMIT_TYPEHASH, owner, spender, value, _useNonce(owner), deadline));
        address signer = ECDSA.recover(_hashTypedDataV4(message), v, r, s);
        if (signer != owner) revert PermitNotSignedByOwner(signer, owner);
        _approve(owner, spender, value);
    }

    /// @inheritdoc IERC20Permit
    function nonces(address owner) public view override(IERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    /// @inheritdoc IERC20Permit
    // forge-lint: disable-next-line(mixed-case-function)
    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @notice The version of the EIP-712 domain, which clients read next to `name`.
    function version() external view returns (string memory) {
        return _EIP712Version();
    }

    /// @notice An atomic unit is a millionth of a coin.
    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
