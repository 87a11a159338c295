package io.stoa.payments;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
import io.stoa.domain.listing.Unit;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.Delivery;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedPermit.Witness;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.persistence.till.Audit;
import io.stoa.persistence.till.PostgresTill;
import io.stoa.persistence.till.Sends;
import io.stoa.persistence.till.Till;
import io.stoa.testkit.TestChain;
import io.stoa.testkit.TestDatabase;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.exact.TransferAuthorization;
import io.stoa.x402.permit2.Eip2612Approval;
import io.stoa.x402.permit2.Permit2Domain;
import io.stoa.x402.permit2.Permit2Payments;
import io.stoa.x402.permit2.PermitAuthorization;
import io.vertx.sqlclient.Pool;
import java.math.BigInteger;
import java.net.URI;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.crypto.spec.SecretKeySpec;

/** One instance of everything that takes payments, on a real database and a real chain. */
final class Shop implements AutoCloseable {
  static final Address SELLER = Address.parse("0x2000000000000000000000000000000000004020");
  static final Answer ANSWER =
      new Answer(
          200,
          List.of(new Answer.Header("content-type", "text/plain")),
          Bytes.of("forty-two".getBytes(UTF_8)),
          Instant.EPOCH);
  static final Usage USAGE = new Usage(Map.of(Unit.OUTPUT_TOKEN, 7L));
  static final Delivery DELIVERY = new Delivery(ANSWER.bodySha256(), USAGE);

  static final Permit2Domain PERMIT2 = Permit2Domain.of(TestChain.ID);

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
  private final List<TransactionSender> senders;
  private final Payments payments;
  private final Setting setting;
  private final AtomicInteger served = new AtomicInteger();

