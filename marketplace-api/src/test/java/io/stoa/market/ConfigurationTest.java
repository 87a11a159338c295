package io.stoa.market;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.stoa.market.billing.AnchorsConfig;
import io.stoa.market.facilitator.FacilitatorConfig;
import io.stoa.market.inference.InferenceConfig;
import io.stoa.market.node.ChainConfig;
import io.stoa.market.node.ChannelsConfig;
import io.stoa.market.node.KeysConfig;
import io.stoa.market.node.NodeConfig;
import io.stoa.market.node.PaymentsConfig;
import io.stoa.market.node.Role;
import io.stoa.market.node.StorageConfig;
import io.stoa.market.operations.HealthConfig;
import io.stoa.market.provider.ProviderConfig;
import io.stoa.market.publishing.ArtifactsConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Pins what operators write into their configuration: a renamed key would be silently ignored by
 * them.
 */
class ConfigurationTest {
  private static final Map<String, String> REQUIRED =
      Map.of(
          "stoa.public-url", "https://market.example",
          "stoa.chain.rpc", "http://a:8545,http://b:8545",
          "stoa.chain.id", "31337",
          "stoa.chain.address-book", "/etc/stoa/addresses.json",
          "stoa.keys.directory", "/etc/stoa/keys",
          "stoa.storage.directory", "/var/lib/stoa");

