package io.stoa.persistence.till;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.domain.channel.Voucher;
import io.vertx.sqlclient.Row;
import java.math.BigInteger;
import java.util.Optional;

/** Reads a row of {@code till.channel}. */
final class ChannelRow {
  private ChannelRow() {}

  static ChannelAccount account(Row row) {
    var config =
        new ChannelConfig(
            address(row, "payer"),
            address(row, "payer_authorizer"),
            address(row, "receiver"),
            address(row, "receiver_authorizer"),
            new Asset(new ChainId(row.getLong("chain_id")), address(row, "asset")),
            row.getInteger("withdraw_delay"),
            bytes32(row, "salt"));
    return new ChannelAccount(id(row), config, standing(row));
  }

  static Standing standing(Row row) {
    var voucher =
        Optional.ofNullable(row.getBuffer("signature"))
            .map(
                signature ->
                    new Voucher(
                        id(row), integer(row, "signed_ceiling"), Bytes.wrap(signature.getBytes())));
    var withdrawal =
        Optional.ofNullable(row.getOffsetDateTime("withdraw_at"))
            .map(
                at ->
                    new ChannelOnChain.Withdrawal(integer(row, "withdraw_amount"), at.toInstant()));
    return new Standing(
        integer(row, "charged"),
        integer(row, "reserved"),
        voucher,
        new ChannelOnChain(
            integer(row, "balance"),
            integer(row, "claimed"),
            withdrawal,
            integer(row, "refund_nonce"),
            new BlockRef(row.getLong("synced_block"), bytes32(row, "synced_hash"))));
  }

  private static ChannelId id(Row row) {
    return new ChannelId(bytes32(row, "channel_id"));
  }

  private static Address address(Row row, String column) {
    return Address.of(row.getBuffer(column).getBytes());
  }

  private static Bytes32 bytes32(Row row, String column) {
    return Bytes32.of(row.getBuffer(column).getBytes());
  }

  private static BigInteger integer(Row row, String column) {
    return row.getBigDecimal(column).toBigIntegerExact();
  }
}
