package io.stoa.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class LocalBlobStoreTest extends BlobStoreContract {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  private @Nullable LocalBlobStore store;

  @Override
  protected BlobStore emptyStore(InstantSource clock) {
    store = LocalBlobStore.open(folder, clock);
    return store;
  }

  @AfterEach
  void close() throws IOException {
    if (store != null) {
      store.close();
    }
  }
}
