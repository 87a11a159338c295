package io.stoa.market.publishing;

import io.stoa.chain.deploy.AddressBook;
import io.stoa.chain.registry.RegistryCalls;
import io.stoa.crypto.Secp256k1;
import io.stoa.domain.ChainId;
import io.stoa.indexer.document.DocumentReader;
import io.stoa.persistence.account.Uploads;
import io.stoa.storage.BlobStore;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** What only publishing needs. */
final class PublishingParts {
  private PublishingParts() {}

  @Produces
  @Singleton
  static Admission admission(
      Uploads uploads, ArtifactsConfig config, Secp256k1 curve, ChainId chain, Clock clock) {
    return new Admission(uploads, config, curve, chain, clock);
  }

  @Produces
  @Singleton
  static Documents documents(DocumentReader reader, BlobStore store, Uploads uploads) {
    return new Documents(reader, store, uploads);
  }

  @Produces
  @Singleton
  static RegistryCalls registry(ChainId chain, AddressBook addresses) {
    return new RegistryCalls(chain, addresses.listingRegistry());
  }
}
