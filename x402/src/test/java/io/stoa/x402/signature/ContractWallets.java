package io.stoa.x402.signature;

import io.stoa.domain.BlockRef;
import io.stoa.x402.ContractSignatures;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A chain on which every contract says the same about every signature. */
public final class ContractWallets implements ContractSignatures {
  private final List<Question> asked = new ArrayList<>();
  private boolean accepts = true;

  /** For payers without code: nobody may be asked. */
  public static Signers noSigners() {
    return new Signers(
        (question, block) -> {
          throw new AssertionError("asked " + question);
        },
        Set.of());
  }

  public void accept(boolean answer) {
    this.accepts = answer;
  }

  public List<Question> asked() {
    return asked;
  }

  @Override
  public boolean accepts(Question question, BlockRef block) {
    asked.add(question);
    return accepts;
  }
}
