package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.crypto.SigningKey;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.persistence.till.Audit;
import io.stoa.persistence.till.Till;
import io.stoa.testkit.TestChain;
import io.stoa.testkit.TestDatabase;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
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
import org.junit.jupiter.api.Test;

/** Calls that are paid before their provider is asked. */
class UpfrontIT {
  private static final long PRICE = 1000;

  private static TestChain chain;
  private static BuyerMoves others;

  private final TestDatabase database = TestDatabase.fresh();
  private final List<Shop> shops = new ArrayList<>();
  private SigningKey buyer;
  private Shop.Setting setting;
  private Shop shop;

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
    buyer = chain.buyer(2 * PRICE);
    setting = Shop.Setting.of(chain);
    shop = open(setting);
  }

  @AfterEach
  void closeTheDoors() {
    shops.forEach(Shop::close);
    database.close();
  }

  @Test
  void thePaymentIsSettledBeforeTheProviderIsAsked() {
    // Given
    var presented = presented();

    // When
    var paid = shop.pay(presented);

    // Then
    assertThat(paid.payment().isOwed()).isTrue();
    assertThat(chain.dollarsOf(buyer.address())).isEqualTo(PRICE);
    assertThat(shop.till().receipt(paid.payment().id())).as("nothing was delivered").isEmpty();

    // When
    var delivered = (Admission.Delivered) shop.cashier().deliver(paid, Shop.ANSWER);

    // Then
    assertThat(delivered.answer()).isEqualTo(Shop.ANSWER);
    assertThat(delivered.settlement()).isEqualTo(paid.settlement());
    assertThat(shop.till().receipt(paid.payment().id()))
        .hasValueSatisfying(
            receipt ->
                assertThat(receipt)
                    .contains(paid.settlement().transaction().toString())
                    .contains(Shop.ANSWER.bodySha256().toString()));
    assertThat(((Admission.Delivered) shop.serve(presented)).answer()).isEqualTo(Shop.ANSWER);
    assertPaidOnce();
  }

  @Test
  void aPermitIsSettledFirstToo() {
    // Given
    buyer = chain.account();
    chain.mint(buyer.address(), 2 * PRICE);
    others.approve(buyer, PRICE);
    var presented = shop.presentUpfront(shop.signExact(buyer, PRICE), "question");

    // When
    var paid = shop.pay(presented);

    // Then
    assertThat(chain.dollarsOf(buyer.address())).isEqualTo(PRICE);
    assertThat(shop.cashier().deliver(paid, Shop.ANSWER)).isInstanceOf(Admission.Delivered.class);
  }

  @Test
  void whatTheProviderFailedIsAskedForAgainWithoutASecondTransaction() {
    // Given
    var presented = presented();
    var due = shop.cashier().fail(shop.pay(presented));

    // When
    var admission = shop.serve(presented);

    // Then
    assertThat(due).isEmpty();
    assertThat(admission).isInstanceOf(Admission.Delivered.class);
    assertPaidOnce();
  }

  @Test
  void fiftyCopiesAtTwoInstancesPayOnceAndAskOnce() throws Exception {
    // Given
    var instances = List.of(shop, open(setting));
    var presented = presented();

    // When
    var admissions = atOnce(50, i -> instances.get(i % 2).serve(presented));

    // Then
    assertThat(admissions).allMatch(Admission.Delivered.class::isInstance);
    assertThat(admissions.stream().map(each -> ((Admission.Delivered) each).settlement()))
        .containsOnly(((Admission.Delivered) admissions.getFirst()).settlement());
    assertThat(instances.stream().mapToInt(Shop::served).sum()).isEqualTo(1);
    assertPaidOnce();
  }

  @Test
  void copiesAfterAFailureAskOneAfterTheOther() throws Exception {
    // Given
    var instances = List.of(shop, open(setting));
    var presented = presented();
    shop.cashier().fail(shop.pay(presented));

    // When
    var admissions = atOnce(20, i -> instances.get(i % 2).serve(presented));

    // Then
    assertThat(admissions).allMatch(Admission.Delivered.class::isInstance);
    assertThat(instances.stream().mapToInt(Shop::served).sum()).isEqualTo(1);
    assertPaidOnce();
  }

  @Test
  void aCrashBetweenSettlementAndAnswerIsServedByTheNextInstance() {
    // Given
    var presented = presented();
    var crashed = shop.pay(presented);
    var next = open(setting);
    next.reconcile();

    // When
    var admission = next.serve(presented);
    var late = shop.cashier().deliver(crashed, Shop.ANSWER);

    // Then
    assertThat(admission).isInstanceOf(Admission.Delivered.class);
    assertThat(late).as("its turn is over").isInstanceOf(Admission.Undecided.class);
    assertThat(next.find(presented.signed()).attempts()).isEqualTo(2);
    assertPaidOnce();
  }

  @Test
  void aCrashDuringSettlementIsSettledByTheNextInstanceAndServedThen() {
    // Given
    var crashed = open(setting.withTill(till -> Unreachable.during(till, "settle")));
    var presented = presented();
    var interrupted = crashed.serve(presented);

    // When
    shop.reconcile();
    var owed = shop.find(presented.signed());
    var admission = shop.serve(presented);

    // Then
    assertThat(interrupted).isInstanceOf(Admission.Undecided.class);
    assertThat(crashed.served()).isZero();
    assertThat(owed.isOwed()).isTrue();
    assertThat(admission).isInstanceOf(Admission.Delivered.class);
    assertPaidOnce();
  }

  @Test
  void aCrashBeforeSettlementIsNotCharged() {
    // Given
    var crashed = open(setting.withTill(till -> Unreachable.during(till, "begin")));
    var presented = presented();
    crashed.serve(presented);

    // When
    shop.reconcile();

    // Then
    assertThat(shop.stateOf(presented.signed())).isEqualTo(new PaymentState.Released());
    assertThat(shop.transactions()).isZero();
    assertThat(shop.serve(presented)).isInstanceOf(Admission.Delivered.class);
  }

  @Test
  void threeFailuresOweARefund() {
    // Given
    var presented = presented();
    shop.cashier().fail(shop.pay(presented));
    shop.cashier().fail(shop.pay(presented));

    // When
    var last = shop.cashier().fail(shop.pay(presented));
    var again = shop.serve(presented);

    // Then
    assertThat(last).isPresent();
    assertThat(again).isInstanceOf(Admission.RefundDue.class);
    assertThat(shop.served()).isZero();
    assertThat(shop.audit().debts())
        .containsExactly(new Audit.Debt(chain.dollar(), 1, BigInteger.valueOf(PRICE)));
    assertPaidOnce();
  }

  @Test
  void aProviderThatIsNotAskedAgainInTimeOwesARefund() {
    // Given
    var presented = presented();
    shop.cashier().fail(shop.pay(presented));
    shop.reconcile();
    var before = shop.stateOf(presented.signed());

    // When
    shop.loseAllPatience();
    shop.reconcile();

    // Then
    assertThat(before).isInstanceOf(PaymentState.Settled.class);
    assertThat(shop.stateOf(presented.signed())).isInstanceOf(PaymentState.RefundDue.class);
    assertThat(shop.serve(presented)).isInstanceOf(Admission.RefundDue.class);
  }

  @Test
  void whatTheBuyerCancelledFirstIsNotServed() {
    // Given
    var presented = presented();
    var cancelling = open(setting.withTill(till -> before(till, "begin", () -> cancel(presented))));

    // When
    var admission = cancelling.serve(presented);

    // Then
    assertThat(admission).isInstanceOf(Admission.Undecided.class);
    assertThat(shop.stateOf(presented.signed())).isInstanceOf(PaymentState.Voided.class);

    // When
    chain.mine(4);
    shop.reconcile();

    // Then
    assertThat(shop.serve(presented)).isInstanceOf(Admission.Voided.class);
    assertThat(shop.served() + cancelling.served()).isZero();
  }

  @Test
  void aReorganisationTakesTheDebtBackAndItIsOwedAgainOnceItIsSettledAgain() {
    // Given
    var presented = presented();
    for (int i = 0; i < 3; i++) {
      shop.cashier().fail(shop.pay(presented));
    }
    chain.reorg(1);
    assertThat(chain.dollarsOf(buyer.address())).isEqualTo(2 * PRICE);

    // When
    shop.recoverSends();
    shop.reconcile();
    var meanwhile = shop.stateOf(presented.signed());
    shop.reconcile();

    // Then
    assertThat(meanwhile).isInstanceOf(PaymentState.Unknown.class);
    assertThat(shop.stateOf(presented.signed())).isInstanceOf(PaymentState.RefundDue.class);
    assertThat(chain.dollarsOf(buyer.address())).isEqualTo(PRICE);
    assertThat(shop.served()).isZero();
  }

  @Test
  void whoeverCopiedThePaymentFromTheChainIsNotServed() {
    // Given
    var transfer = shop.sign(buyer, PRICE);
    shop.cashier().fail(shop.pay(shop.presentUpfront(transfer, "")));

    // When
    var other = shop.serve(shop.presentUpfront(transfer, "another question"));
    var bodiless = shop.serve(shop.presentUpfront(transfer, ""));

    // Then
    assertThat(other).isInstanceOf(Admission.UsedElsewhere.class);
    assertThat(bodiless).isInstanceOf(Admission.UsedElsewhere.class);
    assertThat(shop.served()).isZero();
  }

  private void assertPaidOnce() {
    assertThat(shop.transactions()).isEqualTo(1);
    assertThat(chain.dollarsOf(buyer.address())).isEqualTo(PRICE);
  }

  private void cancel(Presented presented) {
    others.cancel(buyer, (SignedTransfer) presented.signed());
  }

  /** Lets something happen just before the till is asked for {@code name}. */
  private static Till before(Till till, String name, Runnable event) {
    return (Till)
        Proxy.newProxyInstance(
            Till.class.getClassLoader(),
            new Class<?>[] {Till.class},
            (_, method, arguments) -> {
              if (method.getName().equals(name)) {
                event.run();
              }
              return method.invoke(till, arguments);
            });
  }

  private Presented presented() {
    return shop.presentUpfront(shop.sign(buyer, PRICE), "question");
  }

  private Shop open(Shop.Setting as) {
    var opened = new Shop(database, chain, as);
    shops.add(opened);
    return opened;
  }

  private static <T> List<T> atOnce(int times, IntFunction<T> action) throws Exception {
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
