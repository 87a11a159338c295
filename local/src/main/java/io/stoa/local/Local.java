package io.stoa.local;

import io.stoa.local.process.StartFailure;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program behind {@code ./stoa up} and {@code ./stoa down}. */
@Command(
    name = "./stoa",
    mixinStandardHelpOptions = true,
    subcommands = {UpCommand.class, DownCommand.class},
    synopsisSubcommandLabel = "COMMAND")
public final class Local {
  private Local() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Local())
            .setExecutionExceptionHandler(Local::explain)
            .execute(arguments));
  }

  private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    if (failure instanceof StartFailure) {
      command.getErr().println("stoa: " + failure.getMessage());
      return 1;
    }
    throw failure;
  }
}
