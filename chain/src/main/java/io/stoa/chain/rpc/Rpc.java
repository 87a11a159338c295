package io.stoa.chain.rpc;

import io.stoa.crypto.Keccak;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TxHash;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * A chain behind one node or several. Blocks; call from a virtual thread. Safe for any number of
 * threads.
 *
 * <p>Every read may fail with {@link RpcUnavailable} (after the attempts that {@link RpcSettings}
 * allows) or {@link RpcRefused}. Two reads may be answered by two nodes: what must fit together is
 * read in one batch, or at one block hash.
 */
public final class Rpc implements AutoCloseable {
  private final JsonRpc wire;

  private Rpc(JsonRpc wire) {
    this.wire = wire;
  }

  /** Opens no connection yet. */
  public static Rpc connect(RpcSettings settings) {
    return new Rpc(new JsonRpc(settings));
  }

  public <T> T ask(RpcRequest<T> request) {
    return askAll(List.of(request)).getFirst();
  }

  /**
   * Asks everything in one batch; answers in the order of the questions. One refusal refuses all.
   */
  public <T> List<T> askAll(List<? extends RpcRequest<? extends T>> requests) {
    return requests.isEmpty() ? List.of() : wire.read(requests);
  }

  public RpcBatch batch() {
    return new RpcBatch(this);
  }

  public ChainId chainId() {
    return ask(RpcRequest.chainId());
  }

  /** The newest block. */
  public BlockHeader head() {
    return present(ask(RpcRequest.block(BlockId.LATEST)), "newest");
  }

  /** The newest block that stays; empty while the chain is too young to have one. */
  public Optional<BlockHeader> finalHead(Finality finality) {
    return switch (finality) {
      case Finality.Tagged _ -> ask(RpcRequest.block(new BlockId.Finalized()));
      case Finality.Depth(long blocks) when blocks == 0 -> Optional.of(head());
      case Finality.Depth(long blocks) -> {
        long number = ask(RpcRequest.headNumber()) - blocks;
        yield number < 0 ? Optional.empty() : block(number);
      }
    };
  }

  /** The block of this number on the node's present fork. */
  public Optional<BlockHeader> block(long number) {
    return ask(RpcRequest.block(BlockId.of(number)));
  }

  /** A block of the present fork or, while the node remembers it, of a past one. */
  public Optional<BlockHeader> block(Bytes32 hash) {
    return ask(RpcRequest.block(BlockId.of(hash)));
  }

  /** See {@link RpcRequest#logs(LogFilter, long, long)}. */
  public List<Log> logs(LogFilter filter, long from, long to) {
    return ask(RpcRequest.logs(filter, from, to));
  }

  /** See {@link RpcRequest#logs(LogFilter, Bytes32)}. */
  public List<Log> logs(LogFilter filter, Bytes32 block) {
    return ask(RpcRequest.logs(filter, block));
  }

  public Optional<Receipt> receipt(TxHash transaction) {
    return ask(RpcRequest.receipt(transaction));
  }

  public Optional<ChainTransaction> transaction(TxHash transaction) {
    return ask(RpcRequest.transaction(transaction));
  }

  /** The nonce that the next transaction to be mined must have. */
  public long nonce(Address account) {
    return ask(RpcRequest.nonce(account, BlockId.LATEST));
  }

  /** The nonce after the transactions that wait at this node. */
  public long pendingNonce(Address account) {
    return ask(RpcRequest.nonce(account, new BlockId.Pending()));
  }

  public BigInteger balance(Address account) {
    return ask(RpcRequest.balance(account, BlockId.LATEST));
  }

  public Bytes code(Address account) {
    return ask(RpcRequest.code(account, BlockId.LATEST));
  }

  public CallResult call(Call call, BlockId block) {
    return ask(RpcRequest.call(call, block));
  }

  /** All at one block, in one batch. */
  public List<CallResult> callAll(List<Call> calls, BlockId block) {
    return askAll(calls.stream().map(call -> RpcRequest.call(call, block)).toList());
  }

  public GasEstimate estimateGas(Call call) {
    return ask(RpcRequest.estimateGas(call));
  }

  public GasPrice gasPrice() {
    var batch = batch();
    var head = batch.add(RpcRequest.block(BlockId.LATEST));
    var tip = batch.add(RpcRequest.suggestedTip());
    batch.send();
    return new GasPrice(present(head.get(), "newest").baseFee(), tip.get());
  }

  /**
   * Hands a signed transaction to one node, once. Never throws for what the node does: a lost
   * answer is {@link SendResult.Unknown}. The same bytes may be sent again; they have one effect.
   */
  public SendResult send(Bytes rawTransaction) {
    var hash = new TxHash(Keccak.hash(rawTransaction.toBytes()));
    var request = RpcRequest.send(rawTransaction, hash);
    try {
      return wire.once(request);
    } catch (RpcUnavailable unavailable) {
      return new SendResult.Unknown(String.valueOf(unavailable.getMessage()));
    }
  }

  private static <T> T present(Optional<T> block, String which) {
    return block.orElseThrow(() -> new RpcUnavailable("the node has no " + which + " block"));
  }

  @Override
  public void close() {
    wire.close();
  }
}
