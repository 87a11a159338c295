package io.stoa.chain.keys;

import io.stoa.crypto.OriginKey;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes32;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys of one node, each for one thing only.
 *
 * <ul>
 *   <li>{@code sender-*} pay gas
 *   <li>{@code attester} signs receipts and offers
 *   <li>{@code authorizer} speaks for channels
 *   <li>{@code origin} signs requests to providers (Ed25519, RFC 9421)
 *   <li>{@code vault} seals stored answers (AES-256)
 * </ul>
 */
public final class KeyRing {
  private static final String FIRST_SENDER = "sender-1";

  private final List<SigningKey> senders;
  private final SigningKey attester;
  private final SigningKey authorizer;
  private final OriginKey origin;
  private final Bytes32 vault;

  private KeyRing(Reader reader) {
    this.senders = reader.senders().stream().map(reader::read).map(SigningKey::of).toList();
    this.attester = SigningKey.of(reader.read("attester"));
    this.authorizer = SigningKey.of(reader.read("authorizer"));
    this.origin = OriginKey.of(reader.read("origin"));
    this.vault = reader.read("vault");
  }

  /** Reads all keys; fails with {@link KeyUnusable} on the first that is missing or unreadable. */
  public static KeyRing open(KeySource source) {
    return new KeyRing(
        switch (source) {
          case KeySource.Keystores(var folder, var password) -> new Keystores(folder, password);
          case KeySource.Development(var folder) -> new PlainFiles(folder);
        });
  }

  /** At least one, in the order of their names. */
  public List<SigningKey> senders() {
    return senders;
  }

  public SigningKey attester() {
    return attester;
  }

  public SigningKey authorizer() {
    return authorizer;
  }

  public OriginKey origin() {
    return origin;
  }

  /** Seals answers that wait for their buyers: AES-256, the same for all instances on one till. */
  public SecretKey vault() {
    return new SecretKeySpec(vault.toBytes(), "AES");
  }

  @Override
  public String toString() {
    return "KeyRing[senders=%s, attester=%s, authorizer=%s, origin=***, vault=***]"
        .formatted(senders, attester, authorizer);
  }

  private interface Reader {
    List<String> senders();

    Bytes32 read(String name);
  }

  private record Keystores(Path folder, Password password) implements Reader {
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

  private record PlainFiles(Path folder) implements Reader {
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

  /** Far below the order of the curve with all but a negligible chance; else reading fails. */
  private static Bytes32 fresh() {
    var secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    return Bytes32.of(secret);
  }
}
