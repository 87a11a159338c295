package io.stoa.market.facilitator;

import static java.util.stream.Collectors.toUnmodifiableMap;
import static java.util.stream.Collectors.toUnmodifiableSet;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.MarketException;
import io.stoa.market.node.StartFailure;
import io.stoa.payments.facilitator.Asker;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Who may ask the facilitator for what, and how often. */
final class Admission {
  private final Map<Bytes32, Set<Address>> keys;
  private final int perSecond;
  private final int perSecondWithKey;
  private final BigInteger least;
  private final Rates rates = new Rates(System::nanoTime);
  private final ServedPayees payees;

  private Admission(
      FacilitatorConfig config, Map<Bytes32, Set<Address>> keys, ServedPayees payees) {
    this.keys = keys;
    this.perSecond = config.requestsPerSecond();
    this.perSecondWithKey = config.requestsPerSecondWithKey();
    this.least = config.least();
    this.payees = payees;
  }

  static Admission of(FacilitatorConfig config, ServedPayees payees) {
    if (config.requestsPerSecond() < 1 || config.requestsPerSecondWithKey() < 1) {
      throw new StartFailure("The rates of stoa.facilitator must be 1 a second at least.");
    }
    return new Admission(
        config,
        config.keys().entrySet().stream()
            .collect(
                toUnmodifiableMap(
                    key -> read(key.getKey() + ".sha256", key.getValue().sha256(), Bytes32::parse),
                    key -> receivers(key.getKey(), key.getValue()),
                    (one, other) -> {
                      throw new StartFailure("Two of stoa.facilitator.keys are the same.");
                    })),
        payees);
  }

  private static Set<Address> receivers(String name, FacilitatorConfig.Key key) {
    return key.receivers().orElse(List.of()).stream()
        .map(receiver -> read(name + ".receivers", receiver, Address::parse))
        .collect(toUnmodifiableSet());
  }

  private static <T> T read(String name, String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException malformed) {
      throw new StartFailure(
          "stoa.facilitator.keys.%s is %s.".formatted(name, malformed.getMessage()), malformed);
    }
  }

  /**
   * Says who asks. Fails when it shows a key that is none, or asks too much.
   *
   * @param authorization the header's value
   */
  Client admit(@Nullable String authorization, String remoteAddress) {
    var client = Client.of(authorization, remoteAddress, keys);
    rates.count(
        client,
        switch (client) {
          case Client.KeyHolder _ -> perSecondWithKey;
          case Client.Stranger _, Client.Pretender _ -> perSecond;
        });
    if (client instanceof Client.Pretender) {
      throw new MarketException.Forbidden(
          "facilitator-key-unknown", "Authorization does not hold a key of this facilitator.");
    }
    return client;
  }

  Asker asker(Client client) {
    return new Asker(
        client.receivers(), client instanceof Client.KeyHolder ? BigInteger.ZERO : least);
  }

  /** Whether payments to {@code payee} are looked at for {@code client}. */
  boolean serves(Client client, Address payee) {
    return switch (client) {
      case Client.KeyHolder _ -> true;
      case Client.Stranger _ -> payees.contains(payee);
      case Client.Pretender _ -> false;
    };
  }
}
