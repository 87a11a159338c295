// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IListingRegistry, Status} from "../src/listing/IListingRegistry.sol";
import {IRevenueSplitter} from "../src/listing/IRevenueSplitter.sol";
import {RevenueSplitter} from "../src/listing/RevenueSplitter.sol";
import {Split} from "../src/listing/Splits.sol";
import {IDepositCollector} from "../src/payment/IDepositCollector.sol";
import {ChannelConfig, IPaymentChannels, Voucher, VoucherClaim} from "../src/payment/IPaymentChannels.sol";
import {PaymentChannels} from "../src/payment/PaymentChannels.sol";
import {MarketTest} from "./base/MarketTest.sol";
import {bound} from "./base/Test.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";

/// @dev Collects out of the payer's allowance.
contract AllowanceCollector is IDepositCollector {
    function collect(address payer, address token, uint256 amount, bytes32, bytes calldata) external {
        IERC20(token).transferFrom(payer, msg.sender, amount);
    }
}

/// @dev A raw data set, a cleaned one made of it, a base model trained on the cleaned one, and a model derived from all
/// three: four listings on three levels, and the protocol.
contract RevenueSplitterLineageTest is MarketTest {
    address private dao = account("dao");
    address private collector = account("data collector");
    address private cleaner = account("data cleaner");
    address private curator = account("curator");
    address private trainer = account("trainer");
    address private tuner = account("tuner");
    address private node = account("node");
    AllowanceCollector private deposits = new AllowanceCollector();
    IPaymentChannels private channels;

    uint256 private raw;
    uint256 private cleaned;
    uint256 private base;
    uint256 private derived;

    function setUp() public {
        setProtocolFee(dao, 500);
        raw = publish(collector, "raw");
        cleaned =
            publish(cleaner, "cleaned", splitsOf(toListing(raw, 3_000), toAccount(curator, 2_000), toTitle(5_000)));
        base = publish(trainer, "base", splitsOf(toListing(cleaned, 2_000), toTitle(8_000)));
        derived = publish(tuner, "derived", derivedSplits());
        channels = splitterOf(derived).CHANNELS();
        vm.etch(address(channels), address(new PaymentChannels()).code);
    }

    // ---------------------------------------------------------------- three levels

    function test_everyLevelAndTheProtocolArePaidToTheLastUnit() public {
        usd.mint(registry.splitterOf(derived), 1_000_000);

        flow(derived);
        flow(base);
        flow(cleaned);
        flow(raw);

        assertEq(usd.balanceOf(tuner), 570_000);
        assertEq(usd.balanceOf(trainer), 180_500);
        assertEq(usd.balanceOf(cleaner), 66_559);
        assertEq(usd.balanceOf(curator), 26_623);
        assertEq(usd.balanceOf(collector), 83_063);
        assertEq(usd.balanceOf(dao), 50_000 + 11_875 + 7_006 + 4_371);
        assertEq(held(), 1_000_000 - 570_000 - 180_500 - 66_559 - 26_623 - 83_063 - 73_252);
    }

    function testFuzz_nothingIsLostOnTheWayUp(uint96 revenue, uint256 seed) public {
        usd.mint(registry.splitterOf(derived), revenue);
        for (uint256 i = 0; i < 8; ++i) {
            flow(1 + uint256(keccak256(abi.encode(seed, i))) % 4);
        }
        flow(derived);
        flow(base);
        flow(cleaned);
        flow(raw);
        uint256 paid = usd.balanceOf(tuner) + usd.balanceOf(trainer) + usd.balanceOf(cleaner) + usd.balanceOf(curator)
            + usd.balanceOf(collector) + usd.balanceOf(dao);
        assertEq(paid + held(), revenue);
        assertLte(held(), 4 * 4);
    }

    function test_attack_splitsChangedOverUndistributedRevenueOfAnUpstreamListing() public {
        // Given
        usd.mint(registry.splitterOf(derived), 1_000_000);
        flow(derived);
        RevenueSplitter old = splitterOf(cleaned);
        assertEq(old.undistributed(address(usd)), 95_000);

        // When
        setSplits(cleaned, allToTitle());
        flow(base);
        old.distribute(address(usd));

        // Then
        assertEq(old.creditOf(address(usd), curator), 95_000 * 95 / 100 * 20 / 100);
        assertEq(old.creditOf(address(usd), registry.splitterOf(raw)), 27_075);
        assertEq(splitterOf(cleaned).undistributed(address(usd)), 45_125);
    }

    function test_attack_splitsChangedToShutTheLineageOutLater() public {
        vm.prank(cleaner);
        registry.setLineageRate(cleaned, 1_000);
        RevenueSplitter old = splitterOf(derived);
        usd.mint(address(old), 1_000_000);
        Split[] memory greedy = splitsOf(toListing(cleaned, 999), toTitle(9_001));
        vm.prank(tuner);
        vm.expectRevert(abi.encodeWithSelector(IListingRegistry.UpstreamUnderpaid.selector, cleaned, 999, 1_000));
        registry.setSplits(derived, greedy);

        setSplits(derived, allToTitle());
        old.distribute(address(usd));
        assertEq(old.creditOf(address(usd), registry.splitterOf(base)), 237_500);
    }

    function test_attack_upstreamCycleOverThreeLevels() public {
        uint256[3] memory lower = [raw, cleaned, base];
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(registry.ownerOf(lower[i]));
            vm.expectRevert(abi.encodeWithSelector(IListingRegistry.UpstreamNotOlder.selector, lower[i], derived));
            registry.setSplits(lower[i], splitsOf(toListing(derived, 5_000), toTitle(5_000)));
        }
    }

    function test_anUpstreamListingIsPaidEvenIfItIsSoldNoMore() public {
        vm.prank(collector);
        registry.setStatus(raw, Status.RETIRED);
        vm.prank(admin);
        registry.suspend(cleaned);
        usd.mint(registry.splitterOf(derived), 1_000_000);
        flow(derived);
        flow(cleaned);
        flow(raw);
        assertGt(usd.balanceOf(collector), 0);
        assertGt(usd.balanceOf(cleaner), 0);
    }

    function test_gasOfDistributingDoesNotGrowWithTheListingsThatPay() public {
        uint256 gas = gasToDistribute(1_000);
        for (uint256 i = 0; i < 500; ++i) {
            vm.prank(address(uint160(0xF000 + i)));
            usd.approve(address(this), 1);
            usd.mint(address(uint160(0xF000 + i)), 1);
            usd.transferFrom(address(uint160(0xF000 + i)), registry.splitterOf(raw), 1);
        }
        assertLte(gasToDistribute(1_000), gas);
    }

    // ---------------------------------------------------------------- through the channel contract

    function test_attack_deadNodeHoldsEarningsBack() public {
        // Given
        ChannelConfig memory config = open(10_000_000);
        VoucherClaim[] memory claims = claimOf(config, 8_000_000, 7_000_000);

        // When
        claimThrough(splitterOf(derived), claims);
        channels.settle(registry.splitterOf(derived), address(usd));

        // Then
        assertEq(splitterOf(derived).undistributed(address(usd)), 7_000_000);
        flow(derived);
        assertEq(usd.balanceOf(tuner), 3_990_000);
        assertEq(splitterOf(base).undistributed(address(usd)), 1_662_500);
    }

    function test_attack_hostileAuthorizerRefundsWhatWasClaimed() public {
        ChannelConfig memory config = open(10_000_000);
        claimThrough(splitterOf(derived), claimOf(config, 8_000_000, 8_000_000));

        vm.prank(node);
        channels.refund(config, type(uint128).max);

        assertEq(usd.balanceOf(buyer), 2_000_000);
        channels.settle(registry.splitterOf(derived), address(usd));
        assertEq(splitterOf(derived).undistributed(address(usd)), 8_000_000);
    }

    function test_attack_hostileAuthorizerClaimsForItself() public {
        ChannelConfig memory config = open(10_000_000);
        VoucherClaim[] memory claims = claimOf(config, 8_000_000, 8_000_000);
        vm.prank(node);
        channels.claim(claims);
        channels.settle(registry.splitterOf(derived), address(usd));
        assertEq(usd.balanceOf(node), 0);
        assertEq(splitterOf(derived).undistributed(address(usd)), 8_000_000);
    }

    function test_attack_payerLeavesBeforeADeadNodeClaims() public {
        ChannelConfig memory config = open(10_000_000);
        vm.prank(buyer);
        channels.initiateWithdraw(config, 10_000_000);
        claimThrough(splitterOf(derived), claimOf(config, 8_000_000, 8_000_000));
        vm.warp(NOW + 900);
        vm.prank(buyer);
        channels.finalizeWithdraw(config);
        assertEq(usd.balanceOf(buyer), 2_000_000);
        channels.settle(registry.splitterOf(derived), address(usd));
        assertEq(splitterOf(derived).undistributed(address(usd)), 8_000_000);
    }

    function test_attack_vouchersClaimedThroughTheSplitterOfAnother() public {
        VoucherClaim[] memory claims = claimOf(open(10_000_000), 8_000_000, 8_000_000);
        RevenueSplitter other = splitterOf(base);
        vm.prank(trainer);
        vm.expectRevert(IPaymentChannels.NotAuthorizedToClaim.selector);
        other.claim(claims);

        RevenueSplitter own = splitterOf(derived);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IRevenueSplitter.NotClaimer.selector, stranger));
        own.claim(claims);
    }

    function test_attack_moreClaimedThanThePayerSigned() public {
        VoucherClaim[] memory claims = claimOf(open(10_000_000), 8_000_000, 8_000_001);
        RevenueSplitter splitter = splitterOf(derived);
        vm.prank(tuner);
        vm.expectRevert(IPaymentChannels.ClaimExceedsCeiling.selector);
        splitter.claim(claims);
    }

    function test_anOldSplitterClaimsWhatItsChannelsEarned() public {
        ChannelConfig memory config = open(10_000_000);
        VoucherClaim[] memory claims = claimOf(config, 8_000_000, 8_000_000);
        RevenueSplitter old = splitterOf(derived);
        setSplits(derived, allToTitle());
        vm.prank(tuner);
        old.claim(claims);
        channels.settle(address(old), address(usd));
        assertEq(old.distribute(address(usd)), 8_000_000);
        assertEq(old.creditOf(address(usd), registry.splitterOf(base)), 1_900_000);
    }

    function testFuzz_theOwnerOrItsClaimerClaimsUpToTheVoucher(uint128 ceiling, uint128 earned, bool named) public {
        ceiling = uint128(bound(ceiling, 1, 10_000_000));
        earned = uint128(bound(earned, 1, ceiling));
        VoucherClaim[] memory claims = claimOf(open(10_000_000), ceiling, earned);
        RevenueSplitter splitter = splitterOf(derived);
        vm.prank(tuner);
        registry.setClaimer(derived, node);
        vm.prank(named ? node : tuner);
        splitter.claim(claims);
        channels.settle(address(splitter), address(usd));
        assertEq(splitter.undistributed(address(usd)), earned);
    }

    // ---------------------------------------------------------------- helpers

    function derivedSplits() private view returns (Split[] memory splits) {
        splits = new Split[](4);
        splits[0] = toListing(base, 2_500);
        splits[1] = toListing(cleaned, 1_000);
        splits[2] = toListing(raw, 500);
        splits[3] = toTitle(6_000);
    }

    /// @dev Divides what a listing has, and pays everybody who has a share of it.
    function flow(uint256 id) private {
        RevenueSplitter splitter = splitterOf(id);
        splitter.distribute(address(usd));
        splitter.withdraw(address(usd), dao);
        splitter.withdraw(address(usd), curator);
        splitter.withdraw(address(usd), registry.ownerOf(id));
        for (uint256 upstream = 1; upstream < id; ++upstream) {
            splitter.withdraw(address(usd), registry.splitterOf(upstream));
        }
    }

    function held() private view returns (uint256 sum) {
        for (uint256 id = 1; id <= 4; ++id) {
            sum += usd.balanceOf(registry.splitterOf(id));
        }
    }

    function gasToDistribute(uint256 amount) private returns (uint256) {
        RevenueSplitter splitter = splitterOf(raw);
        usd.mint(address(splitter), amount);
        uint256 gas = gasleft();
        splitter.distribute(address(usd));
        return gas - gasleft();
    }

    function open(uint128 amount) private returns (ChannelConfig memory config) {
        config =
            ChannelConfig(buyer, buyer, registry.splitterOf(derived), node, address(usd), 900, bytes32("a channel"));
        usd.mint(buyer, amount);
        vm.prank(buyer);
        usd.approve(address(deposits), amount);
        channels.deposit(config, amount, address(deposits), "");
    }

    function claimThrough(RevenueSplitter splitter, VoucherClaim[] memory claims) private {
        vm.prank(tuner);
        splitter.claim(claims);
    }

    function claimOf(ChannelConfig memory config, uint128 ceiling, uint128 earned)
        private
        view
        returns (VoucherClaim[] memory claims)
    {
        bytes32 digest = channels.getVoucherDigest(channels.getChannelId(config), ceiling);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf("buyer"), digest);
        claims = new VoucherClaim[](1);
        claims[0] = VoucherClaim(Voucher(config, ceiling), abi.encodePacked(r, s, v), earned);
    }
}
