// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRevenueDistributor, Mode} from "../src/staking/IRevenueDistributor.sol";
import {BUCKET} from "../src/staking/IVoteEscrow.sol";
import {RevenueDistributor} from "../src/staking/RevenueDistributor.sol";
import {VoteEscrow} from "../src/staking/VoteEscrow.sol";
import {MarketToken} from "../src/token/MarketToken.sol";
import {RevenueTest} from "./base/RevenueTest.sol";
import {bound} from "./base/Test.sol";
import {DistributorMirror} from "./mocks/RevenueMirrors.sol";
import {PlainToken} from "./mocks/Tokens.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev Locks for four accounts, funds with two assets, claims, rolls over, lets time pass, and keeps its own books.
contract DistributorHandler {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 public constant ACCOUNTS = 4;

    RevenueDistributor private immutable DISTRIBUTOR;
    VoteEscrow private immutable ESCROW;
    MarketToken private immutable TOKEN;
    PlainToken private immutable ASSET;
    DistributorMirror private immutable MIRROR;
    uint256 public immutable FIRST = block.timestamp / BUCKET;

    /// Of epochs and assets: what came, what rolled in and out, what was claimed.
    mapping(uint256 epoch => mapping(IERC20 asset => uint256)) public came;
    mapping(uint256 epoch => mapping(IERC20 asset => uint256)) public wentOver;
    mapping(uint256 epoch => mapping(IERC20 asset => uint256)) public claimed;
    mapping(uint256 epoch => mapping(IERC20 asset => mapping(address account => bool))) public hasClaimed;
    mapping(IERC20 asset => uint256[]) private _funded;
    /// Sent, and in no epoch yet.
    mapping(IERC20 asset => uint256) public unsynced;
    uint256 public reinvested;

    modifier mirrored() {
        vm.recordLogs();
        _;
        MIRROR.replay(address(DISTRIBUTOR), vm.getRecordedLogs());
    }

    constructor(
        RevenueDistributor distributor,
        VoteEscrow escrow,
        MarketToken token,
        PlainToken asset,
        DistributorMirror mirror
    ) {
        (DISTRIBUTOR, ESCROW, TOKEN, ASSET, MIRROR) = (distributor, escrow, token, asset, mirror);
        token.approve(address(distributor), type(uint256).max);
        asset.approve(address(distributor), type(uint256).max);
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            vm.prank(accountAt(i));
            token.approve(address(escrow), type(uint256).max);
        }
    }

    function accountAt(uint256 i) public pure returns (address) {
        return address(uint160(0xACC0 + i % ACCOUNTS));
    }

    function assetAt(uint256 i) public view returns (IERC20) {
        return i % 2 == 0 ? IERC20(address(ASSET)) : IERC20(address(TOKEN));
    }

    function lock(uint256 who, uint256 amount, uint256 buckets) external {
        address account = accountAt(who);
        uint256 end = ESCROW.lockOf(account).end;
        if (end > block.timestamp) return;
        amount = bound(amount, 1e18, 1_000_000e18);
        TOKEN.transfer(account, amount);
        vm.startPrank(account);
        if (end != 0) ESCROW.withdraw();
        ESCROW.lock(amount, bound(buckets, 1, 13));
        vm.stopPrank();
    }

    function fund(uint256 which, uint256 amount) external mirrored {
        IERC20 asset = assetAt(which);
        amount = bound(amount, 0, 1_000);
        supply(asset, address(this), amount);
        DISTRIBUTOR.fund(asset, amount);
        note(asset, amount);
    }

    function send(uint256 which, uint256 amount) external {
        IERC20 asset = assetAt(which);
        amount = bound(amount, 0, 1_000);
        supply(asset, address(DISTRIBUTOR), amount);
        unsynced[asset] += amount;
    }

    function sync(uint256 which) external mirrored {
        IERC20 asset = assetAt(which);
        require(DISTRIBUTOR.sync(asset) == unsynced[asset], "another amount was added than had arrived");
        note(asset, unsynced[asset]);
        unsynced[asset] = 0;
    }

    /// @dev Of one of the last three epochs that were funded.
    function claim(uint256 ago, uint256 which, uint256 who, bool reinvest) external mirrored {
        IERC20 asset = assetAt(which);
        uint256 count = _funded[asset].length;
        if (count == 0) return;
        uint256 epoch = _funded[asset][count - 1 - ago % (count < 3 ? count : 3)];
        address account = accountAt(who);
        uint256 due = shareOf(epoch, asset, account);
        if (hasClaimed[epoch][asset][account]) due = 0;
        require(DISTRIBUTOR.claimable(epoch, asset, account) == due, "another share is claimable");
        if (due == 0) return;
        uint256 before = asset.balanceOf(account);
        uint256 lockedBefore = ESCROW.lockOf(account).amount;
        vm.prank(account);
        uint256 amount = DISTRIBUTOR.claim(epoch, asset, reinvest ? Mode.REINVEST : Mode.DIRECT);
        uint256 raised = ESCROW.lockOf(account).amount - lockedBefore;
        require(amount == due, "another share was claimed");
        require(asset.balanceOf(account) - before + raised == amount, "another amount was paid");
        require(raised == 0 || (reinvest && address(asset) == address(TOKEN)), "reinvested against the will");
        hasClaimed[epoch][asset][account] = true;
        claimed[epoch][asset] += amount;
        reinvested += raised;
    }

    function rollOver(uint256 dice, uint256 which) external mirrored {
        IERC20 asset = assetAt(which);
        if (_funded[asset].length == 0) return;
        (uint256 epoch, uint256 current) = (_funded[asset][dice % _funded[asset].length], block.timestamp / BUCKET);
        if (current == epoch || (current - epoch < 13 && totalOf(epoch) > 0)) return;
        uint256 left = came[epoch][asset] - wentOver[epoch][asset] - claimed[epoch][asset];
        require(DISTRIBUTOR.rollOver(epoch, asset) == left, "another amount was rolled over");
        wentOver[epoch][asset] += left;
        note(asset, left);
    }

    function wait(uint256 duration) external {
        vm.warp(block.timestamp + bound(duration, 1, 20 days));
    }

    function waitForABoundary(uint256 offset) external {
        vm.warp((block.timestamp / BUCKET + 1) * BUCKET - 1 + offset % 3);
    }

    function waitLong(uint256 dice) external {
        if (dice % 3 == 0) vm.warp(block.timestamp + 13 * BUCKET);
    }

    /// @dev By the books and the escrow; nothing of an epoch that was rolled over or is open.
    function shareOf(uint256 epoch, IERC20 asset, address account) public view returns (uint256) {
        if (epoch >= block.timestamp / BUCKET || wentOver[epoch][asset] > 0) return 0;
        uint256 power = 0;
        for (uint256 week = 0; week < 4; ++week) {
            power += ESCROW.powerAt(account, epoch * 28 days + week * 7 days);
        }
        return power == 0 ? 0 : came[epoch][asset] * power / totalOf(epoch);
    }

    function totalOf(uint256 epoch) public view returns (uint256 total) {
        for (uint256 i = 0; i < ACCOUNTS * 4; ++i) {
            total += ESCROW.powerAt(accountAt(i / 4), epoch * 28 days + (i % 4) * 7 days);
        }
    }

    function note(IERC20 asset, uint256 amount) private {
        uint256 epoch = block.timestamp / BUCKET;
        if (amount > 0 && came[epoch][asset] == 0) _funded[asset].push(epoch);
        came[epoch][asset] += amount;
    }

    function supply(IERC20 asset, address to, uint256 amount) private {
        if (address(asset) == address(ASSET)) ASSET.mint(to, amount);
        else if (to != address(this)) TOKEN.transfer(to, amount);
    }
}

