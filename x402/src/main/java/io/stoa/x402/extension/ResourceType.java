package io.stoa.x402.extension;

/** By what protocol a resource of a catalogue is called. */
public enum ResourceType {
  HTTP("http"),
  MCP("mcp");

  private final String wire;

  ResourceType(String wire) {
    this.wire = wire;
  }

  /** As it is written. */
  @Override
  public String toString() {
    return wire;
  }
}
