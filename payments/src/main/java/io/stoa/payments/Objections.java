package io.stoa.payments;

import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.payments.Settlements.Order;
import io.stoa.persistence.till.Till;
import io.stoa.x402.Verification.Invalid;
import io.stoa.x402.Verification.Valid;
import io.stoa.x402.permit2.Permit2Payments;
import io.stoa.x402.signature.Sound;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Says why a payment would not be settled now. Transfers that are asked about at the same time are
 * looked up together: once in the till and once on the chain, both at the same time.
 */
final class Objections {
  private static final int LARGEST = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Till till;
  private final Verifier verifier;
  private final Gathering<Sound<SignedTransfer>, Optional<String>> transfers =
      new Gathering<>(LARGEST, Duration.ZERO, (group, left) -> lookUp(group));

  Objections(Till till, Verifier verifier) {
    this.till = till;
    this.verifier = verifier;
  }

  /** Blocks for a permit, and for a transfer not at all. */
  CompletableFuture<Optional<String>> to(Order order, Asked asked) {
    return switch (order.signed()) {
      case SignedTransfer transfer -> to(transfer, asked);
      case SignedPermit permit ->
          CompletableFuture.completedFuture(
              till.known(Set.of(permit.key().id())).isEmpty()
                  ? reason(verifier.verify(permit, order.approval(), asked))
                  : Optional.of(Verifier.nonceUsed(permit)));
    };
  }

  private CompletableFuture<Optional<String>> to(SignedTransfer transfer, Asked asked) {
    return switch (verifier.byItself(transfer, asked)) {
      case Invalid<Sound<SignedTransfer>>(var reason) ->
          CompletableFuture.completedFuture(Optional.of(reason));
      case Valid<Sound<SignedTransfer>>(var sound) -> transfers.join(sound, PATIENCE);
    };
  }

  private void lookUp(List<Gathering.Asked<Sound<SignedTransfer>, Optional<String>>> group) {
    var signed = group.stream().map(each -> each.question().payment()).toList();
    var ids = signed.stream().map(each -> each.key().id()).toList();
    var presented =
        CompletableFuture.supplyAsync(
            () -> till.known(ids), work -> Thread.ofVirtual().start(work));
    var heads = verifier.heads(signed);
    var known = told(presented);
    for (int i = 0; i < group.size(); i++) {
      var transfer = signed.get(i);
      var sound = group.get(i).question();
      var head = heads.get(i);
      var answer = group.get(i).answer();
      if (known.contains(transfer.key().id())) {
        answer.complete(Optional.of(Verifier.nonceUsed(transfer)));
      } else if (Verifier.isByContract(transfer, head)) {
        // Takes another look at the chain, which nobody else waits for.
        answer.completeAsync(
            () -> reason(verifier.atHead(sound, head)), work -> Thread.ofVirtual().start(work));
      } else {
        answer.complete(reason(verifier.atHead(sound, head)));
      }
    }
  }

  private static <T> T told(CompletableFuture<T> answer) {
    try {
      return answer.join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
    }
  }

  private static Optional<String> reason(Verifier.Verdict verdict) {
    return switch (verdict) {
      case Verifier.Verdict.Good _ -> Optional.empty();
      case Verifier.Verdict.Bad(var reason) -> Optional.of(reason);
      case Verifier.Verdict.Unapproved _ -> Optional.of(Permit2Payments.ALLOWANCE_REQUIRED);
    };
  }
}
