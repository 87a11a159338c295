// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MarketAuthority} from "./MarketAuthority.sol";
import {MarketTimelock} from "./MarketTimelock.sol";

/// @notice The contracts of one market, beside its tokens. All obey the authority, but the governor and the revenue
/// distributor, which have no parameters that it could guard.
struct Market {
    address registry;
    address accessPass;
    address tokenMarket;
    address voteEscrow;
    address revenueDistributor;
    address protocolFees;
    address allocationSale;
    address providerBond;
    address disputeCourt;
    address leaseEscrow;
    address jobEscrow;
    address priceOracle;
    address governor;
}

/// @notice Who may call a restricted function.
struct Rule {
    address target;
    bytes4 selector;
    uint64 role;
}

/// @notice A first parameter: one call of one contract.
struct Setting {
    address target;
    bytes call;
}

/// @title The first second of a market
/// @notice Makes the authority and the timelock, and is their only admin. Once, it sets the first parameters and gives
/// every role to whom it belongs; with that it has none itself, and neither has who deployed it: from then on the DAO
/// decides, through the timelock. Until then nobody can do business.
///
/// Since nobody else was ever the admin of the two, what {verify} finds of roles is all there is: the timelock alone is the
/// DAO, and the governor alone proposes to the timelock. That court, escrows, bonds and fees know each other is in their
/// addresses, which follow from what they were given.
interface IGenesis {
    /// @notice The market is in the hands of its DAO from now on.
    event MarketWired(Market market, address indexed guardian);

    /// @notice The caller did not deploy the market.
    error NotDeployer(address caller);

    /// @notice A first parameter belongs to a contract of the market, never to the authority or the timelock.
    error NotASetting(address target);

    /// @notice The contract obeys another authority.
    error ForeignAuthority(address target, address authority);

    /// @notice The governor decides by other votes, or through another timelock.
    error ForeignGovernor(address governor);

    /// @notice In the authority, `account` has a role that it must not have, or lacks one that it must have.
    error MisplacedRole(uint64 role, address account);

    /// @notice In the timelock, `account` has a role that it must not have, or lacks one that it must have.
    error MisplacedTimelockRole(bytes32 role, address account);

    /// @notice Another role than it should may call this function.
    error MisplacedFunction(address target, bytes4 selector, uint64 role);

    /// @notice Sets the first parameters, opens the market and hands it over to the DAO. Only for the deployer, and only
    /// once.
    /// @param guardian may close contracts for new business for a while; not the deployer
    /// @param settings calls of restricted functions, in this order
    function wire(Market calldata market, address guardian, Setting[] calldata settings) external;

    /// @notice Reverts unless every role is where {wire} put it.
    function verify(Market calldata market, address guardian) external view;

    /// @notice Every restricted function that is not the DAO's, and whose it is.
    function rules(Market calldata market) external pure returns (Rule[] memory);

    /// @notice The authority that every contract of the market obeys.
    // forge-lint: disable-next-line(mixed-case-function)
    function AUTHORITY() external view returns (MarketAuthority);

    /// @notice Carries out what the DAO decides.
    // forge-lint: disable-next-line(mixed-case-function)
    function TIMELOCK() external view returns (MarketTimelock);

    /// @notice Whoever may wire the market.
    // forge-lint: disable-next-line(mixed-case-function)
    function DEPLOYER() external view returns (address);
}
