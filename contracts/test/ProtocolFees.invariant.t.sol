// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Payee} from "../src/staking/IProtocolFees.sol";
import {ProtocolFees} from "../src/staking/ProtocolFees.sol";
import {MarketToken} from "../src/token/MarketToken.sol";
import {RevenueTest} from "./base/RevenueTest.sol";
import {bound} from "./base/Test.sol";
import {FeesMirror} from "./mocks/RevenueMirrors.sol";
import {PlainToken} from "./mocks/Tokens.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {Vm} from "@prb/test/Vm.sol";

/// @dev Sends two assets, divides, pays, and changes shares and treasury; keeps exact books in parts of an atomic unit.
contract FeesHandler {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant BPS = 10_000;

    ProtocolFees private immutable FEES;
    MarketToken private immutable TOKEN;
    PlainToken private immutable ASSET;
    address private immutable ADMIN;
    FeesMirror private immutable MIRROR;

    mapping(IERC20 asset => uint256) public received;
    mapping(IERC20 asset => mapping(Payee payee => uint256)) public earned;
    mapping(IERC20 asset => mapping(Payee payee => uint256)) public paid;
    uint256[3] private _shares = [BPS, 0, 0];

    modifier mirrored() {
        vm.recordLogs();
        _;
        MIRROR.replay(address(FEES), vm.getRecordedLogs());
    }

    constructor(ProtocolFees fees, MarketToken token, PlainToken asset, address admin, FeesMirror mirror) {
        (FEES, TOKEN, ASSET, ADMIN, MIRROR) = (fees, token, asset, admin, mirror);
    }

    function assetAt(uint256 i) public view returns (IERC20) {
        return i % 2 == 0 ? IERC20(address(ASSET)) : IERC20(address(TOKEN));
    }

    function send(uint256 which, uint256 amount) external {
        IERC20 asset = assetAt(which);
        amount = bound(amount, 0, 10_001);
        if (which % 2 == 0) ASSET.mint(address(FEES), amount);
        else TOKEN.transfer(address(FEES), amount);
        received[asset] += amount;
    }

    function divide(uint256 which) external mirrored {
        IERC20 asset = assetAt(which);
        uint256 revenue = FEES.undivided(asset);
        require(FEES.divide(asset) == revenue, "not all was divided");
        bool burns = address(asset) == address(TOKEN);
        earned[asset][Payee.TREASURY] += revenue * (_shares[0] + (burns ? 0 : _shares[2]));
        earned[asset][Payee.STAKERS] += revenue * _shares[1];
        earned[asset][Payee.BURN] += burns ? revenue * _shares[2] : 0;
    }

    function pay(uint256 which, uint256 whom) external mirrored {
        (IERC20 asset, Payee payee) = (assetAt(which), Payee(whom % 3));
        (address to, uint256 supply) = (FEES.treasury(), asset.totalSupply());
        uint256 due = earned[asset][payee] / BPS - paid[asset][payee];
        if (payee == Payee.STAKERS) to = address(FEES.DISTRIBUTOR());
        uint256 before = asset.balanceOf(to);
        require(FEES.pay(asset, payee) == due, "another amount was paid than earned");
        if (payee == Payee.BURN) require(supply - asset.totalSupply() == due, "another amount was burned");
        else require(asset.balanceOf(to) - before == due, "somebody else was paid");
        paid[asset][payee] += due;
    }

    function setShares(uint256 stakersBps, uint256 burnBps) external mirrored {
        stakersBps = bound(stakersBps, 0, BPS);
        burnBps = bound(burnBps, 0, BPS - stakersBps);
        _shares = [BPS - stakersBps - burnBps, stakersBps, burnBps];
        vm.prank(ADMIN);
        FEES.setShares(uint16(_shares[0]), uint16(stakersBps), uint16(burnBps));
    }

    function setTreasury(uint256 who) external mirrored {
        vm.prank(ADMIN);
        FEES.setTreasury(address(uint160(0xACC0 + who % 3)));
    }
}

/// forge-config: default.invariant.runs = 6
contract ProtocolFeesInvariantTest is RevenueTest {
    ProtocolFees private fees;
    FeesHandler private handler;
    FeesMirror private mirror = new FeesMirror();

    function setUp() public {
        vm.recordLogs();
        fees = new ProtocolFees(address(authority), distributor, token, address(0xACC0));
        mirror.replay(address(fees), vm.getRecordedLogs());
        handler = new FeesHandler(fees, token, asset, admin, mirror);
        token.transfer(address(handler), 1_000_000_000 * ONE);
        targetContract(address(handler));
    }

    function invariant_whatIsHeldIsOwedOrUndivided() public {
        for (uint256 i = 0; i < 2; ++i) {
            IERC20 which = handler.assetAt(i);
            uint256 balance = which.balanceOf(address(fees));
            assertEq(balance, fees.owed(which) + fees.undivided(which));
            assertEq(balance, handler.received(which) - paidOf(which));
        }
    }

    function invariant_whatIsOwedIsTheSumOfCreditsAndFractions() public {
        for (uint256 i = 0; i < 2; ++i) {
            IERC20 which = handler.assetAt(i);
            uint256 sum = 0;
            for (uint256 j = 0; j < 3; ++j) {
                sum += fees.creditOf(which, Payee(j));
            }
            assertLte(sum, fees.owed(which));
            assertLt(fees.owed(which) - sum, 3);
        }
    }

    function invariant_everyCreditIsWhatTheSharesGaveLessWhatWasPaid() public {
        for (uint256 i = 0; i < 6; ++i) {
            (IERC20 which, Payee payee) = (handler.assetAt(i / 3), Payee(i % 3));
            assertEq(fees.creditOf(which, payee), handler.earned(which, payee) / 10_000 - handler.paid(which, payee));
        }
    }

    function invariant_eventsAloneTellCreditsAndParameters() public {
        for (uint256 i = 0; i < 6; ++i) {
            (IERC20 which, Payee payee) = (handler.assetAt(i / 3), Payee(i % 3));
            assertEq(mirror.creditOf(address(which), payee), fees.creditOf(which, payee));
            assertEq(mirror.revenue(address(which)) - mirror.paid(address(which)), fees.owed(which));
        }
        (uint16 treasuryBps, uint16 stakersBps, uint16 burnBps) = fees.shares();
        assertEq(mirror.parameters("treasuryBps"), treasuryBps);
        assertEq(mirror.parameters("stakersBps"), stakersBps);
        assertEq(mirror.parameters("burnBps"), burnBps);
        assertEq(mirror.parameters("treasury"), uint160(fees.treasury()));
    }

    function paidOf(IERC20 which) private view returns (uint256) {
        return
            handler.paid(which, Payee.TREASURY) + handler.paid(which, Payee.STAKERS) + handler.paid(which, Payee.BURN);
    }
}
