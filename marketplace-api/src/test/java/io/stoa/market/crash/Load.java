package io.stoa.market.crash;

import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Customers of every kind who buy at the same time, until they are told that it is enough. */
final class Load {
  private static final BigInteger PURSE = BigInteger.valueOf(50_000_000);
  private static final int LANES = 3;
  private static final Duration LAST_PURCHASES = Duration.ofMinutes(3);

  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean isEnough;

  /** Everybody who buys. Another scheme is another customer here. */
  static Load on(Site site, Customer.Shop shop) {
    var load = new Load();
    for (int i = 0; i < 3; i++) {
      var name = "single-" + i;
      var wallet = wallet(name, site, shop);
      load.run(new SinglePayer(name, shop, wallet, Purse.exact(wallet), site.calls()));
    }
    for (int i = 0; i < 2; i++) {
      var name = "metered-" + i;
      var wallet = wallet(name, site, shop);
      site.approvePermit2(wallet);
      var purse = Purse.upto(wallet, shop.seed().of(name + " nonces"));
      load.run(new SinglePayer(name, shop, wallet, purse, site.tokens()));
    }
    for (int i = 0; i < 3; i++) {
      load.run(channelPayer("serial-" + i, site, shop, 0, 8));
    }
    var beside = channelPayer("beside", site, shop, 5_000, 2);
    for (int lane = 0; lane < LANES; lane++) {
      load.run(beside);
    }
    for (int i = 0; i < 2; i++) {
      var name = "stream-" + i;
      load.run(
          new StreamReader(name, shop, wallet(name, site, shop), site.dollar(), site.tokens()));
    }
    return load;
  }

  private static Customer channelPayer(
      String name, Site site, Customer.Shop shop, long headroom, int refunds) {
    return new ChannelPayer(
        name, shop, wallet(name, site, shop), site.dollar(), site.calls(), headroom, refunds);
  }

  private static SigningKey wallet(String name, Site site, Customer.Shop shop) {
    var wallet = SigningKey.of(Keccak.hash(name + " of " + shop.seed().value()));
    site.surroundings().mint(wallet.address(), PURSE);
    return wallet;
  }

  static BigInteger purse() {
    return PURSE;
  }

  private void run(Customer customer) {
    threads.add(
        Thread.ofVirtual()
            .name(customer.name)
            .start(
                () -> {
                  while (!isEnough) {
                    try {
                      customer.buy();
                    } catch (RuntimeException | AssertionError failure) {
                      customer.testimony.complains(customer.name + " failed: " + failure);
                    }
                  }
                }));
  }

  /** Returns when everybody has ended the purchase it was at. */
  void finish() {
    isEnough = true;
    long deadline = System.nanoTime() + LAST_PURCHASES.toNanos();
    for (var thread : threads) {
      try {
        if (!thread.join(Duration.ofNanos(deadline - System.nanoTime()))) {
          throw new AssertionError(thread.getName() + " does not come to an end");
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new AssertionError(interrupted);
      }
    }
  }
}
