package io.stoa.persistence.till;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TxHash;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.domain.channel.Voucher;
import io.stoa.domain.payment.Settlement;
import io.vertx.sqlclient.Row;
import java.math.BigInteger;
import java.util.Optional;

/** Reads rows of {@code till.channel}, and what other tables of channels share with it. */
final class ChannelRow {
  private ChannelRow() {}

  static ChannelAccount account(Row row) {
    return new ChannelAccount(id(row), config(row), standing(row));
  }

  /** Also of a row of {@code till.deposit}, which names the members alike. */
  static ChannelConfig config(Row row) {
    return new ChannelConfig(
        address(row, "payer"),
        address(row, "payer_authorizer"),
        address(row, "receiver"),
        address(row, "receiver_authorizer"),
        new Asset(new ChainId(row.getLong("chain_id")), address(row, "asset")),
        row.getInteger("withdraw_delay"),
        bytes32(row, "salt"));
  }

  static Standing standing(Row row) {
    return new Standing(
        integer(row, "charged"), integer(row, "reserved"), voucher(id(row), row), onChain(row));
  }

  /** The highest one that a call was charged to. */
  static Optional<Voucher> voucher(ChannelId channel, Row row) {
    return Optional.ofNullable(row.getBuffer("signature"))
        .map(
            signature ->
                new Voucher(
                    channel, integer(row, "signed_ceiling"), Bytes.wrap(signature.getBytes())));
  }

  static ChannelOnChain onChain(Row row) {
    var withdrawal =
        Optional.ofNullable(row.getOffsetDateTime("withdraw_at"))
            .map(
                at ->
                    new ChannelOnChain.Withdrawal(integer(row, "withdraw_amount"), at.toInstant()));
    return new ChannelOnChain(
        integer(row, "balance"),
        integer(row, "claimed"),
        withdrawal,
        integer(row, "refund_nonce"),
        new BlockRef(row.getLong("synced_block"), bytes32(row, "synced_hash")));
  }

  static ChannelId id(Row row) {
    return new ChannelId(bytes32(row, "channel_id"));
  }

  private static Address address(Row row, String column) {
    return Address.of(row.getBuffer(column).getBytes());
  }

  static Settlement settlement(Row row) {
    return new Settlement(new TxHash(bytes32(row, "tx_hash")), block(row));
  }

  static BlockRef block(Row row) {
    return new BlockRef(row.getLong("block_number"), bytes32(row, "block_hash"));
  }

  static Bytes32 bytes32(Row row, String column) {
    return Bytes32.of(row.getBuffer(column).getBytes());
  }

  static BigInteger integer(Row row, String column) {
    return row.getBigDecimal(column).toBigIntegerExact();
  }
}
