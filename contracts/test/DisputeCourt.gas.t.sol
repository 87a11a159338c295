// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Roles} from "../src/governance/Roles.sol";
import {ProviderBond} from "../src/staking/ProviderBond.sol";
import {MarketToken} from "../src/token/MarketToken.sol";
import {CourtTest} from "./base/CourtTest.sol";

/// @dev What whole transactions cost. Run with `--isolate`.
contract DisputeCourtGasTest is CourtTest {
    MarketToken private token = new MarketToken(address(this));
    ProviderBond private bonds;

    function setUp() public {
        bonds = new ProviderBond(address(authority), token, registry, court);
        bytes4[] memory open = new bytes4[](1);
        open[0] = bonds.bond.selector;
        vm.startPrank(admin);
        authority.setTargetFunctionRole(address(bonds), open, Roles.PUBLIC);
        court.setSubject(address(bonds), true);
        vm.stopPrank();
        token.approve(address(bonds), type(uint256).max);
        token.approve(address(court), type(uint256).max);
    }

    function test_theWayOfADispute() public {
        uint256 state = youngVm.snapshotState();
        uint256[11] memory alone = dispute("alone");
        youngVm.revertToState(state);

        // 500 others bond for the listing, are leaving, and accuse it.
        for (uint160 i = 1; i <= 500; ++i) {
            address other = address(0xD15B0000 + i);
            token.transfer(other, 1_000e18);
            vm.startPrank(other);
            token.approve(address(bonds), type(uint256).max);
            token.approve(address(court), type(uint256).max);
            bonds.bond(listing, 1e18);
            bonds.unbond(listing, 1e17);
            court.open(bonds, listing, type(uint256).max, CID, SHA256);
            vm.stopPrank();
        }
        uint256[11] memory crowded = dispute("with 500 others");
        for (uint256 i = 0; i < alone.length; ++i) {
            assertLte(crowded[i], alone[i] + 3_000);
        }
    }

    function dispute(string memory how) private returns (uint256[11] memory gas) {
        bonds.bond(listing, 1_000e18);
        gas[0] = measured("ProviderBond", "bond", how);
        bonds.unbond(listing, 100e18);
        gas[1] = measured("ProviderBond", "unbond", how);
        uint256 id = court.open(bonds, listing, type(uint256).max, CID, SHA256);
        gas[2] = measured("DisputeCourt", "open", how);
        court.submitEvidence(id, CID, SHA256);
        gas[3] = measured("DisputeCourt", "submitEvidence", how);
        vm.warp(court.dispute(id).evidenceUntil);
        vm.prank(judge1);
        court.rule(id, share(10));
        gas[4] = measured("DisputeCourt", "rule, first vote", how);
        vm.prank(judge2);
        court.rule(id, share(10));
        gas[5] = measured("DisputeCourt", "rule, deciding vote", how);
        court.appeal(id, share(20));
        gas[6] = measured("DisputeCourt", "appeal, to a stand-in for the governor", how);
        vm.warp(court.dispute(id).executableFrom);
        court.execute(id);
        gas[7] = measured("DisputeCourt", "execute, a slashing", how);
        court.withdraw(address(token), address(this));
        gas[8] = measured("DisputeCourt", "withdraw", how);
        id = court.open(bonds, listing, type(uint256).max, CID, SHA256);
        vm.warp(court.dispute(id).rulingUntil);
        court.dismiss(id);
        gas[9] = measured("DisputeCourt", "dismiss", how);
        vm.warp(bonds.unbond(listing, 0));
        bonds.withdraw(listing, address(this));
        gas[10] = measured("ProviderBond", "withdraw", how);
    }

    function measured(string memory group, string memory name, string memory how) private returns (uint256) {
        return youngVm.snapshotGasLastCall(group, string.concat(name, ", ", how));
    }
}
