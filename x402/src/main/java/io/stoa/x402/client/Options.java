package io.stoa.x402.client;

import io.stoa.domain.Asset;
import io.stoa.domain.TokenAmount;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.exact.TokenDomain;
import java.math.BigInteger;
import java.time.Clock;

/** What every buyer reads in an option, whatever its scheme. */
final class Options {
  private Options() {}

  /** Whether its money moves by EIP-3009, only for what was served, in a time that is possible. */
  static boolean isPlain(PaymentRequirements option) {
    return option.extra().path("name").isTextual()
        && option.extra().path("version").isTextual()
        && isAbsentOr(option, "assetTransferMethod", PaymentRequirements.EIP_3009)
        && isAbsentOr(option, "paymentFlow", "authorization")
        && option.maxTimeoutSeconds() > 0;
  }

  private static boolean isAbsentOr(PaymentRequirements option, String key, String value) {
    var there = option.extra().get(key);
    return there == null || value.equals(there.textValue());
  }

  static Asset asset(PaymentRequirements option) {
    return new Asset(option.network(), option.asset());
  }

  static TokenAmount price(PaymentRequirements option) {
    return new TokenAmount(asset(option), option.amount());
  }

  /** Of the token of a plain option. */
  static TokenDomain domain(PaymentRequirements option) {
    return TokenDomain.of(
        asset(option),
        option.extra().get("name").textValue(),
        option.extra().get("version").textValue());
  }

  /** Unix seconds: as long as the server lets an authorization live. */
  static BigInteger validBefore(PaymentRequirements option, Clock clock) {
    return BigInteger.valueOf(clock.instant().getEpochSecond() + option.maxTimeoutSeconds());
  }
}
