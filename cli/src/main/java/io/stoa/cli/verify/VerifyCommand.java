package io.stoa.cli.verify;

import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.cli.Cli;
import io.stoa.cli.CommandFailure;
import io.stoa.cli.KeyOptions;
import io.stoa.cli.api.ReadAuthorization;
import io.stoa.crypto.SigningKey;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.receipt.AttestedReceipt;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code ./stoa verify RECEIPT}. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description =
        "Checks a receipt: its signature; with --did, whose it is; with --proof, that it is among"
            + " those its node answers for on the chain.")
public final class VerifyCommand implements Callable<Integer> {
  private static final String DID_PATH = "/.well-known/did.json";

  @ParentCommand private Cli cli;
  @Spec private CommandSpec spec;
  @Mixin private KeyOptions keys = new KeyOptions();

  @Parameters(
      paramLabel = "RECEIPT",
      description =
          "A file, - for standard input, or a URL. A receipt that only its parties may read is"
              + " fetched with the key that is named.")
  private String receipt;

  @Option(
      names = "--did",
      paramLabel = "PLACE",
      description = "The node's did.json, a file or a URL; of a URL the origin is enough.")
  private @Nullable String did;

  @Option(
      names = "--proof",
      paramLabel = "PLACE",
      description = "The proof of the receipt's anchor, a file or a URL.")
  private @Nullable String proof;

  @Option(
      names = "--rpc",
      paramLabel = "URL",
      description = "JSON-RPC of the chain that the receipt is anchored on; goes with --proof.")
  private @Nullable URI rpc;

  @SuppressWarnings("NullAway.Init") // picocli sets what has no value here
  private VerifyCommand() {}

  @Override
  public Integer call() {
    if (rpc != null && proof == null) {
      throw new ParameterException(spec.commandLine(), "--rpc goes with --proof.");
    }
    var attested = attested(read(receipt));
    if (did != null) {
      requireAttester(attested, did);
    }
    if (proof != null) {
      requireAnchored(attested, proof);
    }
    return 0;
  }

  private AttestedReceipt attested(byte[] document) {
    AttestedReceipt attested;
    try {
      attested = AttestedReceipt.read(document);
    } catch (MalformedPayment malformed) {
      throw new CommandFailure("The receipt cannot be read: " + malformed.getMessage(), malformed);
    }
    if (!attested.isBy(attested.signer())) {
      throw new CommandFailure(
          "The signature is not that of %s over this receipt.".formatted(attested.signer()));
    }
    say("The signature is that of %s over this receipt.".formatted(attested.signer()));
    return attested;
  }

  private void requireAttester(AttestedReceipt attested, String place) {
    var keys = DidKeys.read(new Document(didDocument(place)).read(System.in));
    var signer = new DidKeys.Account(attested.receipt().price().asset().chain(), attested.signer());
    if (!keys.attesters().contains(signer)) {
      throw new CommandFailure(
          "%s does not attest for %s.".formatted(attested.signer(), keys.id()));
    }
    say("The signer attests for %s.".formatted(keys.id()));
  }

  private static String didDocument(String place) {
    return new Document(place)
        .url()
        .filter(url -> url.getPath().isEmpty() || url.getPath().equals("/"))
        .map(url -> url.resolve(DID_PATH).toString())
        .orElse(place);
  }

  private void requireAnchored(AttestedReceipt attested, String place) {
    var anchored = AnchoredProof.read(read(place));
    anchored.requireOf(attested.receipt().digest());
    say("The receipt is under the root %s.".formatted(anchored.root()));
    if (rpc != null) {
      try (var chain = Rpc.connect(RpcSettings.of(rpc))) {
        anchored.requireOnChain(chain);
      }
      say(
          "The root is what %s anchored for epoch %d in %s on %s."
              .formatted(
                  anchored.place().sender(),
                  anchored.place().epoch(),
                  anchored.place().anchor(),
                  anchored.place().chain()));
    }
  }

  /** What a market keeps to its parties is asked for in the name of the key that is given. */
  private byte[] read(String place) {
    var document = new Document(place);
    var url = document.url();
    var reader = keys.find(cli.market());
    return url.isPresent() && reader.isPresent()
        ? document.fetch(authorized(url.get(), reader.get()))
        : document.read(System.in);
  }

  private static HttpRequest.Builder authorized(URI url, SigningKey reader) {
    var node = DidKeys.read(new Document(url.resolve(DID_PATH).toString()).read(System.in));
    var authorization =
        ReadAuthorization.sign(reader, node.attesters().getFirst().chain(), url, Instant.now());
    return HttpRequest.newBuilder(url).header("Authorization", authorization.header());
  }

  private void say(String sentence) {
    spec.commandLine().getOut().println(sentence);
  }
}
