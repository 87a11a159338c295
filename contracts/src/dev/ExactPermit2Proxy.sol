// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPermit2} from "./IPermit2.sol";
import {Permit2Proxy} from "./Permit2Proxy.sol";
import {EIP2612Permit} from "./Permit2Spender.sol";

/// @title Stand-in for the proxy of the x402 scheme `exact` on development chains
/// @notice Settles a payment of exactly what its payer signed. Open to anyone.
contract ExactPermit2Proxy is Permit2Proxy {
    /// @notice What a payer signs besides the Permit2 permission.
    /// @param to who is paid
    /// @param validAfter first second at which the payment may be settled
    struct Witness {
        address to;
        uint256 validAfter;
    }

    /// @notice The end of the EIP-712 type that payers sign, as Permit2 wants it.
    string public constant WITNESS_TYPE_STRING =
        "Witness witness)TokenPermissions(address token,uint256 amount)Witness(address to,uint256 validAfter)";

    /// @notice EIP-712 type hash of the witness.
    bytes32 public constant WITNESS_TYPEHASH = keccak256("Witness(address to,uint256 validAfter)");

    /// @notice Pays what `owner` signed.
    function settle(
        IPermit2.PermitTransferFrom calldata permit,
        address owner,
        Witness calldata witness,
        bytes calldata signature
    ) external nonReentrant {
        _settle(permit, owner, witness, signature);
        emit Settled();
    }

    /// @notice As {settle}, after trying the owner's approval of Permit2. If that fails, an approval must be there.
    function settleWithPermit(
        EIP2612Permit calldata permit2612,
        IPermit2.PermitTransferFrom calldata permit,
        address owner,
        Witness calldata witness,
        bytes calldata signature
    ) external nonReentrant {
        _approvePermit2(permit.permitted.token, owner, permit.permitted.amount, permit2612);
        _settle(permit, owner, witness, signature);
        emit SettledWithPermit();
    }

    function _settle(
        IPermit2.PermitTransferFrom calldata permit,
        address owner,
        Witness calldata witness,
        bytes calldata signature
    ) private {
        bytes32 hash = keccak256(abi.encode(WITNESS_TYPEHASH, witness));
        _pay(
            permit, permit.permitted.amount, owner, witness.to, witness.validAfter, hash, WITNESS_TYPE_STRING, signature
        );
    }
}
