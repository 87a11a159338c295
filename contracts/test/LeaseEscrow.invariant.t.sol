// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Lease, LeaseQuote, LeaseStatus} from "../src/compute/ILeaseEscrow.sol";
import {LeaseEscrow} from "../src/compute/LeaseEscrow.sol";
import {ListingRegistry} from "../src/listing/ListingRegistry.sol";
import {PayeeKind, Split} from "../src/listing/Splits.sol";
import {ComputeTest} from "./base/ComputeTest.sol";
import {bound} from "./base/Test.sol";
import {ComplianceToken, FakeCourt} from "./mocks/Compute.sol";
import {LeaseMirror} from "./mocks/ComputeMirror.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev Lets, activates, tops up, closes and disputes ten leases of two tenants, one of whom the token refuses to pay,
/// and keeps its own books by time alone.
contract LeaseHandler {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant LISTING = 1;
    uint256 private constant MAX_LEASES = 10;
    address private constant OPERATOR = address(0x09E7);

    LeaseEscrow private immutable ESCROW;
    ListingRegistry private immutable REGISTRY;
    FakeCourt private immutable COURT;
    uint256 private immutable PROVIDER_KEY;

    ComplianceToken public token = new ComplianceToken();
    LeaseMirror public mirror = new LeaseMirror();
    address[2] public tenants = [address(0xC11E), address(0xB10C)];
    address[] public splitters;
    uint256[] public ids;
    mapping(uint256 id => uint256) public paid;
    mapping(uint256 id => uint256) public refunded;
    bool public everPaidTooEarly;

    constructor(LeaseEscrow escrow, ListingRegistry registry, FakeCourt court, uint256 providerKey) {
        (ESCROW, REGISTRY, COURT, PROVIDER_KEY) = (escrow, registry, court, providerKey);
        splitters.push(registry.splitterOf(LISTING));
        mirror.learn(LISTING, registry.splitterOf(LISTING));
        for (uint256 i = 0; i < 2; ++i) {
            token.mint(tenants[i], 1e24);
            vm.prank(tenants[i]);
            token.approve(address(escrow), type(uint256).max);
        }
        token.setBlocked(tenants[1], true);
    }

    modifier recorded() {
        vm.recordLogs();
        _;
        mirror.read(address(ESCROW), vm.getRecordedLogs());
    }

    function splitterCount() external view returns (uint256) {
        return splitters.length;
    }

    function leaseCount() external view returns (uint256) {
        return ids.length;
    }

    function open(uint256 who, uint96 rate, uint128 deposit, uint32 term) external recorded {
        if (ids.length >= MAX_LEASES) return;
        LeaseQuote memory quote = LeaseQuote({
            listing: LISTING,
            capacityId: 0,
            asset: address(token),
            ratePerHour: uint96(bound(rate, 1, 1e10)),
            minDeposit: 0,
            tenant: address(0),
            operator: OPERATOR,
            provisionSeconds: 2 days,
            expiresAt: uint48(block.timestamp),
            maxEnd: uint48(block.timestamp + 2 days + bound(term, 1, 20 days)),
            salt: bytes32(ids.length)
        });
        deposit = uint128(bound(deposit, 1, 2e12));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(PROVIDER_KEY, ESCROW.quoteDigest(quote));
        vm.prank(tenants[who % 2]);
        uint256 id = ESCROW.open(quote, abi.encodePacked(r, s, v), deposit);
        ids.push(id);
        if (who % 4 != 0) activated(id);
    }

    function activate(uint256 which) external recorded {
        (uint256 id, Lease memory lease) = choose(which, LeaseStatus.PROVISIONING);
        if (id == 0 || block.timestamp > lease.provisionBy) return;
        activated(id);
    }

    function topUp(uint256 which, uint128 amount, bool isActive) external recorded {
        (uint256 id, Lease memory lease) = choose(which, isActive ? LeaseStatus.ACTIVE : LeaseStatus.PROVISIONING);
        if (id == 0 || block.timestamp >= (isActive ? ESCROW.endsAt(id) : lease.provisionBy)) return;
        vm.prank(tenants[0]);
        ESCROW.topUp(id, uint128(bound(amount, 0, 2e12)));
    }

    function withdraw(uint256 which) external recorded {
        (uint256 id, Lease memory lease) = any(which);
        if (id == 0) return;
        uint256 amount = ESCROW.withdraw(id);
        paid[id] += amount;
        if (amount > 0 && paid[id] > rentAt(lease, block.timestamp - 1 days)) everPaidTooEarly = true;
    }

    function close(uint256 which, bool isActive, bool byProvider) external recorded {
        (uint256 id, Lease memory lease) = choose(which, isActive ? LeaseStatus.ACTIVE : LeaseStatus.PROVISIONING);
        if (id == 0) return;
        vm.prank(byProvider ? REGISTRY.ownerOf(LISTING) : lease.tenant);
        ESCROW.close(id);
        noteClosed(id);
    }

    function closeByAnyone(uint256 which, bool isActive) external recorded {
        (uint256 id, Lease memory lease) = choose(which, isActive ? LeaseStatus.ACTIVE : LeaseStatus.PROVISIONING);
        if (id == 0 || block.timestamp < (isActive ? ESCROW.endsAt(id) : lease.provisionBy + 1)) return;
        ESCROW.close(id);
        noteClosed(id);
    }

    function dispute(uint256 which, uint48 length) external recorded {
        for (uint256 i = 0; i < ids.length; ++i) {
            (uint256 id, Lease memory lease) = any(which % ids.length + i);
            vm.prank(lease.tenant);
            try COURT.open(ESCROW, id, uint48(block.timestamp) + length % 10 days) {
                if (lease.status != LeaseStatus.CLOSED) noteClosed(id);
                return;
            } catch {}
        }
    }

    function rule(uint256 which, uint16 bps, bool dismisses) external recorded {
        for (uint256 i = 0; i < ids.length; ++i) {
            (uint256 id, Lease memory lease) = any(which % ids.length + i);
            if (lease.heldUntil == 0) continue;
            uint256 atStake = ESCROW.accrued(id) - lease.settled;
            bps = uint16(bound(bps, 0, 10_000));
            if (dismisses) return COURT.release(ESCROW, id);
            COURT.resolve(ESCROW, id, bps);
            refunded[id] += atStake * bps / 10_000;
            paid[id] += atStake - atStake * bps / 10_000;
            return;
        }
    }

    function withdrawHeld(uint256 who) external recorded {
        ESCROW.withdrawHeld(address(token), splitters[who % splitters.length]);
        ESCROW.withdrawHeld(address(token), tenants[0]);
    }

    function setSplits(uint16 bps) external {
        bps = uint16(bound(bps, 1, 3)) * 1_000;
        Split[] memory splits = new Split[](2);
        splits[0] = Split(PayeeKind.TITLE, address(0), 0, 10_000 - bps);
        splits[1] = Split(PayeeKind.ACCOUNT, address(0xACC), 0, bps);
        vm.prank(REGISTRY.ownerOf(LISTING));
        address splitter = REGISTRY.setSplits(LISTING, splits);
        mirror.learn(LISTING, splitter);
        for (uint256 i = 0; i < splitters.length; ++i) {
            if (splitters[i] == splitter) return;
        }
        splitters.push(splitter);
    }

    function pass(uint32 time) external {
        vm.warp(block.timestamp + time % 2 days);
    }

    /// @dev What was unused when it was closed, by the handler's own arithmetic.
    function noteClosed(uint256 id) private {
        Lease memory lease = ESCROW.lease(id);
        refunded[id] += lease.deposit - rentAt(lease, block.timestamp);
    }

    function rentAt(Lease memory lease, uint256 time) private pure returns (uint256) {
        if (lease.activatedAt == 0) return 0;
        if (lease.endedAt != 0 && time > lease.endedAt) time = lease.endedAt;
        if (time > lease.maxEnd) time = lease.maxEnd;
        if (time <= lease.activatedAt) return 0;
        uint256 rent = (time - lease.activatedAt) * lease.ratePerHour / 3600;
        return rent < lease.deposit ? rent : lease.deposit;
    }

    function activated(uint256 id) private {
        vm.prank(id % 2 == 0 ? OPERATOR : REGISTRY.ownerOf(LISTING));
        ESCROW.activate(id);
    }

    /// @dev The next lease in this state.
    function choose(uint256 which, LeaseStatus status) private view returns (uint256 id, Lease memory lease) {
        for (uint256 i = 0; i < ids.length; ++i) {
            (id, lease) = any(which % ids.length + i);
            if (lease.status == status) return (id, lease);
        }
        return (0, lease);
    }

    function any(uint256 which) private view returns (uint256 id, Lease memory lease) {
        if (ids.length == 0) return (0, lease);
        id = ids[which % ids.length];
        lease = ESCROW.lease(id);
    }
}

