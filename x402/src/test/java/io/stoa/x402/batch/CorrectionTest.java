package io.stoa.x402.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import java.math.BigInteger;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CorrectionTest {
  private static final PaymentRequired TERMS = ChannelExample.required();
  private static final ChannelState STATE =
      new ChannelState(
          ChannelExample.CHANNEL,
          BigInteger.valueOf(5000),
          BigInteger.ZERO,
          0,
          BigInteger.ZERO,
          BigInteger.valueOf(700));

  @Test
  void rule49AMiscountIsAnsweredWithTheChannelsStandingAndItsVoucher() throws MalformedPayment {
    // Given
    var correction = new Correction(STATE, Optional.of(ChannelExample.voucher(1000)));

    // When
    var answer =
        PaymentRequired.read(
            correction
                .answer(TERMS, ChannelExample.offer(), BatchReason.CUMULATIVE_AMOUNT_MISMATCH)
                .header());

    // Then
    assertThat(answer.error()).isEqualTo("invalid_batch_settlement_evm_cumulative_amount_mismatch");
    assertThat(answer.accepts()).hasSize(2);
    assertThat(answer.accepts().getLast()).isEqualTo(Example.offer());
    assertThat(answer.accepts().getFirst().extra())
        .isEqualTo(
            Example.object(
                """
                {'name':'USD Coin','version':'2',
                 'receiverAuthorizer':'0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc',
                 'withdrawDelay':900,
                 'channelState':{'channelId':'%s','balance':'5000','totalClaimed':'0',
                  'withdrawRequestedAt':0,'refundNonce':'0','chargedCumulativeAmount':'700'},
                 'voucherState':{'signedMaxClaimable':'1000','signature':'%s'}}
                """
                    .formatted(ChannelExample.CHANNEL, ChannelExample.SIGNATURE)));
    assertThat(Correction.read(answer.accepts().getFirst())).contains(correction);
  }

  @Test
  void rule49WithoutAVoucherOnlyTheStandingIsTold() throws MalformedPayment {
    // Given
    var correction = new Correction(STATE, Optional.empty());

    // When
    var answer =
        correction.answer(TERMS, ChannelExample.offer(), BatchReason.CUMULATIVE_AMOUNT_MISMATCH);

    // Then
    assertThat(answer.accepts().getFirst().extra().has("voucherState")).isFalse();
    assertThat(Correction.read(answer.accepts().getFirst())).contains(correction);
  }

  @Test
  void theTermsThemselvesStayAsTheyWere() throws MalformedPayment {
    // When
    new Correction(STATE, Optional.empty())
        .answer(TERMS, ChannelExample.offer(), BatchReason.CUMULATIVE_AMOUNT_MISMATCH);

    // Then
    assertThat(Correction.read(TERMS.accepts().getFirst())).isEmpty();
  }

  /** What a correction adds differs from reply to reply, so an echo of it binds nobody. */
  @Test
  void rule18APaymentByACorrectedOptionIsOneByTheOption() throws MalformedPayment {
    // Given
    var answer =
        new Correction(STATE, Optional.empty())
            .answer(TERMS, ChannelExample.offer(), BatchReason.CUMULATIVE_AMOUNT_MISMATCH);
    var message = ChannelExample.pay();
    message.set("accepted", answer.accepts().getFirst().json());

    // When
    var chosen = PaymentPayload.read(Example.header(message)).accepted();

    // Then
    assertThat(TERMS.find(chosen)).contains(ChannelExample.offer());
  }

  @Test
  void aCorrectionInAnotherFormIsMalformed() {
    // Given
    var extra = ChannelExample.offer().extra().deepCopy();
    extra.putObject("channelState").put("channelId", "0x");

    // When, Then
    assertThatExceptionOfType(MalformedPayment.class)
        .isThrownBy(() -> Correction.read(ChannelExample.offer(extra)));
  }
}
