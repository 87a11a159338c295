// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The two halves of a listing's path
library Names {
    /// Bit `c` is set if the character `c` may stand there: `a` to `z`, `0` to `9`.
    uint256 private constant WORD = 0x7fffffe000000000000000000000000 | 0x3ff000000000000;
    uint256 private constant HYPHEN = 1 << 0x2d;
    uint256 private constant DOT = 1 << 0x2e;

    /// @dev 3 to 32 of `a-z`, `0-9` and single inner hyphens, and not starting with `0x`, as addresses do.
    function isHandle(bytes memory name) internal pure returns (bool) {
        if (name.length < 3 || name.length > 32 || bytes2(name) == "0x") return false;
        return _isJoinedBy(HYPHEN, name);
    }

    /// @dev 1 to 64 of `a-z`, `0-9` and single inner hyphens or dots.
    function isService(bytes memory name) internal pure returns (bool) {
        return name.length > 0 && name.length <= 64 && _isJoinedBy(HYPHEN | DOT, name);
    }

    /// @dev Whether `name` is words joined by single characters of `joints`.
    function _isJoinedBy(uint256 joints, bytes memory name) private pure returns (bool) {
        bool afterWord = false;
        for (uint256 i = 0; i < name.length; ++i) {
            uint256 character = 1 << uint8(name[i]);
            bool inWord = WORD & character != 0;
            if (!inWord && (!afterWord || joints & character == 0)) return false;
            afterWord = inWord;
        }
        return afterWord;
    }
}
