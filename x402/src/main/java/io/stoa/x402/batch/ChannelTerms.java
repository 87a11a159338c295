package io.stoa.x402.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Address;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.x402.Fields;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What an option of this scheme asks of a channel, in its {@code extra}.
 *
 * @param receiverAuthorizer whose key will sign claims and refunds
 * @param withdrawDelay seconds between a payer's notice and its withdrawal
 * @param minDeposit the least that is worth relaying, in the token's smallest unit
 */
public record ChannelTerms(
    Address receiverAuthorizer, int withdrawDelay, Optional<BigInteger> minDeposit) {
  public static final String SCHEME = "batch-settlement";

  private static final String REASON = "invalid_payment_requirements";

  public ChannelTerms {
    if (receiverAuthorizer.equals(Address.ZERO)) {
      throw new IllegalArgumentException("channels without an authorizer of their receiver");
    }
    if (withdrawDelay < ChannelConfig.SHORTEST_DELAY
        || withdrawDelay > ChannelConfig.LONGEST_DELAY) {
      throw new IllegalArgumentException("a delay that channels may not have: " + withdrawDelay);
    }
  }

  /** Fails on options whose channels could not exist. */
  public static ChannelTerms read(PaymentRequirements option) throws MalformedPayment {
    try {
      var extra = Fields.of(option.extra(), "/extra");
      return new ChannelTerms(
          extra.address("receiverAuthorizer"),
          extra.number("withdrawDelay"),
          extra.optionalUint256("minDeposit"));
    } catch (MalformedPayment malformed) {
      throw malformed.as(REASON);
    } catch (IllegalArgumentException impossible) {
      throw new MalformedPayment(
          REASON, "/extra", "/extra asks for " + impossible.getMessage() + ".");
    }
  }

  /** What an option says whose deposits come by EIP-3009. */
  public ObjectNode extra(TokenDomain domain) {
    var extra =
        ExactEip3009.extra(domain)
            .put("receiverAuthorizer", receiverAuthorizer.toString())
            .put("withdrawDelay", withdrawDelay);
    minDeposit.ifPresent(amount -> extra.put("minDeposit", amount.toString()));
    return extra;
  }

  /** What an option says whose deposits come by Permit2. */
  public ObjectNode permit2Extra(TokenDomain domain) {
    return extra(domain).put("assetTransferMethod", PaymentRequirements.PERMIT2);
  }

  /** Why {@code config} is no channel for {@code option}, whose terms these are. */
  public Optional<String> objection(ChannelConfig config, PaymentRequirements option) {
    if (!config.receiver().equals(option.payTo())) {
      return Optional.of(BatchReason.RECEIVER_MISMATCH);
    }
    if (!config.receiverAuthorizer().equals(receiverAuthorizer)) {
      return Optional.of(BatchReason.RECEIVER_AUTHORIZER_MISMATCH);
    }
    if (!config.asset().token().equals(option.asset())) {
      return Optional.of(BatchReason.TOKEN_MISMATCH);
    }
    if (config.withdrawDelay() != withdrawDelay) {
      return Optional.of(BatchReason.WITHDRAW_DELAY_MISMATCH);
    }
    return Optional.empty();
  }
}
