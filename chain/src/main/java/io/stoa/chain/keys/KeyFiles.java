package io.stoa.chain.keys;

import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.domain.Bytes32;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.web3j.crypto.ECKeyPair;
import org.web3j.crypto.Wallet;
import org.web3j.crypto.WalletFile;
import org.web3j.crypto.exception.CipherException;

/**
 * Files that hold one secret of 32 bytes each. Written for the owner alone, and never over another
 * file; fails with {@link KeyUnusable}.
 */
public final class KeyFiles {
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  private static final Set<PosixFilePermission> OWNER_ONLY = Set.of(OWNER_READ, OWNER_WRITE);

  private KeyFiles() {}

  /** Reads 32 bytes of hex. Refuses a file that others than its owner may read. */
  public static Bytes32 readPlain(Path file) {
    var text = read(file).strip();
    requirePrivate(file);
    try {
      return Bytes32.parse(text.startsWith("0x") ? text : "0x" + text);
    } catch (IllegalArgumentException garbage) {
      throw new KeyUnusable(file + " does not hold 32 bytes of hex");
    }
  }

  public static void writePlain(Path file, Bytes32 secret) {
    write(file, secret + "\n");
  }

  /** Reads a Web3 Secret Storage file, version 3. */
  public static Bytes32 readKeystore(Path file, Password password) {
    try {
      var wallet = JSON.readValue(read(file), WalletFile.class);
      return Bytes32.of(Wallet.decrypt(password.text(), wallet).getPrivateKey());
    } catch (CipherException wrong) {
      throw new KeyUnusable(file + " cannot be opened with this password");
    } catch (IOException | RuntimeException garbage) {
      throw new KeyUnusable(file + " is not a keystore of version 3");
    }
  }

  /** Takes a second and 256 MiB, as it is meant to. */
  public static void writeKeystore(Path file, Bytes32 secret, Password password) {
    try {
      var pair = ECKeyPair.create(secret.toUnsigned());
      write(file, JSON.writeValueAsString(Wallet.createStandard(password.text(), pair)));
    } catch (CipherException | IOException failed) {
      throw new KeyUnusable(file + " cannot be made");
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException missing) {
      throw new KeyUnusable(file + " is missing or cannot be read");
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.createFile(file, attributes(file));
      Files.writeString(file, text, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException taken) {
      throw new KeyUnusable(file + " exists already");
    } catch (IOException failed) {
      throw new KeyUnusable(file + " cannot be written");
    }
  }

  private static FileAttribute<?>[] attributes(Path file) {
    return isPosix(file)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
        : new FileAttribute<?>[0];
  }

  private static void requirePrivate(Path file) {
    try {
      if (isPosix(file) && !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
        throw new KeyUnusable(file + " is open to others: its mode must be 0600");
      }
    } catch (IOException gone) {
      throw new KeyUnusable(file + " is missing or cannot be read");
    }
  }

  private static boolean isPosix(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
