package io.stoa.indexer.document;

import static java.lang.System.Logger.Level.INFO;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import io.stoa.domain.MarketException;
import io.stoa.domain.listing.Manifest;
import io.stoa.domain.listing.Offer;
import io.stoa.persistence.mirror.Document;
import io.stoa.persistence.mirror.Document.Finding;
import io.stoa.persistence.mirror.MirrorWriter;
import io.stoa.storage.BlobStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * Turns names of documents into documents: fetches what the mirror waits for, checks it, and keeps
 * what is valid, with the files a manifest names, from being swept. Blocks: call from a virtual
 * thread.
 */
public final class DocumentFetcher {
  private static final System.Logger LOG = System.getLogger(DocumentFetcher.class.getName());
  private static final int BATCH = 64;

  private final MirrorWriter mirror;
  private final BlobStore store;
  private final DocumentReader reader;

  public DocumentFetcher(MirrorWriter mirror, BlobStore store, DocumentReader reader) {
    this.mirror = mirror;
    this.store = store;
    this.reader = reader;
  }

  /** Looks at everything that is due. Returns how many documents it decided. */
  public int run() {
    int decided = 0;
    for (var document : mirror.pending(BATCH)) {
      var finding = examine(document);
      mirror.found(document, finding);
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
    byte[] bytes;
    try {
      if (store.size(cid) > DocumentReader.MAX_SIZE) {
        return new Finding.Invalid("it is larger than " + DocumentReader.MAX_SIZE + " bytes");
      }
      bytes = content(cid);
    } catch (MarketException.NotFound | MarketException.Unavailable missing) {
      return new Finding.Missing();
    }
    if (!sha256(bytes).equals(document.sha256())) {
      return new Finding.Invalid("its SHA-256 is not the one on the chain");
    }
    return switch (document.type()) {
      case MANIFEST -> manifest(cid, bytes);
      case OFFERS -> offers(cid, bytes);
    };
  }

  private Finding manifest(Cid cid, byte[] bytes) {
    return switch (reader.manifest(bytes)) {
      case Reading.Invalid<Manifest> invalid -> invalid(invalid.pointer(), invalid.reason());
      case Reading.Valid<Manifest>(var manifest) -> {
        keep(cid);
        manifest.artifacts().forEach(artifact -> keep(artifact.cid()));
        yield new Finding.Valid(new String(bytes, UTF_8));
      }
    };
  }

  private Finding offers(Cid cid, byte[] bytes) {
    return switch (reader.offers(bytes)) {
      case Reading.Invalid<List<Offer>> invalid -> invalid(invalid.pointer(), invalid.reason());
      case Reading.Valid<List<Offer>> _ -> {
        keep(cid);
        yield new Finding.Valid(new String(bytes, UTF_8));
      }
    };
  }

  private static Finding invalid(String pointer, String reason) {
    return new Finding.Invalid((pointer.isEmpty() ? "" : pointer + ": ") + reason);
  }

  /** An artifact may be kept by other nodes only: then there is nothing to pin here. */
  private void keep(Cid cid) {
    try {
      store.pin(cid);
    } catch (MarketException.NotFound elsewhere) {
      LOG.log(INFO, "content not stored here: cid={0}", cid);
    }
  }

  private byte[] content(Cid cid) {
    try (var content = store.open(cid, 0)) {
      return content.readAllBytes();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Bytes32 sha256(byte[] content) {
    try {
      return Bytes32.of(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
