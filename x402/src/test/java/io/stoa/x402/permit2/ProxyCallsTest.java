package io.stoa.x402.permit2;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Keccak;
import io.stoa.domain.Bytes;
import io.stoa.domain.payment.Approval;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.x402.Example;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyCallsTest {
  private static final BigInteger PRICE = BigInteger.valueOf(PermitExample.PRICE);
  private static final BigInteger USED = BigInteger.valueOf(700);

  private static final List<String> EXACT_ARGUMENTS =
      List.of("token", "amount", "nonce", "deadline", "owner", "to", "validAfter", "signature");
  private static final List<String> UPTO_ARGUMENTS =
      List.of(
          "token",
          "amount",
          "nonce",
          "deadline",
          "amount",
          "owner",
          "to",
          "facilitator",
          "validAfter",
          "signature");
  private static final Approval APPROVAL_OF_PERMIT2 =
      new Approval(PermitExample.DEADLINE, Bytes.parse(Example.SIGNATURE));
  private static final List<String> APPROVAL = List.of("value", "deadline", "r", "s", "v");

  /** The hashes are of what another library makes of the same values and the committed ABI. */
  @Test
  void theCallsAreThoseThatTheProxiesUnderstand() {
    assertThat(Keccak.hash(ProxyCalls.settle(PermitExample.exact(), PRICE).toBytes()))
        .hasToString("0xb071f2e80393e5be4830961c39a666f5cdff3dd2b61112e1de12d1b80b0673e2");
    assertThat(Keccak.hash(ProxyCalls.settle(PermitExample.upto(), USED).toBytes()))
        .hasToString("0xa54131716c1f8c90824d01b7f12f46a8ac49c69630e39211a97fd9133b5294dd");
    assertThat(
            Keccak.hash(
                ProxyCalls.settleWithPermit(PermitExample.exact(), PRICE, APPROVAL_OF_PERMIT2)
                    .toBytes()))
        .hasToString("0xfc92dfef85286ec124cdf3313194ba7b84d4a6680361cf8ff45c973dba62f5bf");
    assertThat(
            Keccak.hash(
                ProxyCalls.settleWithPermit(PermitExample.upto(), USED, APPROVAL_OF_PERMIT2)
                    .toBytes()))
        .hasToString("0x509fade7715e9487ef0186768c1878a6ced3436ec9882604385e352bb6b97dc2");
  }

  @Test
  void theCommittedContractsHaveTheSameFunctionsWithTheirArgumentsInTheSameOrder()
      throws IOException {
    assertThat(function("ExactPermit2Proxy", "settle"))
        .isEqualTo(new Function(selector("13cd3b53"), EXACT_ARGUMENTS))
        .isEqualTo(new Function(sent(PermitExample.exact()), EXACT_ARGUMENTS));
    assertThat(function("UptoPermit2Proxy", "settle"))
        .isEqualTo(new Function(selector("ff11e7b4"), UPTO_ARGUMENTS))
        .isEqualTo(new Function(sent(PermitExample.upto()), UPTO_ARGUMENTS));
    assertThat(function("ExactPermit2Proxy", "settleWithPermit"))
        .isEqualTo(
            new Function(sentWithPermit(PermitExample.exact()), after(APPROVAL, EXACT_ARGUMENTS)));
    assertThat(function("UptoPermit2Proxy", "settleWithPermit"))
        .isEqualTo(
            new Function(sentWithPermit(PermitExample.upto()), after(APPROVAL, UPTO_ARGUMENTS)));
  }

  @Test
  void rule32TheProxyIsGivenWhatTheWalletUnderstandsWithoutItsWrapping() {
    // Given
    var inner = with(PermitExample.exact(), Bytes.parse("0x" + "ab".repeat(70)));

    // When, Then
    assertThat(ProxyCalls.settle(with(inner, Example.WRAPPED), PRICE))
        .isEqualTo(ProxyCalls.settle(inner, PRICE));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 999, 1001})
  void schemeExactSettlesNothingButWhatWasSigned(long charged) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ProxyCalls.settle(PermitExample.exact(), BigInteger.valueOf(charged)));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 20_001})
  void rule44SchemeUptoSettlesNothingAboveTheCeilingAndNoZero(long charged) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ProxyCalls.settle(PermitExample.upto(), BigInteger.valueOf(charged)));
    assertThat(ProxyCalls.settle(PermitExample.upto(), BigInteger.valueOf(20_000))).isNotNull();
  }

  /** What the ABI says of a function: its selector, and the names of its arguments, flat. */
  private record Function(Bytes selector, List<String> arguments) {}

  private static Function function(String contract, String name) throws IOException {
    var file = Path.of("..", "contracts", "abi", contract + ".json").toFile();
    for (var item : new ObjectMapper().readTree(file).path("abi")) {
      if (item.path("name").asText().equals(name)) {
        var names = new ArrayList<String>();
        item.path("inputs").forEach(input -> flatten(input, names));
        var selector = Abi.selector(name + types(item.path("inputs")));
        return new Function(Bytes.wrap(selector), names);
      }
    }
    throw new AssertionError("no " + name + " in " + contract);
  }

  private static void flatten(JsonNode input, List<String> names) {
    if (input.has("components")) {
      input.path("components").forEach(component -> flatten(component, names));
    } else {
      names.add(input.path("name").asText());
    }
  }

  private static String types(JsonNode inputs) {
    return StreamSupport.stream(inputs.spliterator(), false)
        .map(
            input ->
                input.has("components")
                    ? types(input.path("components"))
                    : input.path("type").asText())
        .collect(joining(",", "(", ")"));
  }

  private static Bytes selector(String hex) {
    return Bytes.parse("0x" + hex);
  }

  private static Bytes sent(SignedPermit permit) {
    return first4(ProxyCalls.settle(permit, permit.amount().units()));
  }

  private static Bytes sentWithPermit(SignedPermit permit) {
    return first4(
        ProxyCalls.settleWithPermit(permit, permit.amount().units(), APPROVAL_OF_PERMIT2));
  }

  private static Bytes first4(Bytes call) {
    return Bytes.wrap(Arrays.copyOf(call.toBytes(), 4));
  }

  private static List<String> after(List<String> first, List<String> second) {
    var all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  private static SignedPermit with(SignedPermit good, Bytes signature) {
    return new SignedPermit(
        good.amount(),
        good.payer(),
        good.spender(),
        good.nonce(),
        good.deadline(),
        good.witness(),
        signature);
  }
}
