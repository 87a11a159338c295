package io.stoa.market.node;

import io.stoa.chain.deploy.AddressBook;
import io.stoa.chain.keys.KeyRing;
import io.stoa.chain.keys.KeySource;
import io.stoa.chain.keys.KeyUnusable;
import io.stoa.chain.keys.Password;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.crypto.Secp256k1;
import io.stoa.domain.ChainId;
import io.stoa.persistence.account.PostgresUploads;
import io.stoa.persistence.account.Uploads;
import io.stoa.storage.BlobStore;
import io.stoa.storage.LocalBlobStore;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** The parts that features share, each made once, when it is first asked for. */
final class Parts {
  private Parts() {}

  @Produces
  @Singleton
  static Clock clock() {
    return Clock.systemUTC();
  }

  @Produces
  @Singleton
  static ChainId chain(ChainConfig config) {
    return new ChainId(config.id());
  }

  @Produces
  @Singleton
  static Origin origin(NodeConfig config) {
    try {
      return new Origin(config.publicUrl());
    } catch (IllegalArgumentException wrong) {
      throw new StartFailure("stoa.public-url is " + wrong.getMessage() + ".", wrong);
    }
  }

  @Produces
  @Singleton
  static NodeDid did(Origin origin) {
    return NodeDid.of(origin);
  }

  @Produces
  @Singleton
  static Finality finality(ChainConfig config) {
    return new Finality.Depth(config.finalDepth());
  }

  @Produces
  @Singleton
  static Rpc rpc(ChainConfig config) {
    try {
      return Rpc.connect(RpcSettings.of(config.rpc().toArray(URI[]::new)));
    } catch (IllegalArgumentException wrong) {
      throw new StartFailure("stoa.chain.rpc is wrong: " + wrong.getMessage() + ".", wrong);
    }
  }

  static void close(@Disposes Rpc rpc) {
    rpc.close();
  }

  @Produces
  @Singleton
  static AddressBook addressBook(ChainConfig config, ChainId chain) {
    var file = config.addressBook();
    try {
      var book =
          AddressBook.read(file)
              .orElseThrow(() -> new StartFailure("There is no address book at " + file + "."));
      if (!book.chain().equals(chain)) {
        throw new StartFailure(
            "The address book %s is of chain %d, stoa.chain.id says %d."
                .formatted(file, book.chain().value(), chain.value()));
      }
      return book;
    } catch (IOException | IllegalArgumentException unreadable) {
      throw new StartFailure("The address book " + file + " cannot be read.", unreadable);
    }
  }

  @Produces
  @Singleton
  static AcceptedAssets assets(ChainConfig config, ChainId chain, AddressBook book) {
    return AcceptedAssets.of(config, chain, book);
  }

  @Produces
  @Singleton
  static KeyRing keys(KeySource source) {
    try {
      return KeyRing.open(source);
    } catch (KeyUnusable unusable) {
      throw new StartFailure(
          "The node's keys cannot be used: " + unusable.getMessage() + ".", unusable);
    }
  }

  @Produces
  @Singleton
  static KeySource keySource(KeysConfig config) {
    if (config.createMissing()) {
      return new KeySource.Development(config.directory());
    }
    var file =
        config
            .passwordFile()
            .orElseThrow(
                () ->
                    new StartFailure(
                        "stoa.keys.password-file is missing: the node needs its keystores."));
    return new KeySource.Keystores(config.directory(), password(file));
  }

  private static Password password(Path file) {
    try (var lines = Files.lines(file)) {
      return new Password(lines.findFirst().orElse(""));
    } catch (IOException | UncheckedIOException unreadable) {
      throw new StartFailure("The password file " + file + " cannot be read.", unreadable);
    }
  }

  @Produces
  @Singleton
  static Secp256k1 curve() {
    return Secp256k1.fastest();
  }

  @Produces
  @Singleton
  static BlobStore store(StorageConfig config, Clock clock) {
    try {
      return LocalBlobStore.open(config.directory(), clock);
    } catch (IllegalStateException | UncheckedIOException unusable) {
      throw new StartFailure(
          "The content store cannot be used: %s.".formatted(unusable.getMessage()), unusable);
    }
  }

  static void close(@Disposes BlobStore store) throws IOException {
    if (store instanceof LocalBlobStore local) {
      local.close();
    }
  }

  @Produces
  @Singleton
  static Uploads uploads(Pool pool) {
    return new PostgresUploads(pool);
  }
}
