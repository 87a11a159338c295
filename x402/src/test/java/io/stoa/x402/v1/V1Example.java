package io.stoa.x402.v1;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Asset;
import io.stoa.domain.ChainId;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.x402.Example;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.exact.TransferAuthorization;
import java.math.BigInteger;

/** One good payment on a chain that version 1 has a name for. */
public final class V1Example {
  static final String EXTRA = "{'name':'USD Coin','version':'2'}";
  public static final PaymentRequirements OFFER = offer("exact", 84532, 1000, EXTRA);
  static final TokenDomain DOMAIN =
      TokenDomain.of(new Asset(OFFER.network(), OFFER.asset()), "USD Coin", "2");

  private V1Example() {}

  static PaymentRequirements offer(String scheme, long chain, long amount, String extra) {
    return new PaymentRequirements(
        scheme,
        new ChainId(chain),
        BigInteger.valueOf(amount),
        Example.ASSET.token(),
        Example.PAY_TO,
        60,
        Example.object(extra));
  }

  static SignedTransfer transfer() {
    return new TransferAuthorization(
            TokenAmount.of(DOMAIN.asset(), 1000),
            Example.PAY_TO,
            BigInteger.ZERO,
            Example.VALID_BEFORE,
            Example.NONCE)
        .signedBy(Example.PAYER, DOMAIN);
  }

  /** The message a client of version 1 sends. */
  public static ObjectNode message() {
    return Example.object(
        """
        {'x402Version':1,'scheme':'exact','network':'base-sepolia',
         'payload':{'signature':'%s',
          'authorization':{'from':'0x90F79bf6EB2c4f870365E785982E1f101E93b906',
           'to':'0x2000000000000000000000000000000000004020','value':'1000','validAfter':'0',
           'validBefore':'2000000000','nonce':'%s'}}}
        """
            .formatted(transfer().signature(), Example.NONCE));
  }
}
