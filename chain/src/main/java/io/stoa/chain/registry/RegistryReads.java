package io.stoa.chain.registry;

import io.stoa.chain.contract.ListingRegistry;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.CallResult;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcUnavailable;
import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.Provider;
import io.stoa.domain.listing.ServiceName;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;

/** Reads of one registry at its newest block. Blocks; fails like {@link Rpc}. */
public final class RegistryReads {
  private final Rpc rpc;
  private final Address registry;

  public RegistryReads(Rpc rpc, Address registry) {
    this.rpc = rpc;
    this.registry = registry;
  }

  /** Empty if there is no listing under this path. */
  public Optional<ListingId> findListing(Provider provider, ServiceName service) {
    var id =
        word(ListingRegistry.getABI_listingAt(provider.toString(), service.value()))
            .map(Bytes32::toUnsigned)
            .orElse(BigInteger.ZERO);
    return id.signum() == 0 ? Optional.empty() : Optional.of(new ListingId(id.longValueExact()));
  }

  /** Where the revenue of a listing goes; empty if there is no such listing. */
  public Optional<Address> findSplitter(ListingId id) {
    return word(ListingRegistry.getABI_splitterOf(BigInteger.valueOf(id.value())))
        .map(Abi::address);
  }

  /** Who may publish under a handle; empty if nobody. */
  public Optional<Address> findHandleOwner(Provider.Handle handle) {
    return word(ListingRegistry.getABI_handleOf(handle.name()))
        .map(Abi::address)
        .filter(owner -> !owner.equals(Address.ZERO));
  }

  public boolean isReserved(String name) {
    return word(ListingRegistry.getABI_isReserved(name))
        .orElse(Bytes32.ZERO)
        .toUnsigned()
        .testBit(0);
  }

  /** The time between committing to a handle and claiming it. */
  public Duration handleDelay() {
    return Duration.ofSeconds(
        present(word(ListingRegistry.getABI_HANDLE_DELAY())).toUnsigned().longValueExact());
  }

  /** What claiming a handle deposits out of the claimer's allowance; empty while nothing. */
  public Optional<HandleBond> handleBond() {
    var data = Bytes.parse(ListingRegistry.getABI_handleBond());
    return switch (rpc.call(Call.of(registry, data), BlockId.LATEST)) {
      case CallResult.Returned(var answer) when answer.size() >= 64 ->
          Optional.of(
                  new HandleBond(
                      Abi.address(Abi.wordAt(answer.toBytes(), 0)),
                      Abi.wordAt(answer.toBytes(), 1).toUnsigned()))
              .filter(bond -> bond.units().signum() > 0);
      case CallResult.Returned _, CallResult.Reverted _ -> Optional.empty();
    };
  }

  /** An amount of a token, in its smallest unit. */
  public record HandleBond(Address token, BigInteger units) {}

  /** The code that every splitter runs. */
  public Address splitterCode() {
    return Abi.address(present(word(ListingRegistry.getABI_SPLITTER())));
  }

  /** The contract that decides who may call the restricted functions. */
  public Address authority() {
    return Abi.address(present(word(ListingRegistry.getABI_authority())));
  }

  /** The first word of the answer; empty if the call is reverted or nothing is returned. */
  private Optional<Bytes32> word(String data) {
    return switch (rpc.call(Call.of(registry, Bytes.parse(data)), BlockId.LATEST)) {
      case CallResult.Returned(var answer) when answer.size() >= 32 ->
          Optional.of(Abi.wordAt(answer.toBytes(), 0));
      case CallResult.Returned _, CallResult.Reverted _ -> Optional.empty();
    };
  }

  private static <T> T present(Optional<T> answer) {
    return answer.orElseThrow(() -> new RpcUnavailable("there is no registry at that address"));
  }
}
