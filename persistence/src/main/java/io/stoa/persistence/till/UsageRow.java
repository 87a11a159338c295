package io.stoa.persistence.till;

import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.vertx.sqlclient.Row;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads a row of {@code till.usage}. */
final class UsageRow {
  private UsageRow() {}

  static UsageRecord read(Row row) {
    return new UsageRecord(
        new Hold(new ChannelId(bytes32(row, "channel_id")), row.getLong("fence")),
        Optional.ofNullable(row.getString("call_id")).map(CallId::new),
        new Purchase(
            new ListingId(row.getLong("listing_id")),
            bytes32(row, "manifest_sha256"),
            bytes32(row, "offers_root")),
        new RequestDigest(
            row.getString("request_method"),
            row.getString("request_target"),
            bytes32(row, "request_body")),
        row.getJsonObject("units").stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, unit -> ((Number) unit.getValue()).longValue())),
        row.getBigDecimal("price").toBigIntegerExact(),
        Optional.ofNullable(row.getString("receipt"))
            .map(receipt -> new UsageRecord.Delivery(bytes32(row, "response_body"), receipt)),
        row.getOffsetDateTime("charged_at").toInstant());
  }

  private static Bytes32 bytes32(Row row, String column) {
    return Bytes32.of(row.getBuffer(column).getBytes());
  }
}
