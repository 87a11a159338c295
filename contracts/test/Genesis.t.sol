// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Genesis} from "../src/governance/Genesis.sol";
import {IGenesis, Market, Setting} from "../src/governance/IGenesis.sol";
import {IParameters} from "../src/governance/IParameters.sol";
import {MarketAuthority} from "../src/governance/MarketAuthority.sol";
import {MarketGovernor} from "../src/governance/MarketGovernor.sol";
import {MarketTimelock} from "../src/governance/MarketTimelock.sol";
import {Roles} from "../src/governance/Roles.sol";
import {IListingRegistry} from "../src/listing/IListingRegistry.sol";
import {WholeMarket} from "./base/WholeMarket.sol";
import {Venue} from "./mocks/Venue.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

contract GenesisTest is WholeMarket {
    event MarketWired(Market market, address indexed guardian);

    Market private all;

    function setUp() public override {
        super.setUp();
        all = contracts();
    }

    // ------------------------------------------------------------------ wiring

    function test_wiringGivesEveryRoleToWhomItBelongs() public {
        vm.expectEmit(address(genesis));
        emit MarketWired(all, guardian);
        wireAll();

        genesis.verify(all, guardian);
        assertMember(Roles.DAO, address(timelock), true);
        assertMember(Roles.GUARDIAN, guardian, true);
        assertMember(Roles.COURT, address(court), true);
        assertMember(Roles.DISTRIBUTOR, all.revenueDistributor, true);
        assertTrue(timelock.hasRole(timelock.PROPOSER_ROLE(), address(governor)));
        assertTrue(timelock.hasRole(timelock.EXECUTOR_ROLE(), address(0)));
    }

    function test_wiringSetsTheFirstParameters() public {
        wireAll();
        assertTrue(registry.isReserved("stoa"));
        (address recipient, uint16 bps) = registry.protocolFee();
        assertEq(recipient, address(fees));
        assertEq(bps, 250);
        assertTrue(market.isPaymentToken(usd));
        assertTrue(court.isSubject(address(jobs)));
    }

    function test_beforeTheWiringNobodyDoesBusiness() public {
        (bool allowed,) = authority.canCall(stranger, address(registry), registry.publish.selector);
        assertFalse(allowed);

        wireAll();
        (allowed,) = authority.canCall(stranger, address(registry), registry.publish.selector);
        assertTrue(allowed);
    }

    function test_onlyTheDeployerWires() public {
        vm.expectRevert(abi.encodeWithSelector(IGenesis.NotDeployer.selector, stranger));
        vm.prank(stranger);
        genesis.wire(all, guardian, settings());
    }

    function test_theMarketIsWiredOnce() public {
        wireAll();
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessManager.AccessManagerUnauthorizedAccount.selector, address(genesis), Roles.DAO
            )
        );
        vm.prank(deployer);
        genesis.wire(all, guardian, new Setting[](0));
    }

    function test_noSettingTouchesTheAuthorityOrTheTimelock() public {
        bytes memory toDeployer = abi.encodeCall(authority.grantRole, (Roles.DAO, deployer, 0));
        expectNoSetting(address(authority), toDeployer);
        bytes32 admin = timelock.DEFAULT_ADMIN_ROLE();
        expectNoSetting(address(timelock), abi.encodeCall(timelock.grantRole, (admin, deployer)));
    }

    function test_aRefusedSettingRefusesTheWiring() public {
        Setting[] memory bad = new Setting[](1);
        bad[0] = Setting(address(registry), abi.encodeCall(registry.setProtocolFee, (treasury, 1_001)));
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.RateTooHigh.selector, 1_001, 1_000));
        vm.prank(deployer);
        genesis.wire(all, guardian, bad);
    }

    function test_theDeployerIsNotTheGuardian() public {
        vm.expectRevert(abi.encodeWithSelector(IGenesis.MisplacedRole.selector, Roles.GUARDIAN, deployer));
        vm.prank(deployer);
        genesis.wire(all, deployer, settings());
    }

    function test_aContractUnderAnotherAuthorityIsNotWired() public {
        MarketAuthority foreign = new MarketAuthority(deployer, 0);
        all.priceOracle = address(new Venue(address(foreign)));
        vm.expectRevert(abi.encodeWithSelector(IGenesis.ForeignAuthority.selector, all.priceOracle, address(foreign)));
        wireAll();
    }

    function test_aGovernorOverAnotherTimelockIsNotWired() public {
        MarketTimelock foreign = new MarketTimelock(TIMELOCK_DELAY, deployer);
        governor = new MarketGovernor(escrow, token, foreign, authority, DELAY, PERIOD, EXTENSION, THRESHOLD);
        all.governor = address(governor);
        vm.expectRevert(abi.encodeWithSelector(IGenesis.ForeignGovernor.selector, address(governor)));
        wireAll();
    }

    function test_theBoundsOfTermAndDelayHoldForGenesisToo() public {
        vm.chainId(1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IParameters.ParameterOutOfBounds.selector, bytes32("timelockDelay"), 1 days, 2 days, 14 days
            )
        );
        new Genesis(deployer, 180 days, 1 days);
    }

    // ------------------------------------------------------------------ verification

    function test_verificationFindsEveryMisplacedRole() public {
        wireAll();
        expectMisplaced(Roles.DAO, deployer);
        expectMisplaced(Roles.COURT, deployer);
        expectMisplaced(Roles.DISTRIBUTOR, deployer);
        expectMisplaced(Roles.DAO, address(genesis));
        expectLost(Roles.DAO, address(timelock));
        expectLost(Roles.GUARDIAN, guardian);
        expectLost(Roles.COURT, address(court));
        expectLost(Roles.DISTRIBUTOR, all.revenueDistributor);
    }

    function test_verificationFindsEveryMisplacedFunction() public {
        wireAll();
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = market.place.selector;
        vm.prank(address(timelock));
        authority.setTargetFunctionRole(address(market), selectors, Roles.COURT);
        vm.expectRevert(
            abi.encodeWithSelector(IGenesis.MisplacedFunction.selector, address(market), selectors[0], Roles.PUBLIC)
        );
        genesis.verify(all, guardian);
    }

    function test_verificationFindsEveryMisplacedRoleInTheTimelock() public {
        wireAll();
        bytes32 admin = timelock.DEFAULT_ADMIN_ROLE();
        expectTimelock(timelock.PROPOSER_ROLE(), address(governor), false);
        expectTimelock(timelock.CANCELLER_ROLE(), address(governor), false);
        expectTimelock(timelock.EXECUTOR_ROLE(), address(0), false);
        expectTimelock(admin, address(genesis), true);
    }

    // ------------------------------------------------------------------ afterwards

    function test_afterTheWiringTheDeployerCanDoNothing() public {
        wireAll();
        vm.startPrank(deployer);
        vm.expectRevert(unauthorized());
        registry.setProtocolFee(deployer, 1_000);
        vm.expectRevert(unauthorized());
        market.setFee(deployer, 500);
        vm.expectRevert(unauthorized());
        registry.suspend(1);
        vm.expectRevert(unauthorized());
        escrow.increaseFor(deployer, 1);

        bytes memory notTheDao =
            abi.encodeWithSelector(IAccessManager.AccessManagerUnauthorizedAccount.selector, deployer, Roles.DAO);
        vm.expectRevert(notTheDao);
        authority.grantRole(Roles.DAO, deployer, 0);
        vm.expectRevert(notTheDao);
        authority.updateAuthority(address(registry), address(genesis));
        vm.expectRevert(notTheDao);
        authority.setTargetClosed(address(registry), true);
        vm.expectRevert(notTheDao);
        authority.execute(address(market), abi.encodeCall(market.setFee, (deployer, 500)));
        vm.expectRevert(
            abi.encodeWithSelector(IAccessManager.AccessManagerUnauthorizedAccount.selector, deployer, Roles.GUARDIAN)
        );
        authority.close(address(registry));

        bytes32 proposer = timelock.PROPOSER_ROLE();
        expectNoTimelockRole(proposer);
        timelock.schedule(address(market), 0, "", 0, 0, 30 days);
        expectNoTimelockRole(timelock.CANCELLER_ROLE());
        timelock.cancel(0);
        expectNoTimelockRole(timelock.DEFAULT_ADMIN_ROLE());
        timelock.grantRole(proposer, deployer);
        vm.stopPrank();
    }

    // ------------------------------------------------------------------ helpers

    function wireAll() private {
        vm.prank(deployer);
        genesis.wire(all, guardian, settings());
    }

    function expectNoSetting(address target, bytes memory call) private {
        Setting[] memory bad = new Setting[](1);
        bad[0] = Setting(target, call);
        vm.expectRevert(abi.encodeWithSelector(IGenesis.NotASetting.selector, target));
        vm.prank(deployer);
        genesis.wire(all, guardian, bad);
    }

    function expectMisplaced(uint64 role, address holder) private {
        uint256 before = youngVm.snapshotState();
        vm.prank(address(timelock));
        authority.grantRole(role, holder, 0);
        vm.expectRevert(abi.encodeWithSelector(IGenesis.MisplacedRole.selector, role, holder));
        genesis.verify(all, guardian);
        youngVm.revertToState(before);
    }

    function expectLost(uint64 role, address holder) private {
        uint256 before = youngVm.snapshotState();
        vm.prank(address(timelock));
        authority.revokeRole(role, holder);
        vm.expectRevert(abi.encodeWithSelector(IGenesis.MisplacedRole.selector, role, holder));
        genesis.verify(all, guardian);
        youngVm.revertToState(before);
    }

    function expectTimelock(bytes32 role, address holder, bool grant) private {
        uint256 before = youngVm.snapshotState();
        vm.prank(address(timelock));
        if (grant) timelock.grantRole(role, holder);
        else timelock.revokeRole(role, holder);
        vm.expectRevert(abi.encodeWithSelector(IGenesis.MisplacedTimelockRole.selector, role, holder));
        genesis.verify(all, guardian);
        youngVm.revertToState(before);
    }

    function expectNoTimelockRole(bytes32 role) private {
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, deployer, role)
        );
    }

    function unauthorized() private view returns (bytes memory) {
        return abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, deployer);
    }

    function assertMember(uint64 role, address holder, bool expected) private {
        (bool isMember, uint32 delay) = authority.hasRole(role, holder);
        assertEq(isMember, expected);
        assertEq(delay, 0);
    }
}
