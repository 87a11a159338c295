package io.stoa.payments;

import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.chain.send.ReceiptWatch;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.TransactionSender;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.channel.Voucher;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.persistence.till.ChannelBooks;
import io.stoa.persistence.till.Charge;
import io.stoa.persistence.till.Hold;
import io.stoa.persistence.till.Reservation;
import io.stoa.persistence.till.Sends;
import io.stoa.testkit.TestChain;
import io.stoa.testkit.TestDatabase;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.ChannelTerms;
import io.stoa.x402.permit2.Eip2612Approval;
import io.vertx.sqlclient.Pool;
import java.math.BigInteger;
import java.net.URI;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;

/** One instance of everything that works on channels, on a real database and a real chain. */
final class ChannelShop implements AutoCloseable {
  static final long PRICE = 100;

  private static final Duration CALL = Duration.ofMinutes(1);

  final Channels channels;
  final ChannelBooks books;

  private final TestDatabase database;
  private final TestChain chain;
  private final Pool pool;
  private final Rpc rpc;
  private final ReceiptWatch watch;
  private final SendLog sends;
  private final SigningKey sender;
  private final TransactionSender transactions;
  private final Setting setting;

  /**
   * @param authorizer of the receiver
   * @param patience until the outcome of a transaction counts as unknown
   * @param threshold from which on something is claimed
   */
  record Setting(
      Address payee,
      SigningKey authorizer,
      URI endpoint,
      Finality finality,
      Duration patience,
      BigInteger threshold,
      Optional<BigInteger> minDeposit) {

    static Setting of(TestChain chain, Address payee, SigningKey authorizer) {
      return new Setting(
          payee,
          authorizer,
          chain.endpoint(),
          new Finality.Depth(0),
          Duration.ofSeconds(10),
          BigInteger.ONE,
          Optional.empty());
    }

    Setting waitingFor(Duration time) {
      return new Setting(payee, authorizer, endpoint, finality, time, threshold, minDeposit);
    }

    Setting through(URI proxy) {
      return new Setting(payee, authorizer, proxy, finality, patience, threshold, minDeposit);
    }

    Setting finalAfter(long blocks) {
      var depth = new Finality.Depth(blocks);
      return new Setting(payee, authorizer, endpoint, depth, patience, threshold, minDeposit);
    }

    Setting claimingFrom(BigInteger units) {
      return new Setting(payee, authorizer, endpoint, finality, patience, units, minDeposit);
    }

    Setting wanting(long deposit) {
      var least = Optional.of(BigInteger.valueOf(deposit));
      return new Setting(payee, authorizer, endpoint, finality, patience, threshold, least);
    }
  }

  ChannelShop(TestDatabase database, TestChain chain, Setting setting) {
    this.database = database;
    this.chain = chain;
    this.setting = setting;
    this.pool = database.pool();
    this.books = ChannelBooks.of(pool);
    this.rpc = Rpc.connect(RpcSettings.of(setting.endpoint).withReadAttempts(1));
    this.watch = new ReceiptWatch(rpc, Duration.ofMillis(50));
    this.sends = new PostgresSendLog(new Sends(pool));
    this.sender = chain.account();
    this.transactions =
        new TransactionSender(rpc, TestChain.ID, sender, sends, SendPolicy.standard(), watch);
    this.channels =
        Channels.of(
            books,
            rpc,
            setting.finality,
            transactions,
            transactions,
            sends,
            setting.authorizer,
            new Receipts(Clock.systemUTC()),
            new ChannelAnswers(
                books.channels(),
                new AnswerVault(new SecretKeySpec(new byte[32], "AES")),
                Duration.ofHours(1),
                1_000,
                Clock.systemUTC()),
            new Channels.Terms(
                TestChain.ID,
                Set.of(chain.dollar()),
                CALL,
                20,
                new ClaimWorker.Terms(setting.threshold, Duration.ofHours(1), setting.patience)),
            Clock.systemUTC());
  }

  DepositDesk.Visit visit(BatchPayload.Deposit deposit) {
    return visit(deposit, option(false), Optional.empty());
  }

