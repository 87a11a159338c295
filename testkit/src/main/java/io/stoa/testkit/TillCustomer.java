package io.stoa.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.TxHash;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.Unit;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.Delivery;
import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.Settlement;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedPermit.Witness;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.persistence.till.Claim;
import io.stoa.persistence.till.Decision;
import io.stoa.persistence.till.Funds;
import io.stoa.persistence.till.Ticket;
import io.stoa.persistence.till.Till;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A payer at a till, with everything that can be done with its payments: new in every test, so that
 * a till may be shared by all of them.
 */
public abstract class TillCustomer {
  protected static final Asset DOLLAR = asset("0x5fbdb2315678afecb367f032d93f642f64180aa3");
  protected static final Duration LEASE = Duration.ofMinutes(5);
  protected static final Duration OVER = Duration.ofMinutes(-1);
  protected static final Duration DAY = Duration.ofDays(1);
  protected static final long BLOCK = 100;

  protected static final Asset EURO = asset("0xe7f1725e7734ce288f8367e1bb143e90bb3f0512");
  protected static final Address PAY_TO =
      Address.parse("0x2000000000000000000000000000000000004020");
  protected static final byte[] SEALED = {4, 0, 2};
  protected static final Delivery DELIVERY =
      new Delivery(randomBytes32(), new Usage(Map.of(Unit.OUTPUT_TOKEN, 7L)));
  protected static final Occasion.Call CALL =
      new Occasion.Call(
          new Purchase(new ListingId(7), randomBytes32(), randomBytes32()),
          new RequestDigest("POST", "/s/chat?x=1", randomBytes32()));
  protected static final int ALL = 10_000;

  protected final Address payer = Address.of(random(20));

  /** One till, or several handles of the same one: each call may return another handle. */
  protected abstract Till till();

  protected final Ticket errand(SignedPayment signed, long units) {
    return ticket(till().claim(claim(signed, new Occasion.Errand(), units, units, BLOCK, LEASE)));
  }

  protected final Claim.Outcome claimOf(long units, long balance) {
    return till().claim(claim(transfer(units), balance));
  }

  protected final Claim claim(SignedPayment signed, long balance) {
    return claim(signed, balance, BLOCK, LEASE);
  }

  protected final Claim claim(
      SignedPayment signed, long balance, long balanceBlock, Duration lease) {
    return claim(signed, balance, balance, balanceBlock, lease);
  }

  /** What Permit2 moves is allowed as far as {@code allowance}. */
  protected final Claim claim(
      SignedPayment signed, long balance, long allowance, long balanceBlock, Duration lease) {
    return claim(signed, CALL, balance, allowance, balanceBlock, lease);
  }

  protected static Claim claim(
      SignedPayment signed,
      Occasion occasion,
      long balance,
      long allowance,
      long balanceBlock,
      Duration lease) {
    var allowed =
        signed instanceof SignedPermit
            ? Optional.of(BigInteger.valueOf(allowance))
            : Optional.<BigInteger>empty();
    return new Claim(
        signed,
        Optional.empty(),
        occasion,
        new Funds(BigInteger.valueOf(balance), allowed, balanceBlock),
        balanceBlock - 20,
        lease);
  }

  protected final Ticket claimed(SignedPayment signed, long balance) {
    return ticket(till().claim(claim(signed, balance)));
  }

  protected static Ticket ticket(Claim.Outcome outcome) {
    assertThat(outcome).isInstanceOf(Claim.Outcome.Claimed.class);
    return ((Claim.Outcome.Claimed) outcome).ticket();
  }

  /** At the full price. */
  protected final boolean keep(Ticket ticket) {
    return keep(ticket, found(ticket).signed().amount().units());
  }

  protected final boolean keep(Ticket ticket, BigInteger charged) {
    return till().keepAnswer(ticket, SEALED, DELIVERY, charged, DAY, LEASE);
  }

  protected final boolean giveAway(Ticket ticket) {
    return till().giveAway(ticket, SEALED, DELIVERY, Optional.of("receipt"), DAY);
  }

