package io.stoa.x402.exact;

import io.stoa.crypto.Eip712;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;

/**
 * The EIP-712 domain of a token, read from the token itself: it differs between chains even for
 * USDC.
 *
 * @param separator computed once, since every verification needs it
 */
public record TokenDomain(Asset asset, String name, String version, Bytes32 separator) {
  public static TokenDomain of(Asset asset, String name, String version) {
    return new TokenDomain(
        asset,
        name,
        version,
        new Eip712.Domain(name, version, asset.chain(), asset.token()).separator());
  }
}
