package io.stoa.market.wallet;

import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.Secp256k1;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A wallet's signed wish to read something of its own. It binds the node's origin and the path, so
 * that no other node can use it, and nobody for another document; not the query, so that one
 * signature does for all pages of a list.
 */
record ReadAuthorization(Address reader, WalletHeader header) {
  private static final Bytes32 TYPE = Keccak.hash("Read(address reader,string url,uint64 expires)");

  static ReadAuthorization parse(@Nullable String header) {
    return WalletHeader.parse(
        header,
        signed -> new ReadAuthorization(signed.get("reader", Address::parse), signed),
        "reader");
  }

  /**
   * Fails unless the reader itself signed it for {@code url}.
   *
   * @param url of what is read, without a query
   */
  void check(Secp256k1 curve, ChainId chain, String url, Instant now) {
    var struct = Eip712.hashStruct(TYPE, Abi.word(reader), Keccak.hash(url), header.expiresWord());
    header.check(curve, chain, struct, reader, now);
  }
}
