package io.stoa.x402;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatchingTest {

  @Test
  void theOptionThatWasOfferedIsFound() throws MalformedPayment {
    assertThat(Example.required().find(accepted(option -> {}))).contains(Example.offer());
  }

  @ParameterizedTest
  @CsvSource({
    "scheme,upto",
    "network,eip155:1",
    "amount,999",
    "amount,1001",
    "asset,0x5FbDB2315678afecb367f032d93F642f64180aa4",
    "payTo,0x2000000000000000000000000000000000004021"
  })
  void rule17AnOptionThatDiffersInOneFieldIsNotFound(String field, String value)
      throws MalformedPayment {
    assertThat(Example.required().find(accepted(option -> option.put(field, value)))).isEmpty();
  }

  @Test
  void rule17AnotherTimeoutIsAnotherOption() throws MalformedPayment {
    assertThat(Example.required().find(accepted(option -> option.put("maxTimeoutSeconds", 61))))
        .isEmpty();
  }

  @Test
  void rule17TheSpellingOfAnAddressMakesNoDifference() throws MalformedPayment {
    var lower = "0x5fbdb2315678afecb367f032d93f642f64180aa3";

    assertThat(Example.required().find(accepted(option -> option.put("asset", lower)))).isPresent();
  }

  @Test
  void rule18WhatTheServerPutIntoExtraMustBeThereUnchanged() throws MalformedPayment {
    assertThat(Example.required().find(accepted(option -> extra(option).put("name", "USDC"))))
        .isEmpty();
    assertThat(Example.required().find(accepted(option -> extra(option).put("version", 2))))
        .isEmpty();
    assertThat(Example.required().find(accepted(option -> extra(option).remove("version"))))
        .isEmpty();
    assertThat(Example.required().find(accepted(option -> option.remove("extra")))).isEmpty();
  }

  @Test
  void rule18WhatABuyerAddsToExtraIsTolerated() throws MalformedPayment {
    assertThat(Example.required().find(accepted(option -> extra(option).put("mine", true))))
        .isPresent();
  }

  @Test
  void rule20APaymentForAnotherResourceIsRefused() throws MalformedPayment {
    // Given
    var message = Example.message();
    Example.at(message, "/resource").put("url", Example.URL + "/");

    // When
    var objection = Example.required().objection(PaymentPayload.read(Example.header(message)));

    // Then
    assertThat(objection).contains("resource_mismatch");
  }

  @Test
  void rule20APaymentThatNamesNoResourceIsTaken() throws MalformedPayment {
    var message = (ObjectNode) Example.message().without("resource");

    assertThat(Example.required().objection(PaymentPayload.read(Example.header(message))))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'info':{'a':1,'b':{'c':[1,{'d':2}],'e':1.5}}}", // as advertised
        "{'info':{'a':1,'b':{'c':[1,{'d':2}],'e':1.5,'f':0},'g':0},'more':1}", // with additions
        "{'info':{'a':1.0,'b':{'c':[1,{'d':2}],'e':15e-1}}}", // the same numbers
      })
  void rule21AnEchoThatHoldsWhatWasAdvertisedIsTaken(String echo) throws MalformedPayment {
    assertThat(objectionTo(echo)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'info':{'a':2,'b':{'c':[1,{'d':2}],'e':1.5}}}", // a value changed
        "{'info':{'a':'1','b':{'c':[1,{'d':2}],'e':1.5}}}", // a type changed
        "{'info':{'b':{'c':[1,{'d':2}],'e':1.5}}}", // a member dropped
        "{'info':{'a':1,'b':{'c':[1,{'d':2},3],'e':1.5}}}", // an array longer
        "{'info':{'a':1,'b':{'c':[1,{'d':2,'x':0}],'e':1.5}}}", // a member inside an array added
        "{'info':{'a':1,'b':[]}}",
        "{'info':{'a':1,'b':{'c':[1,{'d':2}],'e':1e999}}}", // beyond every double
        "{'info':{'a':1,'b':{'c':[1,{'d':2}],'e':1e999999999}}}",
        "{'info':null}",
        "{}",
        "7"
      })
  void rule21AnEchoThatChangesWhatWasAdvertisedIsRefused(String echo) throws MalformedPayment {
    assertThat(objectionTo(echo)).isTrue();
  }

  @Test
  void rule21NumbersOfTheServerAreThoseOfTheBuyerInWhateverJavaType() throws MalformedPayment {
    // Given
    var advertised = HeaderCodec.object();
    advertised.putObject("meter").putObject("info").put("limit", 5L);
    var message = Example.message();
    message.set("extensions", Example.object("{'meter':{'info':{'limit':5}}}"));

    // When
    var objection = advertising(advertised).objection(PaymentPayload.read(Example.header(message)));

    // Then
    assertThat(objection).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1.5, false", "1.50, false", "15e-1, false", "1.50000000000000000001, true"})
  void rule21NumbersAreComparedToTheLastDigit(String echo, boolean isRefused)
      throws MalformedPayment {
    // Given
    var advertised = HeaderCodec.object();
    advertised.putObject("meter").putObject("info").put("limit", new BigDecimal("1.5"));
    var message = Example.message();
    message.set("extensions", Example.object("{'meter':{'info':{'limit':'ECHO'}}}"));
    var header = Example.base64(message.toString().replace("\"ECHO\"", echo));

    // When
    var objection = advertising(advertised).objection(PaymentPayload.read(header));

    // Then
    assertThat(objection.isPresent()).isEqualTo(isRefused);
  }

  private static boolean objectionTo(String echo) throws MalformedPayment {
    var advertised =
        Example.object("{'x':{'info':{'a':1,'b':{'c':[1,{'d':2}],'e':1.5}},'schema':{}}}");
    var message = Example.message();
    message.set("extensions", Example.object("{'x':" + echo + "}"));
    return advertising(advertised)
        .objection(PaymentPayload.read(Example.header(message)))
        .filter("extension_echo_mismatch"::equals)
        .isPresent();
  }

  private static PaymentRequired advertising(ObjectNode extensions) {
    var required = Example.required();
    return new PaymentRequired(
        required.error(), required.resource(), List.of(Example.offer()), extensions);
  }

  private static PaymentRequirements accepted(Consumer<ObjectNode> change) throws MalformedPayment {
    var message = Example.message();
    change.accept(Example.at(message, "/accepted"));
    return PaymentPayload.read(Example.header(message)).accepted();
  }

  private static ObjectNode extra(ObjectNode option) {
    return (ObjectNode) option.get("extra");
  }
}
