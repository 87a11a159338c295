package io.stoa.chain.anchor;

import io.stoa.chain.contract.UsageAnchor;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.CallResult;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcUnavailable;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import java.math.BigInteger;
import java.util.Optional;

/**
 * The contract {@code UsageAnchor} at one address. Who anchors, and what an epoch is, each sender
 * decides for itself. Reads block and fail like {@link Rpc}.
 */
public final class UsageAnchors {
  private static final byte[] NOT_PUBLISHED = {};

  private final Rpc rpc;
  private final Address contract;

  public UsageAnchors(Rpc rpc, Address contract) {
    this.rpc = rpc;
    this.contract = contract;
  }

  public Address contract() {
    return contract;
  }

  /**
   * Call data that anchors the sender's receipts of {@code epoch}, once for ever.
   *
   * @param count of receipts, at least one
   */
  public static Bytes anchor(long epoch, Bytes32 root, long count) {
    return Bytes.parse(
        UsageAnchor.getABI_anchor(
            BigInteger.valueOf(epoch), root.toBytes(), BigInteger.valueOf(count), NOT_PUBLISHED));
  }

  /** What {@code sender} anchored for {@code epoch}; empty if nothing. */
  public Optional<Bytes32> rootOf(Address sender, long epoch, BlockId block) {
    var data = UsageAnchor.getABI_rootOf(sender.toString(), BigInteger.valueOf(epoch));
    return switch (rpc.call(Call.of(contract, Bytes.parse(data)), block)) {
      case CallResult.Returned(var answer) when answer.size() == 32 ->
          Optional.of(Bytes32.of(answer.toBytes())).filter(root -> !root.equals(Bytes32.ZERO));
      case CallResult.Returned _, CallResult.Reverted _ ->
          throw new RpcUnavailable("the anchor contract does not answer as it should");
    };
  }
}
