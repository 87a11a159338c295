package io.stoa.x402.exact;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Asset;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.x402.ChainReads.Eip3009State;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.Verification;
import io.stoa.x402.Verification.Invalid;
import io.stoa.x402.Verification.Valid;
import io.stoa.x402.signature.PayerSignature;
import io.stoa.x402.signature.PayerSignature.Origin;
import io.stoa.x402.signature.Signers;
import io.stoa.x402.signature.Sound;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Reads and verifies payments of scheme {@code exact} by EIP-3009. The checks come in the order of
 * the protocol; what needs the chain is apart, so that it is asked only about payments that are
 * sound by themselves.
 */
public final class ExactEip3009 {
  public static final String SCHEME = "exact";

  /** Time a transaction needs to be included: the protocol's six seconds. */
  public static final Duration INCLUSION = Duration.ofSeconds(6);

  private static final String PREFIX = "invalid_exact_evm_";
  private static final String SIGNATURE = PREFIX + "signature";

  private ExactEip3009() {}

  /** What an option of this scheme says in {@code extra}. */
  public static ObjectNode extra(TokenDomain domain) {
    return HeaderCodec.object().put("name", domain.name()).put("version", domain.version());
  }

  /** Reads the scheme's part of a payload. Nothing of it is verified then. */
  public static SignedTransfer read(PaymentPayload payload) throws MalformedPayment {
    var authorization = payload.payload().object("authorization");
    var accepted = payload.accepted();
    return new SignedTransfer(
        new TokenAmount(
            new Asset(accepted.network(), accepted.asset()), authorization.uint256("value")),
        authorization.address("from"),
        authorization.address("to"),
        authorization.uint256("validAfter"),
        authorization.uint256("validBefore"),
        authorization.bytes32("nonce"),
        payload.payload().bytes("signature", SignedPayment.MAX_SIGNATURE));
  }

  /**
   * Everything that can be said without the chain. Names the first rule that does not hold. What
   * another key than the payer's signed may still be good, if the payer is a contract; where
   * another rule is broken too, the chain is not asked, and the signature is what is named.
   *
   * @param offered the option the server found for this payload
   * @param domain of the token that {@code offered} names
   * @param room how long the authorization must still be good; never less than {@link #INCLUSION}
   */
  public static Verification<Sound<SignedTransfer>> verify(
      SignedTransfer transfer,
      PaymentRequirements offered,
      TokenDomain domain,
      Instant now,
      Duration room) {
    if (!offered.scheme().equals(SCHEME)
        || !offered.assetTransferMethod().equals(PaymentRequirements.EIP_3009)) {
      return new Invalid<>(PREFIX + "scheme");
    }
    if (!offered.extra().path("name").isTextual() || !offered.extra().path("version").isTextual()) {
      return new Invalid<>(PREFIX + "missing_eip712_domain");
    }
    if (!transfer.amount().asset().chain().equals(offered.network())) {
      return new Invalid<>(PREFIX + "network_mismatch");
    }
    if (!transfer.amount().asset().equals(domain.asset())) {
      return new Invalid<>(SIGNATURE);
    }
    var signature =
        PayerSignature.of(
            transfer.payer(), TransferAuthorization.digest(transfer, domain), transfer.signature());
    var broken = broken(transfer, offered, now, room);
    if (broken.isPresent()) {
      return new Invalid<>(signature.origin() == Origin.OTHER_KEY ? SIGNATURE : broken.get());
    }
    return new Valid<>(new Sound<>(transfer, signature));
  }

  /** The first rule after the signature that does not hold. */
  private static Optional<String> broken(
      SignedTransfer transfer, PaymentRequirements offered, Instant now, Duration room) {
    if (!transfer.payTo().equals(offered.payTo())) {
      return Optional.of(PREFIX + "recipient_mismatch");
    }
    var second = BigInteger.valueOf(now.getEpochSecond());
    long rest = Math.max(room.toSeconds(), INCLUSION.toSeconds());
    if (transfer.validBefore().compareTo(second.add(BigInteger.valueOf(rest))) < 0) {
      return Optional.of(PREFIX + "payload_authorization_valid_before");
    }
    if (transfer.validAfter().compareTo(second) > 0) {
      return Optional.of(PREFIX + "payload_authorization_valid_after");
    }
    if (!transfer.amount().units().equals(offered.amount())) {
      return Optional.of(PREFIX + "payload_authorization_value_mismatch");
    }
    return Optional.empty();
  }

  /** What only the chain can say, of a payment that is sound by itself. */
  public static Verification<SignedTransfer> verify(
      Sound<SignedTransfer> sound, Eip3009State state, Signers signers) {
    var objection =
        signers.objection(sound.signature(), state.payerHasCode(), state.block(), SIGNATURE);
    if (objection.isPresent()) {
      return new Invalid<>(objection.get());
    }
    if (!state.assetHasCode()) {
      return new Invalid<>("asset_not_deployed_contract");
    }
    if (state.isNonceUsed()) {
      return new Invalid<>(PREFIX + "nonce_already_used");
    }
    if (state.balance().compareTo(sound.payment().amount().units()) < 0) {
      return new Invalid<>(PREFIX + "insufficient_balance");
    }
    return new Valid<>(sound.payment());
  }
}
