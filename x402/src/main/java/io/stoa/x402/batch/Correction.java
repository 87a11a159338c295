package io.stoa.x402.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.channel.Voucher;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.x402.Fields;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import java.util.Optional;

/**
 * What a server tells a payer that counted otherwise, in the option it chose (x402 §7.3).
 *
 * @param voucher the highest that was taken: the proof that the payer agreed to so much; empty when
 *     there is none yet
 */
public record Correction(ChannelState state, Optional<Voucher> voucher) {
  private static final String VOUCHER = "voucherState";
  private static final String CEILING = "signedMaxClaimable";
  private static final String SIGNATURE = "signature";

  /**
   * The 402 that says it.
   *
   * @param option of {@code terms}, by which the payer tried to pay
   * @param reason why it could not
   */
  public PaymentRequired answer(PaymentRequired terms, PaymentRequirements option, String reason) {
    var corrected = option.withExtra(extra(option));
    return new PaymentRequired(
        reason,
        terms.resource(),
        terms.accepts().stream().map(own -> own.equals(option) ? corrected : own).toList(),
        terms.extensions());
  }

  private ObjectNode extra(PaymentRequirements option) {
    var extra = option.extra().deepCopy();
    extra.set(ChannelState.NAME, state.json());
    voucher.ifPresent(
        highest ->
            extra
                .putObject(VOUCHER)
                .put(CEILING, highest.ceiling().toString())
                .put(SIGNATURE, highest.signature().toString()));
    return extra;
  }

  /** Reads an option as a payer does; empty when it corrects nothing. */
  public static Optional<Correction> read(PaymentRequirements option) throws MalformedPayment {
    var extra = Fields.of(option.extra(), "/extra");
    var fields = extra.optionalObject(ChannelState.NAME);
    if (fields.isEmpty()) {
      return Optional.empty();
    }
    var state = ChannelState.read(fields.get());
    var highest =
        extra.optionalObject(VOUCHER).filter(said -> said.has(CEILING) && said.has(SIGNATURE));
    return Optional.of(
        new Correction(
            state,
            highest.isEmpty() ? Optional.empty() : Optional.of(voucher(state, highest.get()))));
  }

  private static Voucher voucher(ChannelState state, Fields fields) throws MalformedPayment {
    return new Voucher(
        state.channel(),
        fields.uint128(CEILING),
        fields.bytes(SIGNATURE, SignedPayment.MAX_SIGNATURE));
  }
}
