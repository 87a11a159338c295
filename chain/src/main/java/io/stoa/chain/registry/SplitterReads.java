package io.stoa.chain.registry;

import io.stoa.chain.contract.RevenueSplitter;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.CallResult;
import io.stoa.chain.rpc.Rpc;
import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import java.math.BigInteger;

/**
 * Reads of splitters, in atomic units. Blocks; fails like {@link Rpc}. An address that is no
 * splitter answers zero.
 */
public final class SplitterReads {
  private final Rpc rpc;

  public SplitterReads(Rpc rpc) {
    this.rpc = rpc;
  }

  /** What {@code payee} could withdraw. */
  public BigInteger creditOf(Address splitter, Address asset, Address payee, BlockId block) {
    return read(
        splitter, RevenueSplitter.getABI_creditOf(asset.toString(), payee.toString()), block);
  }

  /** Revenue that nobody is credited with yet. */
  public BigInteger undistributed(Address splitter, Address asset, BlockId block) {
    return read(splitter, RevenueSplitter.getABI_undistributed(asset.toString()), block);
  }

  /** The sum of all credits. */
  public BigInteger owed(Address splitter, Address asset, BlockId block) {
    return read(splitter, RevenueSplitter.getABI_owed(asset.toString()), block);
  }

  /** Whether the owner of its title gave something back for {@code payment}. */
  public boolean isRefunded(Address splitter, Bytes32 payment, BlockId block) {
    var isRefunded = RevenueSplitter.getABI_isRefunded(payment.toBytes());
    return read(splitter, isRefunded, block).signum() != 0;
  }

  private BigInteger read(Address splitter, String data, BlockId block) {
    return switch (rpc.call(Call.of(splitter, Bytes.parse(data)), block)) {
      case CallResult.Returned(var answer) when answer.size() >= 32 ->
          Abi.wordAt(answer.toBytes(), 0).toUnsigned();
      case CallResult.Returned _, CallResult.Reverted _ -> BigInteger.ZERO;
    };
  }
}
