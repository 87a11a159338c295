package io.stoa.x402.v1;

import static java.util.stream.Collectors.toUnmodifiableMap;

import io.stoa.domain.ChainId;
import java.util.Map;
import java.util.Optional;

/** The names that version 1 has for chains. A chain without one cannot be paid on with it. */
public final class V1Networks {
  private static final Map<String, ChainId> CHAINS =
      Map.ofEntries(
          chain("base", 8453),
          chain("base-sepolia", 84532),
          chain("ethereum", 1),
          chain("sepolia", 11155111),
          chain("polygon", 137),
          chain("polygon-amoy", 80002),
          chain("avalanche", 43114),
          chain("avalanche-fuji", 43113),
          chain("sei", 1329),
          chain("sei-testnet", 1328),
          chain("abstract", 2741),
          chain("abstract-testnet", 11124),
          chain("iotex", 4689),
          chain("peaq", 3338),
          chain("story", 1514),
          chain("educhain", 41923),
          chain("celo", 42220),
          chain("monad", 143),
          chain("megaeth", 4326),
          chain("flare", 14));

  private static final Map<ChainId, String> NAMES =
      CHAINS.entrySet().stream().collect(toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));

  private V1Networks() {}

  public static Optional<ChainId> chain(String name) {
    return Optional.ofNullable(CHAINS.get(name));
  }

  public static Optional<String> name(ChainId chain) {
    return Optional.ofNullable(NAMES.get(chain));
  }

  private static Map.Entry<String, ChainId> chain(String name, long id) {
    return Map.entry(name, new ChainId(id));
  }
}
