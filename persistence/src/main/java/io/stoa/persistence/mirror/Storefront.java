package io.stoa.persistence.mirror;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingPath;
import io.stoa.persistence.Blocking;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** What may be sold now. Blocks: call from a virtual thread. */
public final class Storefront {

  /**
   * Looks at every active listing now, and as it was before each block that changed it since $2. Of
   * each kind of fact the last one counts. Terms that lasted no whole block, or were not on sale,
   * nobody can hold.
   */
  private static final String FOR_SALE =
      """
      with change as (
        select listing_id, block_number, at from mirror.listing_version where chain_id = $1 and at > $2
        union select listing_id, block_number, at from mirror.listing_offers where chain_id = $1 and at > $2
        union select listing_id, block_number, at from mirror.listing_splitter where chain_id = $1 and at > $2
        union select listing_id, block_number, at from mirror.listing_status where chain_id = $1 and at > $2),
      moment as (
        select id as listing_id, 9223372036854775807 as block_number, null::timestamptz as until
        from mirror.listing_now where chain_id = $1 and status = 'ACTIVE' and fault is null
        union all
        select listing_id, block_number, at from change
        where listing_id in (
          select id from mirror.listing_now where chain_id = $1 and status = 'ACTIVE' and fault is null))
      select l.id, l.provider, l.service, v.sha256, f.offers_root, p.splitter,
        m.body as manifest, d.body as offers, greatest(v.at, f.at, p.at) as since, t.until
      from moment t
      join mirror.listing l on l.chain_id = $1 and l.id = t.listing_id
      cross join lateral (select status from mirror.listing_status
        where chain_id = $1 and listing_id = l.id and block_number < t.block_number
        order by block_number desc, log_index desc limit 1) s
      cross join lateral (select cid, sha256, at from mirror.listing_version
        where chain_id = $1 and listing_id = l.id and block_number < t.block_number
        order by block_number desc, log_index desc limit 1) v
      cross join lateral (select offers_root, at from mirror.listing_offers
        where chain_id = $1 and listing_id = l.id and block_number < t.block_number
        order by block_number desc, log_index desc limit 1) f
      cross join lateral (select splitter, at from mirror.listing_splitter
        where chain_id = $1 and listing_id = l.id and block_number < t.block_number
        order by block_number desc, log_index desc limit 1) p
      join mirror.document m
        on m.chain_id = $1 and m.type = 'MANIFEST' and m.cid = v.cid and m.sha256 = v.sha256
          and m.kind = l.kind
      join mirror.document d
        on d.chain_id = $1 and d.type = 'OFFERS' and d.cid = '\\x01551220' || f.offers_root
          and d.sha256 = f.offers_root and d.state = 'VALID'
      where s.status = 'ACTIVE'
      order by l.id, t.block_number desc
      """;

  private final Pool pool;
  private final ChainId chain;

  public Storefront(Pool pool, ChainId chain) {
    this.pool = pool;
    this.chain = chain;
  }

  /**
   * Every active listing with good documents and an endpoint. Terms that were superseded after
   * {@code since} are included: buyers may still hold them, and until the documents of new ones are
   * read they are what the listing is sold by.
   */
  public List<ForSale> forSale(Instant since) {
    var rows =
        Blocking.await(
            pool.preparedQuery(FOR_SALE)
                .execute(Tuple.of(chain.value(), since.atOffset(ZoneOffset.UTC))));
    Map<Long, List<Row>> byListing = new LinkedHashMap<>();
    StreamSupport.stream(rows.spliterator(), false)
        .forEach(
            row -> byListing.computeIfAbsent(row.getLong("id"), id -> new ArrayList<>()).add(row));
    return byListing.values().stream().flatMap(listing -> forSale(listing).stream()).toList();
  }

  /**
   * Calls {@code listener} whenever the mirror may have changed, on the subscriber's event loop. A
   * hint: polling must make up for a lost one.
   *
   * @return done when listening has begun
   */
  public static Future<Void> listen(PgSubscriber subscriber, Runnable listener) {
    var begun = Promise.<Void>promise();
    subscriber
        .channel(PostgresMirrorWriter.CHANNEL)
        .subscribeHandler(
            again -> {
              listener.run();
              begun.tryComplete();
            })
        .handler(message -> listener.run());
    return begun.future();
  }

  /**
   * @param rows of one listing, the latest first
   */
  private static Optional<ForSale> forSale(List<Row> rows) {
    var terms = new ArrayList<ForSale.Terms>();
    for (var row : rows) {
      terms(row).filter(next -> terms.stream().noneMatch(next::areThoseOf)).ifPresent(terms::add);
    }
    var newest = rows.getFirst();
    boolean isWithdrawn = isPresent(newest) && terms(newest).isEmpty();
    return terms.isEmpty() || isWithdrawn
        ? Optional.empty()
        : Optional.of(
            new ForSale(
                ListingPath.parse(newest.getString("provider") + "/" + newest.getString("service")),
                DocumentJson.manifest(newest.getString("manifest")),
                terms));
  }

  private static boolean isPresent(Row row) {
    return row.getOffsetDateTime("until") == null;
  }

  private static Optional<ForSale.Terms> terms(Row row) {
    return DocumentJson.manifest(row.getString("manifest"))
        .endpoint()
        .map(
            endpoint ->
                new ForSale.Terms(
                    new ListingId(row.getLong("id")),
                    bytes32(row, "sha256"),
                    bytes32(row, "offers_root"),
                    Address.of(row.getBuffer("splitter").getBytes()),
                    endpoint,
                    DocumentJson.offers(row.getString("offers")),
                    row.getOffsetDateTime("since").toInstant(),
                    Optional.ofNullable(row.getOffsetDateTime("until"))
                        .map(OffsetDateTime::toInstant)));
  }

  private static Bytes32 bytes32(Row row, String column) {
    return Bytes32.of(row.getBuffer(column).getBytes());
  }
}
