// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";

/// @notice Who a share goes to: whoever owns the listing's title at that moment, a fixed account, or the splitter that
/// another listing has at that moment. The order never changes.
enum PayeeKind {
    TITLE,
    ACCOUNT,
    LISTING
}

/// @notice One share of a listing's revenue.
/// @param kind says which of the next two fields counts; the other is zero
/// @param account for `ACCOUNT`
/// @param listing for `LISTING`: an id below the own one
/// @param bps hundredths of a percent of what is left after the protocol's part, at least 1
struct Split {
    PayeeKind kind;
    address account;
    uint256 listing;
    uint16 bps;
}

/// @title The immutable arguments of a splitter: the listing's id and its splits, packed
library Splits {
    using Memory for bytes;
    using Memory for Memory.Slice;

    uint256 private constant ID_BYTES = 8;
    /// One byte of kind, two of basis points, twenty of an account or a listing's id.
    uint256 private constant SPLIT_BYTES = 23;

    function encode(uint256 id, Split[] calldata splits) internal pure returns (bytes memory packed) {
        packed = abi.encodePacked(uint64(id));
        for (uint256 i = 0; i < splits.length; ++i) {
            Split calldata split = splits[i];
            uint160 payee = split.kind == PayeeKind.LISTING ? uint160(split.listing) : uint160(split.account);
            packed = abi.encodePacked(packed, split.kind, split.bps, payee);
        }
    }

    function decodeId(bytes memory packed) internal pure returns (uint256) {
        return uint64(bytes8(packed.asSlice().load(0)));
    }

    function decode(bytes memory packed) internal pure returns (Split[] memory splits) {
        Memory.Slice slice = packed.asSlice();
        splits = new Split[]((packed.length - ID_BYTES) / SPLIT_BYTES);
        for (uint256 i = 0; i < splits.length; ++i) {
            uint256 word = uint256(slice.load(ID_BYTES + i * SPLIT_BYTES));
            Split memory split = splits[i];
            split.kind = PayeeKind(word >> 248);
            split.bps = uint16(word >> 232);
            if (split.kind == PayeeKind.LISTING) split.listing = uint160(word >> 72);
            else split.account = address(uint160(word >> 72));
        }
    }
}
