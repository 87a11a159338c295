package io.stoa.x402.batch;

import io.stoa.x402.signature.PayerSignature;
import java.util.List;

/**
 * A payload that keeps every rule that can be checked without the chain and the channel's standing.
 *
 * @param undecided signatures that only the chain can judge, as it does with {@link
 *     io.stoa.x402.signature.Signers}: of deposits, and of channels whose payer signs as a
 *     contract. Empty for the voucher of a key, which needs no chain
 */
public record SoundBatch(BatchPayload payload, List<Undecided> undecided) {
  public SoundBatch {
    undecided = List.copyOf(undecided);
  }

  /**
   * @param reason the protocol's code should the chain say no
   */
  public record Undecided(PayerSignature signature, String reason) {}
}
