package io.stoa.payments;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.Settlement;
import java.time.Clock;
import java.time.Instant;

/**
 * Writes receipts: the node's signed word that this request got this answer for this price
 * (EIP-712, domain {@code Stoa receipt} version 1 on the payment's chain; docs/receipts.md). Issued
 * for settled payments only.
 */
public final class Receipts {
  private static final Bytes32 TYPE =
      Keccak.hash(
          "Receipt(bytes32 payment,uint256 listing,bytes32 manifest,bytes32 offers,string method,"
              + "string target,bytes32 requestBody,bytes32 responseBody,address payer,"
              + "address payTo,address asset,uint256 amount,bytes32 transaction,uint256 issuedAt)");

  private final SigningKey attester;
  private final Clock clock;
  private final ObjectMapper json = new ObjectMapper();

  public Receipts(SigningKey attester, Clock clock) {
    this.attester = attester;
    this.clock = clock;
  }

  String issue(Payment payment, Settlement settlement) {
    var issuedAt = Instant.ofEpochSecond(clock.instant().getEpochSecond());
    var document = document(payment, settlement, issuedAt);
    document
        .putObject("signature")
        .put("type", "eip712")
        .put("signer", attester.address().toString())
        .put("value", attester.sign(digest(payment, settlement, issuedAt)).toString());
    return document.toString();
  }

  private ObjectNode document(Payment payment, Settlement settlement, Instant issuedAt) {
    var transfer = payment.transfer();
    var document = json.createObjectNode().put("payment", payment.id().toString());
    document
        .put("listing", payment.purchase().listing().value())
        .put("manifestSha256", payment.purchase().manifestSha256().toString())
        .put("offersRoot", payment.purchase().offersRoot().toString());
    document
        .putObject("request")
        .put("method", payment.request().method())
        .put("target", payment.request().target())
        .put("bodySha256", payment.request().bodySha256().toString());
    document.putObject("response").put("bodySha256", response(payment).toString());
    document
        .putObject("price")
        .put("amount", transfer.amount().units().toString())
        .put("asset", transfer.amount().asset().toString());
    return document
        .put("payer", transfer.payer().toString())
        .put("payTo", transfer.payTo().toString())
        .put("transaction", settlement.transaction().toString())
        .put("issuedAt", issuedAt.toString());
  }

  private static Bytes32 digest(Payment payment, Settlement settlement, Instant issuedAt) {
    var transfer = payment.transfer();
    var domain = new Eip712.Domain("Stoa receipt", "1", transfer.amount().asset().chain(), null);
    return Eip712.digest(
        domain.separator(),
        Eip712.hashStruct(
            TYPE,
            payment.id().value(),
            Abi.word(payment.purchase().listing().value()),
            payment.purchase().manifestSha256(),
            payment.purchase().offersRoot(),
            Keccak.hash(payment.request().method()),
            Keccak.hash(payment.request().target()),
            payment.request().bodySha256(),
            response(payment),
            Abi.word(transfer.payer()),
            Abi.word(transfer.payTo()),
            Abi.word(transfer.amount().asset().token()),
            Abi.word(transfer.amount().units()),
            settlement.transaction().value(),
            Abi.word(issuedAt.getEpochSecond())));
  }

  private static Bytes32 response(Payment payment) {
    return payment
        .responseSha256()
        .orElseThrow(() -> new IllegalStateException("settled without an answer: " + payment.id()));
  }
}
