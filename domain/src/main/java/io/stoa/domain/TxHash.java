package io.stoa.domain;

/** Names a transaction. */
public record TxHash(Bytes32 value) {
  public static TxHash parse(String hex) {
    return new TxHash(Bytes32.parse(hex));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
