package io.stoa.cli.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.registry.RegistryCalls;
import io.stoa.chain.rpc.Rpc;
import io.stoa.cli.CommandFailure;
import io.stoa.cli.api.MarketApi;
import io.stoa.cli.api.MarketRefusal;
import io.stoa.cli.wallet.ProviderWallet;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.Cid;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.Provider;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;

/**
 * Walks the whole way from a file to a listing: upload, manifest, handle, transaction, and then
 * looks until the market shows it. A publication that stopped halfway can be started again: what
 * was uploaded is found by its content, and a handle stays claimed.
 */
public final class Publisher {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration UPLOAD_PATIENCE = Duration.ofHours(1);

  private final MarketApi market;
  private final Rpc chain;
  private final ProviderWallet wallet;
  private final Progress progress;

  public Publisher(MarketApi market, Rpc chain, ProviderWallet wallet, Progress progress) {
    this.market = market;
    this.chain = chain;
    this.wallet = wallet;
    this.progress = progress;
  }

  /**
   * Blocks until the listing is for sale.
   *
   * @throws MarketRefusal when the market will not have it
   * @throws CommandFailure when it cannot be done
   */
  public Published publish(Publication publication) {
    var path = path(publication);
    var claim = new HandleClaim(market, chain, wallet, progress);
    refuseTaken(path);
    publication.handle().ifPresent(claim::refuseIfTaken);
    var chainId = chain.chainId();
    var artifact = upload(chainId, publication);
    progress.step("storing the manifest");
    var documents = store(chainId, publication, artifact);
    publication.handle().ifPresent(claim::ensure);
    progress.step("publishing " + path);
    var manifest = documents.path("manifest").path("cid").asText();
    var offered = transaction(publication, documents);
    var transaction =
        wallet.send(offered, ownTransaction(chainId, path, publication, documents, offered));
    progress.step("waiting until it is for sale");
    awaitListing(path, manifest);
    return new Published(
        path,
        market.origin().resolve("/x/" + path),
        Cid.parse(manifest),
        Cid.parse(artifact.path("cid").asText()),
        transaction);
  }

  private ListingPath path(Publication publication) {
    var provider =
        publication
            .handle()
            .<Provider>map(handle -> handle)
            .orElseGet(() -> new Provider.Unnamed(wallet.address()));
    return new ListingPath(provider, publication.service());
  }

  private void refuseTaken(ListingPath path) {
    try {
      market.get("/v1/listings/" + path);
    } catch (MarketRefusal refusal) {
      if (refusal.status() == 404) {
        return;
      }
      throw refusal;
    }
    throw new CommandFailure("There is a listing " + path + " already: choose another name.");
  }

  private JsonNode upload(ChainId chainId, Publication publication) {
    progress.step("reading " + publication.artifact().getFileName());
    var file = LocalFile.read(publication.artifact());
    var authorization =
        BodyAuthorization.sign(wallet.key(), chainId, file.size(), file.sha256(), Instant.now());
    var stored = post(file, authorization);
    if (!stored.path("sha256").asText().equals(file.sha256().toString())) {
      throw new CommandFailure("The market stored something else than " + file.name() + ".");
    }
    return ((ObjectNode) stored).put("name", file.name());
  }

  private JsonNode post(LocalFile file, BodyAuthorization authorization) {
    progress.uploading(file.name(), file.size());
    try {
      return market.post(
          market
              .request("/v1/artifacts")
              .timeout(UPLOAD_PATIENCE)
              .header("Content-Type", "application/octet-stream")
              .header("Authorization", authorization.header()),
          file.body(progress::uploaded));
    } finally {
      progress.uploadEnded();
    }
  }

  private JsonNode store(ChainId chainId, Publication publication, JsonNode artifact) {
    var body = JsonNodeFactory.instance.objectNode();
    var manifest = publication.manifest();
    if (!manifest.has("artifacts")) {
      manifest
          .putArray("artifacts")
          .addObject()
          .put("name", artifact.path("name").asText())
          .put("cid", artifact.path("cid").asText())
          .put("sha256", artifact.path("sha256").asText())
          .put("size", artifact.path("size").asLong())
          .put("mediaType", "application/octet-stream");
    }
    body.set("manifest", manifest);
    body.set("offers", publication.offers());
    var bytes = body.toString().getBytes(UTF_8);
    var authorization =
        BodyAuthorization.sign(
            wallet.key(), chainId, bytes.length, Bytes32.sha256(bytes), Instant.now());
    return market.post(
        market
            .request("/v1/manifests")
            .header("Content-Type", "application/json")
            .header("Authorization", authorization.header()),
        BodyPublishers.ofByteArray(bytes));
  }

  private JsonNode transaction(Publication publication, JsonNode documents) {
    var body =
        JsonNodeFactory.instance
            .objectNode()
            .put("owner", wallet.address().toString())
            .put("service", publication.service().toString())
            .put("manifest", documents.path("manifest").path("cid").asText())
            .put("offersRoot", documents.path("offersRoot").asText());
    publication.handle().ifPresent(handle -> body.put("handle", handle.name()));
    return market.post("/v1/transactions/publish", body);
  }

  /** The same transaction, from what was asked for. */
  private static UnsignedTransaction ownTransaction(
      ChainId chainId,
      ListingPath path,
      Publication publication,
      JsonNode documents,
      JsonNode offered) {
    return new RegistryCalls(chainId, Address.parse(offered.path("to").asText()))
        .publish(
            path.provider(),
            path.service(),
            ListingKind.valueOf(publication.manifest().path("kind").asText()),
            Cid.parse(documents.at("/manifest/cid").asText()),
            Bytes32.parse(documents.at("/manifest/sha256").asText()),
            Bytes32.parse(documents.path("offersRoot").asText()),
            RegistryCalls.everythingToTheOwner());
  }

  /** Until the market has read the documents too, which is what makes a listing buyable. */
  private void awaitListing(ListingPath path, String manifest) {
    var deadline = Instant.now().plus(PATIENCE);
    while (!isForSale(path, manifest)) {
      if (Instant.now().isAfter(deadline)) {
        throw new CommandFailure(
            "It is published on the chain, but %s does not show it yet: look again at %s."
                .formatted(market.origin(), market.origin().resolve("/v1/listings/" + path)));
      }
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CommandFailure("Interrupted; the transaction has been sent.", e);
      }
    }
  }

  private boolean isForSale(ListingPath path, String manifest) {
    JsonNode listing;
    try {
      listing = market.get("/v1/listings/" + path);
    } catch (MarketRefusal refusal) {
      if (refusal.status() == 404) {
        return false;
      }
      throw refusal;
    }
    return listing.at("/manifest/cid").asText().equals(manifest)
        && listing.path("status").asText().equals("ACTIVE")
        && !listing.hasNonNull("unlisted");
  }
}
