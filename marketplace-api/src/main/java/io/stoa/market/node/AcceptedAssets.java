package io.stoa.market.node;

import io.stoa.chain.deploy.AddressBook;
import io.stoa.domain.Asset;
import io.stoa.domain.ChainId;
import java.util.Set;
import java.util.stream.Collectors;

/** The tokens this node takes payments in: each settlement costs it gas, in code of the token's. */
public record AcceptedAssets(Set<Asset> assets) {
  public AcceptedAssets {
    assets = Set.copyOf(assets);
  }

  static AcceptedAssets of(ChainConfig config, ChainId chain, AddressBook book) {
    return new AcceptedAssets(
        config
            .assets()
            .map(
                named -> named.stream().map(text -> parse(text, chain)).collect(Collectors.toSet()))
            .orElseGet(
                () ->
                    Set.of(
                        new Asset(chain, book.usdCoin()), new Asset(chain, book.marketToken()))));
  }

  public boolean contains(Asset asset) {
    return assets.contains(asset);
  }

  private static Asset parse(String text, ChainId chain) {
    try {
      var asset = Asset.parse(text);
      if (!asset.chain().equals(chain)) {
        throw new StartFailure(
            "stoa.chain.assets is wrong: %s is not on %s.".formatted(asset, chain));
      }
      return asset;
    } catch (IllegalArgumentException malformed) {
      throw new StartFailure(
          "stoa.chain.assets is wrong: %s is %s.".formatted(text, malformed.getMessage()),
          malformed);
    }
  }
}
