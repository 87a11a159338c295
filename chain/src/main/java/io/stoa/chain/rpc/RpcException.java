package io.stoa.chain.rpc;

/** A question that was not answered. Its message names no endpoint. */
public abstract sealed class RpcException extends RuntimeException
    permits RpcUnavailable, RpcRefused {
  private static final long serialVersionUID = 1L;

  RpcException(String message) {
    super(message);
  }
}
