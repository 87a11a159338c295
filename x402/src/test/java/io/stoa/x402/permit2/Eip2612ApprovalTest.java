package io.stoa.x402.permit2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Eip2612ApprovalTest {
  private static final String INFO = "/extensions/eip2612GasSponsoring/info";

  @Test
  void anApprovalIsReadAndFitsItsPermit() throws MalformedPayment {
    // When
    var approval = read(message()).orElseThrow();

    // Then
    assertThat(approval.amount()).isEqualTo(PermitExample.exact().amount());
    assertThat(approval.spender()).isEqualTo(Permit2.CONTRACT);
    assertThat(approval.nonce()).isEqualTo(BigInteger.valueOf(3));
    assertThat(approval.signature()).hasToString(Example.SIGNATURE);
    assertThat(approval.objection(PermitExample.exact(), Example.NOW)).isEmpty();
    assertThat(approval.approval().signature()).hasToString(Example.SIGNATURE);
  }

  @Test
  void withoutTheExtensionOrWithItsBareEchoThereIsNone() throws MalformedPayment {
    // Given
    var echo = PermitExample.exactMessage();
    echo.set("extensions", Example.object("{'eip2612GasSponsoring':{'info':{'version':'1'}}}"));

    // When, Then
    assertThat(read(PermitExample.exactMessage())).isEmpty();
    assertThat(read(echo)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "from,0x1",
    "asset,''",
    "spender,permit2",
    "amount,0x3e8",
    "amount,-1",
    "nonce,1.0",
    "deadline,soon",
    "signature,0x",
    "signature,0x2d15102ec2c79fc4354f384b00e3a49bb683eed81af37d7cedac412cf3892ce5ebc08b93331b26166a9df7a11dae312b54c207e910be0f6fb196abed568cdab71b",
    "version,2"
  })
  void rule29EveryFieldIsReadStrictly(String field, String value) {
    // Given
    var message = message();
    Example.at(message, INFO).put(field, value);

    // When
    var malformed = catchThrowableOfType(MalformedPayment.class, () -> read(message));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.reason()).isEqualTo("invalid_eip2612_extension_format");
    assertThat(malformed.pointer()).isEqualTo(INFO + "/" + field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"from", "asset", "spender", "amount", "nonce", "deadline", "version"})
  void whoSignsAnApprovalLeavesNothingOut(String field) {
    // Given
    var message = message();
    Example.at(message, INFO).remove(field);

    // When
    var malformed = catchThrowableOfType(MalformedPayment.class, () -> read(message));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.pointer()).isEqualTo(INFO + "/" + field);
  }

  @ParameterizedTest
  @CsvSource({
    "from,0x70997970C51812dc3A010C7d01b50e0d17dc79C8,eip2612_from_mismatch",
    "asset,0x70997970C51812dc3A010C7d01b50e0d17dc79C8,eip2612_asset_mismatch",
    "spender,0x402085c248EeA27D92E8b30b2C58ed07f9E20001,eip2612_spender_not_permit2",
    "deadline,1999999005,eip2612_deadline_expired",
    "amount,999,permit2_2612_amount_mismatch",
    "amount,1001,permit2_2612_amount_mismatch"
  })
  void anApprovalOfAnythingElseIsRefused(String field, String value, String reason)
      throws MalformedPayment {
    // Given
    var message = message();
    Example.at(message, INFO).put(field, value);

    // When
    var approval = read(message).orElseThrow();

    // Then
    assertThat(approval.objection(PermitExample.exact(), Example.NOW)).contains(reason);
  }

  @Test
  void anApprovalLivesAsLongAsItsInclusionTakes() throws MalformedPayment {
    // Given
    var approval = read(message()).orElseThrow();
    var last = Instant.ofEpochSecond(2_000_000_000 - 6);

    // When, Then
    assertThat(approval.objection(PermitExample.exact(), last)).isEmpty();
    assertThat(approval.objection(PermitExample.exact(), last.plusSeconds(1)))
        .contains("eip2612_deadline_expired");
  }

  private static ObjectNode message() {
    var message = PermitExample.exactMessage();
    message.set(
        "extensions",
        Example.object(
            """
            {'eip2612GasSponsoring':{'info':{
              'from':'0x90F79bf6EB2c4f870365E785982E1f101E93b906',
              'asset':'0x5FbDB2315678afecb367f032d93F642f64180aa3',
              'spender':'0x000000000022D473030F116dDEE9F6B43aC78BA3',
              'amount':'1000','nonce':'3','deadline':'2000000000',
              'signature':'%s','version':'1'}}}
            """
                .formatted(Example.SIGNATURE)));
    return message;
  }

  private static Optional<Eip2612Approval> read(ObjectNode message) throws MalformedPayment {
    return Eip2612Approval.read(PaymentPayload.read(Example.header(message)));
  }
}
