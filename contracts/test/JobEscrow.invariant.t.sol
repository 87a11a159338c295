// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Job, JobStatus} from "../src/compute/IJobEscrow.sol";
import {JobEscrow} from "../src/compute/JobEscrow.sol";
import {ListingRegistry} from "../src/listing/ListingRegistry.sol";

import {PayeeKind, Split} from "../src/listing/Splits.sol";
import {ComputeTest} from "./base/ComputeTest.sol";
import {bound} from "./base/Test.sol";
import {ComplianceToken, FakeCourt, RefusingHook} from "./mocks/Compute.sol";
import {JobMirror} from "./mocks/ComputeMirror.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev Lives through a dozen jobs of two clients, one of whom the token refuses to pay, and keeps its own
/// books.
contract JobHandler {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant LISTING = 1;
    uint256 private constant MAX_JOBS = 12;

    JobEscrow private immutable ESCROW;
    ListingRegistry private immutable REGISTRY;
    FakeCourt private immutable COURT;
    address private immutable ADMIN;

    ComplianceToken public token = new ComplianceToken();
    JobMirror public mirror = new JobMirror();
    RefusingHook public hook = new RefusingHook();
    address[2] public clients = [address(0xC11E), address(0xB10C)];
    address[3] public tills = [address(0x7111), address(0x7112), address(0x7113)];
    address[] public splitters;
    mapping(uint256 id => uint16) public feeAtFunding;
    bool public everAcceptedWhileHeld;

    constructor(JobEscrow escrow, ListingRegistry registry, FakeCourt court, address admin, Vm.Log[] memory sofar) {
        (ESCROW, REGISTRY, COURT, ADMIN) = (escrow, registry, court, admin);
        mirror.read(address(escrow), sofar);
        splitters.push(registry.splitterOf(LISTING));
        mirror.learn(LISTING, registry.splitterOf(LISTING));
        for (uint256 i = 0; i < 2; ++i) {
            token.mint(clients[i], 1e24);
            vm.prank(clients[i]);
            token.approve(address(escrow), type(uint256).max);
        }
        token.setBlocked(clients[1], true);
        vm.recordLogs();
        vm.prank(admin);
        escrow.setHook(address(hook), true);
        mirror.read(address(escrow), vm.getRecordedLogs());
    }

    modifier recorded() {
        vm.recordLogs();
        _;
        mirror.read(address(ESCROW), vm.getRecordedLogs());
    }

    function splitterCount() external view returns (uint256) {
        return splitters.length;
    }

    function order(uint256 who, uint256 life, bool hooked, bool withProvider, uint96 budget) external recorded {
        if (ESCROW.jobCount() >= MAX_JOBS) return;
        life = bound(life, ESCROW.WINDOW(), ESCROW.WINDOW() + 6 days);
        budget = uint96(bound(budget, 1, 1e20));
        address client = clients[who % 2];
        address provider = REGISTRY.ownerOf(LISTING);
        vm.startPrank(client);
        uint256 id = ESCROW.createJob(
            LISTING,
            address(token),
            withProvider ? provider : address(0),
            block.timestamp + life,
            "",
            hooked ? address(hook) : address(0)
        );
        if (!withProvider) ESCROW.setProvider(id, provider, "");
        ESCROW.setBudget(id, budget, "");
        vm.stopPrank();
        if (who % 8 != 0) pay(id, client, budget);
    }

    function fund(uint256 which, uint96 budget) external recorded {
        (uint256 id, Job memory job) = choose(which, JobStatus.OPEN);
        if (id == 0 || block.timestamp + ESCROW.WINDOW() > job.expiredAt) return;
        budget = uint96(bound(budget, 1, 1e20));
        vm.prank(job.provider);
        ESCROW.setBudget(id, budget, "");
        pay(id, job.client, budget);
    }

    function submit(uint256 which) external recorded {
        (uint256 id, Job memory job) = choose(which, JobStatus.FUNDED);
        if (id == 0 || block.timestamp + ESCROW.WINDOW() > job.expiredAt) return;
        vm.prank(job.provider);
        ESCROW.submit(id, bytes32(id), "");
    }

    /// @dev The client's acceptance, or anybody's once it is possible.
    function accept(uint256 which, bool byTimeout, bool hookRefuses) external recorded {
        (uint256 id, Job memory job) = choose(which, JobStatus.SUBMITTED);
        if (id == 0 || block.timestamp >= job.expiredAt) return;
        if (byTimeout && block.timestamp < ESCROW.acceptableFrom(id)) return;
        if (byTimeout && block.timestamp < job.heldUntil) everAcceptedWhileHeld = true;
        hook.refuse(hookRefuses, hookRefuses);
        if (byTimeout) COURT.acceptByTimeout(ESCROW, id);
        else COURT.accept(ESCROW, id);
        hook.refuse(false, false);
    }

    function reject(uint256 which, uint256 status) external recorded {
        (uint256 id, Job memory job) = choose(which, JobStatus(status % 3));
        if (id == 0) return;
        vm.prank(job.status == JobStatus.OPEN ? job.client : address(COURT));
        ESCROW.reject(id, "", "");
    }

    function claimRefund(uint256 which, bool submitted) external recorded {
        (uint256 id,) = choose(which, submitted ? JobStatus.SUBMITTED : JobStatus.FUNDED);
        uint256 from = ESCROW.refundableAt(id);
        if (from == 0 || block.timestamp < from) return;
        ESCROW.claimRefund(id);
    }

    function dispute(uint256 which, uint48 length) external recorded {
        (uint256 id, Job memory job) = choose(which, JobStatus.SUBMITTED);
        if (
            id == 0 || block.timestamp < job.heldUntil
                || block.timestamp >= job.submittedAt + ESCROW.ACCEPTANCE_WINDOW()
        ) return;
        vm.prank(job.client);
        COURT.open(ESCROW, id, uint48(block.timestamp) + length % 20 days);
    }

    function rule(uint256 which, uint16 bps, bool dismisses) external recorded {
        (uint256 id, Job memory job) = choose(which, JobStatus.SUBMITTED);
        if (id == 0 || job.heldUntil == 0) return;
        if (dismisses) COURT.release(ESCROW, id);
        else COURT.resolve(ESCROW, id, uint16(bound(bps, 0, 10_000)));
    }

    function ruleTooLate(uint256 which, bool dismisses) external recorded {
        (uint256 id, Job memory job) = choose(which, JobStatus.COMPLETED);
        if (id == 0 || job.heldUntil == 0) return;
        if (dismisses) COURT.release(ESCROW, id);
        else COURT.resolve(ESCROW, id, 10_000);
    }

    function withdrawHeld(uint256 who) external recorded {
        ESCROW.withdrawHeld(address(token), splitters[who % splitters.length]);
        ESCROW.withdrawHeld(address(token), clients[0]);
        ESCROW.withdrawHeld(address(token), tills[who % 3]);
    }

    function setFee(uint256 who, uint16 bps) external recorded {
        vm.prank(ADMIN);
        ESCROW.setEvaluatorFee(tills[who % 3], uint16(bound(bps, 0, 500)));
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
        vm.warp(block.timestamp + time % 4 days);
    }

    function pay(uint256 id, address client, uint96 budget) private {
        (, feeAtFunding[id]) = ESCROW.evaluatorFee();
        vm.prank(client);
        ESCROW.fund(id, budget, "");
    }

    /// @dev The next job in this state.
    function choose(uint256 which, JobStatus status) private view returns (uint256 id, Job memory job) {
        uint256 count = ESCROW.jobCount();
        for (uint256 i = 0; i < count; ++i) {
            id = 1 + (which % count + i) % count;
            job = ESCROW.job(id);
            if (job.status == status) return (id, job);
        }
        return (0, job);
    }
}