/// forge-config: default.invariant.runs = 6
contract RevenueDistributorInvariantTest is RevenueTest {
    DistributorHandler private handler;
    DistributorMirror private mirror = new DistributorMirror();

    function setUp() public {
        handler = new DistributorHandler(distributor, escrow, token, asset, mirror);
        token.transfer(address(handler), 1_000_000_000 * ONE);
        targetContract(address(handler));
    }

    function invariant_claimsOfAnEpochAreAtMostWhatItWasFundedWith() public {
        everyEpoch(this.checkClaims);
    }

    function invariant_whatIsHeldIsTheSumOfWhatIsLeftAndThere() public {
        for (uint256 i = 0; i < 2; ++i) {
            IERC20 which = handler.assetAt(i);
            uint256 sum = 0;
            for (uint256 epoch = handler.FIRST(); epoch <= distributor.currentEpoch(); ++epoch) {
                sum += leftOf(epoch, which);
            }
            assertEq(distributor.held(which), sum);
            assertEq(which.balanceOf(address(distributor)), sum + handler.unsynced(which));
        }
    }

    /// @dev Counts first and asserts later: reverting the state would forget a failed assertion.
    function invariant_everybodyCanAlwaysBePaidAndOnlyDustIsLeft() public {
        (uint256 wronged, uint256 dusty) = (0, 0);
        uint256 id = youngVm.snapshotState();
        for (uint256 epoch = handler.FIRST(); epoch < distributor.currentEpoch(); ++epoch) {
            for (uint256 i = 0; i < 2; ++i) {
                IERC20 which = handler.assetAt(i);
                if (leftOf(epoch, which) == 0) continue;
                for (uint256 j = 0; j < 4; ++j) {
                    if (!pays(epoch, which, handler.accountAt(j))) ++wronged;
                }
                if (leftOf(epoch, which) >= 4 && handler.totalOf(epoch) > 0) ++dusty;
            }
        }
        youngVm.revertToState(id);
        assertEq(wronged, 0, "wronged");
        assertEq(dusty, 0, "dusty");
    }

    function invariant_eventsAloneTellPoolsAndClaims() public {
        everyEpoch(this.checkMirror);
        for (uint256 i = 0; i < 2; ++i) {
            assertEq(mirror.held(address(handler.assetAt(i))), distributor.held(handler.assetAt(i)));
        }
    }

    function checkClaims(uint256 epoch, IERC20 which) external {
        uint256 came = handler.came(epoch, which);
        assertLte(handler.claimed(epoch, which) + handler.wentOver(epoch, which), came);
        assertEq(leftOf(epoch, which), came - handler.claimed(epoch, which) - handler.wentOver(epoch, which));
    }

    function checkMirror(uint256 epoch, IERC20 which) external {
        (uint256 funded, uint256 left) = mirror.pools(epoch, address(which));
        assertEq(funded, fundedOf(epoch, which));
        assertEq(left, leftOf(epoch, which));
        if (funded == left) return;
        for (uint256 j = 0; j < 4; ++j) {
            address owner = handler.accountAt(j);
            assertTrue(mirror.isClaimed(epoch, address(which), owner) == distributor.isClaimed(epoch, which, owner));
        }
    }

    function everyEpoch(function(uint256, IERC20) external check) private {
        for (uint256 epoch = handler.FIRST(); epoch <= distributor.currentEpoch(); ++epoch) {
            check(epoch, handler.assetAt(0));
            check(epoch, handler.assetAt(1));
        }
    }

    function pays(uint256 epoch, IERC20 which, address owner) private returns (bool) {
        uint256 due = distributor.claimable(epoch, which, owner);
        if (due == 0) return true;
        uint256 before = which.balanceOf(owner);
        vm.prank(owner);
        (bool success,) =
            address(distributor).call(abi.encodeCall(IRevenueDistributor.claim, (epoch, which, Mode.DIRECT)));
        return success && which.balanceOf(owner) == before + due;
    }
}
