package io.stoa.market.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import java.util.stream.Stream;

/** A request that is answered with an error of JSON-RPC. */
final class RpcFailure extends Exception {
  private static final long serialVersionUID = 1;

  private static final int METHOD_NOT_FOUND = -32601;
  private static final int INVALID_REQUEST = -32600;
  private static final int INVALID_PARAMS = -32602;
  private static final int INTERNAL_ERROR = -32603;
  private static final int HEADER_MISMATCH = -32020;
  private static final int UNSUPPORTED_VERSION = -32022;

  private final int status;
  private final transient ObjectNode error;

  private RpcFailure(int status, int code, String message) {
    super(message);
    this.status = status;
    this.error = HeaderCodec.object().put("code", code).put("message", message);
  }

  static RpcFailure invalidRequest(String message) {
    return new RpcFailure(400, INVALID_REQUEST, message);
  }

  static RpcFailure invalidParams(String message) {
    return new RpcFailure(200, INVALID_PARAMS, message);
  }

  static RpcFailure invalidParams(MalformedPayment malformed) {
    return invalidParams(String.valueOf(malformed.getMessage()));
  }

  static RpcFailure unknownMethod(Revision revision) {
    return new RpcFailure(
        revision.hasHandshake() ? 200 : 404, METHOD_NOT_FOUND, "There is no such method.");
  }

  static RpcFailure internal() {
    return new RpcFailure(
        500, INTERNAL_ERROR, "This node failed; the request id names the failure.");
  }

  static RpcFailure headerMismatch(String header) {
    return new RpcFailure(
        400, HEADER_MISMATCH, header + " is missing, or says something else than the body.");
  }

  static RpcFailure unsupportedVersion(String requested) {
    var failure = new RpcFailure(400, UNSUPPORTED_VERSION, "Unsupported protocol version");
    var data = failure.error.putObject("data");
    var supported = data.putArray("supported");
    Stream.of(Revision.values()).map(Revision::toString).forEach(supported::add);
    data.put("requested", requested);
    return failure;
  }

  /** Of HTTP. */
  int status() {
    return status;
  }

  /** The member of a response. */
  ObjectNode error() {
    return error;
  }
}
