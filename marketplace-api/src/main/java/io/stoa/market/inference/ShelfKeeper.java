package io.stoa.market.inference;

import static java.lang.System.Logger.Level.WARNING;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.stoa.domain.ChainId;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.payment.Purchase;
import io.stoa.market.node.DatabaseConfig;
import io.stoa.market.node.Opened;
import io.stoa.persistence.mirror.ForSale;
import io.stoa.persistence.mirror.Storefront;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Reception;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Keeps the shelf like the mirror. Terms stay on it for as long after they were superseded, or this
 * node was started with others, as a buyer may still hold a quote for them.
 */
@Singleton
@Startup
final class ShelfKeeper {
  private static final System.Logger LOG = System.getLogger(ShelfKeeper.class.getName());
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Shelf shelf;
  private final Storefront storefront;
  private final PaymentOptions options;
  private final InferenceConfig config;
  private final Clock clock;
  private final Instant started;
  private final PgSubscriber subscriber;
  private final Semaphore news = new Semaphore(0);
  private volatile boolean isStopped;

  ShelfKeeper(
      Shelf shelf,
      Pool pool,
      ChainId chain,
      PaymentOptions options,
      Vertx vertx,
      DatabaseConfig database,
      InferenceConfig config,
      Clock clock) {
    this.shelf = shelf;
    this.storefront = new Storefront(pool, chain);
    this.options = options;
    this.config = config;
    this.clock = clock;
    this.started = clock.instant();
    this.subscriber =
        PgSubscriber.subscriber(
                vertx,
                PgConnectOptions.fromUri(database.reactive().url())
                    .setUser(database.username())
                    .setPassword(database.password()))
            .reconnectPolicy(failures -> RETRY.toMillis());
  }

  void start(@Observes Opened opened) {
    Storefront.listen(subscriber, news::release);
    subscriber.connect();
    Thread.ofVirtual().name("shelf").start(this::run);
  }

  void stop(@Observes(notifyObserver = Reception.IF_EXISTS) ShutdownEvent end) {
    isStopped = true;
    news.release();
    subscriber.close();
  }

  private void run() {
    Duration pause;
    do {
      try {
        refresh();
        pause = config.refreshEvery();
      } catch (RuntimeException failure) {
        LOG.log(WARNING, "shelf not refreshed, will be tried again", failure);
        pause = RETRY;
      }
    } while (!isStoppedAfterNews(pause));
  }

  private void refresh() {
    var since = clock.instant().minus(config.maxTimeout()).minus(GRACE);
    Map<ListingPath, Sale> sales = new HashMap<>();
    for (var listing : storefront.forSale(since)) {
      var versions = versions(listing, options::of);
      if (!versions.getFirst().options().isEmpty()) {
        if (since.isBefore(started)) {
          versions.addAll(versions(listing, options::ofAnyPrice));
        }
        sales.put(listing.path(), new Sale(listing, versions));
      }
    }
    shelf.replace(sales);
  }

  private static List<Sale.Terms> versions(
      ForSale listing, Function<ForSale.Terms, List<Sale.Option>> options) {
    var versions = new ArrayList<Sale.Terms>();
    for (var terms : listing.terms()) {
      versions.add(terms(listing.path(), terms, options.apply(terms)));
    }
    return versions;
  }

  private static Sale.Terms terms(
      ListingPath path, ForSale.Terms terms, List<Sale.Option> offered) {
    var extensions = Sale.extensions(offered);
    return new Sale.Terms(
        new Purchase(terms.listing(), terms.manifestSha256(), terms.offersRoot()),
        terms.endpoint(),
        offered,
        extensions,
        terms.endpoint().calls().stream()
            .map(call -> DescribedCall.of(path, call, extensions))
            .toList());
  }

  /** Waits until the mirror changed, or long enough to look whether it did. */
  private boolean isStoppedAfterNews(Duration longest) {
    try {
      if (news.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS)) {
        news.drainPermits();
      }
      return isStopped;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
