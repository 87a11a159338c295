package io.stoa.x402.extension;

import io.stoa.x402.signature.PayerSignature;
import io.stoa.x402.signature.PayerSignature.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Decides whether a wallet signed in. What its account may then do, others decide. */
public final class SignIns {
  /** How old a sign-in may become: it counts before, no longer then. */
  public static final Duration MAX_AGE = Duration.ofMinutes(5);

  private final SignInWithX here;
  private final SignInWallets wallets;
  private final SignInNonces nonces;

  public SignIns(SignInWithX here, SignInWallets wallets, SignInNonces nonces) {
    this.here = here;
    this.wallets = wallets;
    this.nonces = nonces;
  }

  /**
   * Why {@code signIn} does not count: the reason code, or empty when it does, which happens once.
   * Its nonce is used up last, so that only its wallet can use it up.
   */
  public Optional<String> objection(SignIn signIn, Instant now) {
    return misplaced(signIn)
        .or(() -> untimely(signIn, now))
        .or(() -> unsigned(signIn))
        .or(() -> repeated(signIn));
  }

  private Optional<String> misplaced(SignIn signIn) {
    if (!here.isDomain(signIn.domain())) {
      return Optional.of("invalid_siwx_domain_mismatch");
    }
    if (signIn.location().filter(here::isOriginOf).isEmpty()) {
      return Optional.of("invalid_siwx_uri_mismatch");
    }
    return here.supports(signIn.chain())
        ? Optional.empty()
        : Optional.of("invalid_siwx_unsupported_chain");
  }

  private static Optional<String> untimely(SignIn signIn, Instant now) {
    var age = Duration.between(signIn.issuedAt().at(), now);
    if (age.isNegative()) {
      return Optional.of("invalid_siwx_issued_at_in_future");
    }
    if (age.compareTo(MAX_AGE) >= 0) {
      return Optional.of("invalid_siwx_issued_at_too_old");
    }
    if (signIn.expirationTime().filter(end -> now.isAfter(end.at())).isPresent()) {
      return Optional.of("invalid_siwx_expired");
    }
    return signIn.notBefore().filter(start -> now.isBefore(start.at())).isPresent()
        ? Optional.of("invalid_siwx_not_yet_valid")
        : Optional.empty();
  }

  /** An account's own key speaks for it, whether or not there is code too (EIP-7702). */
  private Optional<String> unsigned(SignIn signIn) {
    var signature = PayerSignature.of(signIn.address(), signIn.digest(), signIn.signature());
    return signature.origin() == Origin.PAYER || wallets.accepts(signIn.chain(), signature)
        ? Optional.empty()
        : Optional.of("invalid_siwx_signature");
  }

  private Optional<String> repeated(SignIn signIn) {
    return nonces.use(signIn.nonce(), signIn.issuedAt().at().plus(MAX_AGE))
        ? Optional.empty()
        : Optional.of("invalid_siwx_nonce");
  }
}