  @Test
  void needsOnlyWhatHasNoSensibleDefault() {
    var config = config(REQUIRED);

    var node = config.getConfigMapping(NodeConfig.class);
    assertThat(node.publicUrl()).isEqualTo(URI.create("https://market.example"));
    assertThat(node.roles()).containsExactlyInAnyOrder(Role.values());
    var chain = config.getConfigMapping(ChainConfig.class);
    assertThat(chain.rpc())
        .containsExactly(URI.create("http://a:8545"), URI.create("http://b:8545"));
    assertThat(chain.id()).isEqualTo(31337);
    assertThat(chain.addressBook()).isEqualTo(Path.of("/etc/stoa/addresses.json"));
    assertThat(chain.finalDepth()).isEqualTo(12);
    assertThat(chain.poll()).isEqualTo(Duration.ofMillis(500));
    assertThat(chain.assets()).isEmpty();
    var keys = config.getConfigMapping(KeysConfig.class);
    assertThat(keys.directory()).isEqualTo(Path.of("/etc/stoa/keys"));
    assertThat(keys.passwordFile()).isEmpty();
    assertThat(keys.createMissing()).isFalse();
    assertThat(config.getConfigMapping(StorageConfig.class).directory())
        .isEqualTo(Path.of("/var/lib/stoa"));
    var artifacts = config.getConfigMapping(ArtifactsConfig.class);
    assertThat(artifacts.maxSize()).isEqualTo(gibibytes(2));
    assertThat(artifacts.quotaPerWallet()).isEqualTo(gibibytes(4));
    assertThat(artifacts.quotaTotal()).isEqualTo(gibibytes(20));
    assertThat(artifacts.unpublishedRetention()).isEqualTo(Duration.ofHours(24));
    assertThat(artifacts.uploadTimeLimit()).isEqualTo(Duration.ofHours(1));
    assertThat(artifacts.sweepEvery()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.getConfigMapping(ProviderConfig.class).allowPrivateEndpoints()).isFalse();
    var health = config.getConfigMapping(HealthConfig.class);
    assertThat(health.maxLagBlocks()).isEqualTo(20);
    assertThat(health.minSenderBalance()).isEqualTo(2_000_000_000_000_000L);
    assertThat(health.maxClaimsAge()).isEqualTo(Duration.ofMinutes(10));
    var inference = config.getConfigMapping(InferenceConfig.class);
    assertThat(inference.providerTimeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(inference.maxTimeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(inference.streamTimeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(inference.maxRequestBody().asLongValue()).isEqualTo(1 << 20);
    assertThat(inference.maxAnswerBody().asLongValue()).isEqualTo(4 << 20);
    assertThat(inference.maxCalls()).isEqualTo(4096);
    assertThat(inference.refreshEvery()).isEqualTo(Duration.ofSeconds(5));
    assertThat(inference.v1()).isTrue();
    var payments = config.getConfigMapping(PaymentsConfig.class);
    assertThat(payments.replyRetention()).isEqualTo(Duration.ofHours(24));
    assertThat(payments.settlementLease()).isEqualTo(Duration.ofSeconds(15));
    assertThat(payments.leastPrice()).isEqualTo(1);
    assertThat(payments.reconcileEvery()).isEqualTo(Duration.ofSeconds(1));
    var channels = config.getConfigMapping(ChannelsConfig.class);
    assertThat(channels.withdrawDelay()).isEqualTo(Duration.ofHours(24));
    assertThat(channels.callsPerDeposit()).isEqualTo(10);
    assertThat(channels.leastDeposit()).isEqualTo(10_000);
    assertThat(channels.claimThreshold()).isEqualTo(1_000_000);
    assertThat(channels.claimAge()).isEqualTo(Duration.ofHours(1));
    assertThat(channels.maxKeptAnswer().asLongValue()).isEqualTo(64 << 10);
    assertThat(channels.claimPatience()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.getConfigMapping(AnchorsConfig.class).epoch()).isEqualTo(Duration.ofHours(1));
    var facilitator = config.getConfigMapping(FacilitatorConfig.class);
    assertThat(facilitator.enabled()).isFalse();
    assertThat(facilitator.keys()).isEmpty();
    assertThat(facilitator.least()).isEqualTo(1_000);
    assertThat(facilitator.requestsPerSecond()).isEqualTo(50);
    assertThat(facilitator.requestsPerSecondWithKey()).isEqualTo(1_000);
    assertThat(facilitator.timeLimit()).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void takesEveryDocumentedKey() {
    var given = new HashMap<>(REQUIRED);
    given.putAll(
        Map.of(
            "stoa.roles", "api",
            "stoa.chain.poll", "4s",
            "stoa.chain.final-depth", "1",
            "stoa.keys.password-file", "/run/secrets/stoa",
            "stoa.keys.create-missing", "true",
            "stoa.artifacts.max-size", "1M",
            "stoa.artifacts.quota-per-wallet", "2M",
            "stoa.artifacts.quota-total", "3M",
            "stoa.provider.allow-private-endpoints", "true"));
    given.putAll(
        Map.of(
            "stoa.artifacts.unpublished-retention", "1s",
            "stoa.artifacts.upload-time-limit", "2s",
            "stoa.artifacts.sweep-every", "3s",
            "stoa.health.max-lag-blocks", "5",
            "stoa.health.min-sender-balance", "7",
            "stoa.health.max-claims-age", "8s"));
    given.putAll(
        Map.of(
            "stoa.inference.provider-timeout", "2s",
            "stoa.inference.max-timeout", "33s",
            "stoa.inference.stream-timeout", "34s",
            "stoa.inference.max-request-body", "4K",
            "stoa.inference.max-answer-body", "5K",
            "stoa.inference.max-calls", "7",
            "stoa.inference.refresh-every", "6s",
            "stoa.inference.v1", "false"));
    given.put("stoa.payments.least-price", "13");
    given.putAll(
        Map.of(
            "stoa.payments.reply-retention", "7h",
            "stoa.payments.settlement-lease", "8s",
            "stoa.payments.reconcile-every", "9s",
            "stoa.anchors.epoch", "10m",
            "stoa.channels.withdraw-delay", "20m",
            "stoa.channels.calls-per-deposit", "11",
            "stoa.channels.claim-threshold", "12",
            "stoa.channels.claim-age", "13m",
            "stoa.channels.max-kept-answer", "14K",
            "stoa.channels.claim-patience", "14s"));
    given.put("stoa.channels.least-deposit", "12");
    given.putAll(
        Map.of(
            "stoa.facilitator.enabled", "true",
            "stoa.facilitator.keys.shop.sha256", "0x01",
            "stoa.facilitator.keys.shop.receivers", "0x02,0x03",
            "stoa.facilitator.least", "7",
            "stoa.facilitator.requests-per-second", "8",
            "stoa.facilitator.requests-per-second-with-key", "9",
            "stoa.facilitator.time-limit", "4s"));

    var config = config(given);

    assertThat(config.getConfigMapping(NodeConfig.class).roles()).containsExactly(Role.API);
    assertThat(config.getConfigMapping(ChainConfig.class).finalDepth()).isEqualTo(1);
    assertThat(config.getConfigMapping(ChainConfig.class).poll()).isEqualTo(Duration.ofSeconds(4));
    assertThat(config.getConfigMapping(KeysConfig.class).passwordFile())
        .contains(Path.of("/run/secrets/stoa"));
    assertThat(config.getConfigMapping(KeysConfig.class).createMissing()).isTrue();
    var artifacts = config.getConfigMapping(ArtifactsConfig.class);
    assertThat(artifacts.maxSize().asLongValue()).isEqualTo(1 << 20);
    assertThat(artifacts.quotaPerWallet().asLongValue()).isEqualTo(2 << 20);
    assertThat(artifacts.quotaTotal().asLongValue()).isEqualTo(3 << 20);
    assertThat(artifacts.unpublishedRetention()).isEqualTo(Duration.ofSeconds(1));
    assertThat(artifacts.uploadTimeLimit()).isEqualTo(Duration.ofSeconds(2));
    assertThat(artifacts.sweepEvery()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.getConfigMapping(ProviderConfig.class).allowPrivateEndpoints()).isTrue();
    assertThat(config.getConfigMapping(AnchorsConfig.class).epoch())
        .isEqualTo(Duration.ofMinutes(10));
    var health = config.getConfigMapping(HealthConfig.class);
    assertThat(health.maxLagBlocks()).isEqualTo(5);
    assertThat(health.minSenderBalance()).isEqualTo(7);
    assertThat(health.maxClaimsAge()).isEqualTo(Duration.ofSeconds(8));
    var inference = config.getConfigMapping(InferenceConfig.class);
    assertThat(inference.providerTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(inference.maxTimeout()).isEqualTo(Duration.ofSeconds(33));
    assertThat(inference.streamTimeout()).isEqualTo(Duration.ofSeconds(34));
    assertThat(inference.maxRequestBody().asLongValue()).isEqualTo(4 << 10);
    assertThat(inference.maxAnswerBody().asLongValue()).isEqualTo(5 << 10);
    assertThat(inference.maxCalls()).isEqualTo(7);
    assertThat(inference.refreshEvery()).isEqualTo(Duration.ofSeconds(6));
    assertThat(inference.v1()).isFalse();
    var payments = config.getConfigMapping(PaymentsConfig.class);
    assertThat(payments.replyRetention()).isEqualTo(Duration.ofHours(7));
    assertThat(payments.settlementLease()).isEqualTo(Duration.ofSeconds(8));
    assertThat(payments.leastPrice()).isEqualTo(13);
    assertThat(payments.reconcileEvery()).isEqualTo(Duration.ofSeconds(9));
    var channels = config.getConfigMapping(ChannelsConfig.class);
    assertThat(channels.withdrawDelay()).isEqualTo(Duration.ofMinutes(20));
    assertThat(channels.callsPerDeposit()).isEqualTo(11);
    assertThat(channels.leastDeposit()).isEqualTo(12);
    assertThat(channels.claimThreshold()).isEqualTo(12);
    assertThat(channels.claimAge()).isEqualTo(Duration.ofMinutes(13));
    assertThat(channels.maxKeptAnswer().asLongValue()).isEqualTo(14 << 10);
    assertThat(channels.claimPatience()).isEqualTo(Duration.ofSeconds(14));
    var facilitator = config.getConfigMapping(FacilitatorConfig.class);
    assertThat(facilitator.enabled()).isTrue();
    assertThat(facilitator.keys().get("shop"))
        .satisfies(
            key -> {
              assertThat(key.sha256()).isEqualTo("0x01");
              assertThat(key.receivers().orElseThrow()).containsExactly("0x02", "0x03");
            });
    assertThat(facilitator.requestsPerSecond()).isEqualTo(8);
    assertThat(facilitator.requestsPerSecondWithKey()).isEqualTo(9);
    assertThat(facilitator.timeLimit()).isEqualTo(Duration.ofSeconds(4));
    var documented = documentation();
    assertThat(given.keySet())
        .map(key -> key.replace(".shop.", ".NAME."))
        .allSatisfy(key -> assertThat(documented).contains("`" + key + "`"));
  }

  @Test
  void refusesAConfigurationWithAHole() {
    assertThatExceptionOfType(ConfigValidationException.class)
        .isThrownBy(() -> config(Map.of()))
        .withMessageContaining("stoa.storage.directory");
  }

  private static MemorySize gibibytes(int count) {
    return new MemorySize(java.math.BigInteger.valueOf(count).shiftLeft(30));
  }

  private static SmallRyeConfig config(Map<String, String> properties) {
    return new SmallRyeConfigBuilder()
        .addDiscoveredConverters()
        .withSources(new PropertiesConfigSource(properties, "test", 100))
        .withMapping(NodeConfig.class)
        .withMapping(ChainConfig.class)
        .withMapping(KeysConfig.class)
        .withMapping(StorageConfig.class)
        .withMapping(ArtifactsConfig.class)
        .withMapping(ProviderConfig.class)
        .withMapping(HealthConfig.class)
        .withMapping(InferenceConfig.class)
        .withMapping(PaymentsConfig.class)
        .withMapping(AnchorsConfig.class)
        .withMapping(ChannelsConfig.class)
        .withMapping(FacilitatorConfig.class)
        .build();
  }

  private static String documentation() {
    try {
      return Files.readString(Path.of("../docs/configuration.md"), UTF_8);
    } catch (IOException missing) {
      throw new AssertionError(missing);
    }
  }
}
