package io.stoa.market.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoa.crypto.SigningKey;
import io.stoa.testkit.market.RunningMarket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that their buyers name, by two instances of one market. */
class NamedCallIT {
  @AutoClose private static Shop shop;
  @AutoClose private static RunningMarket second;
  private static SigningKey buyer;

  @BeforeAll
  static void open() {
    shop = Shop.in(RunningMarket.shared());
    second =
        RunningMarket.shared()
            .secondInstance(Map.of("stoa.public-url", RunningMarket.shared().origin().toString()));
    buyer = shop.buyerWith(1_000_000);
    await().until(() -> shop.send(second, shop.request(second, "{}")).statusCode() == 402);
  }

  @BeforeEach
  void listen() {
    shop.provider.echoes();
  }

  @Test
  void rule66ACopyGetsTheStoredReplyByteForByteAtAnyInstance() {
    // Given
    var header = named(shop.draft(buyer).signed(), name()).header();

    // When
    var first = shop.pay(header, "hello");
    var copies = List.of(shop.pay(header, "hello"), shop.pay(second, header, "hello"));

    // Then
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(copies).allSatisfy(copy -> isSame(copy, first));
    assertThat(shop.provider.calls()).isOne();
  }

  @Test
  void rule66ACopyWithoutABodyGetsItToo() {
    // Given
    var header = named(shop.draft(buyer).signed(), name()).header();

    // When
    var first = get(shop.market, header);
    var copy = get(second, header);

    // Then
    assertThat(first.statusCode()).isEqualTo(200);
    isSame(copy, first);
    assertThat(shop.provider.calls()).isOne();
  }

  @Test
  void rule66ANameWithAnotherPayloadOrAnotherRequestIsAConflict() {
    // Given
    var name = name();
    var header = named(shop.draft(buyer).signed(), name).header();
    shop.pay(header, "hello");

    // When
    var otherPayload = shop.pay(second, named(shop.draft(buyer).signed(), name).header(), "hello");
    var otherBody = shop.pay(header, "goodbye");
    var unsigned = shop.pay(named(shop.draft(buyer).signed(new byte[65]), name).header(), "hello");

    // Then
    assertThat(Stream.of(otherPayload, otherBody, unsigned).map(HttpResponse::statusCode))
        .containsOnly(409);
    assertThat(Shop.json(otherPayload.body()).path("code").asText())
        .isEqualTo("payment-identifier-used");
    assertThat(shop.provider.calls()).isOne();
  }

  @Test
  void rule66FiftyCopiesAtOnceByTwoInstancesAreOneCall() {
    // Given
    var before = shop.earned();
    var header = named(shop.draft(buyer).signed(), name()).header();

    // When
    var answers =
        Shop.atOnce(
            Stream.of(shop.market, second)
                .flatMap(
                    instance ->
                        Stream.generate(
                                () -> (Callable<HttpResponse<String>>) () -> get(instance, header))
                            .limit(25))
                .toList());

    // Then
    assertThat(answers)
        .allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(200))
        .allSatisfy(answer -> isSame(answer, answers.getFirst()));
    assertThat(shop.provider.calls()).isOne();
    assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
  }

  @Test
  void rule66OfTwoPaymentsUnderOneNameOneIsServed() {
    // Given
    var before = shop.earned();
    var name = name();
    var headers =
        Stream.generate(() -> named(shop.draft(buyer).signed(), name).header()).limit(8).toList();

    // When
    var answers =
        Shop.atOnce(
            headers.stream()
                .map(header -> (Callable<HttpResponse<String>>) () -> shop.pay(header, "hello"))
                .toList());

    // Then
    assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSize(1);
    assertThat(answers).filteredOn(answer -> answer.statusCode() == 409).hasSize(7);
    assertThat(shop.provider.calls()).isOne();
    assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
  }

  @Test
  void rule66AnythingElseIsNoName() {
    for (var name : List.of("short", "with a blank in it", "x".repeat(129), "")) {
      var answer = shop.pay(named(shop.draft(buyer).signed(), name).header(), "hello");

      assertThat(answer.statusCode()).as(name).isEqualTo(400);
      assertThat(ChannelWallet.reason(answer)).isEqualTo("invalid_payment_identifier");
    }
    assertThat(shop.provider.calls()).isZero();
  }

  @Test
  void rule66ACopyOfANamedChannelCallGetsTheStoredReplyByteForByte() {
    // Given
    var wallet = ChannelWallet.withHeadroom(shop, 20_000, 5_000);
    var lost = wallet.sign();
    var first = shop.pay(lost.header(), "one");
    wallet.channel = lost.channel();
    wallet.keep(lost, first);
    wallet.call("two");

    // When
    var copies = List.of(shop.pay(lost.header(), "one"), shop.pay(second, lost.header(), "one"));
    var otherBody = shop.pay(lost.header(), "three");

    // Then
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(copies).allSatisfy(copy -> isSame(copy, first));
    assertThat(otherBody.statusCode()).isEqualTo(409);
    assertThat(shop.provider.calls()).isEqualTo(2);
  }

  @Test
  void rule66CopiesOfAChannelCallInProgressWaitForItsReply() {
    // Given
    var payment = ChannelWallet.withHeadroom(shop, 20_000, 5_000).sign();
    var go = new CompletableFuture<Void>();
    shop.provider.does(
        (exchange, body) -> {
          go.join();
          ScriptedProvider.send(exchange, 200, "slow answer");
        });

    // When
    var copies =
        CompletableFuture.supplyAsync(
            () ->
                Shop.atOnce(
                    Stream.of(shop.market, second, shop.market, second)
                        .map(
                            instance ->
                                (Callable<HttpResponse<String>>)
                                    () -> shop.pay(instance, payment.header(), "one"))
                        .toList()));
    await().until(() -> shop.provider.calls() > 0);
    go.complete(null);

    // Then
    var answers = copies.join();
    assertThat(answers)
        .allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(200))
        .allSatisfy(answer -> isSame(answer, answers.getFirst()));
    assertThat(shop.provider.calls()).isOne();
  }

  private static DraftPayment named(DraftPayment draft, String name) {
    return draft.bent(
        message ->
            message
                .putObject("extensions")
                .putObject("payment-identifier")
                .putObject("info")
                .put("required", false)
                .put("id", name));
  }

  private static String name() {
    return UUID.randomUUID().toString();
  }

  private static HttpResponse<String> get(RunningMarket instance, String header) {
    return shop.send(
        instance,
        HttpRequest.newBuilder(instance.origin().resolve(shop.path()))
            .header("PAYMENT-SIGNATURE", header)
            .GET());
  }

  private static void isSame(HttpResponse<String> copy, HttpResponse<String> first) {
    assertThat(copy.statusCode()).isEqualTo(first.statusCode());
    assertThat(copy.body()).isEqualTo(first.body());
    for (var name : List.of("PAYMENT-RESPONSE", "Stoa-Receipt", "Content-Type")) {
      assertThat(copy.headers().firstValue(name))
          .as(name)
          .isEqualTo(first.headers().firstValue(name));
    }
  }
}
