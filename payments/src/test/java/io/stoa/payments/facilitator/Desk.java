package io.stoa.payments.facilitator;

import static io.stoa.payments.facilitator.Asked.CHAIN;

import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.ReceiptWatch;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.TransactionSender;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.payments.Cashier;
import io.stoa.payments.DepositRelay;
import io.stoa.payments.Payments;
import io.stoa.payments.PostgresSendLog;
import io.stoa.persistence.till.ChannelBooks;
import io.stoa.persistence.till.PostgresTill;
import io.stoa.persistence.till.Sends;
import io.stoa.testkit.TestChain;
import io.stoa.testkit.TestDatabase;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.facilitator.VerifyResponse;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.crypto.spec.SecretKeySpec;

/** A facilitator with accounts of its own, on the shared chain and a database of its own. */
final class Desk implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);

  final SigningKey authorizer = CHAIN.account();
  final SigningKey gateway = CHAIN.account();
  final TransactionSender sender;

  private final TestDatabase database = TestDatabase.fresh();
  private final ReceiptWatch watch;
  private final Facilitator facilitator;

  private Desk(Rpc rpc) {
    var clock = Clock.systemUTC();
    var pool = database.pool();
    var sends = new PostgresSendLog(new Sends(pool));
    var finality = new Finality.Depth(3);
    this.watch = new ReceiptWatch(rpc, Duration.ofMillis(50));
    this.sender = sender(rpc, sends);
    var settlements =
        Payments.of(
                new PostgresTill(pool),
                rpc,
                TestChain.ID,
                finality,
                new Payments.Senders(List.of(sender(rpc, sends)), Optional.of(sender)),
                Set.of(),
                sends,
                new SecretKeySpec(new byte[32], "AES"),
                new Cashier.Terms(PATIENCE, PATIENCE, Duration.ofHours(1), Duration.ofHours(1), 3),
                clock)
            .settlements()
            .orElseThrow();
    this.facilitator =
        Facilitator.of(
            settlements,
            DepositRelay.of(ChannelBooks.of(pool), rpc, finality, sender, sends, 3, clock),
            rpc,
            sender,
            sends,
            authorizer,
            new Facilitator.Terms(TestChain.ID, Set.of(CHAIN.dollar()), gateway.address()),
            clock);
  }

  private TransactionSender sender(Rpc rpc, SendLog sends) {
    return new TransactionSender(
        rpc, TestChain.ID, CHAIN.account(), sends, SendPolicy.standard(), watch);
  }

  static Desk open() {
    return over(CHAIN.rpc());
  }

  static Desk over(Rpc rpc) {
    return new Desk(rpc);
  }

  Kinds kinds() {
    return facilitator.kinds();
  }

  VerifyResponse verify(Asked asked) throws MalformedPayment {
    return ask(asked).join();
  }

  CompletableFuture<VerifyResponse> ask(Asked asked) throws MalformedPayment {
    return facilitator.desk().verify(asked.request());
  }

  SettlementResponse settle(Asked asked, Address... receivers) throws MalformedPayment {
    return settle(asked, new Asker(Set.of(receivers), BigInteger.ONE));
  }

  SettlementResponse settle(Asked asked, Asker asker) throws MalformedPayment {
    return facilitator.desk().settle(asked.request(), asker, PATIENCE);
  }

  @Override
  public void close() {
    watch.close();
    database.close();
  }
}