  /**
   * What a test changes about an instance.
   *
   * @param senders pay for gas; the last of them also for what is settled for other servers
   * @param retention of answers
   * @param patience until a settlement counts as undecided
   * @param errands whether anything is settled for other servers
   * @param factories that may create wallets
   * @param till puts something between the till and those who use it
   */
  record Setting(
      List<SigningKey> senders,
      URI endpoint,
      Finality finality,
      Duration retention,
      Duration patience,
      boolean errands,
      Set<Address> factories,
      UnaryOperator<Till> till) {

    static Setting of(TestChain chain) {
      return new Setting(
          List.of(chain.account()),
          chain.endpoint(),
          new Finality.Depth(3),
          Duration.ofHours(1),
          Duration.ofSeconds(10),
          true,
          Set.of(),
          UnaryOperator.identity());
    }

    Setting sendingFrom(SigningKey... accounts) {
      return new Setting(
          List.of(accounts), endpoint, finality, retention, patience, errands, factories, till);
    }

    Setting through(URI proxy) {
      return new Setting(senders, proxy, finality, retention, patience, errands, factories, till);
    }

    Setting keepingAnswersFor(Duration time) {
      return new Setting(senders, endpoint, finality, time, patience, errands, factories, till);
    }

    Setting waitingFor(Duration time) {
      return new Setting(senders, endpoint, finality, retention, time, errands, factories, till);
    }

    Setting withoutErrands() {
      return new Setting(senders, endpoint, finality, retention, patience, false, factories, till);
    }

    Setting trusting(Address factory) {
      return new Setting(
          senders, endpoint, finality, retention, patience, errands, Set.of(factory), till);
    }

    Setting withTill(UnaryOperator<Till> between) {
      return new Setting(
          senders, endpoint, finality, retention, patience, errands, factories, between);
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
    this.senders = setting.senders.stream().map(this::sender).toList();
    this.payments =
        Payments.of(
            setting.till.apply(till),
            rpc,
            TestChain.ID,
            setting.finality,
            new Payments.Senders(
                senders, setting.errands ? Optional.of(senders.getLast()) : Optional.empty()),
            setting.factories,
            sends,
            VAULT_KEY,
            new Cashier.Terms(LEASE, LEASE, setting.retention, Duration.ofHours(1), 20),
            Clock.systemUTC());
  }

  private TransactionSender sender(SigningKey key) {
    return new TransactionSender(rpc, TestChain.ID, key, sends, SendPolicy.standard(), watch);
  }

  Till till() {
    return till;
  }

  Audit audit() {
    return new Audit(pool);
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

  /** With whatever the buyer's contract takes for a signature. */
  SignedTransfer sign(SigningKey buyer, long units, Bytes signature) {
    var good = sign(buyer, units);
    return new SignedTransfer(
        good.amount(),
        good.payer(),
        good.payTo(),
        good.validAfter(),
        good.validBefore(),
        good.nonce(),
        signature);
  }

  /** A permit of scheme {@code exact}, good for an hour from now. */
  SignedPermit signExact(SigningKey buyer, long units) {
    return sign(
        buyer,
        units,
        new Witness.Exact(SELLER, BigInteger.ZERO),
        Instant.now().plusSeconds(3600),
        randomBytes32().toUnsigned());
  }

  /** A permit of scheme {@code upto}, good for an hour from now. */
  SignedPermit signUpto(SigningKey buyer, long ceiling) {
    return sign(
        buyer,
        ceiling,
        new Witness.Upto(SELLER, facilitator(), BigInteger.ZERO),
        Instant.now().plusSeconds(3600),
        randomBytes32().toUnsigned());
  }

  SignedPermit sign(
      SigningKey buyer, long units, Witness witness, Instant deadline, BigInteger nonce) {
    return new PermitAuthorization(
            TokenAmount.of(dollar.asset(), units),
            nonce,
            BigInteger.valueOf(deadline.getEpochSecond()),
            witness)
        .signedBy(buyer, PERMIT2);
  }

  /** For an offer that it matches. */
  Presented present(SignedPayment signed, String body) {
    return present(signed, Optional.empty(), body);
  }

  Presented present(SignedPayment signed, Optional<Eip2612Approval> approval, String body) {
    var request = new RequestDigest("POST", "/x/stoa/demo", Bytes32.sha256(body.getBytes(UTF_8)));
    var purchase = new Purchase(new ListingId(1), randomBytes32(), randomBytes32());
    return new Presented(
        signed,
        approval,
        request,
        Optional.of(new Presented.Match(option(signed), dollar, purchase, Duration.ofSeconds(6))));
  }

  /** For an offer that it matches and that is paid upfront. */
  Presented presentUpfront(SignedPayment signed, String body) {
    var presented = present(signed, body);
    var match = presented.matched().orElseThrow();
    var option = match.option();
    return new Presented(
        signed,
        Optional.empty(),
        presented.request(),
        Optional.of(
            new Presented.Match(
                option.withExtra(PaymentRequirements.upfront(option.extra())),
                match.domain(),
                match.purchase(),
                match.room())));
  }

  /** What is advertised to whoever pays like {@code signed}. */
  private PaymentRequirements option(SignedPayment signed) {
    return switch (signed) {
      case SignedTransfer _ -> option(ExactEip3009.SCHEME, signed, ExactEip3009.extra(dollar));
      case SignedPermit permit ->
          switch (permit.witness()) {
            case Witness.Exact _ ->
                option(ExactEip3009.SCHEME, signed, Permit2Payments.exactExtra(dollar));
            case Witness.Upto _ ->
                option(
                    Permit2Payments.UPTO, signed, Permit2Payments.uptoExtra(dollar, facilitator()));
          };
    };
  }

  private PaymentRequirements option(String scheme, SignedPayment signed, ObjectNode extra) {
    return new PaymentRequirements(
        scheme,
        TestChain.ID,
        signed.amount().units(),
        dollar.asset().token(),
        SELLER,
        3_600,
        extra);
  }

  /** A whole paid request: the provider answers at once, and all is charged. */
  Admission serve(Presented presented) {
    return serve(presented, presented.signed().amount().units().longValueExact());
  }

  Admission serve(Presented presented, long price) {
    var admission = cashier().admit(presented, deadline());
    if (admission instanceof Admission.Admitted admitted) {
      served.incrementAndGet();
      return deliver(admitted, price);
    }
    if (admission instanceof Admission.Paid paid) {
      served.incrementAndGet();
      return cashier().deliver(paid, ANSWER);
    }
    return admission;
  }

  Admission.Admitted admit(Presented presented) {
    return (Admission.Admitted) cashier().admit(presented, deadline());
  }

  /** Settled, and not answered yet. */
  Admission.Paid pay(Presented presented) {
    return (Admission.Paid) cashier().admit(presented, deadline());
  }

  Admission.Outcome deliver(Admission.Admitted admitted) {
    return deliver(admitted, admitted.payment().signed().amount().units().longValueExact());
  }

  Admission.Outcome deliver(Admission.Admitted admitted, long price) {
    return cashier().deliver(admitted, ANSWER, BigInteger.valueOf(price), USAGE, deadline());
  }

  /** For another server, to which all of it is due. */
  Settlements.Outcome settle(SignedPayment signed) {
    return settle(signed, signed.amount().units().longValueExact());
  }

  Settlements.Outcome settle(SignedPayment signed, long due) {
    var requirements = option(signed).priced(BigInteger.valueOf(due));
    return payments
        .settlements()
        .orElseThrow()
        .settle(new Settlements.Order(signed, Optional.empty(), requirements, dollar), deadline());
  }

  private Instant deadline() {
    return Instant.now().plus(setting.patience);
  }

  /** A moment later, when every lease and every pause has ended: one round over all of them. */
  void reconcile() {
    change("update till.payment set lease_until = lease_until - interval '1 hour'");
    payments.reconciler().run();
  }

  /** Two hours after everything was settled. */
  void loseAllPatience() {
    change("update till.payment set settled_at = settled_at - interval '2 hours'");
  }

  private void change(String statement) {
    try (var connection = database.connect();
        var prepared = connection.prepareStatement(statement)) {
      prepared.executeUpdate();
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** What the roles around payments do regularly. */
  void recoverSends() {
    senders.forEach(TransactionSender::recover);
  }

  Payment find(SignedPayment signed) {
    return till.find(signed.key().id()).orElseThrow();
  }

  PaymentState stateOf(SignedPayment signed) {
    return find(signed).state();
  }

  /** Transactions that this shop's keys have on the chain. */
  long transactions() {
    return senders.stream().mapToLong(each -> chain.rpc().nonce(each.account())).sum();
  }

  /** Who settles what only one account may. */
  Address facilitator() {
    return senders.getLast().account();
  }

  static byte[] seal(SignedPayment signed) {
    return new AnswerVault(VAULT_KEY).seal(signed.key().id(), ANSWER);
  }

  static Bytes32 randomBytes32() {
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
