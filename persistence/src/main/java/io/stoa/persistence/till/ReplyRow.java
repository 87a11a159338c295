package io.stoa.persistence.till;

import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.ChannelId;
import io.vertx.sqlclient.Row;
import java.math.BigInteger;
import java.time.OffsetDateTime;
import java.util.Optional;

/** Reads a row of {@code till.reply}, and what it is joined with. */
final class ReplyRow {
  private ReplyRow() {}

  static CallStanding standing(Row row) {
    return row.getBoolean("is_open")
        ? new CallStanding.Open(
            hold(row),
            Optional.ofNullable(row.getBuffer("binding"))
                .map(binding -> Bytes32.of(binding.getBytes())))
        : new CallStanding.Charged(
            hold(row), Optional.ofNullable(row.getBuffer("sealed")).map(_ -> read(row)));
  }

  static Reply read(Row row) {
    return new Reply(
        hold(row),
        Bytes32.of(row.getBuffer("binding").getBytes()),
        Bytes.wrap(row.getBuffer("sealed").getBytes()),
        integer(row, "price"),
        integer(row, "charged"),
        integer(row, "balance"),
        integer(row, "claimed"),
        Optional.ofNullable(row.getOffsetDateTime("withdraw_at")).map(OffsetDateTime::toInstant),
        integer(row, "refund_nonce"));
  }

  private static Hold hold(Row row) {
    return new Hold(
        new ChannelId(Bytes32.of(row.getBuffer("channel_id").getBytes())), row.getLong("fence"));
  }

  private static BigInteger integer(Row row, String column) {
    return row.getBigDecimal(column).toBigIntegerExact();
  }
}
