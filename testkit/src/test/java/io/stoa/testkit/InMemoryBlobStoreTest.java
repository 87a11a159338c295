package io.stoa.testkit;

import io.stoa.storage.BlobStore;
import io.stoa.storage.BlobStoreContract;
import java.time.InstantSource;

class InMemoryBlobStoreTest extends BlobStoreContract {
  @Override
  protected BlobStore emptyStore(InstantSource clock) {
    return new InMemoryBlobStore(clock);
  }
}
