package io.stoa.persistence.mirror;

import io.smallrye.mutiny.Uni;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.listing.Listing;
import io.stoa.domain.listing.ListingPath;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.hibernate.reactive.mutiny.Mutiny;

/** The catalogue over Hibernate Reactive. */
@Singleton
public final class HibernateListings implements Listings {
  private static final int MOST_WORDS = 8;

  private final Mutiny.SessionFactory sessions;
  private final ChainId chain;

  public HibernateListings(Mutiny.SessionFactory sessions, ChainId chain) {
    this.sessions = sessions;
    this.chain = chain;
  }

  @Override
  public Uni<Optional<Listing>> find(ListingPath path) {
    return sessions.withSession(
        session ->
            session
                .createQuery(
                    "from ListingNow where chain = :chain and provider = :provider and service = :service",
                    ListingNow.class)
                .setParameter("chain", chain.value())
                .setParameter("provider", path.provider().toString())
                .setParameter("service", path.service().value())
                .getSingleResultOrNull()
                .map(row -> Optional.ofNullable(row).map(ListingNow::listing)));
  }

  @Override
  public Uni<List<Listing>> page(Query query) {
    var hql = new StringBuilder("from ListingNow where chain = :chain and id > :after");
    var parameters = new HashMap<String, Object>();
    parameters.put("chain", chain.value());
    parameters.put("after", query.after().map(id -> id.value()).orElse(0L));
    narrow(query, hql, parameters);
    return sessions.withSession(
        session -> {
          var selection =
              session.createQuery(hql.append(" order by id").toString(), ListingNow.class);
          parameters.forEach(selection::setParameter);
          return selection
              .setMaxResults(query.limit())
              .getResultList()
              .map(rows -> rows.stream().map(ListingNow::listing).toList());
        });
  }

  private static void narrow(Query query, StringBuilder hql, Map<String, Object> parameters) {
    query
        .kind()
        .ifPresent(
            kind -> {
              hql.append(" and kind = :kind");
              parameters.put("kind", kind.name());
            });
    query
        .provider()
        .ifPresent(
            provider -> {
              hql.append(" and provider = :provider");
              parameters.put("provider", provider.toString());
            });
    switch (query.availability()) {
      case ANY -> {}
      case FOR_SALE -> hql.append(" and isForSale");
      case NOT_FOR_SALE -> hql.append(" and not isForSale");
    }
    int place = 0;
    for (var word : query.text().orElse("").strip().split("\\s+", MOST_WORDS)) {
      var name = "word" + place++;
      hql.append(" and words like :").append(name).append(" escape '!'");
      parameters.put(name, "%" + escape(word.toLowerCase(Locale.ROOT)) + "%");
    }
  }

  @Override
  public Uni<List<Version>> versions(ListingPath path) {
    return sessions.withSession(
        session ->
            session
                .createNativeQuery(
                    """
                    select v.version, v.cid, v.sha256, cast(extract(epoch from v.at) as bigint)
                    from mirror.listing_version v
                    join mirror.listing l on l.chain_id = v.chain_id and l.id = v.listing_id
                    where l.chain_id = :chain and l.provider = :provider and l.service = :service
                    order by v.version desc
                    """,
                    Object[].class)
                .setParameter("chain", chain.value())
                .setParameter("provider", path.provider().toString())
                .setParameter("service", path.service().value())
                .getResultList()
                .map(rows -> rows.stream().map(HibernateListings::version).toList()));
  }

  private static Version version(Object[] row) {
    return new Version(
        ((Number) row[0]).intValue(),
        ListingNow.readable((byte[]) row[1]),
        Bytes32.of((byte[]) row[2]),
        Instant.ofEpochSecond(((Number) row[3]).longValue()));
  }

  private static String escape(String word) {
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_");
  }
}
