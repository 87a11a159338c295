package io.stoa.cli.wallet;

import io.stoa.chain.keys.KeyFiles;
import io.stoa.chain.keys.KeyUnusable;
import io.stoa.chain.keys.Password;
import io.stoa.cli.CommandFailure;
import io.stoa.crypto.SigningKey;
import java.nio.file.Path;

/** A keystore (V3) of the user's. */
public final class KeyFile {
  private static final String PASSWORD_VARIABLE = "STOA_KEY_PASSWORD";

  private KeyFile() {}

  /** Takes the password from the environment, else asks for it. */
  public static SigningKey open(Path file) {
    try {
      return SigningKey.of(KeyFiles.readKeystore(file, password(file)));
    } catch (KeyUnusable unusable) {
      throw new CommandFailure("The key " + unusable.getMessage() + ".", unusable);
    }
  }

  private static Password password(Path file) {
    var given = System.getenv(PASSWORD_VARIABLE);
    if (given != null) {
      return new Password(given);
    }
    @SuppressWarnings("SystemConsoleNull") // it may be null where no provider is there
    var console = System.console();
    var typed =
        console != null && console.isTerminal()
            ? console.readPassword("Password of %s: ", file)
            : null;
    if (typed == null) {
      throw new CommandFailure(
          "The key %s needs a password: set %s.".formatted(file, PASSWORD_VARIABLE));
    }
    return new Password(new String(typed));
  }
}
