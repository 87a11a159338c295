package io.stoa.payments;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.chain.send.ReceiptWatch;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.TransactionSender;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.persistence.till.PostgresTill;
import io.stoa.persistence.till.Sends;
import io.stoa.persistence.till.Till;
import io.stoa.testkit.TestChain;
import io.stoa.testkit.TestDatabase;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.exact.TransferAuthorization;
import io.vertx.sqlclient.Pool;
import java.math.BigInteger;
import java.net.URI;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.crypto.spec.SecretKeySpec;

/** One instance of everything that takes payments, on a real database and a real chain. */
final class Shop implements AutoCloseable {
  static final SigningKey ATTESTER = SigningKey.of(Bytes32.of(BigInteger.valueOf(77)));
  static final Address SELLER = Address.parse("0x2000000000000000000000000000000000004020");
  static final Answer ANSWER =
      new Answer(
          200,
          List.of(new Answer.Header("content-type", "text/plain")),
          Bytes.of("forty-two".getBytes(UTF_8)));

  private static final SecretKeySpec VAULT_KEY = new SecretKeySpec(new byte[32], "AES");
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final TestDatabase database;
  private final TestChain chain;
  private final TokenDomain dollar;
  private final Pool pool;
  private final Rpc rpc;
  private final ReceiptWatch watch;
  private final Till till;
  private final SendLog sends;
  private final TransactionSender sender;
  private final Payments payments;
  private final Setting setting;
  private final AtomicInteger served = new AtomicInteger();

  /**
   * What a test changes about an instance.
   *
   * @param sender pays for gas
   * @param retention of answers
   * @param patience until a settlement counts as undecided
   * @param till puts something between the till and those who use it
   */
  record Setting(
      SigningKey sender,
      URI endpoint,
      Finality finality,
      Duration retention,
      Duration patience,
      UnaryOperator<Till> till) {

    static Setting of(TestChain chain) {
      return new Setting(
          chain.account(),
          chain.endpoint(),
          new Finality.Depth(3),
          Duration.ofHours(1),
          Duration.ofSeconds(10),
          UnaryOperator.identity());
    }

    Setting through(URI proxy) {
      return new Setting(sender, proxy, finality, retention, patience, till);
    }

    Setting keepingAnswersFor(Duration time) {
      return new Setting(sender, endpoint, finality, time, patience, till);
    }

    Setting waitingFor(Duration time) {
      return new Setting(sender, endpoint, finality, retention, time, till);
    }

    Setting withTill(UnaryOperator<Till> between) {
      return new Setting(sender, endpoint, finality, retention, patience, between);
    }
  }

  Shop(TestDatabase database, TestChain chain, Setting setting) {
    this.database = database;
    this.chain = chain;
    this.setting = setting;
    this.dollar = chain.dollarDomain();
    this.pool = database.pool();
    this.rpc = Rpc.connect(RpcSettings.of(setting.endpoint).withReadAttempts(1));
    this.watch = new ReceiptWatch(rpc, Duration.ofMillis(50));
    this.till = new PostgresTill(pool);
    this.sends = new PostgresSendLog(new Sends(pool));
    this.sender =
        new TransactionSender(
            rpc, TestChain.ID, setting.sender, sends, SendPolicy.standard(), watch);
    this.payments =
        Payments.of(
            setting.till.apply(till),
            rpc,
            TestChain.ID,
            setting.finality,
            List.of(sender),
            sends,
            ATTESTER,
            VAULT_KEY,
            new Cashier.Terms(LEASE, LEASE, setting.retention, 20),
            Clock.systemUTC());
  }

  Till till() {
    return till;
  }

  SendLog sends() {
    return sends;
  }

  Cashier cashier() {
    return payments.cashier();
  }

  /** How often the provider was asked. */
  int served() {
    return served.get();
  }

  /** Good for an hour from now. */
  SignedTransfer sign(SigningKey buyer, long units) {
    return sign(buyer, units, Instant.now().plusSeconds(3600));
  }

  SignedTransfer sign(SigningKey buyer, long units, Instant validBefore) {
    return sign(buyer, units, SELLER, validBefore, randomBytes32());
  }

  SignedTransfer sign(
      SigningKey buyer, long units, Address payTo, Instant validBefore, Bytes32 nonce) {
    return new TransferAuthorization(
            TokenAmount.of(dollar.asset(), units),
            payTo,
            BigInteger.ZERO,
            BigInteger.valueOf(validBefore.getEpochSecond()),
            nonce)
        .signedBy(buyer, dollar);
  }

  /** For an offer that it matches. */
  Presented present(SignedTransfer transfer, String body) {
    var option =
        new PaymentRequirements(
            ExactEip3009.SCHEME,
            TestChain.ID,
            transfer.amount().units(),
            dollar.asset().token(),
            SELLER,
            3_600,
            ExactEip3009.extra(dollar));
    var request = new RequestDigest("POST", "/x/stoa/demo", Bytes32.sha256(body.getBytes(UTF_8)));
    var purchase = new Purchase(new ListingId(1), randomBytes32(), randomBytes32());
    return new Presented(
        transfer,
        Optional.empty(),
        request,
        Optional.of(new Presented.Match(option, dollar, purchase, Duration.ofSeconds(6))));
  }

  /** A whole paid request: the provider answers at once. */
  Admission serve(Presented presented) {
    var admission = cashier().admit(presented, deadline());
    if (admission instanceof Admission.Admitted admitted) {
      served.incrementAndGet();
      return deliver(admitted);
    }
    return admission;
  }

  Admission.Admitted admit(Presented presented) {
    return (Admission.Admitted) cashier().admit(presented, deadline());
  }

  Admission.Outcome deliver(Admission.Admitted admitted) {
    return cashier()
        .deliver(admitted, ANSWER, admitted.payment().signed().amount().units(), deadline());
  }

  private Instant deadline() {
    return Instant.now().plus(setting.patience);
  }

  /** A moment later, when every lease and every pause has ended: one round over all of them. */
  void reconcile() {
    try (var connection = database.connect();
        var later =
            connection.prepareStatement(
                "update till.payment set lease_until = lease_until - interval '1 hour'")) {
      later.executeUpdate();
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
    payments.reconciler().run();
  }

  /** What the roles around payments do regularly. */
  void recoverSends() {
    sender.recover();
  }

  Payment find(SignedPayment signed) {
    return till.find(signed.key().id()).orElseThrow();
  }

  PaymentState stateOf(SignedPayment signed) {
    return find(signed).state();
  }

  /** Transactions that this shop's key has on the chain. */
  long transactions() {
    return chain.rpc().nonce(setting.sender.address());
  }

  static byte[] seal(SignedPayment signed) {
    return new AnswerVault(VAULT_KEY).seal(signed.key().id(), ANSWER);
  }

  private static Bytes32 randomBytes32() {
    var bytes = new byte[32];
    ThreadLocalRandom.current().nextBytes(bytes);
    return Bytes32.of(bytes);
  }

  @Override
  public void close() {
    watch.close();
    rpc.close();
    pool.close();
  }
}
