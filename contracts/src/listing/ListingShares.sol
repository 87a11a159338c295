// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IListingShares, Stream} from "./IListingShares.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/interfaces/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/interfaces/IERC2612.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @dev The registry deploys one clone of it for every listing that wants shares; the listing and the assets stand in the
/// clone's code. What was ever released is a pure function of the time and of what {distribute} wrote, so a transfer only
/// writes what it moves the two accounts apart from it.
contract ListingShares is ERC20, Nonces, ReentrancyGuardTransient, IListingShares {
    using Math for uint256;
    using SafeCast for uint256;
    using SafeCast for int256;
    using SafeERC20 for IERC20;
    using Strings for uint256;

    /// @param stream that runs now
    /// @param released atomic units that earlier streams released
    /// @param held atomic units that were distributed and not claimed
    struct Pool {
        Stream stream;
        uint128 released;
        uint128 held;
    }

    uint256 private constant PERIOD = 7 days;
    /// Earnings are counted in these parts of an atomic unit. No supply is larger, so less than one unit of all that was
    /// ever released belongs to nobody yet.
    uint256 private constant PARTS = 1 << 96;

    bytes32 private constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    /// @notice The registry whose listing these are shares of.
    address public immutable REGISTRY;

    address private immutable IMPLEMENTATION = address(this);

    mapping(address asset => Pool) private _pools;
    /// What an account earned by other balances than its present one, less what it was paid, in parts.
    mapping(address asset => mapping(address account => int256)) private _corrections;

    /// @param registry issues the shares of its listings
    constructor(address registry) ERC20("", "") {
        REGISTRY = registry;
    }

    /// @inheritdoc IListingShares
    function issue(address owner, uint256 supply) external {
        if (msg.sender != REGISTRY) revert NotRegistry(msg.sender);
        _mint(owner, supply);
    }

    /// @inheritdoc IListingShares
    function distribute(address asset) external nonReentrant returns (uint256 amount) {
        _requireShared(asset);
        Pool memory pool = _pools[asset];
        amount = IERC20(asset).balanceOf(address(this)).saturatingSub(pool.held);
        if (amount == 0) return 0;

        uint256 vested = _vested(pool.stream);
        uint256 remaining = pool.stream.amount - vested + amount;
        uint256 left = uint256(pool.stream.endsAt).saturatingSub(block.timestamp);
        uint64 endsAt = uint64(block.timestamp + left + (PERIOD - left).mulDiv(amount, remaining));
        // All that ever arrived must fit, so that no transfer can overflow.
        (pool.released + vested + remaining).toUint128();
        pool.released += uint128(vested);
        pool.held += uint128(amount);
        pool.stream = Stream(uint128(remaining), uint64(block.timestamp), endsAt);
        _pools[asset] = pool;
        emit RevenueDistributed(asset, amount, endsAt);
    }

    /// @inheritdoc IListingShares
    function claim(address account, address asset) external nonReentrant returns (uint256 amount) {
        amount = claimable(account, asset);
        if (amount == 0) return 0;

        _corrections[asset][account] -= (amount * PARTS).toInt256();
        _pools[asset].held -= uint128(amount);
        emit DividendClaimed(asset, account, amount);

        IERC20(asset).safeTransfer(account, amount);
    }

    /// @inheritdoc IERC20Permit
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
    {
        if (block.timestamp > deadline) revert PermitExpired(deadline);
        bytes32 message = keccak256(abi.encode(PERMIT_TYPEHASH, owner, spender, value, _useNonce(owner), deadline));
        bytes32 digest = MessageHashUtils.toTypedDataHash(DOMAIN_SEPARATOR(), message);
        if (ECDSA.recover(digest, v, r, s) != owner) revert PermitNotSigned(owner);
        _approve(owner, spender, value);
    }

    /// @inheritdoc IListingShares
    function claimable(address account, address asset) public view returns (uint256) {
        int256 earned = (balanceOf(account) * _partsPerShare(asset)).toInt256() + _corrections[asset][account];
        return earned.toUint256() / PARTS;
    }

    /// @inheritdoc IListingShares
    function streamOf(address asset) external view returns (Stream memory) {
        return _pools[asset].stream;
    }

    /// @inheritdoc IListingShares
    function held(address asset) external view returns (uint256) {
        return _pools[asset].held;
    }

    /// @inheritdoc IListingShares
    function listing() public view returns (uint256 id) {
        (id,) = _terms();
    }

    /// @inheritdoc IListingShares
    function assets() public view returns (address[] memory list) {
        (, list) = _terms();
    }

    /// @inheritdoc IERC20Metadata
    function name() public view override(ERC20, IERC20Metadata) returns (string memory) {
        return string.concat("Stoa Listing ", listing().toString());
    }

    /// @inheritdoc IERC20Metadata
    function symbol() public view override(ERC20, IERC20Metadata) returns (string memory) {
        return string.concat("STOA-", listing().toString());
    }

    /// @inheritdoc IERC20Permit
    function nonces(address owner) public view override(IERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    /// @inheritdoc IERC20Permit
    function DOMAIN_SEPARATOR() public view returns (bytes32) {
        return MessageHashUtils.toDomainSeparator(hex"0f", name(), "1", block.chainid, address(this), 0);
    }

    /// @inheritdoc IERC5267
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory domainName,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        )
    {
        return (hex"0f", name(), "1", block.chainid, address(this), 0, new uint256[](0));
    }

    /// @dev What was released until now belongs to who held the shares until now.
    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from == address(0)) return;
        address[] memory shared = assets();
        for (uint256 i = 0; i < shared.length; ++i) {
            int256 earned = (value * _partsPerShare(shared[i])).toInt256();
            if (earned == 0) continue;
            _corrections[shared[i]][from] += earned;
            _corrections[shared[i]][to] -= earned;
        }
    }

    /// @return parts that one atomic unit of shares has earned since it was issued
    function _partsPerShare(address asset) private view returns (uint256 parts) {
        Pool memory pool = _pools[asset];
        return (pool.released + _vested(pool.stream)) * PARTS / totalSupply();
    }

    function _vested(Stream memory stream) private view returns (uint256) {
        if (block.timestamp >= stream.endsAt) return stream.amount;
        return uint256(stream.amount) * (block.timestamp - stream.startedAt) / (stream.endsAt - stream.startedAt);
    }

    function _requireShared(address asset) private view {
        address[] memory shared = assets();
        for (uint256 i = 0; i < shared.length; ++i) {
            if (shared[i] == asset) return;
        }
        revert AssetNotShared(asset);
    }

    function _terms() private view returns (uint256 id, address[] memory list) {
        if (address(this) == IMPLEMENTATION) revert NotShares();
        return abi.decode(Clones.fetchCloneArgs(address(this)), (uint256, address[]));
    }
}
