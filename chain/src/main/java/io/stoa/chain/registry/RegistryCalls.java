package io.stoa.chain.registry;

import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.contract.ListingRegistry;
import io.stoa.crypto.Keccak;
import io.stoa.domain.Address;
import io.stoa.domain.BasisPoints;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.Cid;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.ListingStatus;
import io.stoa.domain.listing.Provider;
import io.stoa.domain.listing.ServiceName;
import java.math.BigInteger;
import java.util.List;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.Utf8String;

/** Calls of one registry, ready for the wallet of whoever wants them. */
public final class RegistryCalls {
  private static final Split WHOLE_TO_TITLE = new Split.ToTitle(new BasisPoints(BasisPoints.WHOLE));

  private final ChainId chain;
  private final Address registry;

  public RegistryCalls(ChainId chain, Address registry) {
    this.chain = chain;
    this.registry = registry;
  }

  /** All revenue to whoever owns the title. */
  public static List<Split> everythingToTheOwner() {
    return List.of(WHOLE_TO_TITLE);
  }

  /**
   * What {@link #commitHandle} takes: keccak256(abi.encode(handle, owner, salt)).
   *
   * @param owner the sender of both transactions
   * @param salt secret until the handle is claimed
   */
  public static Bytes32 commitment(Provider.Handle handle, Address owner, Bytes32 salt) {
    var encoded =
        FunctionEncoder.encodeConstructor(
            List.of(
                new Utf8String(handle.name()),
                new org.web3j.abi.datatypes.Address(owner.toString()),
                new org.web3j.abi.datatypes.generated.Bytes32(salt.toBytes())));
    return Keccak.hash(Bytes.parse("0x" + encoded).toBytes());
  }

  /** First step to a handle. */
  public UnsignedTransaction commitHandle(Bytes32 commitment) {
    return call(ListingRegistry.getABI_commitHandle(commitment.toBytes()));
  }

  /** Second step, after the registry's delay and within a day. */
  public UnsignedTransaction claimHandle(Provider.Handle handle, Bytes32 salt) {
    return call(ListingRegistry.getABI_claimHandle(handle.name(), salt.toBytes()));
  }

  /**
   * Publishes a listing.
   *
   * @param provider a handle that the sender owns, or the sender's address
   * @param manifestSha256 of the manifest's bytes
   * @param offersRoot SHA-256 of the offers document
   * @param splits 1 to 16, summing to the whole
   */
  public UnsignedTransaction publish(
      Provider provider,
      ServiceName service,
      ListingKind kind,
      Cid manifest,
      Bytes32 manifestSha256,
      Bytes32 offersRoot,
      List<Split> splits) {
    var handle =
        switch (provider) {
          case Provider.Handle(var name) -> name;
          case Provider.Unnamed _ -> "";
        };
    return call(
        ListingRegistry.getABI_publish(
            handle,
            service.value(),
            place(kind),
            manifest.toBytes(),
            manifestSha256.toBytes(),
            offersRoot.toBytes(),
            encode(splits)));
  }

  /** Publishes the next manifest of a listing. */
  public UnsignedTransaction publishVersion(ListingId id, Cid manifest, Bytes32 manifestSha256) {
    return call(
        ListingRegistry.getABI_publishVersion(
            whole(id), manifest.toBytes(), manifestSha256.toBytes()));
  }

  public UnsignedTransaction setOffers(ListingId id, Bytes32 offersRoot) {
    return call(ListingRegistry.getABI_setOffers(whole(id), offersRoot.toBytes()));
  }

  public UnsignedTransaction setSplits(ListingId id, List<Split> splits) {
    return call(ListingRegistry.getABI_setSplits(whole(id), encode(splits)));
  }

  public UnsignedTransaction setStatus(ListingId id, ListingStatus status) {
    return call(ListingRegistry.getABI_setStatus(whole(id), place(status)));
  }

  /** Puts names on the list that nobody may claim. Restricted to the authority. */
  public UnsignedTransaction reserve(List<String> names) {
    return call(ListingRegistry.getABI_setReserved(names, true));
  }

  private UnsignedTransaction call(String data) {
    return UnsignedTransaction.call(chain, registry, Bytes.parse(data));
  }

  /** The order of these enumerations is that of the contract's. */
  @SuppressWarnings("EnumOrdinal")
  private static BigInteger place(Enum<?> constant) {
    return BigInteger.valueOf(constant.ordinal());
  }

  private static BigInteger whole(ListingId id) {
    return BigInteger.valueOf(id.value());
  }

  private static List<ListingRegistry.Split> encode(List<Split> splits) {
    return splits.stream().map(RegistryCalls::encode).toList();
  }

  private static ListingRegistry.Split encode(Split split) {
    var share = BigInteger.valueOf(split.share().value());
    return switch (split) {
      case Split.ToTitle _ -> of(0, Address.ZERO, BigInteger.ZERO, share);
      case Split.ToAccount(var account, _) -> of(1, account, BigInteger.ZERO, share);
      case Split.ToListing(var listing, _) -> of(2, Address.ZERO, whole(listing), share);
    };
  }

  private static ListingRegistry.Split of(
      int kind, Address account, BigInteger listing, BigInteger share) {
    return new ListingRegistry.Split(BigInteger.valueOf(kind), account.toString(), listing, share);
  }
}
