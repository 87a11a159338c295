package io.stoa.indexer;

import io.stoa.chain.registry.RegistryCalls;
import io.stoa.chain.registry.RegistryEvent;
import io.stoa.chain.registry.RegistryEvents;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.Provider;
import io.stoa.domain.listing.ServiceName;
import io.stoa.testkit.TestChain;

/** A provider with a wallet on a chain, publishing. */
record Shop(TestChain chain, SigningKey provider) {

  static Shop on(TestChain chain) {
    return new Shop(chain, chain.account());
  }

  RegistryCalls calls() {
    return new RegistryCalls(TestChain.ID, chain.contracts().listingRegistry());
  }

  String path(String service) {
    return provider.address() + "/" + service;
  }

  ListingId publish(String service, TestDocument manifest, TestDocument offers) {
    return publish(service, manifest.cid(), manifest.sha256(), offers.sha256());
  }

  ListingId publish(String service, Cid cid, Bytes32 sha256, Bytes32 offersRoot) {
    var call =
        calls()
            .publish(
                new Provider.Unnamed(provider.address()),
                new ServiceName(service),
                ListingKind.MODEL,
                cid,
                sha256,
                offersRoot,
                RegistryCalls.everythingToTheOwner());
    var receipt = chain.send(provider, call.to(), call.data());
    return receipt.logs().stream()
        .flatMap(log -> RegistryEvents.decode(log).stream())
        .filter(RegistryEvent.ListingPublished.class::isInstance)
        .map(event -> ((RegistryEvent.ListingPublished) event).id())
        .findFirst()
        .orElseThrow();
  }

  void setOffers(ListingId listing, TestDocument offers) {
    var call = calls().setOffers(listing, offers.sha256());
    chain.send(provider, call.to(), call.data());
  }
}
