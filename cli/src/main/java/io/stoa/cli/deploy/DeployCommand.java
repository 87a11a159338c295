package io.stoa.cli.deploy;

import io.stoa.chain.deploy.AddressBook;
import io.stoa.chain.deploy.Deployment;
import io.stoa.chain.deploy.DeploymentFailed;
import io.stoa.chain.deploy.DeploymentPlan;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.Wallet;
import io.stoa.cli.Cli;
import io.stoa.cli.CommandFailure;
import io.stoa.cli.KeyOptions;
import io.stoa.crypto.Eip55;
import io.stoa.domain.Address;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.TypeConversionException;

/** {@code ./stoa deploy --rpc URL …}. */
@Command(
    name = "deploy",
    mixinStandardHelpOptions = true,
    description =
        "Puts the contracts of a market on a chain, hands them to the market's DAO, and writes down"
            + " where they are. What is there already stays: run it again to finish or to check.")
public final class DeployCommand implements Callable<Integer> {
  @ParentCommand private Cli cli;
  @Mixin private KeyOptions keys = new KeyOptions();

  @Option(
      names = "--rpc",
      required = true,
      paramLabel = "URL",
      description = "JSON-RPC of the chain.")
  private URI rpc;

  @Option(
      names = "--guardian",
      required = true,
      paramLabel = "ADDRESS",
      converter = AddressConverter.class,
      description =
          "May close contracts for new business for 14 days at a time, during the first year; not"
              + " the deployer.")
  private Address guardian;

  @Option(
      names = "--token-holder",
      required = true,
      paramLabel = "ADDRESS",
      converter = AddressConverter.class,
      description = "Receives all market tokens there will ever be.")
  private Address tokenHolder;

  @Option(
      names = "--dollar",
      required = true,
      paramLabel = "ADDRESS",
      converter = AddressConverter.class,
      description = "The chain's dollar token, such as USDC.")
  private Address dollar;

  @Option(
      names = "--reserve",
      split = ",",
      paramLabel = "HANDLE",
      description = "Handles that nobody may claim.")
  private List<String> reserved = List.of();

  @Option(
      names = "--out",
      defaultValue = "contracts.json",
      paramLabel = "FILE",
      description = "The address book to write (default: ${DEFAULT-VALUE}).")
  private Path out;

  @SuppressWarnings("NullAway.Init") // picocli sets what has no value here
  private DeployCommand() {}

  @Override
  public Integer call() {
    var plan = DeploymentPlan.standard(guardian, tokenHolder, dollar, reserved);
    var key = keys.key(cli.market(), "deployer");
    try (var chain = Rpc.connect(RpcSettings.of(rpc))) {
      var deployer = new Wallet(chain, key, SendPolicy.standard());
      var book = new Deployment(chain, deployer, System.err::println).deploy(plan);
      print(book);
      book.write(out);
      return 0;
    } catch (DeploymentFailed failure) {
      throw new CommandFailure(failure.getMessage() + ".", failure);
    } catch (IOException failure) {
      throw new CommandFailure("The address book cannot be written to " + out + ".", failure);
    }
  }

  private static final class AddressConverter implements ITypeConverter<Address> {
    @Override
    public Address convert(String text) {
      try {
        return Address.parse(text);
      } catch (IllegalArgumentException malformed) {
        throw new TypeConversionException(String.valueOf(malformed.getMessage()));
      }
    }
  }

  private static void print(AddressBook book) {
    System.out.println("chain " + book.chain() + ", from block " + book.deploymentBlock());
    new TreeMap<>(book.contracts())
        .forEach((name, address) -> System.out.printf("%-24s %s%n", name, Eip55.checksum(address)));
  }
}
