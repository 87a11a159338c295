package io.stoa.market.mcp;

import io.stoa.x402.MalformedPayment;
import java.util.Optional;

/** What the headers of a request say of its body, for those who read no bodies. */
record Stated(Optional<String> version, Optional<String> method, Optional<String> name) {
  static final String VERSION = "MCP-Protocol-Version";
  static final String METHOD = "Mcp-Method";
  static final String NAME = "Mcp-Name";

  private static final String META = "_meta";
  private static final String META_VERSION = "io.modelcontextprotocol/protocolVersion";
  private static final String META_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";

  boolean mayBatch() {
    return version.isEmpty()
        || Revision.find(version.get()).filter(Revision::hasBatches).isPresent();
  }

  /** What {@code request} speaks, if headers and body agree and it is known here. */
  Revision revision(Message.Request request) throws RpcFailure {
    var said = said(request);
    if (said.isPresent()) {
      requireSame(VERSION, version, said.get());
    }
    var spoken = said.or(() -> version);
    if (spoken.isEmpty()) {
      return Revision.UNSAID;
    }
    var revision =
        Revision.find(spoken.get()).orElseThrow(() -> RpcFailure.unsupportedVersion(spoken.get()));
    if (!revision.hasHandshake()) {
      if (said.isEmpty()) {
        throw RpcFailure.headerMismatch(VERSION);
      }
      requireSame(METHOD, method, request.method());
      if (request.method().equals("tools/call")) {
        requireSame(NAME, name, request.params().json().path("name").asText());
      }
    }
    return revision;
  }

  private static void requireSame(String header, Optional<String> value, String inBody)
      throws RpcFailure {
    if (!value.equals(Optional.of(inBody))) {
      throw RpcFailure.headerMismatch(header);
    }
  }

  /** Only requests without a handshake say it in their body. */
  private static Optional<String> said(Message.Request request) throws RpcFailure {
    try {
      var meta = request.params().optionalObject(META);
      if (meta.isEmpty() || !meta.get().has(META_VERSION)) {
        return Optional.empty();
      }
      meta.get().object(META_CAPABILITIES);
      return Optional.of(meta.get().text(META_VERSION));
    } catch (MalformedPayment malformed) {
      throw RpcFailure.invalidParams(malformed);
    }
  }
}
