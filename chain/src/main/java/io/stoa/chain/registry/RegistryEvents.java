package io.stoa.chain.registry;

import io.stoa.chain.contract.ListingRegistry;
import io.stoa.domain.Address;
import io.stoa.domain.BasisPoints;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.ListingStatus;
import io.stoa.domain.listing.Provider;
import io.stoa.domain.listing.ServiceName;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.web3j.abi.EventEncoder;
import org.web3j.abi.datatypes.Event;
import org.web3j.protocol.core.methods.response.Log;

/** Reads the registry's logs. Never throws: what cannot be read says so. */
public final class RegistryEvents {
  private static final int WORD = 32;
  private static final int WORDS_OF_A_SPLIT = 4;

  private static final Map<Bytes32, Reader> READERS =
      Stream.of(
              new Reader(ListingRegistry.HANDLECOMMITTED_EVENT, RegistryEvents::handleCommitted),
              new Reader(ListingRegistry.HANDLECLAIMED_EVENT, RegistryEvents::handleClaimed),
              new Reader(
                  ListingRegistry.HANDLETRANSFERSTARTED_EVENT,
                  RegistryEvents::handleTransferStarted),
              new Reader(
                  ListingRegistry.HANDLETRANSFERRED_EVENT, RegistryEvents::handleTransferred),
              new Reader(ListingRegistry.HANDLERESERVED_EVENT, RegistryEvents::handleReserved),
              new Reader(ListingRegistry.HANDLEBONDSET_EVENT, RegistryEvents::handleBondSet),
              new Reader(ListingRegistry.LISTINGPUBLISHED_EVENT, RegistryEvents::listingPublished),
              new Reader(ListingRegistry.VERSIONPUBLISHED_EVENT, RegistryEvents::versionPublished),
              new Reader(ListingRegistry.OFFERSCHANGED_EVENT, RegistryEvents::offersChanged),
              new Reader(ListingRegistry.SPLITSCHANGED_EVENT, RegistryEvents::splitsChanged),
              new Reader(ListingRegistry.ROYALTYSET_EVENT, RegistryEvents::royaltySet),
              new Reader(ListingRegistry.LINEAGERATESET_EVENT, RegistryEvents::lineageRateSet),
              new Reader(ListingRegistry.STATUSCHANGED_EVENT, RegistryEvents::statusChanged),
              new Reader(ListingRegistry.AGENTBOUND_EVENT, RegistryEvents::agentBound),
              new Reader(ListingRegistry.CLAIMERSET_EVENT, RegistryEvents::claimerSet),
              new Reader(ListingRegistry.PROTOCOLFEESET_EVENT, RegistryEvents::protocolFeeSet),
              new Reader(ListingRegistry.UPDATEUSER_EVENT, RegistryEvents::userUpdated),
              new Reader(ListingRegistry.TRANSFER_EVENT, RegistryEvents::titleTransferred),
              new Reader(ListingRegistry.APPROVAL_EVENT, RegistryEvents::titleApproved),
              new Reader(ListingRegistry.APPROVALFORALL_EVENT, RegistryEvents::operatorApproved),
              new Reader(ListingRegistry.AUTHORITYUPDATED_EVENT, RegistryEvents::authorityUpdated))
          .collect(Collectors.toUnmodifiableMap(Reader::topic, Function.identity()));

  private RegistryEvents() {}

  /** The first topics of all events that are read here. */
  public static Set<Bytes32> topics() {
    return READERS.keySet();
  }

  /** Empty for an event that the registry does not have. Does not look at the log's address. */
  public static Optional<RegistryEvent> decode(io.stoa.chain.rpc.Log log) {
    if (log.topics().isEmpty()) {
      return Optional.empty();
    }
    return Optional.ofNullable(READERS.get(log.topics().getFirst())).map(to -> to.read(log));
  }

  private record Reader(Event event, Function<Log, RegistryEvent> body) {

    Bytes32 topic() {
      return Bytes32.parse(EventEncoder.encode(event));
    }

