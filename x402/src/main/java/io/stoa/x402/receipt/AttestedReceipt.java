package io.stoa.x402.receipt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.Secp256k1;
import io.stoa.crypto.Signature;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;

/**
 * A receipt with its signature, as a node hands it out and as anybody can check it offline.
 *
 * @param signer who is said to have signed it; {@link #isBy} tells
 */
public record AttestedReceipt(DeliveryReceipt receipt, Address signer, Signature signature) {
  private static final String TYPE = "eip712";

  public static AttestedReceipt by(SigningKey attester, DeliveryReceipt receipt) {
    return new AttestedReceipt(receipt, attester.address(), attester.sign(receipt.digest()));
  }

  /** Reads the document. Members nobody signed are ignored: they say nothing. */
  public static AttestedReceipt read(byte[] document) throws MalformedPayment {
    var fields = HeaderCodec.parse(document);
    var signature = fields.object("signature");
    if (!signature.text("type").equals(TYPE)) {
      throw signature.wrong("type", "must be \"" + TYPE + "\"");
    }
    return new AttestedReceipt(
        DeliveryReceipt.read(fields), signature.address("signer"), value(signature));
  }

  private static Signature value(Fields signature) throws MalformedPayment {
    var bytes = signature.bytes("value", Signature.LENGTH);
    try {
      return Signature.strict(bytes.toBytes());
    } catch (IllegalArgumentException loose) {
      throw signature.wrong("value", "is not canonical: " + loose.getMessage());
    }
  }

  /**
   * Whether {@code attester} signed it, and says so. Which account attests for a node, its {@code
   * /.well-known/did.json} tells.
   */
  public boolean isBy(Address attester) {
    return signer.equals(attester)
        && Secp256k1.fastest()
            .recover(receipt.digest(), signature)
            .filter(attester::equals)
            .isPresent();
  }

  /** The document. */
  public ObjectNode json() {
    var document = receipt.json();
    document
        .putObject("signature")
        .put("type", TYPE)
        .put("signer", signer.toString())
        .put("value", signature.toString());
    return document;
  }
}
