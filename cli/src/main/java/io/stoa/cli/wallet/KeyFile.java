package io.stoa.cli.wallet;

import io.stoa.chain.keys.KeyFiles;
import io.stoa.chain.keys.KeyUnusable;
import io.stoa.chain.keys.Password;
import io.stoa.cli.CommandFailure;
import io.stoa.crypto.SigningKey;
import java.nio.file.Path;
import java.util.Map;

/** A keystore (V3) of the user's. */
public final class KeyFile {
  private static final String PASSWORD_VARIABLE = "STOA_KEY_PASSWORD";

  private KeyFile() {}

  /**
   * Takes the password from {@code STOA_KEY_PASSWORD}, else asks for it.
   *
   * @param environment of this program
   */
  public static SigningKey open(Path file, Map<String, String> environment) {
    try {
      return SigningKey.of(KeyFiles.readKeystore(file, password(file, environment)));
    } catch (KeyUnusable unusable) {
      throw new CommandFailure("The key " + unusable.getMessage() + ".", unusable);
    }
  }

  private static Password password(Path file, Map<String, String> environment) {
    var given = environment.get(PASSWORD_VARIABLE);
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
