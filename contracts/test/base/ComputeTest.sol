// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobEscrow} from "../../src/compute/IJobEscrow.sol";
import {ILeaseEscrow, LeaseQuote} from "../../src/compute/ILeaseEscrow.sol";
import {JobEscrow} from "../../src/compute/JobEscrow.sol";
import {LeaseEscrow} from "../../src/compute/LeaseEscrow.sol";
import {Authorization} from "../../src/token/ExactTransfer.sol";
import {FakeCourt} from "../mocks/Compute.sol";
import {MarketTest} from "./MarketTest.sol";

/// @dev Both escrows with a court of straw, open to the public, and one listing of the provider.
abstract contract ComputeTest is MarketTest {
    uint48 internal constant ACCEPTANCE = 3 days;
    uint48 internal constant DISPUTE = 30 days;
    uint48 internal constant WINDOW = 2 * ACCEPTANCE + DISPUTE;
    uint16 internal constant FEE_BPS = 100;

    address internal till = account("till");
    FakeCourt internal court = new FakeCourt();
    JobEscrow internal jobs =
        new JobEscrow(address(authority), registry, address(court), ACCEPTANCE, DISPUTE, till, FEE_BPS);
    LeaseEscrow internal leases = new LeaseEscrow(address(authority), registry, address(court), DISPUTE);
    uint256 internal listing;

    constructor() {
        listing = publish(provider, "compute");
    }

    function setUp() public virtual {
        openToAll(address(jobs), IJobEscrow.createJob.selector);
        openToAll(address(jobs), IJobEscrow.fund.selector);
        openToAll(address(jobs), IJobEscrow.fundWithAuthorization.selector);
        openToAll(address(leases), ILeaseEscrow.open.selector);
        openToAll(address(leases), ILeaseEscrow.openWithAuthorization.selector);
    }

    function quoted() internal view returns (LeaseQuote memory) {
        return LeaseQuote({
            listing: listing,
            capacityId: "gpu-7",
            asset: address(usd),
            ratePerHour: 3_600_000,
            minDeposit: 1_000_000,
            tenant: address(0),
            operator: address(0),
            provisionSeconds: 10 minutes,
            expiresAt: uint48(block.timestamp + 1 hours),
            maxEnd: uint48(block.timestamp + 30 days),
            salt: "salt"
        });
    }

    function signed(LeaseQuote memory quote, string memory signer) internal view returns (bytes memory) {
        return sign(signer, leases.quoteDigest(quote));
    }

    function sign(string memory signer, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf(signer), digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev The signer's authorization of a payment to `receiver`, for an hour.
    function authorized(string memory signer, address receiver, uint256 amount, bytes32 nonce, bytes32 salt)
        internal
        view
        returns (Authorization memory)
    {
        return authorizedBy(vm.addr(keyOf(signer)), signer, receiver, amount, nonce, salt);
    }

    /// @dev As {authorized}, of a payer that the signer signs for.
    function authorizedBy(
        address payer,
        string memory signer,
        address receiver,
        uint256 amount,
        bytes32 nonce,
        bytes32 salt
    ) internal view returns (Authorization memory) {
        uint256 validBefore = block.timestamp + 1 hours;
        bytes32 message = keccak256(
            abi.encode(
                keccak256(
                    "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
                ),
                payer,
                receiver,
                amount,
                0,
                validBefore,
                nonce
            )
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", usd.DOMAIN_SEPARATOR(), message));
        return Authorization(payer, 0, validBefore, salt, sign(signer, digest));
    }

    /// @dev The signer's permit of `amount` to `spender`, as a call of its multicall.
    function permitCall(string memory signer, address spender, uint256 amount) internal view returns (bytes memory) {
        address owner = vm.addr(keyOf(signer));
        bytes32 message = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                owner,
                spender,
                amount,
                usd.nonces(owner),
                block.timestamp
            )
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", usd.DOMAIN_SEPARATOR(), message));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf(signer), digest);
        return abi.encodeCall(jobs.permit, (usd, amount, block.timestamp, v, r, s));
    }
}
