package io.stoa.payments.facilitator;

import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.facilitator.VerifyResponse;

/**
 * Says whether payments of one kind are good, as far as reading goes: changes nothing. Blocks;
 * fails with {@link io.stoa.domain.MarketException.Unavailable} when the chain does not answer.
 */
interface SchemeCheck {

  /**
   * @param payment whose option is what the server asked for
   * @param domain of the token that it names
   */
  VerifyResponse check(PaymentPayload payment, TokenDomain domain) throws MalformedPayment;
}
