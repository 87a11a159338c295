package io.stoa.x402.batch;

import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.Voucher;
import io.stoa.x402.Example;
import java.math.BigInteger;

/** One good channel, of which every test breaks something: the published vectors. */
public final class ChannelExample {
  public static final Address AUTHORIZER =
      Address.parse("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC");
  public static final ChannelDigests DIGESTS = ChannelDigests.of(Example.ASSET.chain());
  public static final ChannelConfig CONFIG =
      new ChannelConfig(
          Example.PAYER.address(),
          Example.PAYER.address(),
          Example.PAY_TO,
          AUTHORIZER,
          Example.ASSET,
          900,
          Bytes32.ZERO);
  public static final ChannelId CHANNEL =
      ChannelId.parse("0xc67d1015f4430077b7e52e722929cf85fa0f8eaa59fa615ab574f21fd5cc4c53");

  /** Of the voucher over 1000. */
  public static final String SIGNATURE =
      "0x22678e0bfacfccbd21d15b765c6b023ba787998a9f6c9d2d6e9043e79f7e95a4"
          + "1b4fa1ffca43065baf29de6e24b6d70a911e15277295fb1b3fde83383a77a8701b";

  /** Of the EIP-3009 deposit of 5000 with salt 7, good until {@link Example#VALID_BEFORE}. */
  public static final String DEPOSIT_SIGNATURE =
      "0xbbb9bbe7d5e59eadd48eadd9ff6c6b2e4d7b42bcc1a44ea9cbf8875c3a99df28"
          + "4eea87923da5e83512b7814bc7335c5e2b0bc30ffd70942c8740c8e7dc51f5921c";

  /** Of the Permit2 deposit of 5000 with nonce 1, good until {@link Example#VALID_BEFORE}. */
  public static final String PERMIT_SIGNATURE =
      "0x14a2764d7ead6ac316064463e06f4b635cea208c63d5991fa8c1f441058e457f"
          + "5349bfe3d0ba6d4d0b763432d71e4a380b09d36812eee0dd13f22428f0c30ab91c";

  private ChannelExample() {}

  public static Voucher voucher(long ceiling) {
    return voucher(ceiling, Example.PAYER);
  }

  public static Voucher voucher(long ceiling, SigningKey signer) {
    var units = BigInteger.valueOf(ceiling);
    var signature = signer.sign(DIGESTS.voucher(CHANNEL, units));
    return new Voucher(CHANNEL, units, Bytes.wrap(signature.toBytes()));
  }
}
