package io.stoa.x402.batch;

import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.x402.permit2.Eip2612Approval;
import io.stoa.x402.signature.Erc6492;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

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
    return switch (authorization) {
      case DepositAuthorization.Erc3009 erc3009 ->
          Bytes.wrap(
              Abi.callWithBytes(
                  new byte[0],
                  understood(erc3009),
                  Abi.word(erc3009.validAfter()),
                  Abi.word(erc3009.validBefore()),
                  Abi.word(erc3009.salt())));
      case DepositAuthorization.Permit2 permit -> permit2(permit, new byte[0]);
    };
  }

  /**
   * The same for a payer that approves Permit2 on the way. An approval that the token does not take
   * is no failure, if there is another.
   */
  public static Bytes collectorData(DepositAuthorization.Permit2 permit, Eip2612Approval approval) {
    var signature = approval.signature().toBytes();
    return permit2(
        permit,
        Abi.encode(
            Abi.word(approval.amount().units()),
            Abi.word(approval.deadline()),
            Abi.word(signature[64]),
            Bytes32.of(Arrays.copyOfRange(signature, 0, 32)),
            Bytes32.of(Arrays.copyOfRange(signature, 32, 64))));
  }

  /** {@code abi.encode(nonce, deadline, signature, approval)}: two dynamic members at the end. */
  private static Bytes permit2(DepositAuthorization.Permit2 permit, byte[] approval) {
    int head = 4 * 32;
    var signature = dynamic(understood(permit));
    var data = new ByteArrayOutputStream();
    data.writeBytes(
        Abi.encode(
            Abi.word(permit.nonce()),
            Abi.word(permit.deadline()),
            Abi.word(head),
            Abi.word(head + signature.length)));
    data.writeBytes(signature);
    data.writeBytes(dynamic(approval));
    return Bytes.wrap(data.toByteArray());
  }

  /** Length and bytes, filled up to whole words. */
  private static byte[] dynamic(byte[] value) {
    var encoded = new ByteArrayOutputStream();
    encoded.writeBytes(Abi.word(value.length).toBytes());
    encoded.writeBytes(value);
    encoded.writeBytes(new byte[Math.floorMod(-value.length, 32)]);
    return encoded.toByteArray();
  }

  private static byte[] understood(DepositAuthorization authorization) {
    return Erc6492.unwrapped(authorization.signature()).toBytes();
  }
}
