package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.Eip712;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.x402.Fields;
import io.stoa.x402.MalformedPayment;

/**
 * What a server signs for buyers to keep (extension {@code offer-receipt}). Its texts are signed
 * exactly as they are written: an address in another case is another statement.
 */
public sealed interface Statement permits Offer, Receipt {
  /** The only version of both kinds. */
  int VERSION = 1;

  /** What is signed (EIP-712). */
  Bytes32 digest();

  /** The {@code payload} beside the signature. */
  ObjectNode json();

  /** A domain of the extension: its chain is 1 whatever network the statement is about. */
  static Bytes32 domain(String name) {
    return new Eip712.Domain(name, "1", new ChainId(1), null).separator();
  }

  /** Fails for the version of a statement that is not known here. */
  static void version(Fields payload) throws MalformedPayment {
    if (payload.number("version") != VERSION) {
      throw payload.wrong("version", "must be the number " + VERSION);
    }
  }
}
