package io.stoa.x402.signature;

import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.x402.ContractSignatures;
import io.stoa.x402.ContractSignatures.Question;
import io.stoa.x402.signature.PayerSignature.Origin;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether a payer signed, as the chain does: by its key while its account has no code, else
 * by asking the account, also when the code is a delegation (EIP-7702).
 */
public final class Signers {
  /** Why a wallet is refused that would be created by a factory nobody here trusts. */
  public static final String FACTORY_NOT_ALLOWED = "eip6492_factory_not_allowed";

  private final ContractSignatures contracts;
  private final Set<Address> factories;

  /**
   * @param factories that may create wallets on the way to a settlement (ERC-6492); each is trusted
   *     with the settling account's gas
   */
  public Signers(ContractSignatures contracts, Set<Address> factories) {
    this.contracts = contracts;
    this.factories = Set.copyOf(factories);
  }

  /**
   * Why {@code signature} does not hold at {@code block}; empty when it does.
   *
   * @param reason the scheme's code for a bad signature
   */
  public Optional<String> objection(
      PayerSignature signature, boolean payerHasCode, BlockRef block, String reason) {
    var digest = signature.digest();
    if (payerHasCode) {
      var understood = Erc6492.unwrapped(signature.bytes());
      return ask(
          new Question(signature.payer(), digest, understood, Optional.empty()), block, reason);
    }
    if (signature.origin() == Origin.PAYER) {
      return Optional.empty();
    }
    var wrapped = Erc6492.unwrap(signature.bytes());
    if (wrapped.isEmpty()) {
      return Optional.of(reason);
    }
    var deployment = wrapped.get().deployment();
    if (!factories.contains(deployment.factory())) {
      return Optional.of(FACTORY_NOT_ALLOWED);
    }
    var understood = wrapped.get().signature();
    return ask(
        new Question(signature.payer(), digest, understood, Optional.of(deployment)),
        block,
        reason);
  }

  private Optional<String> ask(Question question, BlockRef block, String reason) {
    return contracts.accepts(question, block) ? Optional.empty() : Optional.of(reason);
  }
}
