// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Market} from "../src/governance/IGenesis.sol";
import {Roles} from "../src/governance/Roles.sol";
import {WholeMarket} from "./base/WholeMarket.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

interface FileVm {
    function readFile(string calldata path) external view returns (string memory);
    function parseJsonKeys(string calldata json, string calldata key) external pure returns (string[] memory);
}

/// @dev Walks the built ABI of every contract that obeys the authority: tries each function while all of them are closed,
/// and holds what is refused against the list below.
contract GovernanceAbiTest is WholeMarket {
    error Broken(string rule, string name);

    struct Subject {
        string name;
        address target;
    }

    FileVm private constant files = FileVm(VM_ADDRESS);

    Subject[] private subjects;
    mapping(bytes32 name => uint64) private roles;
    mapping(bytes32 name => bool) private listed;
    mapping(bytes32 name => bool) private found;
    string[] private names;

    function setUp() public override {
        super.setUp();
        Market memory all = contracts();
        vm.prank(deployer);
        genesis.wire(all, guardian, settings());
        subjects.push(Subject("ListingRegistry", all.registry));
        subjects.push(Subject("AccessPass", all.accessPass));
        subjects.push(Subject("TokenMarket", all.tokenMarket));
        subjects.push(Subject("VoteEscrow", all.voteEscrow));
        subjects.push(Subject("RevenueDistributor", all.revenueDistributor));
        subjects.push(Subject("ProtocolFees", all.protocolFees));
        subjects.push(Subject("AllocationSale", all.allocationSale));
        subjects.push(Subject("ProviderBond", all.providerBond));
        subjects.push(Subject("DisputeCourt", all.disputeCourt));
        subjects.push(Subject("PriceOracle", all.priceOracle));
        subjects.push(Subject("LeaseEscrow", all.leaseEscrow));
        subjects.push(Subject("JobEscrow", all.jobEscrow));

        list("ListingRegistry.setReserved", Roles.DAO);
        list("ListingRegistry.setHandleBond", Roles.DAO);
        list("ListingRegistry.setProtocolFee", Roles.DAO);
        list("ListingRegistry.reinstate", Roles.DAO);
        list("ListingRegistry.setSharesEnabled", Roles.DAO);
        list("ListingRegistry.suspend", Roles.COURT);
        list("ListingRegistry.claimHandle", Roles.PUBLIC);
        list("ListingRegistry.publish", Roles.PUBLIC);
        list("ListingRegistry.createShares", Roles.PUBLIC);
        list("AccessPass.buy", Roles.PUBLIC);
        list("AccessPass.buyWithAuthorization", Roles.PUBLIC);
        list("AccessPass.renew", Roles.PUBLIC);
        list("TokenMarket.setFee", Roles.DAO);
        list("TokenMarket.setPaymentToken", Roles.DAO);
        list("TokenMarket.place", Roles.PUBLIC);
        list("TokenMarket.fill", Roles.PUBLIC);
        list("TokenMarket.fillWithAuthorization", Roles.PUBLIC);
        list("VoteEscrow.setPowerTable", Roles.DAO);
        list("VoteEscrow.setScoreThresholds", Roles.DAO);
        list("VoteEscrow.setMinimum", Roles.DAO);
        list("VoteEscrow.increaseFor", Roles.DISTRIBUTOR);
        list("ProtocolFees.setShares", Roles.DAO);
        list("ProtocolFees.setTreasury", Roles.DAO);
        list("AllocationSale.setEnabled", Roles.DAO);
        list("AllocationSale.announce", Roles.PUBLIC);
        list("ProviderBond.bond", Roles.PUBLIC);
        list("DisputeCourt.setSubject", Roles.DAO);
        list("DisputeCourt.setPanel", Roles.DAO);
        list("DisputeCourt.setTerms", Roles.DAO);
        list("DisputeCourt.setMinBond", Roles.DAO);
        list("DisputeCourt.overturn", Roles.DAO);
        list("PriceOracle.setFeed", Roles.DAO);
        list("PriceOracle.reset", Roles.DAO);
        list("LeaseEscrow.open", Roles.PUBLIC);
        list("LeaseEscrow.openWithAuthorization", Roles.PUBLIC);
        list("JobEscrow.setHook", Roles.DAO);
        list("JobEscrow.setEvaluatorFee", Roles.DAO);
        list("JobEscrow.createJob", Roles.PUBLIC);
        list("JobEscrow.fund", Roles.PUBLIC);
        list("JobEscrow.fundWithAuthorization", Roles.PUBLIC);
    }

    function test_exactlyTheListedFunctionsAreRestrictedAndEachToItsRole() public {
        closeEverything();
        for (uint256 i = 0; i < subjects.length; ++i) {
            string[] memory signatures = functionsOf(subjects[i].name);
            for (uint256 j = 0; j < signatures.length; ++j) {
                check(subjects[i], signatures[j]);
            }
        }
        for (uint256 i = 0; i < names.length; ++i) {
            if (!found[keccak256(bytes(names[i]))]) revert Broken("listed, but not restricted", names[i]);
        }
    }

    function test_noFunctionThroughWhichPeopleLeaveOrArePaidIsEverRestricted() public {
        string[22] memory exits = [
            "withdraw",
            "claim",
            "refund",
            "close",
            "cancel",
            "unbond",
            "settle",
            "execute",
            "redeem",
            "deactivate",
            "sweep",
            "resolve",
            "release",
            "dismiss",
            "accept",
            "complete",
            "reject",
            "submit",
            "rule",
            "appeal",
            "distribute",
            "delegate"
        ];
        closeEverything();
        uint256 exitCount = 0;
        for (uint256 i = 0; i < subjects.length; ++i) {
            string[] memory signatures = functionsOf(subjects[i].name);
            for (uint256 j = 0; j < signatures.length; ++j) {
                for (uint256 k = 0; k < exits.length; ++k) {
                    if (!startsWith(signatures[j], exits[k]) || startsWith(signatures[j], "claimHandle(")) continue;
                    ++exitCount;
                    if (isRefused(subjects[i].target, signatures[j])) {
                        revert Broken("an exit is restricted", signatures[j]);
                    }
                }
            }
        }
        assertGt(exitCount, 20);
    }

    // ------------------------------------------------------------------ helpers

    function check(Subject memory subject, string memory signature) private {
        string memory name = string.concat(subject.name, ".", nameOf(signature));
        bytes32 key = keccak256(bytes(name));
        if (!isRefused(subject.target, signature)) {
            if (listed[key]) revert Broken("listed, but not restricted", name);
            return;
        }
        if (!listed[key]) revert Broken("restricted, but not listed", name);
        found[key] = true;
        if (authority.getTargetFunctionRole(subject.target, selectorOf(signature)) != roles[key]) {
            revert Broken("restricted to another role", name);
        }
    }

    /// @dev Whether the authority keeps a stranger out. Zeros are valid arguments as far as decoding goes.
    function isRefused(address target, string memory signature) private returns (bool) {
        if (startsWith(signature, "setAuthority(")) return false;
        uint256 before = youngVm.snapshotState();
        vm.prank(stranger);
        (bool done, bytes memory answer) = target.call(abi.encodePacked(selectorOf(signature), new bytes(2_048)));
        youngVm.revertToState(before);
        return !done
            && keccak256(answer)
                == keccak256(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
    }

    function closeEverything() private {
        vm.startPrank(address(timelock));
        for (uint256 i = 0; i < subjects.length; ++i) {
            authority.setTargetClosed(subjects[i].target, true);
        }
        vm.stopPrank();
    }

    function list(string memory name, uint64 role) private {
        bytes32 key = keccak256(bytes(name));
        (roles[key], listed[key]) = (role, true);
        names.push(name);
    }

    function functionsOf(string memory name) private view returns (string[] memory) {
        string memory artifact = files.readFile(string.concat("out/", name, ".sol/", name, ".json"));
        return files.parseJsonKeys(artifact, ".methodIdentifiers");
    }

    function selectorOf(string memory signature) private pure returns (bytes4) {
        return bytes4(keccak256(bytes(signature)));
    }

    function nameOf(string memory signature) private pure returns (string memory name) {
        bytes memory whole = bytes(signature);
        uint256 length = 0;
        while (whole[length] != "(") ++length;
        bytes memory part = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            part[i] = whole[i];
        }
        return string(part);
    }

    function startsWith(string memory text, string memory start) private pure returns (bool) {
        (bytes memory whole, bytes memory part) = (bytes(text), bytes(start));
        if (whole.length < part.length) return false;
        for (uint256 i = 0; i < part.length; ++i) {
            if (whole[i] != part[i]) return false;
        }
        return true;
    }
}
