package io.stoa.market.operations;

import io.stoa.market.node.NodeConfig;
import io.stoa.market.node.Role;
import io.stoa.payments.Channels;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Function;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Whether this node should get requests. The database has a check of the framework's own. */
final class Readiness {
  private Readiness() {}

  @Produces
  @Singleton
  @org.eclipse.microprofile.health.Readiness
  static HealthCheck chain(Vitals vitals) {
    return check("chain", vitals, sample -> answer(true).withData("head", sample.head()));
  }

  @Produces
  @Singleton
  @org.eclipse.microprofile.health.Readiness
  static HealthCheck indexer(Vitals vitals, HealthConfig config) {
    return check(
        "indexer",
        vitals,
        sample ->
            answer(sample.lag() <= config.maxLagBlocks()).withData("lagBlocks", sample.lag()));
  }

  @Produces
  @Singleton
  @org.eclipse.microprofile.health.Readiness
  static HealthCheck senders(Vitals vitals, HealthConfig config) {
    return check(
        "senders",
        vitals,
        sample -> {
          var answer =
              answer(
                  sample.balances().values().stream()
                      .allMatch(balance -> balance.compareTo(config.minSenderBalance()) >= 0));
          sample
              .balances()
              .forEach((sender, wei) -> answer.withData(sender.toString(), wei + " wei"));
          return answer;
        });
  }

  /** A settler that sells on without claiming loses to every payer that leaves. */
  @Produces
  @Singleton
  @org.eclipse.microprofile.health.Readiness
  static HealthCheck claims(Channels channels, NodeConfig node, HealthConfig config, Clock clock) {
    boolean isSettler = node.roles().contains(Role.SETTLER);
    return () -> {
      var age = Duration.between(channels.claims().finishedAt(), clock.instant());
      return answer(!isSettler || age.compareTo(config.maxClaimsAge()) <= 0)
          .withData("secondsAgo", age.toSeconds())
          .name("claims")
          .build();
    };
  }

  private static HealthCheck check(
      String name, Vitals vitals, Function<Sample, HealthCheckResponseBuilder> judge) {
    return () ->
        vitals
            .recent()
            .map(judge)
            .orElseGet(() -> answer(false).withData("reason", "no answer for a while"))
            .name(name)
            .build();
  }

  private static HealthCheckResponseBuilder answer(boolean isUp) {
    return HealthCheckResponse.builder().status(isUp);
  }
}
