package io.stoa.x402.receipt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;

/**
 * A node's word that this request got this answer for this price (docs/receipts.md).
 *
 * @param responseSha256 of the answer's body
 * @param usage what the request needed, by which it was charged; nothing when the price is fixed
 * @param issuedAt in whole seconds
 */
public record DeliveryReceipt(
    PaidBy paidBy,
    Purchase purchase,
    RequestDigest request,
    Bytes32 responseSha256,
    Usage usage,
    TokenAmount price,
    Address payer,
    Address payTo,
    Instant issuedAt) {
  private static final Bytes32 TYPE =
      Keccak.hash(
          "Receipt(bytes32 payment,uint256 listing,bytes32 manifest,bytes32 offers,string method,"
              + "string target,bytes32 requestBody,bytes32 responseBody,string usage,address payer,"
              + "address payTo,address asset,uint256 amount,bytes32 transaction,uint256 issuedAt)");

  /** Of the chain that was asked for last: a node serves one. */
  private static volatile Separator separator = Separator.of(new ChainId(1));

  private record Separator(ChainId chain, Bytes32 value) {
    static Separator of(ChainId chain) {
      return new Separator(chain, new Eip712.Domain("Stoa receipt", "1", chain, null).separator());
    }
  }

  public DeliveryReceipt {
    requireSecond(issuedAt);
    if (paidBy instanceof PaidBy.Nothing && price.units().signum() != 0) {
      throw new IllegalArgumentException("paid by nothing: " + price);
    }
  }

  /** What is signed (EIP-712), and what stands for the receipt in a {@link ReceiptMerkle}. */
  public Bytes32 digest() {
    return Eip712.digest(
        separator(price.asset().chain()),
        Eip712.hashStruct(
            TYPE,
            paidBy.payment().value(),
            Abi.word(purchase.listing().value()),
            purchase.manifestSha256(),
            purchase.offersRoot(),
            Keccak.hash(request.method()),
            Keccak.hash(request.target()),
            request.bodySha256(),
            responseSha256,
            Keccak.hash(usage.toString()),
            Abi.word(payer),
            Abi.word(payTo),
            Abi.word(price.asset().token()),
            Abi.word(price.units()),
            paidBy.transactionWord(),
            Abi.word(issuedAt.getEpochSecond())));
  }

  private static Bytes32 separator(ChainId chain) {
    var known = separator;
    if (!known.chain.equals(chain)) {
      known = Separator.of(chain);
      separator = known;
    }
    return known.value;
  }

  /** The document without its signature. */
  public ObjectNode json() {
    var document = HeaderCodec.object().put("payment", paidBy.payment().toString());
    document
        .put("listing", purchase.listing().value())
        .put("manifestSha256", purchase.manifestSha256().toString())
        .put("offersRoot", purchase.offersRoot().toString());
    document
        .putObject("request")
        .put("method", request.method())
        .put("target", request.target())
        .put("bodySha256", request.bodySha256().toString());
    document.putObject("response").put("bodySha256", responseSha256.toString());
    document
        .put("usage", usage.toString())
        .putObject("price")
        .put("amount", price.units().toString())
        .put("asset", price.asset().toString());
    document.put("payer", payer.toString()).put("payTo", payTo.toString());
    paidBy.write(document);
    return document.put("issuedAt", issuedAt.toString());
  }

  /** Reads what {@link #json} wrote. Members that are not signed are ignored. */
  public static DeliveryReceipt read(byte[] document) throws MalformedPayment {
    return read(HeaderCodec.parse(document));
  }

  static DeliveryReceipt read(Fields document) throws MalformedPayment {
    var request = document.object("request");
    var price = document.object("price");
    var units = price.uint256("amount");
    return new DeliveryReceipt(
        PaidBy.read(document, units),
        new Purchase(
            listing(document), document.bytes32("manifestSha256"), document.bytes32("offersRoot")),
        new RequestDigest(
            request.text("method"), request.text("target"), request.bytes32("bodySha256")),
        document.object("response").bytes32("bodySha256"),
        parse(document, "usage", Usage::parse),
        new TokenAmount(parse(price, "asset", Asset::parse), units),
        document.address("payer"),
        document.address("payTo"),
        parse(document, "issuedAt", text -> requireSecond(Instant.parse(text))));
  }

  private static ListingId listing(Fields document) throws MalformedPayment {
    var number = document.natural("listing");
    if (number == 0) {
      throw document.wrong("listing", "must be the number of a listing");
    }
    return new ListingId(number);
  }

  /** Nothing smaller than a second is signed, so nothing smaller may be said. */
  private static Instant requireSecond(Instant instant) {
    if (!instant.equals(instant.truncatedTo(ChronoUnit.SECONDS))
        || instant.isBefore(Instant.EPOCH)) {
      throw new IllegalArgumentException("not a whole second since 1970");
    }
    return instant;
  }

  private static <T> T parse(Fields fields, String name, Function<String, T> parser)
      throws MalformedPayment {
    var text = fields.text(name);
    try {
      return parser.apply(text);
    } catch (DateTimeException none) {
      throw fields.wrong(name, "is not a time such as 2026-01-01T00:00:00Z");
    } catch (IllegalArgumentException malformed) {
      throw fields.wrong(name, "is " + malformed.getMessage());
    }
  }
}
