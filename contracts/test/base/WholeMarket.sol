// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessPass} from "../../src/access/AccessPass.sol";
import {JobEscrow} from "../../src/compute/JobEscrow.sol";
import {LeaseEscrow} from "../../src/compute/LeaseEscrow.sol";
import {UsdCoin} from "../../src/dev/UsdCoin.sol";
import {DisputeCourt} from "../../src/governance/DisputeCourt.sol";
import {Genesis} from "../../src/governance/Genesis.sol";
import {IAppealGovernor, Terms} from "../../src/governance/IDisputeCourt.sol";
import {Market, Setting} from "../../src/governance/IGenesis.sol";
import {MarketAuthority} from "../../src/governance/MarketAuthority.sol";
import {MarketGovernor} from "../../src/governance/MarketGovernor.sol";
import {MarketTimelock} from "../../src/governance/MarketTimelock.sol";
import {ListingRegistry} from "../../src/listing/ListingRegistry.sol";
import {TokenMarket} from "../../src/market/TokenMarket.sol";
import {PriceOracle} from "../../src/oracle/PriceOracle.sol";
import {AllocationSale} from "../../src/staking/AllocationSale.sol";
import {ProtocolFees} from "../../src/staking/ProtocolFees.sol";
import {ProviderBond} from "../../src/staking/ProviderBond.sol";
import {RevenueDistributor} from "../../src/staking/RevenueDistributor.sol";
import {VoteEscrow} from "../../src/staking/VoteEscrow.sol";
import {MarketToken} from "../../src/token/MarketToken.sol";
import {GovernanceTest} from "./GovernanceTest.sol";

/// @dev All contracts of a market, deployed as in earnest, and not wired yet.
abstract contract WholeMarket is GovernanceTest {
    address internal deployer = account("deployer");
    address internal guardian = account("guardian");

    Genesis internal genesis;
    MarketAuthority internal authority;
    MarketTimelock internal timelock;
    UsdCoin internal usd;
    ListingRegistry internal registry;
    AccessPass internal passes;
    TokenMarket internal market;
    ProviderBond internal bonds;
    DisputeCourt internal court;
    LeaseEscrow internal leases;
    JobEscrow internal jobs;
    PriceOracle internal oracle;
    RevenueDistributor internal distributor;
    ProtocolFees internal fees;
    AllocationSale internal sale;

    function setUp() public virtual {
        genesis = new Genesis(deployer, 180 days, TIMELOCK_DELAY);
        authority = genesis.AUTHORITY();
        timelock = genesis.TIMELOCK();
        address obeyed = address(authority);

        token = new MarketToken(treasury);
        usd = new UsdCoin(address(this));
        registry = new ListingRegistry(obeyed, 60);
        passes = new AccessPass(obeyed, registry);
        market = new TokenMarket(obeyed, registry, passes);
        escrow = new VoteEscrow(obeyed, token, 1e18);
        distributor = new RevenueDistributor(escrow, token);
        fees = new ProtocolFees(obeyed, distributor, token, address(timelock));
        sale = new AllocationSale(obeyed, escrow);
        governor = new MarketGovernor(escrow, token, timelock, authority, DELAY, PERIOD, EXTENSION, THRESHOLD);
        court = new DisputeCourt(
            obeyed, IAppealGovernor(address(governor)), registry, Terms(3 days, 7 days, 3 days, 2 days, 500)
        );
        bonds = new ProviderBond(obeyed, token, registry, court);
        oracle = new PriceOracle(obeyed);
        leases = new LeaseEscrow(obeyed, registry, address(court), 60 days);
        jobs = new JobEscrow(obeyed, registry, address(court), 3 days, 60 days, treasury, 0);
    }

    function wire() internal {
        vm.prank(deployer);
        genesis.wire(contracts(), guardian, settings());
    }

    function contracts() internal view returns (Market memory all) {
        all.registry = address(registry);
        all.accessPass = address(passes);
        all.tokenMarket = address(market);
        all.voteEscrow = address(escrow);
        all.revenueDistributor = address(distributor);
        all.protocolFees = address(fees);
        all.allocationSale = address(sale);
        all.providerBond = address(bonds);
        all.disputeCourt = address(court);
        all.leaseEscrow = address(leases);
        all.jobEscrow = address(jobs);
        all.priceOracle = address(oracle);
        all.governor = address(governor);
    }

    function settings() internal view returns (Setting[] memory first) {
        string[] memory reserved = new string[](2);
        (reserved[0], reserved[1]) = ("stoa", "admin");
        first = new Setting[](6);
        first[0] = Setting(address(registry), abi.encodeCall(registry.setReserved, (reserved, true)));
        first[1] = Setting(address(registry), abi.encodeCall(registry.setProtocolFee, (address(fees), 250)));
        first[2] = Setting(address(market), abi.encodeCall(market.setPaymentToken, (usd, true)));
        first[3] = Setting(address(market), abi.encodeCall(market.setFee, (treasury, 100)));
        first[4] = Setting(address(court), abi.encodeCall(court.setSubject, (address(jobs), true)));
        first[5] = Setting(address(court), abi.encodeCall(court.setSubject, (address(leases), true)));
    }
}
