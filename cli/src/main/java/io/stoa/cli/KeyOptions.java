package io.stoa.cli;

import io.stoa.cli.endpoints.DevelopmentWallet;
import io.stoa.cli.wallet.KeyFile;
import io.stoa.crypto.SigningKey;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say whose key signs. */
public final class KeyOptions {
  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "Keystore (V3) of the key that signs. Its password comes from STOA_KEY_PASSWORD, or is"
              + " asked for.")
  private @Nullable Path keyFile;

  @Option(
      names = "--wallet",
      paramLabel = "NAME",
      description = "A development wallet of the local market instead, such as buyer-2.")
  private @Nullable String wallet;

  /** The key that was named; empty if none was. */
  public Optional<SigningKey> find(LocalMarket market) {
    return keyFile == null && wallet == null ? Optional.empty() : Optional.of(key(market, ""));
  }

  /**
   * @param usual the development wallet to take when none is named
   */
  public SigningKey key(LocalMarket market, String usual) {
    if (keyFile != null) {
      return KeyFile.open(keyFile, System.getenv());
    }
    var name = wallet == null ? usual : wallet;
    var endpoints =
        market
            .findEndpoints()
            .orElseThrow(
                () ->
                    new CommandFailure(
                        "No key: name one with --key-file, or start a local market with ./stoa up."));
    return endpoints.wallets().stream()
        .filter(candidate -> candidate.name().equals(name))
        .findFirst()
        .map(DevelopmentWallet::key)
        .orElseThrow(() -> new CommandFailure("The local market has no wallet " + name + "."));
  }
}
