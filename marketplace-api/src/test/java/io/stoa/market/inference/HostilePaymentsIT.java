package io.stoa.market.inference;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.ChainId;
import io.stoa.market.web.Wire;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.x402.batch.ChannelContracts;
import java.io.IOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Good payments of every kind with something wrong in them: never served, never a fault of the
 * node, never charged, and the good ones stay good. {@code -Dstoa.fuzz.cases=100000} goes deep,
 * {@code -Dstoa.fuzz.seed} repeats a run.
 */
class HostilePaymentsIT {
  private static final int CASES = Integer.getInteger("stoa.fuzz.cases", 2_000);
  private static final long SEED = Long.getLong("stoa.fuzz.seed", System.nanoTime());

  /** Few enough that the good payments are still good at the end. */
  private static final int CASES_A_ROUND = 20_000;

  private static final int CONNECTIONS = 8;
  private static final int TOLD = 20;
  private static final Set<Integer> REFUSALS = Set.of(400, 402, 403, 409, 412, 413, 415, 422, 431);

  /** The tables about money, and of them what changes only when somebody pays. */
  private static final Map<String, String> MONEY =
      Map.ofEntries(
          Map.entry("payer", "t"),
          Map.entry("payment", "(t.payer, t.id, t.state, t.fence, t.attempts)"),
          Map.entry("answer", "t"),
          Map.entry("receipt", "t"),
          Map.entry("named_payment", "t"),
          Map.entry("reply", "t"),
          Map.entry("sign_in_nonce", "t"),
          Map.entry(
              "channel",
              "(t.channel_id, t.charged, t.reserved, t.holds, t.last_fence, t.signed_ceiling,"
                  + " t.signature, t.balance, t.claimed, t.refund_nonce)"),
          Map.entry("reservation", "t"),
          Map.entry("usage", "t"),
          Map.entry("ledger_transfer", "t"),
          Map.entry("deposit", "t"),
          Map.entry("refund", "t"));

  @AutoClose private static RunningMarket market;
  @AutoClose private static Shop shop;

  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void open() {
    var longLived =
        Map.of("stoa.inference.max-timeout", "10m", "stoa.inference.provider-timeout", "5s");
    market = RunningMarket.start(new ChainId(84532), longLived);
    shop = Shop.perToken(market, 100, 20_000);
  }

  @Test
  void aBrokenPaymentIsNeverServedNeverAFaultAndNeverCharged() {
    System.out.println("stoa.fuzz.seed=" + SEED + " stoa.fuzz.cases=" + CASES);
    long start = System.nanoTime();
    for (int done = 0; done < CASES; ) {
      int end = Math.min(CASES, done + CASES_A_ROUND);
      round(done, end);
      done = end;
      var took = Duration.ofNanos(System.nanoTime() - start);
      System.out.println(done + " broken payments refused in " + took.toSeconds() + " s");
    }
  }

  private void round(int first, int end) {
    // Given
    listen();
    var specimens = Specimens.of(shop);
    specimens.forEach(HostilePaymentsIT::isWellUnderstood);
    listen();
    var before = standing();

    // When
    var connections = new ArrayList<Callable<Void>>();
    for (int i = 0; i < CONNECTIONS; i++) {
      int from = first + i;
      connections.add(() -> present(specimens, from, end));
    }
    Shop.atOnce(connections);

    // Then
    assertThat(failures.stream().limit(TOLD)).as("seed " + SEED).isEmpty();
    assertThat(standing()).as("seed " + SEED).isEqualTo(before);
    specimens.forEach(HostilePaymentsIT::stillHolds);
  }

  private static void listen() {
    shop.provider.does(
        (exchange, body) ->
            ScriptedProvider.send(
                exchange, 200, "{\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":7}}"));
  }

  /** What is forged below is what wallets sign, but for one thing. */
  private static void isWellUnderstood(Specimen specimen) {
    assertThat(specimen.survives(List.of(specimen.value()))).as(specimen.name()).isTrue();
    specimen
        .signings()
        .forEach(
            (pointer, signing) ->
                assertThat(signing.signed())
                    .as(specimen.name() + pointer)
                    .isEqualTo(specimen.message().at(pointer).textValue()));
  }

  private Void present(List<Specimen> specimens, int from, int end) throws IOException {
    try (var wire = new Wire(market.origin())) {
      for (int i = from; i < end && failures.size() < TOLD; i += CONNECTIONS) {
        var mutant = Mutation.of(specimens, new Random(SEED + i));
        try {
          var answer = wire.send(request(mutant.specimen(), mutant.values()));
          if (!refuses(mutant, answer)) {
            failures.add("case " + i + ", " + mutant + " got " + answer);
          }
        } catch (IOException unanswered) {
          failures.add("case " + i + ", " + mutant + " got " + unanswered);
        }
      }
    }
    return null;
  }

  private static boolean refuses(Mutant mutant, Wire.Answer answer) {
    if (!mutant.specimen().isHeader() && answer.status() == 200) {
      return answer.body().contains("\"isValid\":false")
          || (answer.body().contains("\"success\":false")
              && answer.body().contains("\"transaction\":\"\""));
    }
    var type = answer.header("content-type");
    return REFUSALS.contains(answer.status())
        && (type.startsWith("application/problem+json")
            // The terms, for who pays by version 1.
            || (answer.status() == 402 && type.startsWith("application/json")))
        && answer.header("payment-response").isEmpty();
  }

  private static void stillHolds(Specimen specimen) {
    try (var wire = new Wire(market.origin())) {
      var answer = wire.send(request(specimen, List.of(specimen.value())));
      assertThat(answer.status()).as(specimen.name() + " got " + answer).isIn(200, 204);
      if (!specimen.isHeader()) {
        assertThat(answer.body()).containsAnyOf("\"isValid\":true", "\"success\":true");
      }
    } catch (IOException unanswered) {
      throw new AssertionError(specimen.name(), unanswered);
    }
  }

  private static String request(Specimen specimen, List<String> values) {
    var body =
        specimen.isHeader()
            ? Specimens.REQUEST
            : new String(values.getFirst().getBytes(UTF_8), ISO_8859_1);
    var request = new StringBuilder("POST ").append(specimen.path()).append(" HTTP/1.1\r\nHost: ");
    request.append(market.origin().getAuthority());
    request.append("\r\nContent-Type: application/json\r\nContent-Length: ").append(body.length());
    if (specimen.isHeader()) {
      values.forEach(
          value -> request.append("\r\n").append(specimen.carrier()).append(": ").append(value));
    }
    return request.append("\r\n\r\n").append(body).toString();
  }

  /** All that must not change. */
  private static Map<String, String> standing() {
    var standing = till();
    standing.put("provider", shop.provider.calls() + " calls");
    standing.put("earned", shop.earned().toString());
    standing.put("in channels", shop.balanceOf(ChannelContracts.CHANNELS).toString());
    return standing;
  }

  private static Map<String, String> till() {
    var database = market.surroundings().database();
    var digests = new TreeMap<String, String>();
    try (var connection =
        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password())) {
      for (var table : MONEY.entrySet()) {
        var query =
            "select count(*) || ' ' || md5(string_agg(%1$s::text, '|' order by %1$s)) from till.%2$s t"
                .formatted(table.getValue(), table.getKey());
        try (var statement = connection.prepareStatement(query);
            var rows = statement.executeQuery()) {
          rows.next();
          digests.put(table.getKey(), String.valueOf(rows.getString(1)));
        }
      }
      return digests;
    } catch (SQLException failure) {
      throw new AssertionError(failure);
    }
  }
}
