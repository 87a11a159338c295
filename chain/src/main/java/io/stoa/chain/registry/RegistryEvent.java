package io.stoa.chain.registry;

import io.stoa.domain.Address;
import io.stoa.domain.BasisPoints;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.ListingStatus;
import io.stoa.domain.listing.Provider;
import io.stoa.domain.listing.ServiceName;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/** A past fact that the listing registry logged. All of them together rebuild its state. */
public sealed interface RegistryEvent {

  /**
   * Somebody may claim the handle behind {@code commitment} in this window.
   *
   * @param claimableFrom first Unix second of the window
   * @param claimableUntil last Unix second of the window
   */
  record HandleCommitted(Bytes32 commitment, BigInteger claimableFrom, BigInteger claimableUntil)
      implements RegistryEvent {}

  /**
   * @param bond atomic units of the bond token
   */
  record HandleClaimed(Provider.Handle handle, Address owner, BigInteger bond)
      implements RegistryEvent {}

  /**
   * @param to zero takes the offer back
   */
  record HandleTransferStarted(Provider.Handle handle, Address from, Address to)
      implements RegistryEvent {}

  /**
   * @param to zero if {@code from} gave the handle up
   */
  record HandleTransferred(Provider.Handle handle, Address from, Address to)
      implements RegistryEvent {}

  /**
   * @param name any text: reserved names need not be possible handles
   */
  record HandleReserved(String name, boolean reserved) implements RegistryEvent {}

  /** New claims deposit {@code amount} atomic units of {@code token}. */
  record HandleBondSet(Address token, BigInteger amount) implements RegistryEvent {}

  /**
   * A listing exists, in version 1.
   *
   * @param rawCid of the manifest, as the contract took it: version 1, otherwise unchecked
   * @param manifestSha256 of the manifest's bytes
   * @param offersRoot SHA-256 of the offers document
   */
  record ListingPublished(
      ListingId id,
      Address owner,
      Provider provider,
      ServiceName service,
      ListingKind kind,
      Bytes rawCid,
      Bytes32 manifestSha256,
      Bytes32 offersRoot,
      Address splitter)
      implements RegistryEvent {

    /** Empty if the manifest is named by a CID of a form that this system does not read. */
    public Optional<Cid> cid() {
      return readable(rawCid);
    }
  }

  /**
   * @param rawCid of the manifest, as the contract took it: version 1, otherwise unchecked
   */
  record VersionPublished(ListingId id, int version, Bytes rawCid, Bytes32 manifestSha256)
      implements RegistryEvent {

    /** Empty if the manifest is named by a CID of a form that this system does not read. */
    public Optional<Cid> cid() {
      return readable(rawCid);
    }
  }

  record OffersChanged(ListingId id, Bytes32 offersRoot) implements RegistryEvent {}

  /** Also logged with {@link ListingPublished}, right after it. */
  record SplitsChanged(ListingId id, Address splitter, List<Split> splits)
      implements RegistryEvent {
    public SplitsChanged {
      splits = List.copyOf(splits);
    }
  }

  /**
   * @param rate zero removes the royalty
   */
  record RoyaltySet(ListingId id, Address receiver, BasisPoints rate) implements RegistryEvent {}

  record LineageRateSet(ListingId id, BasisPoints rate) implements RegistryEvent {}

  record StatusChanged(ListingId id, ListingStatus status) implements RegistryEvent {}

  /**
   * The listing is this ERC-8004 agent.
   *
   * @param agentRegistry zero if it is none any more
   */
  record AgentBound(ListingId id, Address agentRegistry, BigInteger agentId)
      implements RegistryEvent {}

  /**
   * @param claimer zero for nobody
   */
  record ClaimerSet(ListingId id, Address claimer) implements RegistryEvent {}

  record ProtocolFeeSet(Address recipient, BasisPoints rate) implements RegistryEvent {}

  /**
   * The title's user by EIP-4907.
   *
   * @param user zero for nobody
   * @param expires last Unix second of the use
   */
  record UserUpdated(ListingId id, Address user, BigInteger expires) implements RegistryEvent {}

  /**
   * @param from zero when the title was minted
   */
  record TitleTransferred(ListingId id, Address from, Address to) implements RegistryEvent {}

  /**
   * @param approved may transfer the title; zero for nobody
   */
  record TitleApproved(ListingId id, Address owner, Address approved) implements RegistryEvent {}

  record OperatorApproved(Address owner, Address operator, boolean approved)
      implements RegistryEvent {}

  record AuthorityUpdated(Address authority) implements RegistryEvent {}

  /** Bears the name of a known event, but does not hold what that event holds. */
  record Undecodable(String event, String reason) implements RegistryEvent {}

  private static Optional<Cid> readable(Bytes raw) {
    try {
      return Optional.of(Cid.of(raw.toBytes()));
    } catch (IllegalArgumentException anotherForm) {
      return Optional.empty();
    }
  }
}
