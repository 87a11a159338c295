package io.stoa.persistence.till;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.TxHash;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.Approval;
import io.stoa.domain.payment.Delivery;
import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.Settlement;
import io.vertx.sqlclient.Row;
import java.math.BigInteger;
import java.util.Optional;

/** Reads a row of {@code till.payment}. */
final class PaymentRow {
  /**
   * What the index {@code payment_undecided} has. The time is always later: who finds a payment by
   * its key must not be led there by its state.
   */
  static final String UNDECIDED =
      "state in ('VERIFIED', 'SETTLING', 'UNKNOWN') and lease_until > '-infinity'";

  private PaymentRow() {}

  static Payment read(Row row) {
    var asset = new Asset(new ChainId(row.getLong("chain_id")), address(row, "asset"));
    var signed =
        new AuthorizationColumns(
                row.getString("method"),
                bytes32(row, "nonce"),
                integer(row, "valid_after"),
                optionalAddress(row, "spender"),
                optionalAddress(row, "facilitator"))
            .with(
                new TokenAmount(asset, integer(row, "amount")),
                address(row, "payer"),
                address(row, "pay_to"),
                integer(row, "valid_before"),
                Bytes.wrap(row.getBuffer("signature").getBytes()));
    return new Payment(
        signed,
        Optional.ofNullable(row.getBuffer("approval_signature"))
            .map(
                signature ->
                    new Approval(
                        integer(row, "approval_deadline"), Bytes.wrap(signature.getBytes()))),
        Optional.ofNullable(row.getBigDecimal("charged"))
            .map(units -> new TokenAmount(asset, units.toBigIntegerExact())),
        occasion(row),
        state(row, signed.expiry()),
        row.getInteger("attempts"),
        row.getLong("search_from"),
        row.getOffsetDateTime("presented_at").toInstant());
  }

  private static Occasion occasion(Row row) {
    if (row.getLong("listing_id") == null) {
      return new Occasion.Errand();
    }
    return new Occasion.Call(
        new Purchase(
            new ListingId(row.getLong("listing_id")),
            bytes32(row, "manifest_sha256"),
            bytes32(row, "offers_root")),
        new RequestDigest(
            row.getString("request_method"),
            row.getString("request_target"),
            bytes32(row, "request_body")),
        Optional.ofNullable(row.getBuffer("response_body"))
            .map(
                body ->
                    new Delivery(
                        Bytes32.of(body.getBytes()), Usage.parse(row.getString("usage")))));
  }

  private static PaymentState state(Row row, BigInteger deadline) {
    return switch (row.getString("state")) {
      case "VERIFIED" -> new PaymentState.Verified();
      case "RELEASED" -> new PaymentState.Released();
      case "FREE" -> new PaymentState.Free();
      case "SETTLING" -> new PaymentState.Settling();
      case "UNKNOWN" -> new PaymentState.Unknown(deadline);
      case "SETTLED" -> new PaymentState.Settled(settlement(row), row.getBoolean("is_final"));
      case "REFUND_DUE" -> new PaymentState.RefundDue(settlement(row), row.getBoolean("is_final"));
      case "REFUNDED" ->
          new PaymentState.Refunded(settlement(row), new TxHash(bytes32(row, "refund_tx")));
      case "VOID" ->
          new PaymentState.Voided(
              row.getString("void_reason"), block(row), row.getBoolean("is_final"));
      default -> throw new IllegalStateException("not a state: " + row.getString("state"));
    };
  }

  private static Settlement settlement(Row row) {
    return new Settlement(new TxHash(bytes32(row, "tx_hash")), block(row));
  }

  private static BlockRef block(Row row) {
    return new BlockRef(row.getLong("block_number"), bytes32(row, "block_hash"));
  }

  private static Address address(Row row, String column) {
    return Address.of(row.getBuffer(column).getBytes());
  }

  private static Optional<Address> optionalAddress(Row row, String column) {
    return Optional.ofNullable(row.getBuffer(column)).map(bytes -> Address.of(bytes.getBytes()));
  }

  private static Bytes32 bytes32(Row row, String column) {
    return Bytes32.of(row.getBuffer(column).getBytes());
  }

  private static BigInteger integer(Row row, String column) {
    return row.getBigDecimal(column).toBigIntegerExact();
  }
}
