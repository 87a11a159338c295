package io.stoa.market.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes;
import io.stoa.domain.ChainId;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.x402.extension.SignIn;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Wallets that sign in for what they paid for. */
class SignInIT {
  @AutoClose private static Shop shop;
  private static SigningKey buyer;

  @BeforeAll
  static void open() {
    shop = Shop.in(RunningMarket.shared());
    buyer = shop.buyerWith(1_000_000);
  }

  @BeforeEach
  void listen() {
    shop.provider.echoes();
  }

  @Test
  void whoPaidGetsTheStoredReplyWithoutPaying() {
    // Given
    var first = shop.pay(shop.draft(buyer).signed().header(), "mine");

    // When
    var again = signedIn(challenge(), buyer, "mine");

    // Then
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.headers().firstValue("PAYMENT-RESPONSE"))
        .isEqualTo(first.headers().firstValue("PAYMENT-RESPONSE"));
    assertThat(shop.provider.calls()).isOne();
  }

  @Test
  void whoPaidForARequestWithoutABodyGetsItToo() {
    // Given
    var get = HttpRequest.newBuilder(shop.market.origin().resolve(shop.path() + "?q=mine")).GET();
    var paid = get.copy().header("PAYMENT-SIGNATURE", shop.draft(buyer).signed().header());
    var first = shop.send(shop.market, paid);

    // When
    var again =
        shop.send(shop.market, get.copy().header("SIGN-IN-WITH-X", header(challenge(), buyer)));

    // Then
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.body()).isEqualTo(first.body());
  }

  @Test
  void whoPaidOutOfAChannelGetsItsLastCall() {
    // Given
    var wallet = ChannelWallet.with(shop, 20_000);
    var first = wallet.call("mine, by channel");

    // When
    var again = signedIn(challenge(), wallet.key, "mine, by channel");

    // Then
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.headers().firstValue("PAYMENT-RESPONSE"))
        .isEqualTo(first.headers().firstValue("PAYMENT-RESPONSE"));
  }

  @Test
  void whoDidNotPayForThisVeryRequestIsAskedTo() {
    // Given
    shop.pay(shop.draft(buyer).signed().header(), "not for everybody");

    // When
    var stranger = signedIn(challenge(), shop.buyerWith(0), "not for everybody");
    var other = signedIn(challenge(), buyer, "something else");

    // Then
    assertThat(List.of(stranger, other))
        .allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(402))
        .allSatisfy(
            answer -> assertThat(answer.headers().firstValue("PAYMENT-REQUIRED")).isPresent());
  }

  @Test
  void rule68ANonceIsGoodOnceAtAllInstances() {
    // Given
    var origin = shop.market.origin().toString();
    try (var second = shop.market.secondInstance(Map.of("stoa.public-url", origin))) {
      await().until(() -> shop.send(second, shop.request(second, "{}")).statusCode() == 402);
      var header = header(challenge(), buyer);
      var request = shop.request(shop.market, "once");

      // When
      var first = shop.send(shop.market, request.copy().header("SIGN-IN-WITH-X", header));
      var again = shop.send(shop.market, request.copy().header("SIGN-IN-WITH-X", header));
      var there = shop.send(second, shop.request(second, "once").header("SIGN-IN-WITH-X", header));

      // Then
      assertThat(first.statusCode()).isEqualTo(402);
      isRefused(again, "invalid-siwx-nonce");
      isRefused(there, "invalid-siwx-nonce");
    }
  }

  @Test
  void rule68AWrongDomainOriginAgeOrExpiryIsRefused() {
    var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    isRefused(signedIn(challenge().put("domain", "evil.example")), "invalid-siwx-domain-mismatch");
    isRefused(
        signedIn(challenge().put("uri", "https://evil.example/x")), "invalid-siwx-uri-mismatch");
    isRefused(
        signedIn(challenge().put("issuedAt", now.plusSeconds(60).toString())),
        "invalid-siwx-issued-at-in-future");
    isRefused(
        signedIn(challenge().put("issuedAt", now.minus(Duration.ofMinutes(6)).toString())),
        "invalid-siwx-issued-at-too-old");
    isRefused(
        signedIn(challenge().put("expirationTime", now.minusSeconds(1).toString())),
        "invalid-siwx-expired");
  }

  @Test
  void rule68ASignatureOfAnotherWalletIsRefused() {
    // Given
    var signed = DraftPayment.decode(header(challenge(), shop.buyerWith(0)));
    ((ObjectNode) signed).put("address", buyer.address().toString());

    // Then
    isRefused(sent(DraftPayment.header(signed.toString()), "mine"), "invalid-siwx-signature");
  }

  @Test
  void aSignatureThatNoChainWouldLookAtIsRefused() {
    // Given: within what is read, and more data than a question to a contract may have
    var signed = (ObjectNode) DraftPayment.decode(header(challenge(), buyer));
    signed.put("signature", "0x" + "ab".repeat(7_000));

    // Then
    isRefused(sent(DraftPayment.header(signed.toString()), "mine"), "invalid-siwx-signature");
  }

  @Test
  void anythingElseIsNoSignIn() {
    for (var header : List.of("", "not base64", DraftPayment.header("[]"), "e30=")) {
      isRefused(sent(header, "mine"), "invalid-siwx-header");
    }
  }

  @Test
  void theTermsInvitePayersToSignInWithAFreshNonce() {
    // When
    var info = challenge();

    // Then
    assertThat(info.path("uri").asText()).isEqualTo(shop.market.origin() + shop.path());
    assertThat(info.path("nonce").asText()).matches("[0-9a-f]{32}");
    assertThat(challenge().path("nonce")).isNotEqualTo(info.path("nonce"));
  }

  private static ObjectNode challenge() {
    return (ObjectNode) shop.terms().at("/extensions/sign-in-with-x/info");
  }

  private static HttpResponse<String> signedIn(ObjectNode info) {
    return signedIn(info, buyer, "mine");
  }

  private static HttpResponse<String> signedIn(ObjectNode info, SigningKey wallet, String body) {
    return sent(header(info, wallet), body);
  }

  private static HttpResponse<String> sent(String header, String body) {
    return shop.send(shop.market, shop.request(shop.market, body).header("SIGN-IN-WITH-X", header));
  }

  /** Signs what stands there, as a wallet does. */
  private static String header(ObjectNode info, SigningKey wallet) {
    var unsigned =
        new SignIn(
            info.path("domain").asText(),
            wallet.address(),
            Optional.of(info.path("statement").asText()),
            info.path("uri").asText(),
            new ChainId(31337),
            info.path("nonce").asText(),
            time(info, "issuedAt"),
            Optional.of(time(info, "expirationTime")),
            Optional.empty(),
            Optional.empty(),
            List.of(info.at("/resources/0").asText()),
            Bytes.of(new byte[0]));
    var message =
        info.deepCopy()
            .put("address", wallet.address().toString())
            .put("chainId", "eip155:31337")
            .put("type", "eip191")
            .put("signature", wallet.sign(unsigned.digest()).toString());
    return DraftPayment.header(message.toString());
  }

  private static SignIn.Time time(ObjectNode info, String name) {
    var text = info.path(name).asText();
    return new SignIn.Time(text, Instant.parse(text));
  }

  private static void isRefused(HttpResponse<String> answer, String code) {
    assertThat(answer.statusCode()).as(code).isEqualTo(403);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(Shop.json(answer.body()).path("code").asText()).isEqualTo(code);
  }
}
