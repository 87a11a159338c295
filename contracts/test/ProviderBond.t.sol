// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Case, IDisputable} from "../src/governance/IDisputable.sol";
import {IDisputeCourt, Ruling} from "../src/governance/IDisputeCourt.sol";
import {Roles} from "../src/governance/Roles.sol";
import {Deposit, IProviderBond, Pool} from "../src/staking/IProviderBond.sol";
import {ProviderBond} from "../src/staking/ProviderBond.sol";
import {ExactTransfer} from "../src/token/ExactTransfer.sol";
import {MarketToken} from "../src/token/MarketToken.sol";
import {CourtTest} from "./base/CourtTest.sol";
import {bound} from "./base/Test.sol";
import {CallbackToken} from "./mocks/Court.sol";
import {FeeToken, SilentToken} from "./mocks/Tokens.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract ProviderBondTest is CourtTest {
    address private backer = account("backer");
    MarketToken private token = new MarketToken(address(this));
    ProviderBond private bonds;

    function setUp() public {
        bonds = bondIn(address(token));
    }

    // ------------------------------------------------------------------ bonding

    function test_anyoneBondsForAListingAndKeepsItsOwn() public {
        // When
        assertEq(bond(provider, 700), 700);
        assertEq(bond(backer, 300), 300);
        transferTitle(listing, stranger);

        // Then
        Pool memory all = bonds.pool(listing);
        assertEq(all.assets, 1_000);
        assertEq(all.shares, 1_000);
        assertEq(worth(provider), 700);
        assertEq(worth(backer), 300);
        assertEq(worth(stranger), 0);
        assertEq(token.balanceOf(address(bonds)), 1_000);
    }

    function test_thereMustBeAListingAndAnAmount() public {
        vm.expectRevert(abi.encodeWithSignature("ERC721NonexistentToken(uint256)", 99));
        bonds.bond(99, 1);
        vm.expectRevert(IProviderBond.NothingToDo.selector);
        bonds.bond(listing, 0);
    }

    function test_aTokenThatChargesFeesIsRefused() public {
        FeeToken charging = new FeeToken();
        bonds = bondIn(address(charging));
        charging.mint(backer, 100);
        vm.startPrank(backer);
        charging.approve(address(bonds), 100);
        vm.expectRevert(abi.encodeWithSelector(ExactTransfer.InexactTransfer.selector, charging, 100, 99));
        bonds.bond(listing, 100);
    }

    function test_anApprovalCanComeInTheSameTransaction() public {
        token.transfer(backer, 5);
        bytes32 message = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                backer,
                bonds,
                5,
                0,
                NOW
            )
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(keyOf("backer"), keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), message)));
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(bonds.permit, (token, 5, NOW, v, r, s));
        calls[1] = abi.encodeCall(bonds.bond, (listing, 5));
        vm.prank(backer);
        bonds.multicall(calls);
        assertEq(worth(backer), 5);
    }

    // ------------------------------------------------------------------ leaving

    function test_bondsLeaveAfterTheLongestPossibleDispute() public {
        // Given
        bond(backer, 1_000);

        // When
        assertEq(unbond(backer, 400), NOW + LONGEST);

        // Then
        (Deposit memory own,) = bonds.depositOf(listing, backer);
        assertEq(own.shares, 600);
        assertEq(own.leaving, 400);
        vm.warp(NOW + LONGEST - 1);
        vm.expectRevert(abi.encodeWithSelector(IProviderBond.StillBonded.selector, NOW + LONGEST));
        bonds.withdraw(listing, backer);
        vm.warp(NOW + LONGEST);
        vm.prank(stranger);
        assertEq(bonds.withdraw(listing, backer), 400);
        assertEq(token.balanceOf(backer), 400);
        assertEq(worth(backer), 600);
        vm.expectRevert(IProviderBond.NothingToDo.selector);
        bonds.withdraw(listing, backer);
    }

    function test_unbondingMoreStartsTheCooldownAnew() public {
        bond(backer, 1_000);
        unbond(backer, 400);
        vm.warp(NOW + LONGEST - 1);
        unbond(backer, 100);
        vm.warp(NOW + LONGEST);
        vm.expectRevert(abi.encodeWithSelector(IProviderBond.StillBonded.selector, NOW + 2 * LONGEST - 1));
        bonds.withdraw(listing, backer);
        vm.warp(NOW + 2 * LONGEST - 1);
        assertEq(bonds.withdraw(listing, backer), 500);
    }

    function test_nobodyUnbondsMoreThanItHas() public {
        bond(backer, 1_000);
        bond(provider, 1_000);
        vm.expectRevert(IProviderBond.NothingToDo.selector);
        unbond(backer, 0);
        vm.expectRevert(abi.encodeWithSelector(IProviderBond.NotEnoughShares.selector, 1_001, 1_000));
        unbond(backer, 1_001);
        unbond(backer, 1_000);
        vm.expectRevert(abi.encodeWithSelector(IProviderBond.NotEnoughShares.selector, 1, 0));
        unbond(backer, 1);
    }

    // ------------------------------------------------------------------ disputes

    function test_anyoneButTheOwnerCanAccuse() public {
        // Given
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotDisputable.selector, listing));
        bonds.caseOf(listing, buyer);
        bond(backer, 1_000);

        // Then
        Case memory disputed = bonds.caseOf(listing, buyer);
        assertEq(disputed.listing, listing);
        assertEq(disputed.claimant, buyer);
        assertEq(disputed.respondent, provider);
        assertEq(disputed.asset, address(token));
        assertEq(disputed.amount, 1_000);
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotDisputable.selector, listing));
        bonds.caseOf(listing, provider);
    }

    function test_attack_unbondingInTheSecondBeforeADispute() public {
        // Given
        bond(provider, 1_000);
        vm.prank(provider);
        bonds.unbond(listing, 1_000);
        vm.warp(NOW + LONGEST - 1);

        // When
        uint256 id = accuse(buyer);

        // Then
        vm.warp(NOW + LONGEST);
        vm.expectRevert(abi.encodeWithSelector(IProviderBond.Frozen.selector, NOW + 2 * LONGEST - 1));
        bonds.withdraw(listing, provider);
        decide(id, Ruling(6_000, false, 500));
        executeWhenPossible(id);
        assertEq(bonds.withdraw(listing, provider), 400);
    }

    function test_attack_unbondingDuringADisputeIsSlashedAsWell() public {
        // Given
        bond(provider, 600);
        bond(backer, 400);
        uint256 id = accuse(buyer);
        unbond(backer, 400);

        // When
        decide(id, Ruling(5_000, false, type(uint128).max));
        executeWhenPossible(id);

        // Then
        assertEq(worth(provider), 300);
        assertEq(worth(backer), 200);
        assertEq(token.balanceOf(buyer), 500);
        vm.warp(NOW + LONGEST);
        assertEq(bonds.withdraw(listing, backer), 200);
    }

    function testFuzz_theDamageIsAwardedAndTheRestBurned(uint128 amount, uint16 bps, uint128 damage) public {
        // Given
        amount = uint128(bound(amount, 1, 100_000_000e18));
        bps = uint16(bound(bps, 0, 10_000));
        damage = uint128(bound(damage, 0, 2 * uint256(amount)));
        bond(backer, amount);
        uint256 id = accuse(buyer);
        uint256 supply = token.totalSupply();

        // When
        decide(id, Ruling(bps, false, damage));
        executeWhenPossible(id);

        // Then
        uint256 slashed = uint256(amount) * bps / 10_000;
        uint256 awarded = slashed < damage ? slashed : damage;
        assertEq(token.balanceOf(buyer), awarded);
        assertEq(supply - token.totalSupply(), slashed - awarded);
        assertEq(bonds.pool(listing).assets, amount - slashed);
        assertEq(worth(backer), amount - slashed);
    }

    function test_afterEverythingWasSlashedDepositsBeginAnew() public {
        // Given
        bond(provider, 600);
        unbond(provider, 100);
        uint256 id = accuse(buyer);
        decide(id, Ruling(10_000, false, 1));
        executeWhenPossible(id);
        assertEq(bonds.pool(listing).generation, 1);
        assertEq(worth(provider), 0);

        // When
        bond(backer, 50);

        // Then
        assertEq(worth(backer), 50);
        vm.expectRevert(abi.encodeWithSelector(IProviderBond.NotEnoughShares.selector, 1, 0));
        unbond(provider, 1);
        vm.warp(NOW + 2 * LONGEST);
        vm.expectRevert(IProviderBond.NothingToDo.selector);
        bonds.withdraw(listing, provider);
    }

    function test_whoBondsAfterASlashingPaysForNoneOfIt() public {
        bond(provider, 1_000);
        uint256 id = accuse(buyer);
        decide(id, Ruling(9_000, false, 0));
        executeWhenPossible(id);

        assertEq(bond(backer, 55), 550);
        assertEq(worth(backer), 55);
        assertEq(worth(provider), 100);
    }

    function test_aDismissedDisputeLeavesNoTrace() public {
        bond(backer, 1_000);
        unbond(backer, 1_000);
        uint256 id = accuse(buyer);
        assertEq(bonds.heldUntil(listing, buyer), NOW + LONGEST);
        vm.warp(court.dispute(id).rulingUntil);
        court.dismiss(id);
        assertEq(bonds.heldUntil(listing, buyer), 0);
        assertEq(bonds.pool(listing).frozenUntil, block.timestamp);
        vm.warp(NOW + LONGEST);
        assertEq(bonds.withdraw(listing, backer), 1_000);
    }

    function test_aHoldEndsByItselfThoughTheCourtDoesNothing() public {
        bond(backer, 1_000);
        unbond(backer, 1_000);
        vm.warp(NOW + 10 days);
        uint256 id = accuse(buyer);
        uint256 until = NOW + 10 days + LONGEST;
        vm.warp(until - 1);
        vm.expectRevert(abi.encodeWithSelector(IProviderBond.Frozen.selector, until));
        bonds.withdraw(listing, backer);
        vm.warp(until);
        assertEq(bonds.withdraw(listing, backer), 1_000);

        // Nothing is left; the court can still close its case.
        court.dismiss(id);
        assertEq(bonds.pool(listing).openHolds, 0);
    }

    function test_manyDisputesInARowDoNotFreezeForLongerThanOne() public {
        // Given a new accuser every ten days, and a panel that never says anything
        bond(backer, 1_000);
        unbond(backer, 1_000);
        uint256 end = NOW + LONGEST + court.MAX_DURATION();
        uint160 accuser = 0xACC05E;
        for (uint256 time = NOW; time < end; time += 10 days) {
            vm.warp(time);
            uint256 id = accuse(address(++accuser));
            assertEq(court.dispute(id).bond, 100);
            if (time < NOW + LONGEST) continue;
            vm.expectRevert();
            bonds.withdraw(listing, backer);
        }

        // Then
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(IProviderBond.Frozen.selector, end));
        bonds.withdraw(listing, backer);
        vm.warp(end);
        assertEq(bonds.withdraw(listing, backer), 1_000);
    }

    function test_dustDisputesCostTheirOpenersAPartOfWhatTheyFreeze() public {
        bond(backer, 1_000_000e18);
        uint256 id = accuse(buyer);
        assertEq(court.dispute(id).bond, 100_000e18);
        vm.expectRevert(abi.encodeWithSelector(IDisputeCourt.AlreadyDisputed.selector, id));
        vm.prank(buyer);
        court.open(bonds, listing, type(uint256).max, CID, SHA256);
        decide(id, Ruling(0, false, 0));
        executeWhenPossible(id);
        assertEq(court.credits(provider, address(token)), 100_000e18);
        assertEq(worth(backer), 1_000_000e18);
    }

    function test_severalAccusersAreServedInTheOrderOfTheirRulings() public {
        bond(backer, 1_000);
        uint256 first = accuse(buyer);
        uint256 second = accuse(stranger);
        assertEq(bonds.pool(listing).openHolds, 2);
        decide(first, Ruling(5_000, false, 500));
        decide(second, Ruling(5_000, false, 500));
        executeWhenPossible(first);
        assertEq(bonds.pool(listing).frozenUntil, NOW + LONGEST);
        court.execute(second);
        assertEq(bonds.pool(listing).frozenUntil, block.timestamp);
        assertEq(token.balanceOf(buyer), 500);
        assertEq(token.balanceOf(stranger), 250);
        assertEq(worth(backer), 250);
    }

    function test_whatWasNeverHeldIsNotResolved() public {
        bond(backer, 1_000);
        vm.startPrank(address(court));
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotDisputable.selector, listing));
        bonds.resolve(listing, buyer, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotDisputable.selector, listing));
        bonds.release(listing, buyer);
        bonds.hold(listing, buyer, uint48(NOW + 1));
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotDisputable.selector, listing));
        bonds.hold(listing, buyer, uint48(NOW + 1));
    }

    function testFuzz_onlyTheCourtSlashes(address caller) public {
        if (caller == address(court)) return;
        bond(backer, 1_000);
        vm.startPrank(caller);
        bytes memory refusal = abi.encodeWithSelector(IDisputable.NotCourt.selector, caller);
        vm.expectRevert(refusal);
        bonds.hold(listing, buyer, 0);
        vm.expectRevert(refusal);
        bonds.resolve(listing, buyer, 10_000, 1_000);
        vm.expectRevert(refusal);
        bonds.release(listing, buyer);
    }

    // ------------------------------------------------------------------ surroundings

    /// @dev Rulings that leave a ten-thousandth, again and again, make shares of dust; then no more can be bonded.
    function test_sharesThatBecameTooManyStopBondingAndNothingElse() public {
        bond(backer, 1_000_000e18);
        for (uint256 i = 0; i < 10; ++i) {
            slash(9_999);
            if (i < 9) bond(provider, 1_000_000e18);
        }
        token.transfer(provider, 1_000_000e18);
        Pool memory all = bonds.pool(listing);
        uint256 total = all.shares + Math.mulDiv(1_000_000e18, all.shares, all.assets);
        vm.startPrank(provider);
        token.approve(address(bonds), 1_000_000e18);
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 208, total));
        bonds.bond(listing, 1_000_000e18);
        vm.stopPrank();

        (Deposit memory own, uint256 value) = bonds.depositOf(listing, provider);
        unbond(provider, own.shares);
        vm.warp(NOW + LONGEST);
        assertEq(bonds.withdraw(listing, provider), value);
        slash(10_000);
        assertEq(bond(backer, 1), 1);
    }

    function test_aReentrantBondAssetGetsNowhere() public {
        CallbackToken calling = new CallbackToken();
        bonds = bondIn(address(calling));
        calling.mint(backer, 300);
        vm.startPrank(backer);
        calling.approve(address(bonds), 300);
        bonds.bond(listing, 100);
        bonds.unbond(listing, 100);
        bytes[2] memory attacks =
            [abi.encodeCall(bonds.bond, (listing, 1)), abi.encodeCall(bonds.withdraw, (listing, backer))];
        vm.warp(NOW + LONGEST);
        for (uint256 i = 0; i < 2; ++i) {
            calling.attackWith(address(bonds), attacks[i]);
            vm.expectRevert(bytes4(keccak256("ReentrancyGuardReentrantCall()")));
            bonds.bond(listing, 100);
            vm.expectRevert(bytes4(keccak256("ReentrancyGuardReentrantCall()")));
            bonds.withdraw(listing, backer);
        }
        vm.stopPrank();

        // Nor in the middle of a slashing.
        calling.attackWith(address(0), "");
        vm.prank(address(court));
        bonds.hold(listing, buyer, uint48(NOW + 2 * LONGEST));
        calling.attackWith(address(bonds), attacks[1]);
        vm.expectRevert(bytes4(keccak256("ReentrancyGuardReentrantCall()")));
        vm.prank(address(court));
        bonds.resolve(listing, buyer, 10_000, 100);
    }

    function test_closingTheContractStopsNewBondsOnly() public {
        // Given
        bond(backer, 1_000);
        uint256 id = accuse(buyer);
        vm.prank(admin);
        authority.setTargetClosed(address(bonds), true);

        // Then
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, backer));
        vm.prank(backer);
        bonds.bond(listing, 1);
        unbond(backer, 500);
        uint256 other = accuse(stranger);
        decide(id, Ruling(1_000, false, 0));
        executeWhenPossible(id);
        vm.warp(court.dispute(other).rulingUntil);
        court.dismiss(other);
        vm.warp(NOW + LONGEST);
        assertEq(bonds.withdraw(listing, backer), 450);
    }

    function test_aGovernorThatCannotBeReadKeepsNobodyIn() public {
        bond(backer, 1_000);
        governor.setTimelock(address(0));
        uint256 longest = LONGEST - VOTE + 45 days;
        assertEq(unbond(backer, 1_000), NOW + longest);
        vm.warp(NOW + longest);
        assertEq(bonds.withdraw(listing, backer), 1_000);
    }

    // ------------------------------------------------------------------ helpers

    function bondIn(address asset) private returns (ProviderBond made) {
        made = new ProviderBond(address(authority), ERC20Burnable(asset), registry, court);
        assertEq(made.TOKEN(), asset);
        assertEq(made.COURT(), address(court));
        bytes4[] memory open = new bytes4[](1);
        open[0] = made.bond.selector;
        vm.startPrank(admin);
        authority.setTargetFunctionRole(address(made), open, Roles.PUBLIC);
        court.setSubject(address(made), true);
        vm.stopPrank();
    }

    function bond(address depositor, uint256 amount) private returns (uint256) {
        token.transfer(depositor, amount);
        vm.startPrank(depositor);
        token.approve(address(bonds), amount);
        uint256 shares = bonds.bond(listing, amount);
        vm.stopPrank();
        return shares;
    }

    function unbond(address depositor, uint256 shares) private returns (uint48) {
        vm.prank(depositor);
        return bonds.unbond(listing, shares);
    }

    function accuse(address accuser) private returns (uint256) {
        uint256 amount = court.bondFor(address(token), bonds.pool(listing).assets);
        token.transfer(accuser, amount);
        fund(accuser, address(token), amount);
        return open(accuser, bonds, listing);
    }

    function slash(uint16 bps) private {
        vm.startPrank(address(court));
        bonds.hold(listing, buyer, uint48(NOW));
        bonds.resolve(listing, buyer, bps, 0);
        vm.stopPrank();
    }

    function worth(address depositor) private view returns (uint256 value) {
        (, value) = bonds.depositOf(listing, depositor);
    }
}
