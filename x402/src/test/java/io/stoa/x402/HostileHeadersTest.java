package io.stoa.x402;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.x402.batch.BatchPayloads;
import io.stoa.x402.batch.BatchVerifier;
import io.stoa.x402.batch.ChannelExample;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.extension.ChannelHeadroom;
import io.stoa.x402.extension.PaymentBinding;
import io.stoa.x402.extension.SignIn;
import io.stoa.x402.extension.SignInExample;
import io.stoa.x402.facilitator.FacilitatorRequest;
import io.stoa.x402.permit2.Eip2612Approval;
import io.stoa.x402.permit2.Permit2Payments;
import io.stoa.x402.permit2.PermitExample;
import io.stoa.x402.v1.V1Example;
import io.stoa.x402.v1.V1Payment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * Whatever a stranger sends is read or is malformed, and soon; nothing else ever comes out. {@code
 * -Dstoa.fuzz.cases=100000} goes deep.
 */
class HostileHeadersTest {
  private static final int PER_SEED = Integer.getInteger("stoa.fuzz.cases", 2_000) / 10;

  /** Far more than any takes, and far less than somebody gains who can make a node think. */
  private static final Duration SOON = Duration.ofSeconds(5);

  private static final BatchVerifier CHANNELS = new BatchVerifier(Example.ASSET.chain());
  private static final RequestDigest REQUEST =
      new RequestDigest("POST", "/x/shop/answers", Bytes32.ZERO);
  private static final List<Reader> READERS =
      List.of(
          PaymentRequired::read,
          SettlementResponse::read,
          SignIn::read,
          header -> SignIn.read(header).text(),
          header -> V1Payment.read(header, List.of(V1Example.OFFER)),
          header -> FacilitatorRequest.read(utf8(HeaderCodec.decode(header))),
          header -> Permit2Payments.read(PaymentPayload.read(header)),
          header -> Eip2612Approval.read(PaymentPayload.read(header)),
          header -> PaymentBinding.of(PaymentPayload.read(header), REQUEST));
  private static final String[] VALUES = {
    "null",
    "true",
    "0",
    "-1",
    "2",
    "1e999",
    "1e-999",
    "1e999999999",
    "1e-999999999",
    "-0",
    "9".repeat(99),
    "9".repeat(101),
    "''",
    "'0x'",
    "'0x1'",
    "'eip155:'",
    "'eip155:99999999999999999999'",
    "[]",
    "[[]]",
    "{}",
    "{'url':{}}",
    "{'info':1e999}",
    "'\\ud800'",
    "'\\u0000'",
    "'\\u0661'",
    "'2026-01-01T00:00:00Z'",
    "'+999999999-12-31T23:59:59Z'",
    "[".repeat(5_000),
    "{'a':".repeat(5_000),
    "'" + "9".repeat(9_000) + "'",
    "'0x" + "f".repeat(9_000) + "'"
  };

  @RepeatedTest(value = 10, name = "seed {currentRepetition}")
  void rule07RandomBytesAreMalformed(RepetitionInfo run) {
    var random = new Random(run.getCurrentRepetition());
    for (int i = 0; i < PER_SEED; i++) {
      var bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      present(Base64.getEncoder().encodeToString(bytes));
      present(new String(bytes, ISO_8859_1));
    }
  }

