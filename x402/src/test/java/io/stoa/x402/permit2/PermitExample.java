package io.stoa.x402.permit2;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Address;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedPermit.Witness;
import io.stoa.x402.Example;
import io.stoa.x402.PaymentRequirements;
import java.math.BigInteger;

/** The two good payments by Permit2, of which every test breaks something: published vectors. */
public final class PermitExample {
  static final BigInteger DEADLINE = BigInteger.valueOf(2_000_000_000);
  static final Permit2Domain DOMAIN = Permit2Domain.of(Example.ASSET.chain());
  static final Address FACILITATOR = Address.parse("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
  static final Witness EXACT = new Witness.Exact(Example.PAY_TO, BigInteger.ZERO);
  static final Witness UPTO = new Witness.Upto(Example.PAY_TO, FACILITATOR, BigInteger.ZERO);
  static final long PRICE = 1000;
  static final long CEILING = 20_000;
  static final String EXACT_SIGNATURE =
      "0x703abde9027fc83f923e06d6b6093f5a2d7e4ea0bb9194b4c62bbecf9c0e477d"
          + "116f57c17100fb7eefb60ea2292a3df8b503d4a5b1aa8ef5c7b29aa41aad24871b";
  static final String UPTO_SIGNATURE =
      "0x4fdfa6fe089e851e3cd9e2f94d832e5545aea1092bdb313b3d9e317acfac69dc"
          + "6d0f48a9df1247a00323d30c9e3155afde84ff0cc845f8325a67e396c5cfa9e11b";

  private PermitExample() {}

  static SignedPermit exact() {
    return signed(PRICE, EXACT);
  }

  static SignedPermit upto() {
    return signed(CEILING, UPTO);
  }

  static SignedPermit signed(long amount, Witness witness) {
    return new PermitAuthorization(
            TokenAmount.of(Example.ASSET, amount), BigInteger.ONE, DEADLINE, witness)
        .signedBy(Example.PAYER, DOMAIN);
  }

  static PaymentRequirements exactOffer() {
    return offer("exact", PRICE, Permit2Payments.exactExtra(Example.DOMAIN));
  }

  static PaymentRequirements uptoOffer() {
    return offer("upto", CEILING, Permit2Payments.uptoExtra(Example.DOMAIN, FACILITATOR));
  }

  static PaymentRequirements offer(String scheme, long amount, ObjectNode extra) {
    return new PaymentRequirements(
        scheme,
        Example.ASSET.chain(),
        BigInteger.valueOf(amount),
        Example.ASSET.token(),
        Example.PAY_TO,
        60,
        extra);
  }

  /** The message a client of scheme {@code exact} sends, as any client may write it. */
  static ObjectNode exactMessage() {
    return message(
        """
        {'scheme':'exact','network':'eip155:31337','amount':'1000',
         'asset':'0x5FbDB2315678afecb367f032d93F642f64180aa3',
         'payTo':'0x2000000000000000000000000000000000004020','maxTimeoutSeconds':60,
         'extra':{'assetTransferMethod':'permit2','name':'USD Coin','version':'2'}}
        """,
        """
        {'permitted':{'token':'0x5FbDB2315678afecb367f032d93F642f64180aa3','amount':'1000'},
         'from':'0x90F79bf6EB2c4f870365E785982E1f101E93b906',
         'spender':'0x402085c248EeA27D92E8b30b2C58ed07f9E20001','nonce':'1',
         'deadline':'2000000000',
         'witness':{'to':'0x2000000000000000000000000000000000004020','validAfter':'0'}}
        """,
        EXACT_SIGNATURE);
  }

  /** The message a client of scheme {@code upto} sends. */
  public static ObjectNode uptoMessage() {
    return message(
        """
        {'scheme':'upto','network':'eip155:31337','amount':'20000',
         'asset':'0x5FbDB2315678afecb367f032d93F642f64180aa3',
         'payTo':'0x2000000000000000000000000000000000004020','maxTimeoutSeconds':60,
         'extra':{'assetTransferMethod':'permit2','name':'USD Coin','version':'2',
          'facilitatorAddress':'0x70997970C51812dc3A010C7d01b50e0d17dc79C8'}}
        """,
        """
        {'permitted':{'token':'0x5FbDB2315678afecb367f032d93F642f64180aa3','amount':'20000'},
         'from':'0x90F79bf6EB2c4f870365E785982E1f101E93b906',
         'spender':'0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002','nonce':'1',
         'deadline':'2000000000',
         'witness':{'to':'0x2000000000000000000000000000000000004020',
          'facilitator':'0x70997970C51812dc3A010C7d01b50e0d17dc79C8','validAfter':'0'}}
        """,
        UPTO_SIGNATURE);
  }

  private static ObjectNode message(String accepted, String authorization, String signature) {
    return Example.object(
        """
        {'x402Version':2,'accepted':%s,
         'payload':{'signature':'%s','permit2Authorization':%s}}
        """
            .formatted(accepted, signature, authorization));
  }
}