    RegistryEvent read(io.stoa.chain.rpc.Log log) {
      try {
        if (log.topics().size() != 1 + event.getIndexedParameters().size()) {
          throw new IllegalArgumentException("a wrong number of topics");
        }
        return body.apply(web3j(log));
      } catch (RuntimeException unreadable) {
        return new RegistryEvent.Undecodable(
            event.getName(), Optional.ofNullable(unreadable.getMessage()).orElse("unreadable"));
      }
    }
  }

  private static Log web3j(io.stoa.chain.rpc.Log log) {
    var copy = new Log();
    copy.setAddress(log.address().toString());
    copy.setTopics(log.topics().stream().map(Bytes32::toString).toList());
    copy.setData(log.data().toString());
    return copy;
  }

  private static RegistryEvent handleCommitted(Log log) {
    var event = ListingRegistry.getHandleCommittedEventFromLog(log);
    return new RegistryEvent.HandleCommitted(
        Bytes32.of(event.commitment), event.claimableFrom, event.claimableUntil);
  }

  private static RegistryEvent handleClaimed(Log log) {
    var event = ListingRegistry.getHandleClaimedEventFromLog(log);
    return new RegistryEvent.HandleClaimed(
        new Provider.Handle(event.handle), Address.parse(event.owner), event.bond);
  }

  private static RegistryEvent handleTransferStarted(Log log) {
    var event = ListingRegistry.getHandleTransferStartedEventFromLog(log);
    return new RegistryEvent.HandleTransferStarted(
        new Provider.Handle(event.handle), Address.parse(event.from), Address.parse(event.to));
  }

  private static RegistryEvent handleTransferred(Log log) {
    var event = ListingRegistry.getHandleTransferredEventFromLog(log);
    return new RegistryEvent.HandleTransferred(
        new Provider.Handle(event.handle), Address.parse(event.from), Address.parse(event.to));
  }

  private static RegistryEvent handleReserved(Log log) {
    var event = ListingRegistry.getHandleReservedEventFromLog(log);
    return new RegistryEvent.HandleReserved(event.handle, event.reserved);
  }

  private static RegistryEvent handleBondSet(Log log) {
    var event = ListingRegistry.getHandleBondSetEventFromLog(log);
    return new RegistryEvent.HandleBondSet(Address.parse(event.token), event.amount);
  }

  private static RegistryEvent listingPublished(Log log) {
    var event = ListingRegistry.getListingPublishedEventFromLog(log);
    return new RegistryEvent.ListingPublished(
        listing(event.id),
        Address.parse(event.owner),
        Provider.parse(event.handle),
        new ServiceName(event.service),
        constant(ListingKind.values(), event.kind),
        Bytes.of(event.cid),
        Bytes32.of(event.manifestSha256),
        Bytes32.of(event.offersRoot),
        Address.parse(event.splitter));
  }

  private static RegistryEvent versionPublished(Log log) {
    var event = ListingRegistry.getVersionPublishedEventFromLog(log);
    return new RegistryEvent.VersionPublished(
        listing(event.id),
        event.version.intValueExact(),
        Bytes.of(event.cid),
        Bytes32.of(event.manifestSha256));
  }

  private static RegistryEvent offersChanged(Log log) {
    var event = ListingRegistry.getOffersChangedEventFromLog(log);
    return new RegistryEvent.OffersChanged(listing(event.id), Bytes32.of(event.offersRoot));
  }

  private static RegistryEvent splitsChanged(Log log) {
    requireSplitsToFit(log);
    var event = ListingRegistry.getSplitsChangedEventFromLog(log);
    List<Split> splits = event.splits.stream().map(RegistryEvents::split).toList();
    return new RegistryEvent.SplitsChanged(
        listing(event.id), Address.parse(event.splitter), splits);
  }

