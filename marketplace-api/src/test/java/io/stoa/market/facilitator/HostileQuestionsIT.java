package io.stoa.market.facilitator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.testkit.market.RunningMarket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/**
 * A good question with one thing wrong: never a fault of the node, and never a payment that is
 * good.
 */
class HostileQuestionsIT {
  private static final RunningMarket MARKET = RunningMarket.shared();

  /** What nothing depends on: the server's word counts, not what the buyer says it chose. */
  private static final Set<String> FREE =
      Set.of(
          "/paymentPayload/resource/url",
          "/paymentPayload/accepted/amount",
          "/paymentPayload/accepted/asset",
          "/paymentPayload/accepted/payTo",
          "/paymentPayload/accepted/maxTimeoutSeconds",
          "/paymentPayload/accepted/extra/name",
          "/paymentPayload/accepted/extra/version",
          "/paymentRequirements/maxTimeoutSeconds");

  private static final String[] VALUES = {
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "1e999",
    "[]",
    "{}",
    "[[{}]]",
    "\"\"",
    "\"0x\"",
    "\"-1\"",
    "\"1e3\"",
    "\" 1000\"",
    "\"0x3e8\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"eip155:1\"",
    "\"upto\"",
    "\"99999999999999999999999999999999999999999999999999999999999999999999999999999999\"",
    "\"0x00000000000000000000000000000000000000aa\""
  };

  private static String good;

  @BeforeAll
  static void open() {
    var payer = Question.buyer(MARKET, 1_000);
    good = Question.transfer(MARKET, payer, Question.listed(MARKET)).json().toString();
    assertThat(Question.ask(MARKET, "/x402/verify", good).body()).contains("\"isValid\":true");
  }

  @Test
  void rule29NoLeafMayBeAnythingElse() throws Exception {
    var leaves = new ArrayList<String>();
    leaves(Question.JSON.readTree(good), "", leaves);
    leaves.removeAll(FREE);
    assertThat(leaves).hasSizeGreaterThan(15);
    for (var leaf : leaves) {
      for (var value : VALUES) {
        var bent = (ObjectNode) Question.JSON.readTree(good);
        int cut = leaf.lastIndexOf('/');
        ((ObjectNode) bent.at(leaf.substring(0, cut))).put(leaf.substring(cut + 1), "BENT");
        assertRefused(bent.toString().replace("\"BENT\"", value), leaf + " = " + value);
      }
      var without = (ObjectNode) Question.JSON.readTree(good);
      int cut = leaf.lastIndexOf('/');
      ((ObjectNode) without.at(leaf.substring(0, cut))).remove(leaf.substring(cut + 1));
      assertRefused(without.toString(), "without " + leaf);
    }
  }

  @RepeatedTest(value = 4, name = "seed {currentRepetition}")
  void rule07DamagedBytesAreRefused(RepetitionInfo run) {
    var random = new Random(run.getCurrentRepetition());
    for (int i = 0; i < 50; i++) {
      var damaged = new StringBuilder(good);
      int at = random.nextInt(good.length());
      switch (random.nextInt(3)) {
        case 0 -> damaged.deleteCharAt(at);
        case 1 -> damaged.insert(at, "{[\"',:]}0e\\".charAt(random.nextInt(11)));
        default -> damaged.setLength(at);
      }
      var answer = Question.ask(MARKET, "/x402/verify", damaged.toString());
      assertThat(answer.statusCode()).as(damaged.toString()).isEqualTo(200);
    }
  }

  private static void leaves(JsonNode node, String pointer, List<String> leaves) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(member -> leaves(member.getValue(), pointer + "/" + member.getKey(), leaves));
    } else {
      leaves.add(pointer);
    }
  }

  private static void assertRefused(String body, String what) {
    var verified = Question.ask(MARKET, "/x402/verify", body);
    assertThat(verified.statusCode()).as(what).isEqualTo(200);
    assertThat(verified.body())
        .as(what)
        .contains("\"isValid\":false")
        .contains("\"invalidReason\":\"");
    var settled = Question.ask(MARKET, "/x402/settle", body);
    assertThat(settled.statusCode()).as(what).isEqualTo(200);
    assertThat(settled.body())
        .as(what)
        .contains("\"success\":false")
        .contains("\"transaction\":\"\"")
        .contains("\"errorReason\":\"");
  }
}