  @RepeatedTest(value = 10, name = "seed {currentRepetition}")
  void rule07DamagedHeadersAreMalformedOrStillGood(RepetitionInfo run) {
    var random = new Random(run.getCurrentRepetition());
    for (int i = 0; i < PER_SEED; i++) {
      var json = message(random).toString();
      var damaged = new StringBuilder(json);
      for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
        int at = random.nextInt(damaged.length());
        switch (random.nextInt(4)) {
          case 0 -> damaged.deleteCharAt(at);
          case 1 -> damaged.setCharAt(at, (char) random.nextInt(0x250));
          case 2 -> damaged.insert(at, "{[\"',:]}0e\\".charAt(random.nextInt(11)));
          default -> damaged.setLength(Math.max(1, at));
        }
      }
      present(Example.base64(damaged.toString()));
      present(Example.base64(json).substring(0, random.nextInt(json.length())));
    }
  }

  @RepeatedTest(value = 10, name = "seed {currentRepetition}")
  void rule29FieldsOfOtherTypesAreMalformedOrIgnored(RepetitionInfo run) {
    var random = new Random(run.getCurrentRepetition());
    for (int i = 0; i < PER_SEED; i++) {
      var message = message(random);
      message.set("extensions", Example.object("{'x':{'info':{'a':1}}}"));
      var objects = new ArrayList<ObjectNode>();
      collect(message, objects);
      var victim = objects.get(random.nextInt(objects.size()));
      var names = new ArrayList<String>();
      victim.fieldNames().forEachRemaining(names::add);
      if (!names.isEmpty()) {
        var marker = "\"MARKED\"";
        victim.put(names.get(random.nextInt(names.size())), "MARKED");
        var value = VALUES[random.nextInt(VALUES.length)].replace('\'', '"');
        present(Example.base64(message.toString().replace(marker, value)));
      }
    }
  }

  private static ObjectNode message(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> ChannelExample.deposit();
      case 1 -> ChannelExample.permit2Deposit();
      case 2 -> ChannelExample.refund();
      case 3 -> V1Example.message();
      case 4 -> SignInExample.full();
      case 5 -> PermitExample.uptoMessage();
      case 6 -> question();
      default -> Example.message();
    };
  }

  private static ObjectNode question() {
    var question = HeaderCodec.object().put("x402Version", 2);
    question.set("paymentPayload", Example.message());
    question.set("paymentRequirements", Example.offer().json().deepCopy());
    return question;
  }

  private static void collect(JsonNode node, List<ObjectNode> objects) {
    if (node instanceof ObjectNode object) {
      objects.add(object);
      object.forEach(member -> collect(member, objects));
    }
  }

  /** Does with a header all that a server does before it asks the chain. */
  private static void present(String header) {
    var advertised = Example.object("{'x':{'info':{'a':1}}}");
    advertised.set("y", JsonNodeFactory.instance.numberNode(1));
    var plain = Example.required();
    var required =
        new PaymentRequired(plain.error(), plain.resource(), plain.accepts(), advertised);
    long start = System.nanoTime();
    assertThatCode(
            () -> {
              try {
                var payload = PaymentPayload.read(header);
                var objection = required.objection(payload);
                var chosen = required.find(payload.accepted());
                var transfer = ExactEip3009.read(payload);
                ExactEip3009.verify(
                    transfer,
                    objection.isEmpty() ? chosen.orElse(Example.offer()) : Example.offer(),
                    Example.DOMAIN,
                    Example.NOW,
                    Duration.ofSeconds(30));
              } catch (MalformedPayment expected) {
                assertThat(expected.reason()).isNotEmpty();
              }
              presentForChannel(header);
              readByOthers(header);
            })
        .as(header)
        .doesNotThrowAnyException();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).as(header).isLessThan(SOON);
  }

  private static void presentForChannel(String header) {
    try {
      var payment = PaymentPayload.read(header);
      ChannelHeadroom.read(ChannelExample.required(), payment);
      var payload = BatchPayloads.read(payment);
      var chosen = ChannelExample.required().find(payment.accepted());
      CHANNELS.verify(
          payload,
          chosen.orElse(ChannelExample.offer()),
          Example.DOMAIN,
          Example.NOW,
          Duration.ofSeconds(30));
    } catch (MalformedPayment expected) {
      assertThat(expected.reason()).isNotEmpty();
    }
  }

  private static byte[] utf8(Fields message) {
    return message.json().toString().getBytes(UTF_8);
  }

  private static void readByOthers(String header) {
    for (var reader : READERS) {
      try {
        assertThat(reader.read(header)).isNotNull();
      } catch (MalformedPayment expected) {
        assertThat(expected.reason()).isNotEmpty();
      }
    }
  }

  private interface Reader {
    Object read(String header) throws MalformedPayment;
  }
}
