package io.stoa.x402.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TxHash;
import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.x402.Example;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.SettlementResponse;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelReplyTest {
  private static final TxHash TRANSACTION = new TxHash(Example.NONCE);
  private static final ChannelState STATE = state(Optional.empty());
  private static final String STATE_JSON =
      """
      {'channelId':'%s','balance':'5000','totalClaimed':'300','withdrawRequestedAt':0,
       'refundNonce':'2','chargedCumulativeAmount':'700'}
      """
          .formatted(ChannelExample.CHANNEL);

  @Test
  void theReplyToAVoucherTellsThePriceAndWhereTheChannelStands() throws MalformedPayment {
    // When
    var reply = ChannelReply.charged(ChannelExample.CONFIG, BigInteger.valueOf(700), STATE);

    // Then
    var json = json(reply);
    assertThat(json.at("/success").booleanValue()).isTrue();
    assertThat(json.at("/transaction").textValue()).isEmpty();
    assertThat(json.at("/amount").textValue()).isEmpty();
    assertThat(json.at("/payer").textValue()).isEqualTo(Example.PAYER.address().toString());
    assertThat(json.at("/extra/chargedAmount").textValue()).isEqualTo("700");
    assertThat(json.at("/extra/channelState")).isEqualTo(Example.object(STATE_JSON));
  }

  @Test
  void theReplyToADepositAlsoTellsWhatWasPutIn() throws MalformedPayment {
    // When
    var json =
        json(
            ChannelReply.deposited(
                ChannelExample.CONFIG,
                TRANSACTION,
                BigInteger.valueOf(5000),
                BigInteger.valueOf(700),
                STATE));

    // Then
    assertThat(json.at("/transaction").textValue()).isEqualTo(TRANSACTION.toString());
    assertThat(json.at("/amount").textValue()).isEqualTo("5000");
    assertThat(json.at("/extra/chargedAmount").textValue()).isEqualTo("700");
  }

  @Test
  void theReplyToARefundTellsWhatWentBackAndNoPrice() throws MalformedPayment {
    // When
    var reply =
        ChannelReply.refunded(ChannelExample.CONFIG, TRANSACTION, BigInteger.valueOf(4300), STATE);

    // Then
    assertThat(json(reply).at("/amount").textValue()).isEqualTo("4300");
    assertThat(json(reply).at("/extra").has("chargedAmount")).isFalse();
    assertThat(ChannelReply.read(SettlementResponse.read(reply.header())))
        .isEqualTo(new ChannelReply(Optional.empty(), STATE));
  }

  @Test
  void aNoticeOfAWithdrawalIsToldInUnixSeconds() throws MalformedPayment {
    // Given
    var notice =
        new ChannelOnChain.Withdrawal(BigInteger.ONE, Instant.ofEpochSecond(4_000_000_000L));
    var state = state(Optional.of(notice));

    // When
    var reply = ChannelReply.charged(ChannelExample.CONFIG, BigInteger.valueOf(700), state);

    // Then
    assertThat(json(reply).at("/extra/channelState/withdrawRequestedAt").longValue())
        .isEqualTo(4_000_000_000L);
    assertThat(ChannelReply.read(SettlementResponse.read(reply.header())).state()).isEqualTo(state);
  }

  @ParameterizedTest
  @ValueSource(strings = {"'0'", "-1", "0.5", "9223372036854775808", "null"})
  void aTimeInAnyOtherFormIsMalformed(String time) {
    // Given
    var extra = Example.object("{'channelState':" + STATE_JSON + "}");
    Example.at(extra, "/channelState")
        .set("withdrawRequestedAt", Example.object("{'t':" + time + "}").get("t"));
    var reply =
        SettlementResponse.offChain(Example.ASSET.chain(), Example.PAYER.address())
            .withExtra(extra);

    // When, Then
    assertThatExceptionOfType(MalformedPayment.class).isThrownBy(() -> ChannelReply.read(reply));
  }

  private static ChannelState state(Optional<ChannelOnChain.Withdrawal> notice) {
    return ChannelState.of(
        ChannelExample.CHANNEL,
        new ChannelOnChain(
            BigInteger.valueOf(5000),
            BigInteger.valueOf(300),
            notice,
            BigInteger.TWO,
            new BlockRef(1, Bytes32.ZERO)),
        BigInteger.valueOf(700));
  }

  private static JsonNode json(SettlementResponse response) throws MalformedPayment {
    return HeaderCodec.decode(response.header()).json();
  }
}
