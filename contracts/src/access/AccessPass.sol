// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IListingRegistry, Listing, Status} from "../listing/IListingRegistry.sol";
import {Authorization, ExactTransfer} from "../token/ExactTransfer.sol";
import {PermitMulticall} from "../token/PermitMulticall.sol";
import {Credits, IAccessPass, PassKind, Tier} from "./IAccessPass.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

contract AccessPass is ERC1155, EIP712, AccessManaged, PermitMulticall, ReentrancyGuardTransient, IAccessPass {
    using ExactTransfer for IERC20;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    struct Sale {
        IERC20 asset;
        address splitter;
        uint256 total;
        uint256 id;
        uint256 amount;
    }

    uint256 private constant EXPIRY_BITS = 40;
    uint256 private constant BPS = 10_000;
    uint256 private constant MAX_ROYALTY_BPS = 1_000;
    bytes32 private constant VOUCHER_TYPEHASH =
        keccak256("CreditVoucher(address holder,uint256 id,uint256 maxRedeemed)");

    /// @inheritdoc IAccessPass
    uint48 public constant NOTICE = 1 hours;

    /// @notice The registry whose listings these are passes to.
    IListingRegistry public immutable REGISTRY;

    /// @inheritdoc IAccessPass
    uint256 public tierCount;

    mapping(uint256 tier => Tier) private _tiers;
    mapping(address holder => mapping(uint256 id => Credits)) private _credits;

    /// @param authority decides who may call the restricted functions
    /// @param registry knows the owner, the status and the splitter of every listing
    constructor(address authority, IListingRegistry registry)
        ERC1155('data:application/json;utf8,{"name":"Stoa pass {id}"}')
        EIP712("Stoa Access Pass", "1")
        AccessManaged(authority)
    {
        REGISTRY = registry;
    }

    // ------------------------------------------------------------------ tiers

    /// @inheritdoc IAccessPass
    function defineTier(
        uint256 listing,
        PassKind kind,
        IERC20 asset,
        uint96 price,
        uint32 size,
        uint32 maxSupply,
        uint16 royaltyBps
    ) external returns (uint256 id) {
        _requireTitleOwner(listing);
        if (address(asset) == address(0) || price == 0 || size == 0 || maxSupply == 0) revert MalformedTier();
        if (royaltyBps > MAX_ROYALTY_BPS) revert RoyaltyTooHigh(royaltyBps, MAX_ROYALTY_BPS);

        id = ++tierCount;
        _tiers[id] = Tier(asset, price, listing.toUint64(), size, maxSupply, 0, royaltyBps, kind, true);
        emit TierDefined(id, listing, asset, kind, price, size, maxSupply, royaltyBps);
    }

    /// @inheritdoc IAccessPass
    function repriceTier(uint256 id, uint96 price) external {
        _requireTitleOwner(_tiers[id].listing);
        if (price == 0) revert MalformedTier();
        _tiers[id].price = price;
        emit TierRepriced(id, price);
    }

    /// @inheritdoc IAccessPass
    function setTierOpen(uint256 id, bool open) external {
        uint256 listing = _tiers[id].listing;
        bool allowed = msg.sender == REGISTRY.ownerOf(listing) || (!open && msg.sender == REGISTRY.userOf(listing));
        if (!allowed) revert NotAllowedToSetOpen(id, msg.sender);
        _tiers[id].open = open;
        emit TierOpenSet(id, open);
    }

    // ------------------------------------------------------------------ purchases

    /// @inheritdoc IAccessPass
    function buy(uint256 tierId, uint256 quantity, uint256 maxTotal, address recipient)
        external
        restricted
        nonReentrant
        returns (uint256 id)
    {
        Sale memory sale = _sell(tierId, quantity, maxTotal, msg.sender, recipient);
        sale.asset.take(msg.sender, sale.splitter, sale.total);
        _mint(recipient, sale.id, sale.amount, "");
        return sale.id;
    }

    /// @inheritdoc IAccessPass
    function buyWithAuthorization(
        uint256 tierId,
        uint256 quantity,
        uint256 maxTotal,
        address recipient,
        Authorization calldata authorization
    ) external restricted nonReentrant returns (uint256 id) {
        Sale memory sale = _sell(tierId, quantity, maxTotal, authorization.payer, recipient);
        bytes32 nonce = buyNonce(tierId, quantity, maxTotal, recipient, authorization.salt);
        sale.asset.take(authorization, sale.total, nonce);
        sale.asset.safeTransfer(sale.splitter, sale.total);
        _mint(recipient, sale.id, sale.amount, "");
        return sale.id;
    }

    /// @inheritdoc IAccessPass
    function renew(uint256 id, uint256 maxTotal) external restricted nonReentrant returns (uint256 newId) {
        uint256 expiry = expiryOf(id);
        if (expiry == 0) revert NotATerm(id);
        uint256 tierId = id >> EXPIRY_BITS;
        Tier memory terms = _tiers[tierId];
        (uint256 total, address splitter) = _priceOf(tierId, terms, 1, maxTotal);

        newId = _termId(tierId, Math.max(block.timestamp, expiry) + terms.size);
        _burn(msg.sender, id, 1);
        emit PassRenewed(msg.sender, id, newId, total);

        terms.asset.take(msg.sender, splitter, total);
        _mint(msg.sender, newId, 1, "");
    }

    // ------------------------------------------------------------------ credits

    /// @inheritdoc IAccessPass
    function activate(uint256 id, uint256 amount) external {
        if (expiryOf(id) != 0) revert NotCredits(id);
        _burn(msg.sender, id, amount);
        Credits storage credits = _credits[msg.sender][id];
        credits.active += uint64(amount);
        credits.returnableAt = 0;
        emit CreditsActivated(msg.sender, id, amount);
    }

    /// @inheritdoc IAccessPass
    function redeem(address holder, uint256 id, uint256 total, uint256 maxRedeemed, bytes calldata signature)
        external
        returns (uint256 amount)
    {
        uint256 listing = listingOf(id);
        if (msg.sender != REGISTRY.ownerOf(listing) && msg.sender != REGISTRY.claimerOf(listing)) {
            revert NotClaimer(listing, msg.sender);
        }
        if (total > maxRedeemed) revert AboveVoucher(total, maxRedeemed);
        bytes32 digest = voucherDigest(holder, id, maxRedeemed);
        if (!_isSigned(holder, digest, signature)) revert InvalidVoucher(holder, id, maxRedeemed);

        Credits storage credits = _credits[holder][id];
        amount = Math.min(Math.saturatingSub(total, credits.redeemed), credits.active);
        if (amount == 0) return 0;
        credits.active -= uint64(amount);
        credits.redeemed += uint64(amount);
        emit CreditsRedeemed(holder, id, amount);
    }

    /// @inheritdoc IAccessPass
    function giveNotice(uint256 id) external {
        uint48 returnableAt = uint48(block.timestamp) + NOTICE;
        _credits[msg.sender][id].returnableAt = returnableAt;
        emit CreditsNoticed(msg.sender, id, returnableAt);
    }

    /// @inheritdoc IAccessPass
    function deactivate(uint256 id) external returns (uint256 amount) {
        Credits storage credits = _credits[msg.sender][id];
        uint256 returnableAt = credits.returnableAt;
        if (returnableAt == 0 || block.timestamp < returnableAt) revert NotReturnable(id, returnableAt);

        amount = credits.active;
        credits.active = 0;
        credits.returnableAt = 0;
        emit CreditsDeactivated(msg.sender, id, amount);

        _mint(msg.sender, id, amount, "");
    }

    // ------------------------------------------------------------------ reads

    /// @inheritdoc IAccessPass
    function tier(uint256 id) external view returns (Tier memory) {
        return _tiers[id];
    }

    /// @inheritdoc IAccessPass
    function listingOf(uint256 id) public view returns (uint256) {
        return _tiers[id >> EXPIRY_BITS].listing;
    }

    /// @inheritdoc IAccessPass
    function expiryOf(uint256 id) public pure returns (uint256) {
        return uint40(id);
    }

    /// @inheritdoc IAccessPass
    function creditsOf(address holder, uint256 id) external view returns (Credits memory) {
        return _credits[holder][id];
    }

    /// @inheritdoc IAccessPass
    function buyNonce(uint256 tierId, uint256 quantity, uint256 maxTotal, address recipient, bytes32 salt)
        public
        view
        returns (bytes32)
    {
        bytes4 selector = this.buyWithAuthorization.selector;
        return
            keccak256(abi.encode(block.chainid, address(this), selector, tierId, quantity, maxTotal, recipient, salt));
    }

    /// @inheritdoc IAccessPass
    function voucherDigest(address holder, uint256 id, uint256 maxRedeemed) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(VOUCHER_TYPEHASH, holder, id, maxRedeemed)));
    }

    /// @inheritdoc IERC2981
    function royaltyInfo(uint256 id, uint256 salePrice) external view returns (address receiver, uint256 amount) {
        Tier storage terms = _tiers[id >> EXPIRY_BITS];
        if (terms.royaltyBps == 0) return (address(0), 0);
        return (REGISTRY.splitterOf(terms.listing), Math.mulDiv(salePrice, terms.royaltyBps, BPS));
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view override(ERC1155, IERC165) returns (bool) {
        return interfaceId == type(IERC2981).interfaceId || super.supportsInterface(interfaceId);
    }

    // ------------------------------------------------------------------ inside

    /// @dev All of a purchase but the payment and the goods.
    function _sell(uint256 tierId, uint256 quantity, uint256 maxTotal, address payer, address recipient)
        private
        returns (Sale memory sale)
    {
        Tier memory terms = _tiers[tierId];
        uint256 left = terms.maxSupply - terms.sold;
        if (quantity == 0 || quantity > left) revert NotForSale(tierId, quantity, left);
        sale.asset = terms.asset;
        (sale.total, sale.splitter) = _priceOf(tierId, terms, quantity, maxTotal);
        if (terms.kind == PassKind.TERM) {
            sale.id = _termId(tierId, block.timestamp + terms.size);
            sale.amount = quantity;
        } else {
            sale.id = tierId << EXPIRY_BITS;
            sale.amount = quantity * terms.size;
        }

        _tiers[tierId].sold = terms.sold + uint32(quantity);
        emit PassBought(tierId, payer, recipient, sale.id, quantity, sale.total);
    }

    function _priceOf(uint256 tierId, Tier memory terms, uint256 quantity, uint256 maxTotal)
        private
        view
        returns (uint256 total, address splitter)
    {
        if (!terms.open) revert TierNotOpen(tierId);
        Listing memory listing = REGISTRY.listing(terms.listing);
        if (listing.status != Status.ACTIVE) revert ListingNotActive(terms.listing);
        total = quantity * terms.price;
        if (total > maxTotal) revert TotalAboveLimit(total, maxTotal);
        splitter = listing.splitter;
    }

    function _requireTitleOwner(uint256 listing) private view {
        if (msg.sender != REGISTRY.ownerOf(listing)) revert NotTitleOwner(listing, msg.sender);
    }

    function _termId(uint256 tierId, uint256 expiry) private pure returns (uint256) {
        return tierId << EXPIRY_BITS | expiry.toUint40();
    }

    /// @dev The holder's key binds it also when its account has code by now: what was served cannot be unsigned.
    function _isSigned(address holder, bytes32 digest, bytes calldata signature) private view returns (bool) {
        (address signer, ECDSA.RecoverError fault,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (fault == ECDSA.RecoverError.NoError && signer == holder) return true;
        return SignatureChecker.isValidERC1271SignatureNowCalldata(holder, digest, signature);
    }
}
