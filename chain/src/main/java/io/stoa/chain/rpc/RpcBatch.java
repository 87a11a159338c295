package io.stoa.chain.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Different questions that travel together, so that one node answers all of them. One refusal
 * refuses all. For one thread and one use.
 *
 * <pre>{@code
 * var batch = rpc.batch();
 * var balance = batch.add(RpcRequest.balance(account, block));
 * var code = batch.add(RpcRequest.code(account, block));
 * batch.send();
 * use(balance.get(), code.get());
 * }</pre>
 */
public final class RpcBatch {
  private final Rpc rpc;
  private final List<RpcRequest<?>> requests = new ArrayList<>();
  private List<Object> answers = List.of();

  RpcBatch(Rpc rpc) {
    this.rpc = rpc;
  }

  /** The answer is there after {@link #send}. */
  @SuppressWarnings("unchecked")
  public <T> Supplier<T> add(RpcRequest<T> request) {
    int place = requests.size();
    requests.add(request);
    return () -> {
      if (answers.size() <= place) {
        throw new IllegalStateException("the batch was not sent");
      }
      return (T) answers.get(place);
    };
  }

  /** Blocks; see {@link Rpc} for how it fails. */
  public void send() {
    answers = rpc.askAll(requests);
  }
}
