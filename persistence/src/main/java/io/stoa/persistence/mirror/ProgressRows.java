package io.stoa.persistence.mirror;

import static io.stoa.persistence.mirror.MultiRowInsert.bigint;
import static io.stoa.persistence.mirror.MultiRowInsert.bytea;
import static io.stoa.persistence.mirror.MultiRowInsert.integer;
import static io.stoa.persistence.mirror.MultiRowInsert.text;
import static io.stoa.persistence.mirror.MultiRowInsert.timestamptz;

import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.Cid;
import io.stoa.persistence.mirror.MultiRowInsert.Column;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlConnection;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rows that a {@link Progress} becomes: one statement a table. */
final class ProgressRows {
  private static final int MOST_TOPICS = 4;

  private final long chain;
  private final MultiRowInsert blocks =
      new MultiRowInsert(
          "block",
          "on conflict (chain_id, number) do update set hash = excluded.hash, parent = excluded.parent",
          bigint("chain_id"),
          bigint("number"),
          bytea("hash"),
          bytea("parent"));
  private final MultiRowInsert logs =
      new MultiRowInsert(
          "raw_log",
          "on conflict (chain_id, block_hash, log_index) do update set is_canonical = true",
          bigint("chain_id"),
          bytea("block_hash"),
          integer("log_index"),
          bigint("block_number"),
          bytea("tx_hash"),
          bytea("address"),
          bytea("topic0"),
          bytea("topic1"),
          bytea("topic2"),
          bytea("topic3"),
          bytea("data"));
  private final MultiRowInsert dead =
      new MultiRowInsert(
          "dead_event",
          "",
          bigint("chain_id"),
          bigint("block_number"),
          integer("log_index"),
          text("event"),
          text("reason"));
  private final MultiRowInsert listings =
      new MultiRowInsert(
          "listing",
          "",
          bigint("chain_id"),
          bigint("id"),
          text("provider"),
          text("service"),
          text("kind"),
          bigint("block_number"),
          integer("log_index"));
  private final MultiRowInsert owners = facts("listing_owner", bytea("owner"));
  private final MultiRowInsert statuses = facts("listing_status", text("status"));
  private final MultiRowInsert versions =
      facts("listing_version", integer("version"), bytea("cid"), bytea("sha256"));
  private final MultiRowInsert offers = facts("listing_offers", bytea("offers_root"));
  private final MultiRowInsert splitters = facts("listing_splitter", bytea("splitter"));
  private final MultiRowInsert documents =
      new MultiRowInsert(
          "document",
          "on conflict do nothing",
          bigint("chain_id"),
          text("type"),
          bytea("cid"),
          bytea("sha256"),
          text("state"));

  private ProgressRows(ChainId chain) {
    this.chain = chain.value();
  }

  static ProgressRows of(ChainId chain, Progress progress) {
    var rows = new ProgressRows(chain);
    progress.blocks().forEach(rows::add);
    progress.logs().forEach(rows::add);
    progress.dead().forEach(rows::add);
    progress.facts().forEach(rows::add);
    return rows;
  }

  Future<Void> insert(SqlConnection connection) {
    Future<Void> done = Future.succeededFuture();
    for (var table :
        List.of(
            blocks, logs, dead, listings, owners, statuses, versions, offers, splitters,
            documents)) {
      done = done.compose(before -> table.run(connection));
    }
    return done;
  }

  private static MultiRowInsert facts(String table, Column... what) {
    var columns =
        Stream.concat(
            Stream.of(
                bigint("chain_id"),
                bigint("listing_id"),
                bigint("block_number"),
                integer("log_index"),
                timestamptz("at")),
            Arrays.stream(what));
    return new MultiRowInsert(table, "", columns.toArray(Column[]::new));
  }

  private void add(Progress.Block block) {
    blocks.add(chain, block.ref().number(), buffer(block.ref().hash()), buffer(block.parent()));
  }

  private void add(Progress.RawLog log) {
    var row = new ArrayList<@Nullable Object>();
    row.add(chain);
    row.add(buffer(log.block().hash()));
    row.add(log.index());
    row.add(log.block().number());
    row.add(buffer(log.transaction().value()));
    row.add(Buffer.buffer(log.address().toBytes()));
    for (int i = 0; i < MOST_TOPICS; i++) {
      row.add(i < log.topics().size() ? buffer(log.topics().get(i)) : null);
    }
    row.add(buffer(log.data()));
    logs.add(row.toArray());
  }

  private void add(Progress.DeadEvent event) {
    dead.add(chain, event.block(), event.logIndex(), event.event(), event.reason());
  }

  private void add(Fact fact) {
    switch (fact) {
      case Fact.Published(var place, var listing, var path, var kind) ->
          listings.add(
              chain,
              listing.value(),
              path.provider().toString(),
              path.service().value(),
              kind.name(),
              place.block(),
              place.logIndex());
      case Fact.Owned(_, _, var owner) -> add(owners, fact, Buffer.buffer(owner.toBytes()));
      case Fact.Stands(_, _, var status) -> add(statuses, fact, status.name());
      case Fact.Versioned(_, _, var version, var cid, var sha256) -> {
        add(versions, fact, version, buffer(cid), buffer(sha256));
        addDocument(Document.Type.MANIFEST, cid, sha256);
      }
      case Fact.Offered(_, _, var root) -> {
        add(offers, fact, buffer(root));
        addDocument(Document.Type.OFFERS, Bytes.wrap(Cid.of(Cid.Codec.RAW, root).toBytes()), root);
      }
      case Fact.PaidTo(_, _, var splitter) ->
          add(splitters, fact, Buffer.buffer(splitter.toBytes()));
    }
  }

  private void add(MultiRowInsert table, Fact fact, Object... what) {
    var row = new ArrayList<Object>();
    row.add(chain);
    row.add(fact.listing().value());
    row.add(fact.place().block());
    row.add(fact.place().logIndex());
    row.add(fact.place().at().atOffset(ZoneOffset.UTC));
    row.addAll(Arrays.asList(what));
    table.add(row.toArray());
  }

  private void addDocument(Document.Type type, Bytes cid, Bytes32 sha256) {
    documents.add(chain, type.name(), buffer(cid), buffer(sha256), "PENDING");
  }

  private static Buffer buffer(Bytes32 value) {
    return Buffer.buffer(value.toBytes());
  }

  private static Buffer buffer(Bytes value) {
    return Buffer.buffer(value.toBytes());
  }
}
