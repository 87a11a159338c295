package io.stoa.persistence.mirror;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingPath;
import io.stoa.persistence.Blocking;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** What may be sold now. Blocks: call from a virtual thread. */
public final class Storefront {

  /**
   * Every active listing with good documents, at every instant at which its terms were about to
   * change since the given one, and now. Terms at an instant are, of each kind of fact, the last
   * one before it.
   */
  private static final String FOR_SALE =
      """
      with change as (
        select listing_id, at from mirror.listing_version where at > $1
        union select listing_id, at from mirror.listing_offers where at > $1
        union select listing_id, at from mirror.listing_splitter where at > $1),
      moment as (
        select id as listing_id, null::timestamptz as until from mirror.listing
        union all select listing_id, at from change)
      select l.id, l.provider, l.service, v.sha256, f.offers_root, p.splitter,
        m.body as manifest, d.body as offers
      from moment t
      join mirror.listing l on l.id = t.listing_id
      cross join lateral (select status from mirror.listing_status where listing_id = l.id
        order by block_number desc, log_index desc limit 1) s
      cross join lateral (select version, cid, sha256 from mirror.listing_version
        where listing_id = l.id and (t.until is null or at < t.until)
        order by block_number desc, log_index desc limit 1) v
      cross join lateral (select offers_root from mirror.listing_offers
        where listing_id = l.id and (t.until is null or at < t.until)
        order by block_number desc, log_index desc limit 1) f
      cross join lateral (select splitter from mirror.listing_splitter
        where listing_id = l.id and (t.until is null or at < t.until)
        order by block_number desc, log_index desc limit 1) p
      join mirror.document m
        on m.type = 'MANIFEST' and m.cid = v.cid and m.sha256 = v.sha256 and m.state = 'VALID'
      join mirror.document d on d.type = 'OFFERS' and d.sha256 = f.offers_root and d.state = 'VALID'
      where s.status = 'ACTIVE' and m.body::json ->> 'kind' = l.kind
      order by l.id, t.until desc nulls first
      """;

  private final Pool pool;

  public Storefront(Pool pool) {
    this.pool = pool;
  }

  /** Terms that were superseded after {@code since} are included: buyers may still hold them. */
  public List<ForSale> forSale(Instant since) {
    var rows =
        Blocking.await(
            pool.preparedQuery(FOR_SALE).execute(Tuple.of(since.atOffset(ZoneOffset.UTC))));
    Map<Long, List<Row>> byListing = new LinkedHashMap<>();
    StreamSupport.stream(rows.spliterator(), false)
        .forEach(
            row -> byListing.computeIfAbsent(row.getLong("id"), id -> new ArrayList<>()).add(row));
    return byListing.values().stream().map(Storefront::forSale).filter(Storefront::isSold).toList();
  }

  /**
   * Calls {@code listener} whenever the mirror may have changed. A hint: polling must make up for a
   * lost one.
   */
  public static void listen(PgSubscriber subscriber, Runnable listener) {
    subscriber.channel(PostgresMirrorWriter.CHANNEL).handler(message -> listener.run());
  }

  private static boolean isSold(ForSale sale) {
    return !sale.terms().isEmpty();
  }

  private static ForSale forSale(List<Row> rows) {
    var first = rows.getFirst();
    var terms = new ArrayList<ForSale.Terms>();
    for (var row : rows) {
      var manifest = DocumentJson.manifest(row.getString("manifest"));
      var offers = DocumentJson.offers(row.getString("offers"));
      manifest
          .endpoint()
          .map(
              endpoint ->
                  new ForSale.Terms(
                      new ListingId(row.getLong("id")),
                      bytes32(row, "sha256"),
                      bytes32(row, "offers_root"),
                      Address.of(row.getBuffer("splitter").getBytes()),
                      endpoint,
                      offers))
          .filter(version -> !terms.contains(version))
          .ifPresent(terms::add);
    }
    return new ForSale(
        ListingPath.parse(first.getString("provider") + "/" + first.getString("service")),
        DocumentJson.manifest(first.getString("manifest")).title(),
        terms);
  }

  private static Bytes32 bytes32(Row row, String column) {
    return Bytes32.of(row.getBuffer(column).getBytes());
  }
}
