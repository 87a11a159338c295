package io.stoa.chain.rpc;

/**
 * No node gave a usable answer: unreachable, too slow, overloaded, or talking nonsense. The same
 * question may be asked again.
 */
public final class RpcUnavailable extends RpcException {
  private static final long serialVersionUID = 1L;

  public RpcUnavailable(String message) {
    super(message);
  }
}
