package io.stoa.persistence.account;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;

/**
 * What a wallet authorised: these bytes, once.
 *
 * @param nonce of the authorisation
 * @param sha256 of the bytes
 * @param size in bytes
 */
public record Upload(Address uploader, Bytes32 nonce, Bytes32 sha256, long size) {}
