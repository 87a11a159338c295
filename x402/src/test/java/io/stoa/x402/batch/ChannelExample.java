package io.stoa.x402.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.Voucher;
import io.stoa.x402.Example;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.extension.ChannelHeadroom;
import io.stoa.x402.extension.PaymentIdentifier;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

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

  public static PaymentRequirements offer() {
    return offer(new ChannelTerms(AUTHORIZER, 900, Optional.empty()).extra(Example.DOMAIN));
  }

  public static PaymentRequirements permit2Offer() {
    return offer(new ChannelTerms(AUTHORIZER, 900, Optional.empty()).permit2Extra(Example.DOMAIN));
  }

  public static PaymentRequirements offer(ObjectNode extra) {
    return new PaymentRequirements(
        "batch-settlement",
        Example.ASSET.chain(),
        BigInteger.valueOf(1000),
        Example.ASSET.token(),
        Example.PAY_TO,
        60,
        extra);
  }

  /** With both extensions that let calls run side by side. */
  public static PaymentRequired required() {
    var extensions = HeaderCodec.object();
    extensions.set(PaymentIdentifier.KEY, PaymentIdentifier.part(false));
    extensions.set(ChannelHeadroom.KEY, ChannelHeadroom.part());
    return new PaymentRequired(
        PaymentRequired.NO_PAYMENT,
        new PaymentRequired.Resource(Example.URL, "one inference", "application/json"),
        List.of(offer(), Example.offer()),
        extensions);
  }

  /** The message that pays for one call, as any client may write it. */
  public static ObjectNode pay() {
    var message =
        Example.object("{'x402Version':2,'resource':{'url':'https://m.example/v1/infer'}}");
    message.set("accepted", offer().json());
    message.set(
        "payload",
        Example.object(
            """
            {'type':'voucher',
             'channelConfig':{'payer':'0x90F79bf6EB2c4f870365E785982E1f101E93b906',
              'payerAuthorizer':'0x90F79bf6EB2c4f870365E785982E1f101E93b906',
              'receiver':'0x2000000000000000000000000000000000004020',
              'receiverAuthorizer':'0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
              'token':'0x5fbdb2315678afecb367f032d93f642f64180aa3','withdrawDelay':900,
              'salt':'0x0000000000000000000000000000000000000000000000000000000000000000'},
             'voucher':{'channelId':'%s','maxClaimableAmount':'1000','signature':'%s'}}
            """
                .formatted(CHANNEL, SIGNATURE)));
    return message;
  }

  /** The same, with a deposit of 5000 by EIP-3009. */
  public static ObjectNode deposit() {
    return deposit(
        """
        {'erc3009Authorization':{'validAfter':'0','validBefore':'2000000000',
         'salt':'0x0000000000000000000000000000000000000000000000000000000000000007',
         'signature':'%s'}}
        """
            .formatted(DEPOSIT_SIGNATURE));
  }

  /** The same, with a deposit of 5000 by Permit2. */
  public static ObjectNode permit2Deposit() {
    return deposit(
        """
        {'permit2Authorization':{'from':'0x90F79bf6EB2c4f870365E785982E1f101E93b906',
         'permitted':{'token':'0x5FbDB2315678afecb367f032d93F642f64180aa3','amount':'5000'},
         'spender':'0x4020425FAf3B746C082C2f942b4E5159887B0005','nonce':'1',
         'deadline':'2000000000','witness':{'channelId':'%s'},'signature':'%s'}}
        """
            .formatted(CHANNEL, PERMIT_SIGNATURE));
  }

  private static ObjectNode deposit(String authorization) {
    var message = pay();
    Example.at(message, "/payload")
        .put("type", "deposit")
        .putObject("deposit")
        .put("amount", "5000")
        .set("authorization", Example.object(authorization));
    return message;
  }

  /** Asks for everything back, after 1000 were charged. */
  public static ObjectNode refund() {
    var message = pay();
    Example.at(message, "/payload").put("type", "refund");
    return message;
  }

  public static BatchPayload read(ObjectNode message) throws MalformedPayment {
    return BatchPayloads.read(PaymentPayload.read(Example.header(message)));
  }
}
