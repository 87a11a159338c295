package io.stoa.indexer.document;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import io.stoa.domain.MarketException;
import io.stoa.domain.listing.Manifest;
import io.stoa.persistence.mirror.Document;
import io.stoa.persistence.mirror.Document.Finding;
import io.stoa.persistence.mirror.MirrorWriter;
import io.stoa.storage.BlobStore;
import java.util.List;
import java.util.Optional;

/**
 * Turns names of documents into documents: looks for what the mirror waits for, in the own store
 * first, checks it, and keeps it from being swept, with the files a valid manifest names. Blocks:
 * call from a virtual thread.
 */
public final class DocumentFetcher {
  private static final System.Logger LOG = System.getLogger(DocumentFetcher.class.getName());
  private static final int BATCH = 64;

  private final MirrorWriter mirror;
  private final BlobStore store;
  private final DocumentReader reader;
  private final List<DocumentSource> elsewhere;

  /**
   * @param elsewhere asked in this order for what is not in the store
   */
  public DocumentFetcher(
      MirrorWriter mirror, BlobStore store, DocumentReader reader, DocumentSource... elsewhere) {
    this.mirror = mirror;
    this.store = store;
    this.reader = reader;
    this.elsewhere = List.of(elsewhere);
  }

  /** Looks for everything that is due. Returns how many documents it decided. */
  public int run() {
    int decided = 0;
    for (var document : mirror.pending(reader.chain(), BATCH)) {
      var finding = examine(document);
      mirror.found(reader.chain(), document, finding);
      if (!(finding instanceof Finding.Missing)) {
        LOG.log(
            INFO,
            "document read: type={0} sha256={1} finding={2}",
            document.type(),
            document.sha256(),
            finding.getClass().getSimpleName());
        decided++;
      }
    }
    return decided;
  }

  private Finding examine(Document document) {
    Cid cid;
    try {
      cid = Cid.of(document.cid().toBytes());
    } catch (IllegalArgumentException foreign) {
      return new Finding.Invalid("its CID is " + foreign.getMessage());
    }
    if (cid.codec() != Cid.Codec.RAW) {
      return new Finding.Invalid("its CID names a tree, not one raw block");
    }
    if (!cid.sha256().equals(document.sha256())) {
      return new Finding.Invalid("its CID and its SHA-256 on the chain name different contents");
    }
    return find(cid)
        .map(bytes -> read(document.type(), cid, bytes))
        .orElseGet(Finding.Missing::new);
  }

  private Optional<byte[]> find(Cid cid) {
    try {
      return Optional.of(store.block(cid));
    } catch (MarketException.NotFound notHere) {
      return findElsewhere(cid);
    } catch (MarketException.Unavailable failure) {
      LOG.log(WARNING, "document not readable now: cid=" + cid, failure);
      return findElsewhere(cid);
    }
  }

  private Optional<byte[]> findElsewhere(Cid cid) {
    for (var source : elsewhere) {
      var found = source.find(cid).filter(bytes -> Bytes32.sha256(bytes).equals(cid.sha256()));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Finding read(Document.Type type, Cid cid, byte[] bytes) {
    keep(cid, bytes);
    return switch (type) {
      case MANIFEST -> {
        var reading = reader.manifest(bytes);
        if (reading instanceof Reading.Valid<Manifest>(var manifest)) {
          manifest.artifacts().forEach(artifact -> keep(artifact.cid()));
        }
        yield finding(reading, bytes);
      }
      case OFFERS -> finding(reader.offers(bytes), bytes);
    };
  }

  private static Finding finding(Reading<?> reading, byte[] bytes) {
    return switch (reading) {
      case Reading.Invalid<?>(var pointer, var reason) ->
          new Finding.Invalid((pointer.isEmpty() ? "" : pointer + ": ") + reason);
      case Reading.Valid<?> _ -> new Finding.Valid(new String(bytes, UTF_8));
    };
  }

  /** Even one that breaks a rule: a mirror that is built anew must find the same. */
  private void keep(Cid document, byte[] bytes) {
    if (bytes.length <= DocumentReader.MAX_SIZE) {
      store.put(document, bytes);
      store.pin(document);
    }
  }

  /** An artifact may be kept by other nodes only: then there is nothing to pin here. */
  private void keep(Cid artifact) {
    try {
      store.pin(artifact);
    } catch (MarketException.NotFound elsewhere) {
      LOG.log(INFO, "artifact not stored here: cid={0}", artifact);
    }
  }
}
