package io.stoa.x402.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TokenAmount;
import io.stoa.x402.Example;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.batch.ChannelExample;
import io.stoa.x402.batch.ChannelTerms;
import io.stoa.x402.client.ChannelAnswer.Broken;
import io.stoa.x402.client.ChannelAnswer.Kept;
import io.stoa.x402.client.ChannelAnswer.Refused;
import io.stoa.x402.client.ChannelAnswer.Shrunk;
import io.stoa.x402.extension.ChannelHeadroom;
import java.math.BigInteger;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChannelBuyerTest {
  private static final Clock CLOCK = Clock.fixed(Example.NOW, ZoneOffset.UTC);
  private static final ChannelBuyer LITERAL = buyer(1000, 20_000, 0);
  private static final ChannelBuyer GENEROUS = buyer(1000, 20_000, 3000);

  private final ChannelSeller seller = new ChannelSeller(ChannelExample.required());

  @Test
  void theFirstCallBringsTheDeposit() throws MalformedPayment {
    // Given
    var channel = open(LITERAL);

    // When
    var call = pay(LITERAL, channel);
    var kept = settle(call, 700);

    // Then
    assertThat(call.deposit()).isEqualTo(10_000);
    assertThat(channel.id()).isEqualTo(ChannelExample.CHANNEL);
    assertThat(kept.units()).isEqualTo(700);
    assertThat(kept.channel().balance()).isEqualTo(10_000);
    assertThat(kept.channel().charged()).isEqualTo(700);
    assertThat(kept.channel().isIdle()).isTrue();
  }

  @Test
  void aDepositIsWhatTheServerWantsUnlessThatIsTooMuch() {
    assertThat(firstDeposit(15_000)).isEqualTo(15_000);
    assertThat(firstDeposit(20_001)).isEqualTo(20_000);
    assertThat(firstDeposit(1)).isEqualTo(1000);
  }

  @Test
  void literallyEachCallIsSignedForByItself() throws MalformedPayment {
    // Given
    var first = settle(pay(LITERAL, open(LITERAL)), 700).channel();

    // When
    var call = pay(LITERAL, first);
    var second = settle(call, 1000).channel();

    // Then
    assertThat(call.deposit()).isZero();
    assertThat(seller.ceiling()).contains(BigInteger.valueOf(1700));
    assertThat(second.charged()).isEqualTo(1700);
  }

  @Test
  void literallyCallsWaitForEachOther() {
    // Given
    var first = pay(LITERAL, open(LITERAL));

    // When, Then
    assertThat(LITERAL.pay(first.channel(), seller.terms, seller.option())).isEmpty();
  }

  @Test
  void aChannelThatRunsDryIsToppedUp() throws MalformedPayment {
    // Given
    var small = buyer(1000, 1000, 0);
    var first = settle(pay(small, open(small)), 1).channel();

    // When
    var call = pay(small, first);
    var second = settle(call, 1000).channel();

    // Then
    assertThat(call.deposit()).isEqualTo(1000);
    assertThat(second.balance()).isEqualTo(2000);
    assertThat(second.charged()).isEqualTo(1001);
  }

  @Test
  void withHeadroomCallsRunSideBySideUnderOneVoucher() throws MalformedPayment {
    // Given
    var funded = settle(pay(GENEROUS, open(GENEROUS)), 0).channel();

    // When
    var first = pay(GENEROUS, funded);
    var second = pay(GENEROUS, first.channel());
    var third = pay(GENEROUS, second.channel());
    var held = List.of(seller.take(first), seller.take(second), seller.take(third));
    var replies =
        List.of(
            seller.charge(held.get(0), 100),
            seller.charge(held.get(1), 1000),
            seller.charge(held.get(2), 0));
    var afterThird = kept(third.channel().settled(third, replies.get(2))).channel();
    var afterFirst = kept(afterThird.settled(first, replies.get(0))).channel();
    var afterSecond = kept(afterFirst.settled(second, replies.get(1))).channel();

    // Then
    assertThat(first.channel().voucher()).isEqualTo(third.channel().voucher());
    assertThat(seller.ceiling()).contains(BigInteger.valueOf(4000));
    assertThat(afterSecond.charged()).isEqualTo(1100);
    assertThat(afterSecond.isIdle()).isTrue();
  }

  @Test
  void headroomIsBounded() throws MalformedPayment {
    // Given
    var channel = settle(pay(GENEROUS, open(GENEROUS)), 1000).channel();

    // When
    for (int i = 0; i < 8; i++) {
      var call = pay(GENEROUS, channel);
      var ceiling = call.channel().voucher().orElseThrow().ceiling();

      // Then
      assertThat(ceiling).isLessThanOrEqualTo(call.channel().balance());
      assertThat(ceiling.subtract(channel.charged()).subtract(call.amount()))
          .isLessThanOrEqualTo(BigInteger.valueOf(3000));
      channel = settle(call, 1000).channel();
    }
  }

  @Test
  void withHeadroomEachCallHasAFreshName() throws MalformedPayment {
    // Given
    var funded = settle(pay(GENEROUS, open(GENEROUS)), 0).channel();

    // When
    var first = pay(GENEROUS, funded);
    var second = pay(GENEROUS, first.channel());

    // Then
    assertThat(name(first)).isPresent();
    assertThat(name(first)).isNotEqualTo(name(second));
  }

  @Test
  void whoSignsLiterallyDoesNotEchoTheHeadroom() throws MalformedPayment {
    // When
    var extensions = PaymentPayload.read(pay(LITERAL, open(LITERAL)).header()).extensions();

    // Then
    assertThat(extensions.has(ChannelHeadroom.KEY)).isFalse();
    assertThat(extensions.has("payment-identifier")).isTrue();
  }

  @Test
  void aServerThatOffersNoHeadroomGetsNone() throws MalformedPayment {
    // Given
    var plain = withExtensions(HeaderCodec.object());
    var channel = open(GENEROUS);

    // When
    var call = GENEROUS.pay(channel, plain, seller.option()).orElseThrow();

    // Then
    assertThat(call.channel().voucher().orElseThrow().ceiling()).isEqualTo(1000);
    assertThat(GENEROUS.pay(call.channel(), plain, seller.option())).isEmpty();
  }

  @Test
  void callsWaitForADepositThatIsUnderWay() throws MalformedPayment {
    // Given
    var first = pay(GENEROUS, open(GENEROUS));

    // When, Then
    assertThat(GENEROUS.pay(first.channel(), seller.terms, seller.option())).isEmpty();
    assertThat(GENEROUS.pay(settle(first, 0).channel(), seller.terms, seller.option())).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "chargedAmount, 1001",
    "chargedAmount, 699",
    "chargedAmount, -1",
    "chargedAmount, ''",
    "channelState/chargedCumulativeAmount, 701",
    "channelState/chargedCumulativeAmount, 699",
    "channelState/channelId, 0x0e05d962c7a5adcdeb692226b15b523ae1af623dce7f213cd4e9524c13f1e8dd",
    "channelState, none"
  })
  void aReplyThatDoesNotAddUpStopsThePayer(String field, String value) throws MalformedPayment {
    // Given
    var call = pay(LITERAL, open(LITERAL));
    var honest = seller.charge(seller.take(call), 700);

    // When
    var extra = honest.extra().deepCopy();
    int slash = field.indexOf('/');
    var parent = slash < 0 ? extra : (ObjectNode) extra.get(field.substring(0, slash));
    parent.put(field.substring(slash + 1), value);

    // Then
    assertThat(call.channel().settled(call, honest)).isInstanceOf(Kept.class);
    assertThat(call.channel().settled(call, honest.withExtra(extra))).isInstanceOf(Broken.class);
  }

  @Test
  void aBalanceThatFellIsNeitherKeptNorCalledALie() throws MalformedPayment {
    // Given
    var call = pay(LITERAL, open(LITERAL));
    var honest = seller.charge(seller.take(call), 700);

    // When
    var extra = honest.extra().deepCopy();
    ((ObjectNode) extra.get("channelState")).put("balance", "9999");

    // Then
    assertThat(call.channel().settled(call, honest.withExtra(extra)))
        .isEqualTo(new Shrunk(BigInteger.valueOf(10_000), BigInteger.valueOf(9999)));
  }

  @Test
  void aCallThatFailedMayBePaidForAnew() throws MalformedPayment {
    // Given
    var channel = settle(pay(LITERAL, open(LITERAL)), 700).channel();
    var failed = pay(LITERAL, channel);
    var refused =
        failed
            .channel()
            .settled(
                failed,
                SettlementResponse.failed(
                    Example.ASSET.chain(), Example.PAYER.address(), "some_reason"));

    // When
    var released = ((Refused) refused).channel();
    var again = pay(LITERAL, released);

    // Then
    assertThat(((Refused) refused).reason()).isEqualTo("some_reason");
    assertThat(again.header()).isEqualTo(failed.header());
  }

  @Test
  void whatACallThatFailedBroughtStaysInTheChannel() throws MalformedPayment {
    // Given
    var failed = pay(LITERAL, open(LITERAL));
    var told = seller.charge(seller.take(failed), 0);

    // When
    var released = kept(failed.channel().released(failed, told)).channel();

    // Then
    assertThat(released.balance()).isEqualTo(10_000);
    assertThat(released.charged()).isZero();
    assertThat(pay(LITERAL, released).deposit()).isZero();
  }

  @Test
  void aCallThatFailedMayNotBeCharged() throws MalformedPayment {
    // Given
    var failed = pay(LITERAL, open(LITERAL));
    var told = seller.charge(seller.take(failed), 1);

    // Then
    assertThat(failed.channel().released(failed, told)).isInstanceOf(Broken.class);
  }

  @Test
  void aLostReplyIsMadeUpForByACorrection() throws MalformedPayment {
    // Given
    var channel = settle(pay(LITERAL, open(LITERAL)), 700).channel();
    var call = pay(LITERAL, channel);
    seller.charge(seller.take(call), 500);
    var lost = call.channel().lost(call);

    // When
    var tooLow = pay(LITERAL, lost);
    var answer = seller.refuse(tooLow);
    var corrected = LITERAL.corrected(tooLow.channel(), tooLow, answer).orElseThrow();

    // Then
    assertThat(corrected.charged()).isEqualTo(1200);
    var retry = LITERAL.pay(corrected, answer, LITERAL.choose(answer).orElseThrow());
    assertThat(settle(retry.orElseThrow(), 1000).channel().charged()).isEqualTo(2200);
  }

  @Test
  void aPayerThatForgotStartsFromTheChain() throws MalformedPayment {
    // Given
    settle(pay(LITERAL, settle(pay(LITERAL, open(LITERAL)), 700).channel()), 500);
    var resumed = LITERAL.resume(seller.option(), Bytes32.ZERO, seller.balance(), BigInteger.ZERO);

    // When
    var call = pay(LITERAL, resumed);
    var corrected = LITERAL.corrected(call.channel(), call, seller.refuse(call)).orElseThrow();

    // Then
    assertThat(corrected.charged()).isEqualTo(1200);
    assertThat(settle(pay(LITERAL, corrected), 10).channel().charged()).isEqualTo(1210);
  }

  @Test
  void aCorrectionThatRepliesToOtherCallsOvertookDoesNotCount() throws MalformedPayment {
    // Given: calls side by side, of which the server takes one for lost and refuses the last
    var funded = settle(pay(GENEROUS, open(GENEROUS)), 0).channel();
    seller.take(pay(GENEROUS, funded));
    var first = pay(GENEROUS, funded);
    var second = pay(GENEROUS, first.channel());
    var third = pay(GENEROUS, second.channel());
    var last = pay(GENEROUS, third.channel());
    var channel = last.channel();
    var taken = List.of(seller.take(first), seller.take(second), seller.take(third));
    var refusal = seller.refuse(last);

    // When
    var calls = List.of(first, second, third);
    for (int i = 0; i < calls.size(); i++) {
      channel = kept(channel.settled(calls.get(i), seller.charge(taken.get(i), 700))).channel();
    }
    var after = GENEROUS.corrected(channel, last, refusal).orElseThrow();

    // Then
    assertThat(after.charged()).isEqualTo(2100);
    assertThat(after.isIdle()).isTrue();
  }

  @Test
  void aServerThatForgotIsPaidFromWhereItStands() throws MalformedPayment {
    // Given
    var channel = settle(pay(LITERAL, open(LITERAL)), 700).channel();
    seller.forget();

    // When
    var call = pay(LITERAL, channel);
    var corrected = LITERAL.corrected(call.channel(), call, seller.refuse(call)).orElseThrow();

    // Then
    assertThat(corrected.charged()).isZero();
    assertThat(settle(pay(LITERAL, corrected), 10).channel().charged()).isEqualTo(10);
  }

  @ParameterizedTest
  @CsvSource({
    "channelState/chargedCumulativeAmount, 1701",
    "channelState/channelId, 0x0e05d962c7a5adcdeb692226b15b523ae1af623dce7f213cd4e9524c13f1e8dd",
    "voucherState/signedMaxClaimable, 1701",
    "voucherState/signature, 0x00",
    "channelState/balance, -1"
  })
  void aCorrectionWithoutProofIsNotBelieved(String field, String value) throws MalformedPayment {
    // Given
    var channel = settle(pay(LITERAL, open(LITERAL)), 700).channel();
    var call = pay(LITERAL, channel);
    seller.charge(seller.take(call), 500);
    var stale = pay(LITERAL, call.channel().lost(call));
    var answer = seller.refuse(stale);

    // When
    var option = answer.accepts().getFirst();
    var extra = option.extra().deepCopy();
    ((ObjectNode) extra.get(field.substring(0, field.indexOf('/'))))
        .put(field.substring(field.indexOf('/') + 1), value);
    var forged =
        new PaymentRequired(
            answer.error(),
            answer.resource(),
            List.of(option.withExtra(extra)),
            answer.extensions());

    // Then
    assertThat(LITERAL.corrected(stale.channel(), stale, answer)).isPresent();
    assertThat(LITERAL.corrected(stale.channel(), stale, forged)).isEmpty();
  }

  /** What was released was not charged, says the payer; its own voucher proves nothing else. */
  @Test
  void aServerCannotChargeUnderHeadroomWhatNobodyAskedFor() throws MalformedPayment {
    // Given
    var channel = settle(pay(GENEROUS, open(GENEROUS)), 0).channel();
    var call = pay(GENEROUS, channel);
    seller.charge(seller.take(call), 1000);
    var denied = call.channel().released(call);

    // When
    var next = pay(GENEROUS, denied);
    var reply = seller.charge(seller.take(next), 10);

    // Then
    assertThat(next.channel().settled(next, reply)).isInstanceOf(Broken.class);
  }

  @Test
  void onlyAMiscountIsCorrected() throws MalformedPayment {
    // Given
    var call = pay(LITERAL, settle(pay(LITERAL, open(LITERAL)), 700).channel());
    seller.forget();
    var answer = seller.refuse(call);

    // When, Then
    assertThat(LITERAL.corrected(call.channel(), call, answer)).isPresent();
    assertThat(LITERAL.corrected(call.channel(), call, answer.because("some_reason"))).isEmpty();
  }

  @Test
  void moneyComesBackOnRequest() throws MalformedPayment {
    // Given
    var channel = settle(pay(LITERAL, open(LITERAL)), 700).channel();

    // When
    var some = refund(channel, Optional.of(BigInteger.valueOf(300)));
    var afterSome = kept(some.channel().refunded(some, seller.giveBack(seller.take(some), 300)));
    var rest = refund(afterSome.channel(), Optional.empty());
    var afterRest = kept(rest.channel().refunded(rest, seller.giveBack(seller.take(rest), 9000)));

    // Then
    assertThat(afterSome.channel().balance()).isEqualTo(9700);
    assertThat(afterRest.units()).isEqualTo(9000);
    assertThat(afterRest.channel().balance()).isEqualTo(700);
    assertThat(pay(LITERAL, afterRest.channel()).deposit()).isEqualTo(10_000);
  }

  @Test
  void aServerThatKeepsMoneyBackStopsThePayer() throws MalformedPayment {
    // Given
    var channel = settle(pay(LITERAL, open(LITERAL)), 700).channel();
    var refund = refund(channel, Optional.empty());

    // When
    var reply = seller.giveBack(seller.take(refund), 9299);

    // Then
    assertThat(refund.channel().refunded(refund, reply)).isInstanceOf(Broken.class);
  }

  @Test
  void noMoneyIsAskedForWhileAReplyIsAwaited() {
    // Given
    var call = pay(LITERAL, open(LITERAL));

    // When, Then
    assertThat(LITERAL.refund(call.channel(), seller.terms, seller.option(), Optional.empty()))
        .isEmpty();
  }

  /** Ceilings never go down with headroom, so a refund may leave one that nothing covers. */
  @Test
  void afterARefundBelowAVoucherEachCallIsSignedForByItself() throws MalformedPayment {
    // Given
    var channel = settle(pay(GENEROUS, open(GENEROUS)), 100).channel();
    var refund = refund(channel, Optional.of(BigInteger.valueOf(8000)));
    var left = kept(refund.channel().refunded(refund, seller.giveBack(seller.take(refund), 8000)));

    // When
    var call = pay(GENEROUS, left.channel());

    // Then
    assertThat(call.isLiteral()).isTrue();
    assertThat(settle(call, 1000).channel().charged()).isEqualTo(1100);
  }

  @Test
  void optionsThatThisBuyerDoesNotUnderstandOrAffordAreNotTaken() {
    assertThat(LITERAL.choose(seller.terms)).contains(seller.option());
    assertThat(buyer(999, 20_000, 0).choose(seller.terms)).isEmpty();
    assertThat(LITERAL.choose(terms(extra -> extra.remove("receiverAuthorizer")))).isEmpty();
    assertThat(LITERAL.choose(terms(extra -> extra.put("withdrawDelay", "900")))).isEmpty();
    assertThat(LITERAL.choose(terms(extra -> extra.put("withdrawDelay", 899)))).isEmpty();
    assertThat(LITERAL.choose(terms(extra -> extra.put("paymentFlow", "escrow")))).isEmpty();
    assertThat(LITERAL.choose(terms(extra -> extra.put("assetTransferMethod", "permit2"))))
        .isEmpty();
    assertThat(LITERAL.choose(Example.required())).isEmpty();
  }

  @Test
  void theCapIsOfOneAssetOnly() {
    // Given
    var elsewhere = new Asset(new ChainId(1), Example.ASSET.token());
    var limits =
        new ChannelLimits(
            TokenAmount.of(elsewhere, 1000), BigInteger.valueOf(1000), BigInteger.ZERO);

    // When, Then
    assertThat(new ChannelBuyer(Example.PAYER, limits, CLOCK).choose(seller.terms)).isEmpty();
  }

  @Test
  void nothingIsSignedForAnotherReceiverOrWallet() {
    // Given
    var other =
        new ChannelBuyer(SigningKey.of(Bytes32.of(BigInteger.TWO)), limits(1000, 20_000, 0), CLOCK);
    var longer = terms(extra -> extra.put("withdrawDelay", 901));

    // When, Then
    assertThatIllegalArgumentException()
        .isThrownBy(() -> other.pay(open(LITERAL), seller.terms, seller.option()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LITERAL.pay(open(LITERAL), longer, longer.accepts().getFirst()));
  }

  @Test
  void aDepositCoversAtLeastOneCall() {
    assertThatIllegalArgumentException().isThrownBy(() -> limits(1000, 999, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> limits(1000, 1000, -1));
  }

  private PayerChannel open(ChannelBuyer buyer) {
    return buyer.open(seller.option(), Bytes32.ZERO);
  }

  private ChannelPayment.Call pay(ChannelBuyer buyer, PayerChannel channel) {
    return buyer.pay(channel, seller.terms, seller.option()).orElseThrow();
  }

  private ChannelPayment.Refund refund(PayerChannel channel, Optional<BigInteger> asked) {
    return LITERAL.refund(channel, seller.terms, seller.option(), asked).orElseThrow();
  }

  private Kept settle(ChannelPayment.Call call, long price) throws MalformedPayment {
    return kept(call.channel().settled(call, seller.charge(seller.take(call), price)));
  }

  private static Kept kept(ChannelAnswer answer) {
    assertThat(answer).isInstanceOf(Kept.class);
    return (Kept) answer;
  }

  private static Optional<String> name(ChannelPayment payment) throws MalformedPayment {
    var id = PaymentPayload.read(payment.header()).extensions().at("/payment-identifier/info/id");
    return Optional.ofNullable(id.textValue());
  }

  private static BigInteger firstDeposit(long wanted) {
    var terms =
        new ChannelTerms(ChannelExample.AUTHORIZER, 900, Optional.of(BigInteger.valueOf(wanted)));
    var option = ChannelExample.offer(terms.extra(Example.DOMAIN));
    var channel = LITERAL.open(option, Bytes32.ZERO);
    return LITERAL.pay(channel, ChannelExample.required(), option).orElseThrow().deposit();
  }

  private static PaymentRequired terms(Consumer<ObjectNode> change) {
    var extra = ChannelExample.offer().extra().deepCopy();
    change.accept(extra);
    var plain = ChannelExample.required();
    return new PaymentRequired(
        plain.error(), plain.resource(), List.of(ChannelExample.offer(extra)), plain.extensions());
  }

  private static PaymentRequired withExtensions(ObjectNode extensions) {
    var plain = ChannelExample.required();
    return new PaymentRequired(plain.error(), plain.resource(), plain.accepts(), extensions);
  }

  private static ChannelBuyer buyer(long perCall, long perDeposit, long headroom) {
    return new ChannelBuyer(Example.PAYER, limits(perCall, perDeposit, headroom), CLOCK);
  }

  private static ChannelLimits limits(long perCall, long perDeposit, long headroom) {
    return new ChannelLimits(
        TokenAmount.of(Example.ASSET, perCall),
        BigInteger.valueOf(perDeposit),
        BigInteger.valueOf(headroom));
  }
}
