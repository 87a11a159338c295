package io.stoa.chain.keys;

import io.stoa.domain.Bytes32;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/** Reads keys by their names; fails with {@link KeyUnusable}. */
sealed interface KeyReader {

  /** Names of all keys {@code sender-*}, in order: at least one. */
  List<String> senders();

  Bytes32 read(String name);

  static KeyReader of(KeySource source) {
    return switch (source) {
      case KeySource.Keystores(var folder, var password) -> new Keystores(folder, password);
      case KeySource.Development(var folder) -> new PlainFiles(folder);
    };
  }

  /** Keystores that are there, or not. */
  record Keystores(Path folder, Password password) implements KeyReader {
    @Override
    public List<String> senders() {
      var names = namesOfSenders(folder, ".json");
      if (names.isEmpty()) {
        throw new KeyUnusable(folder + " holds no keystore sender-*.json");
      }
      return names;
    }

    @Override
    public Bytes32 read(String name) {
      return KeyFiles.readKeystore(folder.resolve(name + ".json"), password);
    }
  }

  /** Plain files, made when they are asked for. */
  record PlainFiles(Path folder) implements KeyReader {
    private static final String FIRST_SENDER = "sender-1";

    @Override
    public List<String> senders() {
      var names = namesOfSenders(folder, ".key");
      return names.isEmpty() ? List.of(FIRST_SENDER) : names;
    }

    @Override
    public Bytes32 read(String name) {
      var file = folder.resolve(name + ".key");
      if (!Files.exists(file)) {
        makeFolder();
        KeyFiles.writePlain(file, fresh());
      }
      return KeyFiles.readPlain(file);
    }

    private void makeFolder() {
      try {
        Files.createDirectories(folder);
      } catch (IOException failed) {
        throw new KeyUnusable(folder + " cannot be made");
      }
    }

    /** Below the order of the curve with all but a negligible chance; else reading fails. */
    private static Bytes32 fresh() {
      var secret = new byte[32];
      new SecureRandom().nextBytes(secret);
      return Bytes32.of(secret);
    }
  }

  private static List<String> namesOfSenders(Path folder, String suffix) {
    var names = new ArrayList<String>();
    if (!Files.isDirectory(folder)) {
      return names;
    }
    try (var files = Files.newDirectoryStream(folder, "sender-*" + suffix)) {
      for (var file : files) {
        var name = file.getFileName().toString();
        names.add(name.substring(0, name.length() - suffix.length()));
      }
    } catch (IOException unreadable) {
      throw new KeyUnusable(folder + " cannot be read");
    }
    names.sort(null);
    return names;
  }
}
