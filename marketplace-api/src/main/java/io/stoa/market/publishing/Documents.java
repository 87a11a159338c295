package io.stoa.market.publishing;

import com.fasterxml.jackson.databind.JsonNode;
import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import io.stoa.domain.MarketException;
import io.stoa.domain.listing.Manifest;
import io.stoa.domain.listing.Offer;
import io.stoa.indexer.document.DocumentReader;
import io.stoa.indexer.document.Reading;
import io.stoa.persistence.account.Uploads;
import io.stoa.storage.BlobStore;
import java.util.List;

/**
 * Takes in the two documents of a listing, and only such as the indexer will find good once the
 * chain names them. Blocks: call from a virtual thread.
 */
final class Documents {
  private final DocumentReader reader;
  private final BlobStore store;
  private final Uploads uploads;

  Documents(DocumentReader reader, BlobStore store, Uploads uploads) {
    this.reader = reader;
    this.store = store;
    this.uploads = uploads;
  }

  /**
   * A manifest and the offers that go with it, both in the store.
   *
   * @param offersRoot the SHA-256 of the offers
   */
  record Pair(Manifest manifest, Cid cid, Bytes32 offersRoot) implements Admission.Stored {
    Cid offersCid() {
      return Cid.of(Cid.Codec.RAW, offersRoot);
    }
  }

  /** Checks both documents, and only then stores them. */
  Pair store(JsonNode manifest, JsonNode offers) {
    var manifestBytes = CanonicalJson.write("/manifest", manifest);
    var offersBytes = CanonicalJson.write("/offers", offers);
    var read = read("/manifest", reader.manifest(manifestBytes));
    List<Offer> _ = read("/offers", reader.offers(offersBytes));
    for (int i = 0; i < read.artifacts().size(); i++) {
      check("/manifest/artifacts/" + i, read.artifacts().get(i));
    }
    var stored = new Pair(read, cid(manifestBytes), Bytes32.sha256(offersBytes));
    store.put(stored.offersCid(), offersBytes);
    store.put(stored.cid(), manifestBytes);
    return stored;
  }

  /** Finds documents that were stored before; refuses what could not be published. */
  Pair find(Cid manifest, Bytes32 offersRoot) {
    var read = reader.manifest(block("manifest", manifest));
    var pair =
        switch (read) {
          case Reading.Valid<Manifest>(var content) -> new Pair(content, manifest, offersRoot);
          case Reading.Invalid<Manifest>(var pointer, var reason) ->
              throw unpublishable("manifest", pointer, reason);
        };
    if (reader.offers(block("offersRoot", pair.offersCid()))
        instanceof Reading.Invalid<List<Offer>>(var pointer, var reason)) {
      throw unpublishable("offersRoot", pointer, reason);
    }
    return pair;
  }

  private byte[] block(String field, Cid cid) {
    if (cid.codec() != Cid.Codec.RAW) {
      throw new MarketException.Malformed(
          "body-malformed", "/" + field, "/%s does not name a raw block.".formatted(field));
    }
    try {
      return store.block(cid);
    } catch (MarketException.NotFound unknown) {
      throw new MarketException.Refused(
          "document-unknown",
          "/%s names a document that is not here: send it to /v1/manifests first."
              .formatted(field));
    }
  }

  private void check(String pointer, Manifest.Artifact artifact) {
    var known =
        uploads
            .find(artifact.cid())
            .filter(content -> isHere(artifact.cid(), content.size()))
            .orElseThrow(
                () ->
                    new MarketException.Refused(
                        "artifact-unknown",
                        "%s names %s, which is not here: send it to /v1/artifacts first."
                            .formatted(pointer, artifact.cid())));
    if (known.size() != artifact.size()) {
      throw differs(pointer + "/size", Long.toString(known.size()));
    }
    if (!known.sha256().equals(artifact.sha256())) {
      throw differs(pointer + "/sha256", known.sha256().toString());
    }
  }

  private boolean isHere(Cid cid, long size) {
    try {
      return store.size(cid) == size;
    } catch (MarketException.NotFound gone) {
      return false;
    }
  }

  private static <T> T read(String pointer, Reading<T> reading) {
    return switch (reading) {
      case Reading.Valid<T>(var content) -> content;
      case Reading.Invalid<T>(var inside, var reason) -> {
        var where = pointer + inside;
        throw new MarketException.Malformed("document-invalid", where, where + ": " + reason + ".");
      }
    };
  }

  private static MarketException unpublishable(String field, String pointer, String reason) {
    return new MarketException.Refused(
        "document-invalid",
        "/%s names a document with a fault at \"%s\": %s.".formatted(field, pointer, reason));
  }

  private static MarketException differs(String pointer, String actual) {
    return new MarketException.Refused(
        "artifact-differs", "%s is not that of the stored file, %s.".formatted(pointer, actual));
  }

  private static Cid cid(byte[] block) {
    return Cid.of(Cid.Codec.RAW, Bytes32.sha256(block));
  }
}
