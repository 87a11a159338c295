package io.stoa.payments;

import io.stoa.chain.rpc.RpcException;
import io.stoa.domain.MarketException;
import java.util.function.Supplier;

/** Says of a chain that does not answer what the rest of the market understands. */
public final class ChainOutage {
  private ChainOutage() {}

  /** For questions only: after one nothing has happened. */
  public static <T> T unavailable(Supplier<T> question) {
    try {
      return question.get();
    } catch (RpcException failure) {
      throw new MarketException.Unavailable(
          "chain-unavailable", "The chain did not answer.", failure);
    }
  }
}
