// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev Small letters and digits, with single `joints` between them: what handles and services are made of.
function isJoined(bytes memory raw, bytes memory joints) pure returns (bool) {
    for (uint256 i = 0; i < raw.length; ++i) {
        bytes1 c = raw[i];
        if ((c >= "a" && c <= "z") || (c >= "0" && c <= "9")) continue;
        bool joint = false;
        for (uint256 j = 0; j < joints.length; ++j) {
            joint = joint || c == joints[j];
        }
        if (!joint || i == 0 || i == raw.length - 1) return false;
        for (uint256 j = 0; j < joints.length; ++j) {
            if (raw[i + 1] == joints[j]) return false;
        }
    }
    return raw.length > 0;
}

/// @dev A name out of `alphabet` that is often well-formed.
function likely(bytes memory alphabet, uint256 seed, uint256 length) pure returns (bytes memory raw) {
    raw = new bytes(length);
    for (uint256 i = 0; i < length; ++i) {
        uint256 die = uint256(keccak256(abi.encode(seed, i)));
        raw[i] = die % 8 < 7 ? bytes1("q") : alphabet[die / 8 % alphabet.length];
    }
}