contract LeaseEscrowInvariantTest is ComputeTest {
    LeaseHandler private handler;
    ComplianceToken private token;
    LeaseMirror private mirror;

    function setUp() public override {
        super.setUp();
        handler = new LeaseHandler(leases, registry, court, keyOf("provider"));
        token = handler.token();
        mirror = handler.mirror();
        targetContract(address(handler));
    }

    /// forge-config: default.invariant.runs = 6
    function invariant_nobodyIsPaidMoreThanAccrued() public {
        assertFalse(handler.everPaidTooEarly());
        for (uint256 i = 0; i < handler.leaseCount(); ++i) {
            uint256 id = handler.ids(i);
            Lease memory lease = leases.lease(id);
            assertTrue(handler.paid(id) <= leases.accrued(id));
            assertTrue(lease.settled <= leases.accrued(id));
            assertTrue(leases.accrued(id) <= lease.deposit);
            assertTrue(block.timestamp >= lease.heldUntil || leases.withdrawable(id) == 0);
        }
    }

    /// forge-config: default.invariant.runs = 6
    function invariant_theBalanceIsWhatIsUnsettledAndHeld() public {
        uint256 owed;
        for (uint256 i = 0; i < handler.leaseCount(); ++i) {
            uint256 id = handler.ids(i);
            owed += leases.lease(id).deposit - handler.paid(id) - handler.refunded(id);
        }
        assertEq(token.balanceOf(address(leases)), owed + held());
    }

    /// forge-config: default.invariant.runs = 6
    function invariant_theEventsTellEverything() public {
        for (uint256 i = 0; i < handler.leaseCount(); ++i) {
            uint256 id = handler.ids(i);
            assertEq(keccak256(abi.encode(mirror.lease(id))), keccak256(abi.encode(leases.lease(id))));
        }
        assertEq(mirror.balanceOf(address(token)), token.balanceOf(address(leases)));
        for (uint256 i = 0; i < 2; ++i) {
            address tenant = handler.tenants(i);
            assertEq(mirror.heldFor(address(token), tenant), leases.heldFor(address(token), tenant));
        }
    }

    /// @dev Nothing that happens here stays: the state of an invariant's own calls is thrown away.
    /// forge-config: default.invariant.runs = 6
    function invariant_timeAlonePaysEverybodyExactly() public {
        vm.warp(block.timestamp + 1_000 days);
        token.setBlocked(handler.tenants(1), false);
        for (uint256 i = 0; i < handler.leaseCount(); ++i) {
            uint256 id = handler.ids(i);
            Lease memory lease = leases.lease(id);
            uint256 rest = lease.status == LeaseStatus.CLOSED ? 0 : lease.deposit - leases.accrued(id);
            if (lease.status != LeaseStatus.CLOSED) leases.close(id);
            uint256 last = leases.withdraw(id);
            assertEq(handler.paid(id) + last + handler.refunded(id) + rest, lease.deposit);
        }
        for (uint256 i = 0; i < handler.splitterCount(); ++i) {
            leases.withdrawHeld(address(token), handler.splitters(i));
        }
        leases.withdrawHeld(address(token), handler.tenants(0));
        leases.withdrawHeld(address(token), handler.tenants(1));
        assertEq(token.balanceOf(address(leases)), 0);
    }

    function held() private view returns (uint256 amount) {
        amount = leases.heldFor(address(token), handler.tenants(0)) + leases.heldFor(address(token), handler.tenants(1));
        for (uint256 i = 0; i < handler.splitterCount(); ++i) {
            amount += leases.heldFor(address(token), handler.splitters(i));
        }
    }
}
