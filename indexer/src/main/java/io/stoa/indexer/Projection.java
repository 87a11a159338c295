package io.stoa.indexer;

import io.stoa.chain.registry.RegistryEvent;
import io.stoa.chain.registry.RegistryEvents;
import io.stoa.chain.rpc.Log;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.ListingStatus;
import io.stoa.persistence.mirror.Fact;
import io.stoa.persistence.mirror.Place;
import io.stoa.persistence.mirror.Progress.DeadEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What the registry's logs mean for the mirror. Pure: the same logs always give the same facts. */
final class Projection {
  private final List<Fact> facts = new ArrayList<>();
  private final List<DeadEvent> dead = new ArrayList<>();

  List<Fact> facts() {
    return facts;
  }

  List<DeadEvent> dead() {
    return dead;
  }

  /**
   * @param time of the log's block
   */
  void add(Log log, Instant time) {
    var place = new Place(log.block().number(), log.index(), time);
    RegistryEvents.decode(log).ifPresent(event -> add(event, place));
  }

  private void add(RegistryEvent event, Place place) {
    switch (event) {
      case RegistryEvent.ListingPublished published -> publish(published, place);
      case RegistryEvent.VersionPublished version ->
          facts.add(
              new Fact.Versioned(
                  place,
                  version.id(),
                  version.version(),
                  version.rawCid(),
                  version.manifestSha256()));
      case RegistryEvent.OffersChanged(var id, var root) ->
          facts.add(new Fact.Offered(place, id, root));
      case RegistryEvent.SplitsChanged(var id, var splitter, _) ->
          facts.add(new Fact.PaidTo(place, id, splitter));
      case RegistryEvent.StatusChanged(var id, var status) ->
          facts.add(new Fact.Stands(place, id, status));
      case RegistryEvent.TitleTransferred(var id, _, var to) ->
          facts.add(new Fact.Owned(place, id, to));
      case RegistryEvent.Undecodable(var name, var reason) ->
          dead.add(new DeadEvent(place.block(), place.logIndex(), name, reason));
      case RegistryEvent.HandleCommitted _,
          RegistryEvent.HandleClaimed _,
          RegistryEvent.HandleTransferStarted _,
          RegistryEvent.HandleTransferred _,
          RegistryEvent.HandleReserved _,
          RegistryEvent.HandleBondSet _,
          RegistryEvent.RoyaltySet _,
          RegistryEvent.LineageRateSet _,
          RegistryEvent.AgentBound _,
          RegistryEvent.ClaimerSet _,
          RegistryEvent.ProtocolFeeSet _,
          RegistryEvent.UserUpdated _,
          RegistryEvent.TitleApproved _,
          RegistryEvent.OperatorApproved _,
          RegistryEvent.AuthorityUpdated _ -> {}
    }
  }

  /** The owner and the splitter have events of their own in the same transaction. */
  private void publish(RegistryEvent.ListingPublished published, Place place) {
    var id = published.id();
    var path = new ListingPath(published.provider(), published.service());
    facts.add(new Fact.Published(place, id, path, published.kind()));
    facts.add(new Fact.Stands(place, id, ListingStatus.ACTIVE));
    facts.add(new Fact.Versioned(place, id, 1, published.rawCid(), published.manifestSha256()));
    facts.add(new Fact.Offered(place, id, published.offersRoot()));
  }
}