  /** The decoder makes room for as many elements as the log claims to have. */
  private static void requireSplitsToFit(Log log) {
    var data = Bytes.parse(log.getData()).toBytes();
    int room = data.length / WORD - 2;
    var claimed = data.length < 2 * WORD ? null : new BigInteger(1, data, WORD, WORD);
    if (claimed == null
        || !claimed
            .multiply(BigInteger.valueOf(WORDS_OF_A_SPLIT))
            .equals(BigInteger.valueOf(room))) {
      throw new IllegalArgumentException("another number of splits than it says");
    }
  }

  private static Split split(ListingRegistry.Split split) {
    var share = share(split.bps);
    return switch (split.kind.intValueExact()) {
      case 0 -> new Split.ToTitle(share);
      case 1 -> new Split.ToAccount(Address.parse(split.account), share);
      case 2 -> new Split.ToListing(listing(split.listing), share);
      default -> throw new IllegalArgumentException("not a kind of payee: " + split.kind);
    };
  }

  private static RegistryEvent royaltySet(Log log) {
    var event = ListingRegistry.getRoyaltySetEventFromLog(log);
    return new RegistryEvent.RoyaltySet(
        listing(event.id), Address.parse(event.receiver), share(event.bps));
  }

  private static RegistryEvent lineageRateSet(Log log) {
    var event = ListingRegistry.getLineageRateSetEventFromLog(log);
    return new RegistryEvent.LineageRateSet(listing(event.id), share(event.bps));
  }

  private static RegistryEvent statusChanged(Log log) {
    var event = ListingRegistry.getStatusChangedEventFromLog(log);
    return new RegistryEvent.StatusChanged(
        listing(event.id), constant(ListingStatus.values(), event.status));
  }

  private static RegistryEvent agentBound(Log log) {
    var event = ListingRegistry.getAgentBoundEventFromLog(log);
    return new RegistryEvent.AgentBound(
        listing(event.id), Address.parse(event.agentRegistry), event.agentId);
  }

  private static RegistryEvent claimerSet(Log log) {
    var event = ListingRegistry.getClaimerSetEventFromLog(log);
    return new RegistryEvent.ClaimerSet(listing(event.id), Address.parse(event.claimer));
  }

  private static RegistryEvent protocolFeeSet(Log log) {
    var event = ListingRegistry.getProtocolFeeSetEventFromLog(log);
    return new RegistryEvent.ProtocolFeeSet(Address.parse(event.recipient), share(event.bps));
  }

  private static RegistryEvent userUpdated(Log log) {
    var event = ListingRegistry.getUpdateUserEventFromLog(log);
    return new RegistryEvent.UserUpdated(
        listing(event.tokenId), Address.parse(event.user), event.expires);
  }

  private static RegistryEvent titleTransferred(Log log) {
    var event = ListingRegistry.getTransferEventFromLog(log);
    return new RegistryEvent.TitleTransferred(
        listing(event.tokenId), Address.parse(event.from), Address.parse(event.to));
  }

  private static RegistryEvent titleApproved(Log log) {
    var event = ListingRegistry.getApprovalEventFromLog(log);
    return new RegistryEvent.TitleApproved(
        listing(event.tokenId), Address.parse(event.owner), Address.parse(event.approved));
  }

  private static RegistryEvent operatorApproved(Log log) {
    var event = ListingRegistry.getApprovalForAllEventFromLog(log);
    return new RegistryEvent.OperatorApproved(
        Address.parse(event.owner), Address.parse(event.operator), event.approved);
  }

  private static RegistryEvent authorityUpdated(Log log) {
    var event = ListingRegistry.getAuthorityUpdatedEventFromLog(log);
    return new RegistryEvent.AuthorityUpdated(Address.parse(event.authority));
  }

  private static ListingId listing(BigInteger id) {
    return new ListingId(id.longValueExact());
  }

  private static BasisPoints share(BigInteger bps) {
    return new BasisPoints(bps.intValueExact());
  }

  private static <E extends Enum<E>> E constant(E[] values, BigInteger ordinal) {
    int index = ordinal.intValueExact();
    if (index >= values.length) {
      throw new IllegalArgumentException("not a known constant: " + index);
    }
    return values[index];
  }
}
