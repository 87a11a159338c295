package io.stoa.persistence.mirror;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statement that digests a mirror: SHA-256 over the SHA-256 of every row, tables and rows in a
 * fixed order. Rows are written out in a form that no setting of the database changes. Left out is
 * what depends on how the chain was read rather than on what it says: cursor, blocks, raw logs,
 * documents that no row refers to, and when documents were tried.
 */
final class MirrorDigest {
  private static final String PLACE = "block_number, log_index, extract(epoch from at)::bigint";
  private static final String IN_PLACE = "listing_id, block_number, log_index";

  private static final List<String> TABLES =
      List.of(
          digest("listing", "id, provider, service, kind, block_number, log_index", "id"),
          digest("listing_owner", "listing_id, " + PLACE + ", encode(owner, 'hex')", IN_PLACE),
          digest("listing_status", "listing_id, " + PLACE + ", status", IN_PLACE),
          digest(
              "listing_version",
              "listing_id, " + PLACE + ", version, encode(cid, 'hex'), encode(sha256, 'hex')",
              IN_PLACE),
          digest(
              "listing_offers", "listing_id, " + PLACE + ", encode(offers_root, 'hex')", IN_PLACE),
          digest(
              "listing_splitter", "listing_id, " + PLACE + ", encode(splitter, 'hex')", IN_PLACE),
          digest("dead_event", "block_number, log_index, event, reason", "block_number, log_index"),
          digest(
              """
              (select * from mirror.document d where
                type = 'MANIFEST' and exists (select from mirror.listing_version v
                  where v.chain_id = d.chain_id and v.cid = d.cid and v.sha256 = d.sha256)
                or type = 'OFFERS' and exists (select from mirror.listing_offers o
                  where o.chain_id = d.chain_id and o.offers_root = d.sha256)) named""",
              "type, encode(cid, 'hex'), encode(sha256, 'hex'), state, reason",
              "type, cid, sha256"));

  /** Takes the chain's id, gives {@code digest}. */
  static final String STATEMENT =
      IntStream.range(0, TABLES.size())
          .mapToObj(
              place -> "select %d as place, (%s) as digest".formatted(place, TABLES.get(place)))
          .collect(
              Collectors.joining(
                  " union all ",
                  "select sha256(string_agg(digest, ''::bytea order by place)) as digest from (",
                  ") tables"));

  private MirrorDigest() {}

  private static String digest(String table, String columns, String order) {
    return """
        select sha256(coalesce(string_agg(
            sha256(convert_to(jsonb_build_array(%s)::text, 'UTF8')), ''::bytea order by %s), ''))
        from %s where chain_id = $1"""
        .formatted(columns, order, table.startsWith("(") ? table : "mirror." + table);
  }
}
