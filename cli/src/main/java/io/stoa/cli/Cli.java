package io.stoa.cli;

import io.stoa.chain.rpc.RpcException;
import io.stoa.cli.api.MarketRefusal;
import io.stoa.cli.buy.BuyCommand;
import io.stoa.cli.deploy.DeployCommand;
import io.stoa.cli.publish.PublishCommand;
import io.stoa.cli.verify.VerifyCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The program behind {@code ./stoa buy}, {@code publish}, {@code deploy} and {@code verify}. Exit
 * codes: 0 done, 1 not done and nothing charged, 2 wrong usage, 3 a payment is undecided.
 */
@Command(
    name = "./stoa",
    mixinStandardHelpOptions = true,
    subcommands = {
      BuyCommand.class,
      PublishCommand.class,
      DeployCommand.class,
      VerifyCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class Cli {
  @Mixin private LocalMarket market = new LocalMarket();

  private Cli() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    return program().execute(arguments);
  }

  static CommandLine program() {
    return new CommandLine(new Cli()).setExecutionExceptionHandler(Cli::explain);
  }

  public LocalMarket market() {
    return market;
  }

  private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    return switch (failure) {
      case CommandFailure _, MarketRefusal _, RpcException _, IllegalArgumentException _ -> {
        command.getErr().println("stoa: " + failure.getMessage());
        yield 1;
      }
      case PaymentUndecided _ -> {
        command.getErr().println("stoa: " + failure.getMessage());
        yield 3;
      }
      default -> throw failure;
    };
  }
}
