package io.stoa.chain.rpc;

/** The node understood the question and answered with an error: asking again will not help. */
public final class RpcRefused extends RpcException {
  private static final long serialVersionUID = 1L;
  private final int code;

  public RpcRefused(int code, String message) {
    super(message);
    this.code = code;
  }

  /** The error code of JSON-RPC 2.0 or of EIP-1474. */
  public int code() {
    return code;
  }
}
