package io.stoa.persistence.mirror;

import io.smallrye.mutiny.Uni;
import io.stoa.domain.Bytes32;
import io.stoa.domain.listing.Listing;
import io.stoa.domain.listing.ListingPath;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.hibernate.reactive.mutiny.Mutiny;

/** The catalogue over Hibernate Reactive. */
@ApplicationScoped
class HibernateListings implements Listings {
  private final Mutiny.SessionFactory sessions;

  HibernateListings(Mutiny.SessionFactory sessions) {
    this.sessions = sessions;
  }

  @Override
  public Uni<Optional<Listing>> find(ListingPath path) {
    return sessions.withSession(
        session ->
            session
                .createQuery(
                    "from ListingNow where provider = :provider and service = :service",
                    ListingNow.class)
                .setParameter("provider", path.provider().toString())
                .setParameter("service", path.service().value())
                .getSingleResultOrNull()
                .map(row -> Optional.ofNullable(row).map(ListingNow::listing)));
  }

  @Override
  public Uni<List<Listing>> page(Query query) {
    var hql = new StringBuilder("from ListingNow where id > :after");
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("after", query.after().map(id -> id.value()).orElse(0L));
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
    int number = 0;
    for (var word : query.text().orElse("").strip().split("\\s+", 8)) {
      if (!word.isEmpty()) {
        var name = "word" + number++;
        hql.append(" and lower(coalesce(manifest, '')) like :").append(name).append(" escape '!'");
        parameters.put(name, "%" + escape(word.toLowerCase(Locale.ROOT)) + "%");
      }
    }
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

  @Override
  public Uni<List<Version>> versions(ListingPath path) {
    return sessions.withSession(
        session ->
            session
                .createNativeQuery(
                    """
                    select v.version, v.cid, v.sha256, v.at
                    from mirror.listing_version v join mirror.listing l on l.id = v.listing_id
                    where l.provider = :provider and l.service = :service order by v.version desc
                    """,
                    Object[].class)
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
        row[3] instanceof Instant instant
            ? instant
            : ((java.time.OffsetDateTime) row[3]).toInstant());
  }

  private static String escape(String word) {
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_");
  }
}
