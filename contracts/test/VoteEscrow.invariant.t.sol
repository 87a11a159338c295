// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BUCKET, Lock} from "../src/staking/IVoteEscrow.sol";
import {VoteEscrow} from "../src/staking/VoteEscrow.sol";
import {MarketToken} from "../src/token/MarketToken.sol";
import {EscrowTest} from "./base/EscrowTest.sol";
import {bound} from "./base/Test.sol";
import {EscrowMirror} from "./mocks/EscrowMirror.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev Locks, raises, extends, delegates and withdraws for five accounts, changes the tables, lets time pass, keeps its own
/// books, and notes what they say of a second before it leaves it.
contract EscrowHandler {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 public constant ACCOUNTS = 5;

    struct Book {
        uint256 amount;
        uint256 power;
        uint256 end;
        address delegatee;
    }

    struct Moment {
        uint256 time;
        uint256 total;
        uint256[ACCOUNTS] powers;
        uint256[ACCOUNTS] scores;
        uint256[ACCOUNTS] votes;
    }

    VoteEscrow private immutable ESCROW;
    MarketToken private immutable TOKEN;
    address private immutable ADMIN;
    EscrowMirror private immutable MIRROR;

    uint256 public locked;
    mapping(address account => Book) public books;
    Moment[] private _moments;
    uint256[14] private _table;
    uint256[10] private _thresholds;

    modifier mirrored() {
        vm.recordLogs();
        _;
        MIRROR.replay(address(ESCROW), vm.getRecordedLogs());
    }

    constructor(VoteEscrow escrow, MarketToken token, address admin, EscrowMirror mirror) {
        (ESCROW, TOKEN, ADMIN, MIRROR) = (escrow, token, admin, mirror);
        token.approve(address(escrow), type(uint256).max);
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            books[accountAt(i)].delegatee = accountAt(i);
            vm.prank(accountAt(i));
            token.approve(address(escrow), type(uint256).max);
        }
        for (uint256 m = 1; m <= 13; ++m) {
            _table[m] = 1_300 + 100 * m;
        }
        noteThresholds();
    }

    function accountAt(uint256 i) public pure returns (address) {
        return address(uint160(0xACC0 + i % ACCOUNTS));
    }

    function momentCount() external view returns (uint256) {
        return _moments.length;
    }

    function momentAt(uint256 i) external view returns (Moment memory) {
        return _moments[i];
    }

    function lock(uint256 who, uint256 amount, uint256 buckets) external mirrored {
        address account = accountAt(who);
        Book storage book = books[account];
        if (book.amount != 0) {
            if (block.timestamp < book.end) return;
            payBack(account);
        }
        amount = bound(amount, 1e18, 10_000_000e18);
        buckets = bound(buckets, 1, 13);
        TOKEN.transfer(account, amount);
        vm.prank(account);
        ESCROW.lock(amount, buckets);

        book.amount = amount;
        book.power = amount * _table[buckets] / 1_300;
        book.end = endAfter(buckets);
        locked += amount;
    }

    function increase(uint256 who, uint256 amount, bool reinvested) external mirrored {
        address account = accountAt(who);
        Book storage book = books[account];
        if (book.amount == 0 || book.end < block.timestamp + BUCKET) return;
        amount = bound(amount, 1, 1_000_000e18);
        if (reinvested) {
            ESCROW.increaseFor(account, amount);
        } else {
            TOKEN.transfer(account, amount);
            vm.prank(account);
            ESCROW.increase(amount);
        }
        book.amount += amount;
        book.power += amount * _table[(book.end - block.timestamp) / BUCKET] / 1_300;
        locked += amount;
    }

    function extend(uint256 who, uint256 buckets) external mirrored {
        address account = accountAt(who);
        Book storage book = books[account];
        buckets = bound(buckets, 1, 13);
        uint256 power = book.amount * _table[buckets] / 1_300;
        if (block.timestamp >= book.end || endAfter(buckets) < book.end || power < book.power) return;
        vm.prank(account);
        ESCROW.extend(buckets);
        (book.power, book.end) = (power, endAfter(buckets));
    }

    function withdraw(uint256 who) external mirrored {
        address account = accountAt(who);
        if (books[account].amount == 0 || block.timestamp < books[account].end) return;
        payBack(account);
    }

    function delegate(uint256 who, uint256 whom) external mirrored {
        address account = accountAt(who);
        address delegatee = whom % 7 == 6 ? address(0) : accountAt(whom);
        vm.prank(account);
        ESCROW.delegate(delegatee);
        books[account].delegatee = delegatee == address(0) ? account : delegatee;
    }

    /// @dev Notes this second and one on the way.
    function wait(uint256 duration, uint256 onTheWay) external {
        leaveTo(block.timestamp + bound(duration, 1, 60 days), onTheWay);
    }

    /// @dev To a boundary, the second before or the second after.
    function waitForABoundary(uint256 offset, uint256 onTheWay) external {
        uint256 time = (block.timestamp / BUCKET + 1) * BUCKET - 1 + offset % 3;
        leaveTo(time > block.timestamp ? time : block.timestamp + 1, onTheWay);
    }

    function setPowerTable(uint256 first, uint256 step) external mirrored {
        uint16[13] memory table;
        first = bound(first, 1_300, 2_000);
        step = bound(step, 0, 200);
        for (uint256 m = 1; m <= 13; ++m) {
            _table[m] = first + step * m;
            table[m - 1] = uint16(_table[m]);
        }
        vm.prank(ADMIN);
        ESCROW.setPowerTable(table);
    }

    function setScoreThresholds(uint256 first, uint256 step) external mirrored {
        uint32[10] memory thresholds;
        for (uint256 i = 0; i < 10; ++i) {
            thresholds[i] = uint32(bound(first, 1, 100_000) + bound(step, 1, 1_000_000) * i);
        }
        vm.prank(ADMIN);
        ESCROW.setScoreThresholds(thresholds);
        noteThresholds();
    }

    /// @dev What the books say of `time`, if nothing is written from now until then.
    function told(uint256 time) public view returns (Moment memory moment) {
        moment.time = time;
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            Book memory book = books[accountAt(i)];
            if (time >= book.end) continue;
            moment.powers[i] = book.power;
            moment.total += book.power;
            moment.votes[uint160(book.delegatee) - 0xACC0] += book.power;
            while (moment.scores[i] < 10 && book.power >= _thresholds[moment.scores[i]]) ++moment.scores[i];
        }
    }

    function payBack(address account) private {
        uint256 before = TOKEN.balanceOf(account);
        vm.prank(account);
        uint256 amount = ESCROW.withdraw();
        require(amount == books[account].amount, "another amount was paid back than locked");
        require(TOKEN.balanceOf(account) == before + amount, "not all was paid back");
        locked -= amount;
        books[account].amount = 0;
        vm.prank(account);
        TOKEN.transfer(address(this), amount);
    }

    function leaveTo(uint256 time, uint256 onTheWay) private {
        _moments.push(told(block.timestamp));
        _moments.push(told(bound(onTheWay, block.timestamp, time - 1)));
        vm.warp(time);
    }

    function noteThresholds() private {
        uint32[10] memory thresholds = ESCROW.scoreThresholds();
        for (uint256 i = 0; i < 10; ++i) {
            _thresholds[i] = uint256(thresholds[i]) * 1e18;
        }
    }

    function endAfter(uint256 buckets) private view returns (uint256 end) {
        end = block.timestamp + buckets * BUCKET;
        if (end % BUCKET != 0) end += BUCKET - end % BUCKET;
    }
}

