package io.stoa.payments;

import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.testkit.TestChain;
import io.stoa.testkit.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * A buyer who has approved Permit2, and shops that sell to it, on a chain of their own that tests
 * may break.
 */
abstract class PermitFixture {
  protected static final long MOST = 1000;
  protected static final long USED = 700;

  protected static TestChain chain;
  protected static BuyerMoves others;

  private final TestDatabase database = TestDatabase.fresh();
  private final List<Shop> shops = new ArrayList<>();
  protected SigningKey buyer;
  protected Shop.Setting setting;

  /** Whose payments are treated alike. */
  enum Scheme {
    EXACT {
      @Override
      SignedPermit sign(Shop shop, SigningKey buyer) {
        return shop.signExact(buyer, MOST);
      }
    },
    UPTO {
      @Override
      SignedPermit sign(Shop shop, SigningKey buyer) {
        return shop.signUpto(buyer, MOST);
      }
    };

    /** For {@link #MOST}. */
    abstract SignedPermit sign(Shop shop, SigningKey buyer);
  }

  @BeforeAll
  static void start() {
    chain = TestChain.start();
    others = new BuyerMoves(chain);
  }

  @AfterAll
  static void stop() {
    chain.close();
  }

  @BeforeEach
  void openTheDoors() {
    buyer = chain.account();
    chain.mint(buyer.address(), MOST);
    others.approve(buyer, 1_000_000);
    setting = Shop.Setting.of(chain);
  }

  @AfterEach
  void closeTheDoors() {
    chain.setAutomine(true);
    shops.forEach(Shop::close);
    database.close();
  }

  protected final Shop open(Shop.Setting as) {
    var shop = new Shop(database, chain, as);
    shops.add(shop);
    return shop;
  }

  protected static SignedPermit signed(SignedPermit permit, Bytes signature) {
    return new SignedPermit(
        permit.amount(),
        permit.payer(),
        permit.spender(),
        permit.nonce(),
        permit.deadline(),
        permit.witness(),
        signature);
  }

  protected static <T> List<T> atOnce(int times, IntFunction<T> action) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var tasks = IntStream.range(0, times).<Callable<T>>mapToObj(i -> () -> action.apply(i));
      var results = new ArrayList<T>();
      for (var each : threads.invokeAll(tasks.toList())) {
        results.add(each.get());
      }
      return results;
    }
  }
}
