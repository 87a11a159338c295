package io.stoa.market.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.chain.deploy.AddressBook;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.ChainId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AcceptedAssetsTest {
  private static final ChainId CHAIN = new ChainId(31337);
  private static final Address DOLLAR = Address.parse("0x" + "1".repeat(40));
  private static final Address TOKEN = Address.parse("0x" + "2".repeat(40));
  private static final Asset OTHER = Asset.parse("eip155:31337/erc20:0x" + "3".repeat(40));
  private static final AddressBook BOOK =
      new AddressBook(CHAIN, 1, Map.of("UsdCoin", DOLLAR, "MarketToken", TOKEN));

  @Test
  void theDollarAndTheMarketsTokenAreTakenWhenNothingIsSaid() {
    // When
    var accepted = AcceptedAssets.of(named(Optional.empty()), CHAIN, BOOK);

    // Then
    assertThat(accepted.contains(new Asset(CHAIN, DOLLAR))).isTrue();
    assertThat(accepted.contains(new Asset(CHAIN, TOKEN))).isTrue();
    assertThat(accepted.contains(OTHER)).isFalse();
  }

  @Test
  void nothingButWhatIsNamedIsTaken() {
    // When
    var accepted = AcceptedAssets.of(named(Optional.of(List.of(OTHER.toString()))), CHAIN, BOOK);

    // Then
    assertThat(accepted.assets()).containsExactly(OTHER);
  }

  @Test
  void aTokenOfAnotherChainOrNoTokenEndsTheStart() {
    for (var wrong : List.of(OTHER.toString().replace("31337", "1"), "dollar")) {
      assertThatThrownBy(() -> AcceptedAssets.of(named(Optional.of(List.of(wrong))), CHAIN, BOOK))
          .isInstanceOf(StartFailure.class)
          .hasMessageContaining("stoa.chain.assets");
    }
  }

  private static ChainConfig named(Optional<List<String>> assets) {
    return new ChainConfig() {
      @Override
      public List<URI> rpc() {
        return List.of();
      }

      @Override
      public long id() {
        return CHAIN.value();
      }

      @Override
      public Path addressBook() {
        return Path.of("contracts.json");
      }

      @Override
      public Duration poll() {
        return Duration.ofMillis(500);
      }

      @Override
      public int finalDepth() {
        return 12;
      }

      @Override
      public Optional<List<String>> assets() {
        return assets;
      }
    };
  }
}