/// forge-config: default.invariant.runs = 16
contract VoteEscrowInvariantTest is EscrowTest {
    EscrowHandler private handler;
    EscrowMirror private mirror = new EscrowMirror();

    function setUp() public {
        vm.recordLogs();
        escrow = new VoteEscrow(address(authority), token, ONE);
        mirror.replay(address(escrow), vm.getRecordedLogs());
        handler = new EscrowHandler(escrow, token, admin, mirror);
        vm.startPrank(admin);
        authority.setTargetFunctionRole(address(escrow), openToAnyone(), type(uint64).max);
        authority.setTargetFunctionRole(address(escrow), only(VoteEscrow.increaseFor.selector), 3);
        authority.grantRole(3, address(handler), 0);
        vm.stopPrank();
        token.transfer(address(handler), 1_000_000_000 * ONE);
        targetContract(address(handler));
    }

    /// @dev The last moments, and some long gone.
    function invariant_powerScoreAndVotesOfThePastStayWhatTheyWere() public {
        uint256 count = handler.momentCount();
        for (uint256 i = 0; i < 4 && i < count; ++i) {
            uint256 which = i < 2 ? count - 1 - i : uint256(keccak256(abi.encode(i, count))) % count;
            EscrowHandler.Moment memory moment = handler.momentAt(which);
            for (uint256 j = 0; j < handler.ACCOUNTS(); ++j) {
                address account = handler.accountAt(j);
                assertEq(escrow.powerAt(account, moment.time), moment.powers[j], "power");
                assertEq(escrow.scoreAt(account, moment.time), moment.scores[j], "score");
                assertEq(escrow.getPastVotes(account, moment.time), moment.votes[j], "votes");
            }
            assertEq(escrow.getPastTotalSupply(moment.time), moment.total, "total");
        }
    }

    function invariant_totalIsTheSumOfAccountsAndOfVotesAtAnySecond() public {
        uint256 span = block.timestamp - NOW;
        if (span == 0) return;
        uint256 time = NOW + uint256(keccak256(abi.encode(block.timestamp, handler.locked()))) % span;
        (uint256 power, uint256 votes) = (0, 0);
        for (uint256 i = 0; i < handler.ACCOUNTS(); ++i) {
            power += escrow.powerAt(handler.accountAt(i), time);
            votes += escrow.getPastVotes(handler.accountAt(i), time);
        }
        assertEq(escrow.getPastTotalSupply(time), power);
        assertEq(votes, power);
    }

    function invariant_votesNowAreThoseOfTheBooks() public {
        EscrowHandler.Moment memory present = handler.told(block.timestamp);
        for (uint256 i = 0; i < handler.ACCOUNTS(); ++i) {
            assertEq(escrow.getVotes(handler.accountAt(i)), present.votes[i]);
        }
    }

    function invariant_powerIsZeroFromTheEndOnWithoutATransaction() public {
        for (uint256 i = 0; i < handler.ACCOUNTS(); ++i) {
            address account = handler.accountAt(i);
            (, uint256 power, uint256 end,) = handler.books(account);
            if (end == 0 || end >= block.timestamp) continue;
            assertEq(escrow.powerAt(account, end), 0);
            assertEq(escrow.powerAt(account, end - 1), power);
        }
    }

    function invariant_theContractHoldsWhatIsLocked() public {
        uint256 sum = 0;
        for (uint256 i = 0; i < handler.ACCOUNTS(); ++i) {
            sum += escrow.lockOf(handler.accountAt(i)).amount;
        }
        assertEq(token.balanceOf(address(escrow)), sum);
        assertEq(handler.locked(), sum);
    }

    function invariant_tokensAreNeitherMadeNorLost() public {
        assertEq(token.balanceOf(address(handler)) + token.balanceOf(address(escrow)), 1_000_000_000 * ONE);
        assertEq(token.totalSupply(), 1_000_000_000 * ONE);
    }

    function invariant_eventsAloneTellLocksVotesAndParameters() public {
        for (uint256 i = 0; i < handler.ACCOUNTS(); ++i) {
            address account = handler.accountAt(i);
            assertEq(abi.encode(mirror.lockOf(account)), abi.encode(escrow.lockOf(account)));
            assertEq(mirror.delegates(account), escrow.delegates(account));
            assertEq(mirror.votesOf(account), escrow.getVotes(account));
        }
        uint16[13] memory table = escrow.powerTable();
        for (uint256 i = 0; i < 13; ++i) {
            assertEq(mirror.parameters(key("powerTable.", i)), table[i]);
        }
        uint32[10] memory thresholds = escrow.scoreThresholds();
        for (uint256 i = 0; i < 10; ++i) {
            assertEq(mirror.parameters(key("scoreThreshold.", i)), thresholds[i]);
        }
        assertEq(mirror.parameters("minimum"), escrow.minimum());
    }

    function key(string memory name, uint256 i) private pure returns (bytes32) {
        return bytes32(bytes(string.concat(name, vm.toString(i + 1))));
    }
}
