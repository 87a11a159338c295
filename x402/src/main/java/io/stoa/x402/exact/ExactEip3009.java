package io.stoa.x402.exact;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.Secp256k1;
import io.stoa.crypto.Signature;
import io.stoa.domain.Asset;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.x402.ChainReads.Eip3009State;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.Verification;
import io.stoa.x402.Verification.Invalid;
import io.stoa.x402.Verification.Valid;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;

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
  private static final String CONTRACT_WALLET = PREFIX + "contract_wallet_not_supported";
  private static final byte[] ERC_6492_SUFFIX = HexFormat.of().parseHex("6492".repeat(16));

  private ExactEip3009() {}

  /** What an option of this scheme says in {@code extra}. */
  public static ObjectNode extra(TokenDomain domain) {
    return HeaderCodec.object().put("name", domain.name()).put("version", domain.version());
  }

  /**
   * Reads the scheme's part of a payload. The signature is canonical then; nothing else is
   * verified.
   */
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
        signature(payload.payload()));
  }

  private static SignedTransfer.SignatureBytes signature(Fields payload) throws MalformedPayment {
    var bytes = payload.hex("signature");
    if (isWrapped(bytes)) {
      throw new MalformedPayment(
          CONTRACT_WALLET,
          "/payload/signature",
          "/payload/signature is wrapped (ERC-6492): contract wallets are not supported yet.");
    }
    try {
      return new SignedTransfer.SignatureBytes(Signature.strict(bytes).toBytes());
    } catch (IllegalArgumentException loose) {
      throw new MalformedPayment(
          SIGNATURE,
          "/payload/signature",
          "/payload/signature is not canonical: " + loose.getMessage() + ".");
    }
  }

  /** Whether it is the signature of a contract wallet that is not deployed yet (ERC-6492). */
  private static boolean isWrapped(byte[] signature) {
    int start = signature.length - ERC_6492_SUFFIX.length;
    return start >= 0
        && Arrays.equals(
            signature, start, signature.length, ERC_6492_SUFFIX, 0, ERC_6492_SUFFIX.length);
  }

  /**
   * Everything that can be said without the chain. Names the first rule that does not hold.
   *
   * @param offered the option the server found for this payload
   * @param domain of the token that {@code offered} names
   * @param room how long the authorization must still be good; never less than {@link #INCLUSION}
   */
  public static Verification<SignedTransfer> verify(
      SignedTransfer transfer,
      PaymentRequirements offered,
      TokenDomain domain,
      Instant now,
      Duration room) {
    if (!offered.scheme().equals(SCHEME)) {
      return new Invalid<>(PREFIX + "scheme");
    }
    if (!offered.extra().path("name").isTextual() || !offered.extra().path("version").isTextual()) {
      return new Invalid<>(PREFIX + "missing_eip712_domain");
    }
    if (!transfer.amount().asset().chain().equals(offered.network())) {
      return new Invalid<>(PREFIX + "network_mismatch");
    }
    if (!isSignedByItsPayer(transfer, domain)) {
      return new Invalid<>(SIGNATURE);
    }
    if (!transfer.payTo().equals(offered.payTo())) {
      return new Invalid<>(PREFIX + "recipient_mismatch");
    }
    var second = BigInteger.valueOf(now.getEpochSecond());
    long rest = Math.max(room.toSeconds(), INCLUSION.toSeconds());
    if (transfer.validBefore().compareTo(second.add(BigInteger.valueOf(rest))) < 0) {
      return new Invalid<>(PREFIX + "payload_authorization_valid_before");
    }
    if (transfer.validAfter().compareTo(second) > 0) {
      return new Invalid<>(PREFIX + "payload_authorization_valid_after");
    }
    if (!transfer.amount().units().equals(offered.amount())) {
      return new Invalid<>(PREFIX + "payload_authorization_value_mismatch");
    }
    return new Valid<>(transfer);
  }

  private static boolean isSignedByItsPayer(SignedTransfer transfer, TokenDomain domain) {
    return transfer.amount().asset().equals(domain.asset())
        && Secp256k1.fastest()
            .recover(
                TransferAuthorization.digest(transfer, domain),
                Signature.strict(transfer.signature().toBytes()))
            .filter(transfer.payer()::equals)
            .isPresent();
  }

  /** What only the chain can say, of a payment that is sound by itself. */
  public static Verification<SignedTransfer> verify(SignedTransfer transfer, Eip3009State state) {
    if (!state.assetHasCode()) {
      return new Invalid<>("asset_not_deployed_contract");
    }
    if (state.payerHasCode()) {
      return new Invalid<>(CONTRACT_WALLET);
    }
    if (state.isNonceUsed()) {
      return new Invalid<>(PREFIX + "nonce_already_used");
    }
    if (state.balance().compareTo(transfer.amount().units()) < 0) {
      return new Invalid<>(PREFIX + "insufficient_balance");
    }
    return new Valid<>(transfer);
  }
}
