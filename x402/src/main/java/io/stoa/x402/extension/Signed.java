package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.Secp256k1;
import io.stoa.crypto.Signature;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;

/** A statement as it travels, in the format {@code eip712}. */
public record Signed<T extends Statement>(T statement, Signature signature) {
  static final String FORMAT = "eip712";

  public static <T extends Statement> Signed<T> by(SigningKey key, T statement) {
    return new Signed<>(statement, key.sign(statement.digest()));
  }

  /**
   * Whether the key of {@code signer} made it. That this key may speak for the resource, the caller
   * must know from elsewhere: any key can sign anything.
   */
  public boolean isBy(Address signer) {
    return Secp256k1.fastest()
        .recover(statement.digest(), signature)
        .filter(signer::equals)
        .isPresent();
  }

  ObjectNode json() {
    var item = HeaderCodec.object().put("format", FORMAT);
    item.set("payload", statement.json());
    return item.put("signature", signature.toString());
  }

  static <T extends Statement> Signed<T> read(Fields item, Payload<T> payload)
      throws MalformedPayment {
    var statement = payload.read(item.object("payload"));
    var bytes = item.bytes("signature", Signature.LENGTH);
    try {
      return new Signed<>(statement, Signature.strict(bytes.toBytes()));
    } catch (IllegalArgumentException loose) {
      throw item.wrong("signature", "is not canonical: " + loose.getMessage());
    }
  }

  /** Reads one kind of statement. */
  interface Payload<T extends Statement> {
    T read(Fields payload) throws MalformedPayment;
  }
}
