package io.stoa.x402.batch;

import io.stoa.domain.Address;

/** The contracts of the scheme: each has one address on every chain. */
public final class ChannelContracts {
  /** Holds the money of all channels, and checks their vouchers. */
  public static final Address CHANNELS =
      Address.parse("0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003");

  /** Pulls deposits in by EIP-3009. */
  public static final Address ERC3009_COLLECTOR =
      Address.parse("0x4020806089470a89826cB9fB1f4059150b550004");

  /** Pulls deposits in by Permit2. */
  public static final Address PERMIT2_COLLECTOR =
      Address.parse("0x4020425FAf3B746C082C2f942b4E5159887B0005");

  private ChannelContracts() {}
}
