// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPermit2} from "./IPermit2.sol";
import {Permit2Proxy} from "./Permit2Proxy.sol";
import {EIP2612Permit} from "./Permit2Spender.sol";

/// @title Stand-in for the proxy of the x402 scheme `upto` on development chains
/// @notice Settles a payment of at most what its payer signed. Only for the facilitator that the payer signed for.
contract UptoPermit2Proxy is Permit2Proxy {
    /// @notice What a payer signs besides the Permit2 permission.
    /// @param to who is paid
    /// @param facilitator who may settle, and so choose the amount
    /// @param validAfter first second at which the payment may be settled
    struct Witness {
        address to;
        address facilitator;
        uint256 validAfter;
    }

    /// @notice More would be paid than was signed.
    error AmountExceedsPermitted();

    /// @notice The caller is not the facilitator that the payer signed for.
    error UnauthorizedFacilitator();

    /// @notice The end of the EIP-712 type that payers sign, as Permit2 wants it.
    string public constant WITNESS_TYPE_STRING =
        "Witness witness)TokenPermissions(address token,uint256 amount)Witness(address to,address facilitator,uint256 validAfter)";

    /// @notice EIP-712 type hash of the witness.
    bytes32 public constant WITNESS_TYPEHASH = keccak256("Witness(address to,address facilitator,uint256 validAfter)");

    /// @notice Pays `amount` atomic units out of what `owner` signed. The rest can not be paid later.
    function settle(
        IPermit2.PermitTransferFrom calldata permit,
        uint256 amount,
        address owner,
        Witness calldata witness,
        bytes calldata signature
    ) external nonReentrant {
        _check(permit, amount, witness);
        _settle(permit, amount, owner, witness, signature);
        emit Settled();
    }

    /// @notice As {settle}, after trying the owner's approval of Permit2. If that fails, an approval must be there.
    function settleWithPermit(
        EIP2612Permit calldata permit2612,
        IPermit2.PermitTransferFrom calldata permit,
        uint256 amount,
        address owner,
        Witness calldata witness,
        bytes calldata signature
    ) external nonReentrant {
        _check(permit, amount, witness);
        _approvePermit2(permit.permitted.token, owner, permit.permitted.amount, permit2612);
        _settle(permit, amount, owner, witness, signature);
        emit SettledWithPermit();
    }

    function _settle(
        IPermit2.PermitTransferFrom calldata permit,
        uint256 amount,
        address owner,
        Witness calldata witness,
        bytes calldata signature
    ) private {
        bytes32 hash = keccak256(abi.encode(WITNESS_TYPEHASH, witness));
        _pay(permit, amount, owner, witness.to, witness.validAfter, hash, WITNESS_TYPE_STRING, signature);
    }

    function _check(IPermit2.PermitTransferFrom calldata permit, uint256 amount, Witness calldata witness)
        private
        view
    {
        if (amount > permit.permitted.amount) revert AmountExceedsPermitted();
        if (msg.sender != witness.facilitator) revert UnauthorizedFacilitator();
    }
}
