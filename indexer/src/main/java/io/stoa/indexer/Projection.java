package io.stoa.indexer;

import io.stoa.chain.registry.RegistryEvent;
import io.stoa.chain.registry.RegistryEvents;
import io.stoa.chain.rpc.BlockHeader;
import io.stoa.chain.rpc.Log;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.ListingStatus;
import io.stoa.persistence.mirror.Fact;
import io.stoa.persistence.mirror.Place;
import io.stoa.persistence.mirror.Progress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the registry's logs mean for the mirror. Pure: the same logs always give the same facts. */
final class Projection {
  private final List<Fact> facts = new ArrayList<>();
  private final List<Progress.DeadEvent> dead = new ArrayList<>();

  private Projection() {}

  /**
   * @param blocks ascending; among them the block of every log
   * @param logs in the order of the chain
   */
  static Progress of(List<BlockHeader> blocks, List<Log> logs) {
    Map<Bytes32, Instant> times = new HashMap<>();
    blocks.forEach(block -> times.put(block.hash(), block.time()));
    var projection = new Projection();
    for (var log : logs) {
      var time = times.get(log.block().hash());
      if (time == null) {
        throw new IllegalArgumentException("a log without its block");
      }
      projection.add(log, new Place(log.block().number(), log.index(), time));
    }
    var last = blocks.getLast();
    return new Progress(
        new Progress.Cursor(last.ref(), last.time()),
        blocks.stream().map(block -> new Progress.Block(block.ref(), block.parent())).toList(),
        logs.stream().map(Projection::raw).toList(),
        projection.facts,
        projection.dead);
  }

  private static Progress.RawLog raw(Log log) {
    return new Progress.RawLog(
        log.block(), log.index(), log.transaction(), log.address(), log.topics(), log.data());
  }

  private void add(Log log, Place place) {
    RegistryEvents.decode(log)
        .ifPresentOrElse(
            event -> add(event, place),
            () -> park(place, "", "the registry has no event of this name"));
  }

  private void add(RegistryEvent event, Place place) {
    switch (event) {
      case RegistryEvent.ListingPublished published -> publish(published, place);
      case RegistryEvent.VersionPublished(var id, int version, var rawCid, var sha256) ->
          facts.add(new Fact.Versioned(place, id, version, rawCid, sha256));
      case RegistryEvent.OffersChanged(var id, var root) ->
          facts.add(new Fact.Offered(place, id, root));
      case RegistryEvent.SplitsChanged(var id, var splitter, _) ->
          facts.add(new Fact.PaidTo(place, id, splitter));
      case RegistryEvent.StatusChanged(var id, var status) ->
          facts.add(new Fact.Stands(place, id, status));
      case RegistryEvent.TitleTransferred(var id, var from, var to) -> {
        if (!from.equals(Address.ZERO)) { // the first owner is told with the publication
          facts.add(new Fact.Owned(place, id, to));
        }
      }
      case RegistryEvent.Undecodable(var name, var reason) -> park(place, name, reason);
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

  private void publish(RegistryEvent.ListingPublished published, Place place) {
    var id = published.id();
    var path = new ListingPath(published.provider(), published.service());
    facts.add(new Fact.Published(place, id, path, published.kind()));
    facts.add(new Fact.Owned(place, id, published.owner()));
    facts.add(new Fact.Stands(place, id, ListingStatus.ACTIVE));
    facts.add(new Fact.Versioned(place, id, 1, published.rawCid(), published.manifestSha256()));
    facts.add(new Fact.Offered(place, id, published.offersRoot()));
    facts.add(new Fact.PaidTo(place, id, published.splitter()));
  }

  private void park(Place place, String event, String reason) {
    dead.add(new Progress.DeadEvent(place.block(), place.logIndex(), event, reason));
  }
}
