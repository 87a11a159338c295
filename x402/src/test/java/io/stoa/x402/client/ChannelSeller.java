package io.stoa.x402.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Bytes32;
import io.stoa.domain.TxHash;
import io.stoa.domain.channel.Voucher;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.Verification.Valid;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchPayloads;
import io.stoa.x402.batch.BatchVerifier;
import io.stoa.x402.batch.CeilingRule;
import io.stoa.x402.batch.ChannelNumbers;
import io.stoa.x402.batch.ChannelReply;
import io.stoa.x402.batch.ChannelState;
import io.stoa.x402.batch.Correction;
import io.stoa.x402.batch.SoundBatch;
import io.stoa.x402.extension.ChannelHeadroom;
import io.stoa.x402.signature.PayerSignature.Origin;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;

/** The other side of one channel: a server whose chain does at once whatever it is asked. */
final class ChannelSeller {
  private static final BatchVerifier VERIFIER = new BatchVerifier(Example.ASSET.chain());
  private static final TxHash TRANSACTION = new TxHash(Bytes32.ZERO);

  final PaymentRequired terms;
  private BigInteger charged = BigInteger.ZERO;
  private BigInteger reserved = BigInteger.ZERO;
  private BigInteger balance = BigInteger.ZERO;
  private Optional<Voucher> highest = Optional.empty();

  ChannelSeller(PaymentRequired terms) {
    this.terms = terms;
  }

  PaymentRequirements option() {
    return terms.accepts().getFirst();
  }

  BigInteger balance() {
    return balance;
  }

  Optional<BigInteger> ceiling() {
    return highest.map(Voucher::ceiling);
  }

  /** What becomes of a payment before its call runs. */
  sealed interface Taken {
    record Held(BatchPayload payload, Voucher voucher) implements Taken {}

    record Refused(PaymentRequired answer) implements Taken {}
  }

  Taken.Held take(ChannelPayment payment) throws MalformedPayment {
    var taken = present(payment);
    assertThat(taken).isInstanceOf(Taken.Held.class);
    return (Taken.Held) taken;
  }

  PaymentRequired refuse(ChannelPayment payment) throws MalformedPayment {
    var taken = present(payment);
    assertThat(taken).isInstanceOf(Taken.Refused.class);
    return PaymentRequired.read(((Taken.Refused) taken).answer.header());
  }

  private Taken present(ChannelPayment payment) throws MalformedPayment {
    var message = PaymentPayload.read(payment.header());
    assertThat(terms.find(message.accepted())).isPresent();
    assertThat(terms.objection(message)).isEmpty();
    var rule =
        ChannelHeadroom.read(terms, message).isPresent()
            ? CeilingRule.HEADROOM
            : CeilingRule.LITERAL;
    var payload = BatchPayloads.read(message);
    var verified =
        VERIFIER.verify(payload, option(), Example.DOMAIN, Example.NOW, Duration.ofSeconds(30));
    assertThat(verified).isInstanceOf(Valid.class);
    if (verified instanceof Valid<?>(SoundBatch sound)) {
      assertThat(sound.undecided()).allMatch(open -> open.signature().origin() == Origin.PAYER);
    }
    var voucher = payload.voucher();
    var numbers =
        new ChannelNumbers(
            charged, reserved, ceiling().orElse(BigInteger.ZERO), balance, BigInteger.ZERO);
    var objection =
        switch (payload) {
          case BatchPayload.Pay _ -> objection(rule, voucher, numbers);
          case BatchPayload.Deposit deposit ->
              objection(rule, voucher, numbers.withDeposit(deposit.amount()));
          case BatchPayload.Refund _ -> CeilingRule.refundObjection(voucher.ceiling(), numbers);
        };
    if (objection.isPresent()) {
      return new Taken.Refused(correction(payload).answer(terms, option(), objection.get()));
    }
    if (payload instanceof BatchPayload.Deposit deposit) {
      balance = balance.add(deposit.amount());
    }
    if (!(payload instanceof BatchPayload.Refund)) {
      reserved = reserved.add(option().amount());
    }
    return new Taken.Held(payload, voucher);
  }

  private Optional<String> objection(CeilingRule rule, Voucher voucher, ChannelNumbers numbers) {
    return rule.objection(voucher.ceiling(), option().amount(), numbers);
  }

  private Correction correction(BatchPayload payload) {
    return new Correction(state(payload), highest);
  }

  private ChannelState state(BatchPayload payload) {
    return new ChannelState(
        payload.voucher().channel(), balance, BigInteger.ZERO, 0, BigInteger.ZERO, charged);
  }

  /** Charges a call, and tells its payer. */
  SettlementResponse charge(Taken.Held held, long price) throws MalformedPayment {
    var units = BigInteger.valueOf(price);
    charged = charged.add(units);
    reserved = reserved.subtract(option().amount());
    if (ceiling().isEmpty() || ceiling().get().compareTo(held.voucher.ceiling()) < 0) {
      highest = Optional.of(held.voucher);
    }
    return reply(
        held.payload instanceof BatchPayload.Deposit deposit
            ? ChannelReply.deposited(
                deposit.config(), TRANSACTION, deposit.amount(), units, state(deposit))
            : ChannelReply.charged(held.payload.config(), units, state(held.payload)));
  }

  SettlementResponse giveBack(Taken.Held held, long units) throws MalformedPayment {
    var amount = BigInteger.valueOf(units);
    balance = balance.subtract(amount);
    return reply(
        ChannelReply.refunded(held.payload.config(), TRANSACTION, amount, state(held.payload)));
  }

  void forget() {
    charged = BigInteger.ZERO;
    highest = Optional.empty();
  }

  private static SettlementResponse reply(SettlementResponse response) throws MalformedPayment {
    return SettlementResponse.read(response.header());
  }
}
