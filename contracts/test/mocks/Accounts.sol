// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {VoucherClaim} from "../../src/payment/IPaymentChannels.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @dev A contract wallet: its owner signs for it.
contract ContractWallet is IERC1271 {
    address private immutable OWNER;

    constructor(address owner) {
        OWNER = owner;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address signer,,) = ECDSA.tryRecoverCalldata(hash, signature);
        return signer == OWNER ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}

/// @dev Refuses whatever it is called with.
contract RevertingReceiver {
    fallback() external payable {
        revert("no");
    }
}

/// @dev Sells something for an authorized payment, to whom the nonce names and to nobody else.
contract Shop {
    struct Authorization {
        address from;
        uint256 value;
        uint256 validBefore;
        bytes32 salt;
        bytes signature;
    }

    IShopToken private immutable TOKEN;

    mapping(address buyer => uint256) public bought;

    constructor(IShopToken token) {
        TOKEN = token;
    }

    function buy(address recipient, Authorization calldata paid) external {
        bytes32 nonce = nonceOf(recipient, paid.value, paid.salt);
        TOKEN.receiveWithAuthorization(paid.from, address(this), paid.value, 0, paid.validBefore, nonce, paid.signature);
        bought[recipient] += paid.value;
    }

    function nonceOf(address recipient, uint256 value, bytes32 salt) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), this.buy.selector, recipient, value, salt));
    }
}

interface IShopToken is IERC20 {
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;
}

/// @dev An ERC-8004 identity registry, as far as binding needs one.
contract AgentRegistry is ERC721("Agents", "AGENT") {
    function register(uint256 agentId) external {
        _mint(msg.sender, agentId);
    }
}

/// @dev Remembers what was claimed, and for whom.
contract ChannelsRecorder {
    address public claimedBy;
    bytes32 public claimed;

    function claim(VoucherClaim[] calldata voucherClaims) external {
        claimedBy = msg.sender;
        claimed = keccak256(abi.encode(voucherClaims));
    }
}