  /** Claimed at a balance that covers anything, and answered. */
  protected final Payment answered(SignedPayment signed) {
    return answered(signed, BLOCK);
  }

  protected final Payment answered(SignedPayment signed, long balanceBlock) {
    var ticket = ticket(till().claim(claim(signed, 1_000_000, balanceBlock, LEASE)));
    assertThat(keep(ticket)).isTrue();
    return found(ticket);
  }

  protected final Payment settled(SignedPayment signed, long block) {
    return settled(signed, block, BLOCK);
  }

  protected final Payment settled(SignedPayment signed, long block, long balanceBlock) {
    var payment = answered(signed, balanceBlock);
    assertThat(till().settle(payment, settlement(block), Optional.of("receipt"))).isTrue();
    return found(payment);
  }

  protected final Payment found(Ticket ticket) {
    return till().find(ticket.id()).orElseThrow();
  }

  protected final Payment found(Payment payment) {
    return till().find(payment.id()).orElseThrow();
  }

  protected final List<Till.Leased> takeOver() {
    return takeOver(ALL);
  }

  protected final List<Till.Leased> takeOver(int limit) {
    return till().takeOver(limit, LEASE).stream()
        .filter(leased -> isOurs(leased.payment()))
        .toList();
  }

  protected final boolean isOurs(Payment payment) {
    return payment.signed().payer().equals(payer);
  }

  protected final SignedTransfer transfer(long units) {
    return transfer(DOLLAR, units, randomBytes32());
  }

  protected final SignedTransfer transfer(Asset asset, long units, Bytes32 nonce) {
    return new SignedTransfer(
        TokenAmount.of(asset, units),
        payer,
        PAY_TO,
        BigInteger.ZERO,
        BigInteger.TWO.pow(256).subtract(BigInteger.ONE),
        nonce,
        Bytes.wrap(random(65)));
  }

  protected final SignedPermit exact(long units) {
    return permit(DOLLAR, units, new Witness.Exact(PAY_TO, BigInteger.TWO), randomBytes32());
  }

  protected final SignedPermit upto(long units) {
    return permit(DOLLAR, units, upto(), randomBytes32());
  }

  protected static Witness upto() {
    return new Witness.Upto(PAY_TO, Address.of(random(20)), BigInteger.TWO);
  }

  protected final SignedPermit permit(Asset asset, long units, Witness witness, Bytes32 nonce) {
    return new SignedPermit(
        TokenAmount.of(asset, units),
        payer,
        Address.of(random(20)),
        nonce.toUnsigned(),
        BigInteger.TWO.pow(256).subtract(BigInteger.ONE),
        witness,
        Bytes.wrap(random(97)));
  }

  protected static Settlement settlement(long block) {
    return new Settlement(new TxHash(word(block + 1)), block(block));
  }

  /** Whether it was, by the block of that number. */
  protected final boolean confirm(Payment payment, long block) {
    return till().confirm(List.of(new Decision(payment, block(block)))) == 1;
  }

  protected static BlockRef block(long number) {
    return new BlockRef(number, word(number));
  }

  protected static Bytes32 word(long value) {
    return Bytes32.of(BigInteger.valueOf(value));
  }

  protected static Asset asset(String token) {
    return new Asset(new ChainId(31337), Address.parse(token));
  }

  protected static Bytes32 randomBytes32() {
    return Bytes32.of(random(32));
  }

  protected static byte[] random(int length) {
    Random random = ThreadLocalRandom.current();
    var bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  protected static void isAnswered(Occasion occasion) {
    assertThat(occasion)
        .isEqualTo(new Occasion.Call(CALL.purchase(), CALL.request(), Optional.of(DELIVERY)));
  }

  protected static Consumer<byte[]> isEqualTo(byte[] expected) {
    return actual -> assertThat(Arrays.equals(actual, expected)).isTrue();
  }

  protected static <T> List<T> atOnce(int times, IntFunction<T> action)
      throws InterruptedException, ExecutionException {
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