  DepositDesk.Visit visitByPermit2(
      BatchPayload.Deposit deposit, Optional<Eip2612Approval> approval) {
    return visit(deposit, option(true), approval);
  }

  private DepositDesk.Visit visit(
      BatchPayload.Deposit deposit,
      PaymentRequirements option,
      Optional<Eip2612Approval> approval) {
    return new DepositDesk.Visit(
        deposit,
        approval,
        option,
        chain.dollarDomain(),
        purchase(),
        request(),
        new Reservation.Mode.Serial(Optional.empty()),
        ChannelPayer.random());
  }

  private PaymentRequirements option(boolean byPermit2) {
    var terms = new ChannelTerms(setting.authorizer.address(), 900, setting.minDeposit);
    var domain = chain.dollarDomain();
    return new PaymentRequirements(
        ChannelTerms.SCHEME,
        TestChain.ID,
        BigInteger.valueOf(PRICE),
        chain.dollar().token(),
        setting.payee,
        60,
        byPermit2 ? terms.permit2Extra(domain) : terms.extra(domain));
  }

  DepositDesk.Entry deposit(BatchPayload.Deposit deposit) {
    return channels.deposits().enter(visit(deposit), deadline());
  }

  ChannelDesk.Entry pay(ChannelPayer payer, long ceiling) {
    return channels
        .vouchers()
        .enter(
            new ChannelDesk.Visit(
                new BatchPayload.Pay(payer.config, payer.voucher(ceiling)),
                option(false),
                chain.dollarDomain(),
                purchase(),
                request(),
                new Reservation.Mode.Serial(Optional.empty()),
                ChannelPayer.random()),
            deadline());
  }

  void charge(Hold hold, long price) {
    var outcome =
        books
            .channels()
            .charge(
                new Charge(
                    hold,
                    BigInteger.valueOf(price),
                    Map.of("ITEM", 1L),
                    ChannelPayer.random(),
                    "a receipt"));
    if (!(outcome instanceof Charge.Outcome.Charged)) {
      throw new AssertionError("not charged: " + outcome);
    }
  }

  RefundDesk.Entry refund(BatchPayload.Refund refund) {
    return refund(refund, Optional.empty());
  }

  RefundDesk.Entry refund(BatchPayload.Refund refund, Optional<CallId> call) {
    return channels
        .refunds()
        .enter(
            new RefundDesk.Visit(
                refund, option(false), chain.dollarDomain(), purchase(), request(), call),
            deadline());
  }

  /** How a refund keeps its channel to itself. */
  Reservation keeping(Voucher voucher) {
    return new Reservation(
        voucher,
        BigInteger.ZERO,
        new Reservation.Mode.Serial(Optional.empty()),
        purchase(),
        request(),
        CALL,
        CALL);
  }

  Instant deadline() {
    return Instant.now().plus(setting.patience);
  }

  /** A moment later, when every lease and every pause has ended: what settlers do regularly. */
  void round() {
    let("update till.deposit set lease_until = lease_until - interval '1 hour'");
    let("update till.refund set lease_until = lease_until - interval '1 hour'");
    let("update till.reservation set lease_until = lease_until - interval '1 hour'");
    channels.rounds().run();
    channels.claims().run();
  }

  Pool pool() {
    return pool;
  }

  void let(String change) {
    try (var connection = database.connect();
        var statement = connection.prepareStatement(change)) {
      statement.executeUpdate();
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  void recoverSends() {
    transactions.recover();
  }

  /** Transactions that this shop's key has on the chain. */
  long transactions() {
    return chain.rpc().nonce(sender.address());
  }

  private static Purchase purchase() {
    return new Purchase(new ListingId(7), ChannelPayer.random(), ChannelPayer.random());
  }

  private static RequestDigest request() {
    return new RequestDigest("POST", "/x/stoa/minilm", ChannelPayer.random());
  }

  @Override
  public void close() {
    watch.close();
    rpc.close();
    pool.close();
  }
}
