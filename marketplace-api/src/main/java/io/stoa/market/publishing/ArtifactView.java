package io.stoa.market.publishing;

import io.stoa.storage.Imported;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A stored file, as a manifest names it.
 *
 * @param sha256 of the whole content, 0x-hex
 * @param size in bytes
 */
@Schema(name = "Artifact")
public record ArtifactView(String cid, String sha256, long size) {
  static ArtifactView of(Imported imported) {
    return new ArtifactView(
        imported.cid().toString(), imported.sha256().toString(), imported.size());
  }
}
