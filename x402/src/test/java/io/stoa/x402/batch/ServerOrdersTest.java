package io.stoa.x402.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.Example;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerOrdersTest {
  private static final ServerOrders ORDERS = new ServerOrders(ChannelExample.DIGESTS);

  @Test
  void aClaimNamesItsChannelsByWhatTheyAre() throws MalformedPayment {
    // When
    var claim = (ServerOrder.Claim) read(claim());

    // Then
    assertThat(claim.signature()).isEmpty();
    assertThat(claim.rows()).hasSize(1);
    var row = claim.rows().getFirst();
    assertThat(row.config()).isEqualTo(ChannelExample.CONFIG);
    assertThat(row.voucher()).isEqualTo(ChannelExample.voucher(1_000));
    assertThat(row.totalClaimed()).isEqualTo(700);
  }

  @Test
  void aRefundWithItsNonceIsAnOrderAndWithoutItAPayersWish() throws MalformedPayment {
    // Given
    var message = ChannelExample.refund();
    assertThat(isOrder(message)).isFalse();

    // When
    var payload = Example.at(message, "/payload").put("amount", "300").put("refundNonce", "2");
    payload.putArray("claims");

    // Then
    assertThat(isOrder(message)).isTrue();
    var refund = (ServerOrder.Refund) read(message);
    assertThat(refund.config()).isEqualTo(ChannelExample.CONFIG);
    assertThat(refund.amount()).isEqualTo(300);
    assertThat(refund.nonce()).isEqualTo(BigInteger.TWO);
    assertThat(refund.rows()).isEmpty();
  }

  @Test
  void aSettlementNamesReceiverAndToken() throws MalformedPayment {
    var message = ChannelExample.pay();
    message.set(
        "payload",
        Example.object(
            "{'type':'settle','receiver':'%s','token':'%s'}"
                .formatted(Example.PAY_TO, Example.ASSET.token())));

    assertThat(read(message)).isEqualTo(new ServerOrder.Settle(Example.PAY_TO, Example.ASSET));
  }

  @Test
  void whatPayersSendIsNoOrder() throws MalformedPayment {
    assertThat(isOrder(ChannelExample.pay())).isFalse();
    assertThat(isOrder(ChannelExample.deposit())).isFalse();
    assertThat(isOrder(Example.message())).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/payload | claims | {}",
        "/payload | claims | []",
        "/payload | claims | [1]",
        "/payload | claimAuthorizerSignature | 7",
        "/payload/claims/0 | totalClaimed | 700",
        "/payload/claims/0 | totalClaimed | \"1001\"",
        "/payload/claims/0 | signature | \"0xzz\"",
        "/payload/claims/0/voucher | maxClaimableAmount | \"-1\"",
        "/payload/claims/0/voucher/channel | token | \"x\""
      })
  void aClaimOfAnotherFormIsMalformed(String place, String member, String value) {
    var message = claim();
    Example.at(message, place).set(member, Example.object("{'x':" + value + "}").get("x"));

    assertThatThrownBy(() -> read(message))
        .isInstanceOfSatisfying(
            MalformedPayment.class,
            malformed -> assertThat(malformed.reason()).isEqualTo(BatchReason.CLAIM_PAYLOAD));
  }

  @Test
  void aClaimOfTooManyRowsIsMalformed() {
    var message = claim();
    var claims = Example.at(message, "/payload").withArray("claims");
    var row = claims.get(0);
    for (int i = 0; i < ServerOrders.MOST_ROWS; i++) {
      claims.add(row.deepCopy());
    }

    assertThatThrownBy(() -> ORDERS.read(payment(message))).isInstanceOf(MalformedPayment.class);
  }

  private static ObjectNode claim() {
    var message = ChannelExample.pay();
    var config = message.at("/payload/channelConfig").deepCopy();
    var payload = message.putObject("payload").put("type", "claim");
    var row = payload.putArray("claims").addObject();
    row.putObject("voucher").put("maxClaimableAmount", "1000").set("channel", config);
    row.put("signature", ChannelExample.SIGNATURE).put("totalClaimed", "700");
    return message;
  }

  private static ServerOrder read(ObjectNode message) throws MalformedPayment {
    return ORDERS.read(payment(message));
  }

  private static boolean isOrder(ObjectNode message) throws MalformedPayment {
    return ServerOrders.isOne(payment(message));
  }

  private static PaymentPayload payment(ObjectNode message) throws MalformedPayment {
    return PaymentPayload.read(HeaderCodec.decode(HeaderCodec.encode(message)));
  }
}