contract JobEscrowInvariantTest is ComputeTest {
    JobHandler private handler;
    ComplianceToken private token;
    JobMirror private mirror;

    function setUp() public override {
        vm.recordLogs();
        jobs = new JobEscrow(address(authority), registry, address(court), ACCEPTANCE, 5 days, till, FEE_BPS);
        Vm.Log[] memory sofar = vm.getRecordedLogs();
        super.setUp();
        handler = new JobHandler(jobs, registry, court, admin, sofar);
        token = handler.token();
        mirror = handler.mirror();
        targetContract(address(handler));
    }

    /// forge-config: default.invariant.runs = 6
    function invariant_whatIsNotEscrowedOrHeldWasPaidOutOnceAndInFull() public {
        uint256 owed = held();
        for (uint256 id = 1; id <= jobs.jobCount(); ++id) {
            Job memory job = jobs.job(id);
            if (job.status == JobStatus.FUNDED || job.status == JobStatus.SUBMITTED) owed += job.budget;
        }
        assertEq(token.balanceOf(address(jobs)), owed);

        uint256 out = token.balanceOf(handler.clients(0)) + token.balanceOf(handler.clients(1));
        for (uint256 i = 0; i < 3; ++i) {
            out += token.balanceOf(handler.tills(i));
        }
        for (uint256 i = 0; i < handler.splitterCount(); ++i) {
            out += token.balanceOf(handler.splitters(i));
        }
        out += token.balanceOf(till);
        assertEq(out + token.balanceOf(address(jobs)), 2e24);
    }

    /// forge-config: default.invariant.runs = 6
    function invariant_theEventsTellEverything() public {
        assertEq(mirror.jobCount(), jobs.jobCount());
        for (uint256 id = 1; id <= jobs.jobCount(); ++id) {
            assertEq(keccak256(abi.encode(mirror.job(id))), keccak256(abi.encode(jobs.job(id))));
        }
        (address recipient, uint16 bps) = jobs.evaluatorFee();
        assertEq(mirror.feeRecipient(), recipient);
        assertEq(mirror.feeBps(), bps);
        assertEq(mirror.isHookAllowed(address(handler.hook())), jobs.isHookAllowed(address(handler.hook())));
        assertEq(mirror.balanceOf(address(token)), token.balanceOf(address(jobs)));
        assertEq(mirror.heldFor(address(token), handler.clients(1)), jobs.heldFor(address(token), handler.clients(1)));
    }

    /// forge-config: default.invariant.runs = 6
    function invariant_theFeeStaysAndTheProviderHasTimeToBePaid() public {
        assertFalse(handler.everAcceptedWhileHeld());
        for (uint256 id = 1; id <= jobs.jobCount(); ++id) {
            Job memory job = jobs.job(id);
            assertEq(job.feeBps, handler.feeAtFunding(id));
            if (job.submittedAt == 0) continue;
            assertTrue(job.submittedAt + 2 * ACCEPTANCE <= job.expiredAt);
            assertTrue(job.heldUntil + ACCEPTANCE <= job.expiredAt);
        }
    }

    /// @dev Nothing that happens here stays: the state of an invariant's own calls is thrown away.
    /// forge-config: default.invariant.runs = 6
    function invariant_timeAloneEmptiesTheEscrow() public {
        vm.warp(block.timestamp + 1_000 days);
        for (uint256 id = 1; id <= jobs.jobCount(); ++id) {
            if (jobs.refundableAt(id) > 0) jobs.claimRefund(id);
        }
        token.setBlocked(handler.clients(1), false);
        jobs.withdrawHeld(address(token), till);
        for (uint256 i = 0; i < 3; ++i) {
            jobs.withdrawHeld(address(token), handler.tills(i));
        }
        for (uint256 i = 0; i < handler.splitterCount(); ++i) {
            jobs.withdrawHeld(address(token), handler.splitters(i));
        }
        jobs.withdrawHeld(address(token), handler.clients(0));
        jobs.withdrawHeld(address(token), handler.clients(1));
        assertEq(token.balanceOf(address(jobs)), 0);
    }

    function held() private view returns (uint256 amount) {
        amount = jobs.heldFor(address(token), till) + jobs.heldFor(address(token), handler.clients(0))
            + jobs.heldFor(address(token), handler.clients(1));
        for (uint256 i = 0; i < 3; ++i) {
            amount += jobs.heldFor(address(token), handler.tills(i));
        }
        for (uint256 i = 0; i < handler.splitterCount(); ++i) {
            amount += jobs.heldFor(address(token), handler.splitters(i));
        }
    }
}
