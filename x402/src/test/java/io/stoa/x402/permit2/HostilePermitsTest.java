package io.stoa.x402.permit2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Whatever a stranger puts into a permit is read or is malformed; nothing else ever comes out. */
class HostilePermitsTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  @RepeatedTest(300)
  void rule29FieldsOfOtherTypesAndFormsAreMalformedOrRefused(RepetitionInfo run) {
    // Given
    var random = new Random(run.getCurrentRepetition());
    var message = random.nextBoolean() ? PermitExample.exactMessage() : PermitExample.uptoMessage();
    message.set(
        "extensions",
        Example.object("{'eip2612GasSponsoring':{'info':{'signature':'0x','version':'1'}}}"));
    var objects = new ArrayList<ObjectNode>();
    collect(message, objects);
    var object = objects.get(random.nextInt(objects.size()));
    var names = new ArrayList<String>();
    object.fieldNames().forEachRemaining(names::add);
    object.set(names.get(random.nextInt(names.size())), anything(random));

    // When, Then
    assertThatCode(() -> present(Example.header(message)))
        .as(message.toString())
        .doesNotThrowAnyException();
  }

  private static void present(String header) {
    try {
      var payload = PaymentPayload.read(header);
      var offer =
          payload.accepted().scheme().equals(Permit2Payments.UPTO)
              ? PermitExample.uptoOffer()
              : PermitExample.exactOffer();
      Permit2Payments.verify(
          Permit2Payments.read(payload),
          offer,
          PermitExample.DOMAIN,
          Example.NOW,
          Duration.ofSeconds(30));
      Eip2612Approval.read(payload);
    } catch (MalformedPayment expected) {
      assertThat(expected.reason()).isNotEmpty();
    }
  }

  private static JsonNode anything(Random random) {
    return switch (random.nextInt(9)) {
      case 0 -> JSON.nullNode();
      case 1 -> JSON.numberNode(random.nextInt());
      case 2 -> JSON.booleanNode(true);
      case 3 -> JSON.arrayNode().add("0x");
      case 4 -> JSON.objectNode();
      case 5 -> JSON.textNode("");
      case 6 -> JSON.textNode("0x" + "f".repeat(random.nextInt(70)));
      case 7 -> JSON.textNode("9".repeat(random.nextInt(90)));
      default -> JSON.textNode("0x" + "6492".repeat(16 + random.nextInt(64)));
    };
  }

  private static void collect(JsonNode node, List<ObjectNode> objects) {
    if (node instanceof ObjectNode object) {
      objects.add(object);
      object.forEach(member -> collect(member, objects));
    }
  }
}
