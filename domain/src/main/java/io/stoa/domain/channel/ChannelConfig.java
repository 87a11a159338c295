package io.stoa.domain.channel;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;

/**
 * What a channel is, for as long as it exists.
 *
 * @param payer whose money it holds
 * @param payerAuthorizer whose key signs vouchers; zero when the payer itself does, as a contract
 *     (ERC-1271)
 * @param receiver who is paid
 * @param receiverAuthorizer whose key signs claims and refunds; never zero
 * @param withdrawDelay seconds between the payer's notice and its withdrawal: 900 to 2,592,000
 * @param salt lets one payer have several channels with one receiver
 */
public record ChannelConfig(
    Address payer,
    Address payerAuthorizer,
    Address receiver,
    Address receiverAuthorizer,
    Asset asset,
    int withdrawDelay,
    Bytes32 salt) {
  public static final int SHORTEST_DELAY = 900;
  public static final int LONGEST_DELAY = 2_592_000;

  public ChannelConfig {
    if (withdrawDelay < SHORTEST_DELAY || withdrawDelay > LONGEST_DELAY) {
      throw new IllegalArgumentException(
          "not a delay of %d to %d seconds: %d"
              .formatted(SHORTEST_DELAY, LONGEST_DELAY, withdrawDelay));
    }
    if (receiverAuthorizer.equals(Address.ZERO)) {
      throw new IllegalArgumentException("a channel without an authorizer of its receiver");
    }
  }

  /** Whether vouchers are checked by the payer's contract and not by a key. */
  public boolean isSignedByContract() {
    return payerAuthorizer.equals(Address.ZERO);
  }
}
