package io.stoa.x402.batch;

import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.x402.signature.Erc6492;
import java.io.ByteArrayOutputStream;

/** What the channel contract's {@code deposit} is given to pull the money in. */
public final class DepositCalls {
  private DepositCalls() {}

  /** The contract that understands {@code authorization}. */
  public static Address collector(DepositAuthorization authorization) {
    return switch (authorization) {
      case DepositAuthorization.Erc3009 _ -> ChannelContracts.ERC3009_COLLECTOR;
      case DepositAuthorization.Permit2 _ -> ChannelContracts.PERMIT2_COLLECTOR;
    };
  }

  /** What that contract reads. A payer that has not approved Permit2 must do so before. */
  public static Bytes collectorData(DepositAuthorization authorization) {
    var signature = Erc6492.unwrapped(authorization.signature()).toBytes();
    return switch (authorization) {
      case DepositAuthorization.Erc3009 erc3009 ->
          Bytes.wrap(
              Abi.callWithBytes(
                  new byte[0],
                  signature,
                  Abi.word(erc3009.validAfter()),
                  Abi.word(erc3009.validBefore()),
                  Abi.word(erc3009.salt())));
      case DepositAuthorization.Permit2 permit -> permit2(permit, signature);
    };
  }

  /** {@code abi.encode(nonce, deadline, signature, "")}: two dynamic members at the end. */
  private static Bytes permit2(DepositAuthorization.Permit2 permit, byte[] signature) {
    int head = 4 * 32;
    var tail = new ByteArrayOutputStream();
    tail.writeBytes(Abi.word(signature.length).toBytes());
    tail.writeBytes(signature);
    tail.writeBytes(new byte[Math.floorMod(-signature.length, 32)]);
    var data = new ByteArrayOutputStream();
    data.writeBytes(
        Abi.encode(
            Abi.word(permit.nonce()),
            Abi.word(permit.deadline()),
            Abi.word(head),
            Abi.word(head + tail.size())));
    data.writeBytes(tail.toByteArray());
    data.writeBytes(Abi.word(0).toBytes());
    return Bytes.wrap(data.toByteArray());
  }
}
