package io.stoa.market.publishing;

import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.Secp256k1;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.market.wallet.WalletHeader;
import io.stoa.persistence.account.Upload;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A wallet's signed permission to send exactly one body (docs/http-api.md). It binds the body's
 * length and SHA-256, so that whoever copies it can only send the same bytes.
 */
record WalletAuthorization(Upload upload, WalletHeader header) {
  private static final Bytes32 TYPE =
      Keccak.hash(
          "Upload(address uploader,uint256 size,bytes32 sha256,uint64 expires,bytes32 nonce)");

  static WalletAuthorization parse(@Nullable String header) {
    return WalletHeader.parse(
        header,
        signed ->
            new WalletAuthorization(
                new Upload(
                    signed.get("uploader", Address::parse),
                    signed.get("nonce", Bytes32::parse),
                    signed.get("sha256", Bytes32::parse),
                    signed.get("size", size -> WalletHeader.decimal(size, Long.MAX_VALUE))),
                signed),
        "uploader",
        "size",
        "sha256",
        "nonce");
  }

  /** Fails unless the uploader itself signed this, for this chain, and it is still good. */
  void check(Secp256k1 curve, ChainId chain, Instant now) {
    var struct =
        Eip712.hashStruct(
            TYPE,
            Abi.word(upload.uploader()),
            Abi.word(upload.size()),
            upload.sha256(),
            header.expiresWord(),
            upload.nonce());
    header.check(curve, chain, struct, upload.uploader(), now);
  }
}
