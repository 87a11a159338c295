package io.stoa.cli;

import io.stoa.cli.endpoints.Endpoints;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say which market is meant. */
public final class LocalMarket {
  @Option(
      names = "--state",
      paramLabel = "DIR",
      scope = picocli.CommandLine.ScopeType.INHERIT,
      description = "State directory of a local market (default: .stoa).")
  private Path state = Path.of(".stoa");

  @Option(
      names = "--api",
      paramLabel = "URL",
      scope = picocli.CommandLine.ScopeType.INHERIT,
      description = "Origin of the market (default: the local one).")
  private @Nullable URI api;

  public URI api() {
    return api == null ? endpoints().api() : api;
  }

  /** What the local market wrote down; fails when it is not up. */
  public Endpoints endpoints() {
    return findEndpoints()
        .orElseThrow(
            () ->
                new CommandFailure(
                    "No market runs here: start one with ./stoa up, or name one with --api URL."));
  }

  /** Empty when another market was named, or the local one is not up. */
  public Optional<Endpoints> findEndpoints() {
    try {
      return Endpoints.read(state);
    } catch (IOException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()), e);
    }
  }
}
