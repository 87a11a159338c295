package io.stoa.payments;

import io.stoa.chain.rpc.CallResult;
import io.stoa.chain.rpc.Multicall;
import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcRefused;
import io.stoa.chain.rpc.RpcRequest;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.TransactionRequest;
import io.stoa.domain.Address;
import io.stoa.domain.MarketException;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.Settlement;
import io.stoa.payments.Gathering.Asked;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Carries payments to the chain. Those that may, and come while others are on their way, share one
 * transaction, which costs each of them less; the logs tell them apart.
 *
 * <p>Payers must not be able to make the node pay for transactions that come to nothing. So a
 * transaction is sent only if it would go through now, exactly as it is, within its gas: alone or
 * together. What may share is only what a key signed: the code of a payer's contract could use up
 * the gas of all others.
 */
final class Submitter {
  private static final int LARGEST = 40;

  /** What buyers of one group need at most, more or less, to be back with their next payments. */
  private static final Duration MOMENT = Duration.ofMillis(60);

  /**
   * Where blocks are quick a group is mined before the next one leaves, so that it is larger: each
   * block costs the node of the chain more than a payment in it. Elsewhere it waits this long.
   */
  private static final Duration QUICK_BLOCK = Duration.ofMillis(100);

  private final Rpc rpc;
  private final Submissions submissions;
  private final Gathering<Due, Optional<Mined>> gathering =
      new Gathering<>(LARGEST, MOMENT, this::carry);

  /** What was sent, and what came of it. */
  record Mined(TransactionRequest request, Receipt receipt) {
    Settlement settlement() {
      return new Settlement(receipt.transaction(), receipt.block());
    }
  }

  /**
   * @param call that may share a transaction
   * @param patience from now on
   */
  private record Due(Payment payment, TransactionRequest call, Duration patience) {
    Address payer() {
      return payment.signed().payer();
    }
  }

  Submitter(Rpc rpc, Submissions submissions) {
    this.rpc = rpc;
    this.submissions = submissions;
  }

  /**
   * Submits once and waits for the end.
   *
   * @param payment whose price is known
   * @return the transaction that was to carry {@code payment} out; empty if none was sent, or none
   *     was mined in time
   */
  Optional<Mined> submit(Payment payment, Duration patience) {
    return Submissions.shareable(payment.signed())
        .map(call -> gathering.ask(new Due(payment, call, patience), patience).flatMap(end -> end))
        .orElseGet(() -> alone(payment, patience, () -> {}));
  }

  private void carry(List<Asked<Due, Optional<Mined>>> group, Runnable left) {
    if (group.size() == 1) {
      alone(group.getFirst(), left);
      return;
    }
    var fit = fit(group.stream().map(Asked::question).toList());
    apart(group.stream().filter(asked -> !fit.contains(asked.question())).toList());
    var together = group.stream().filter(asked -> fit.contains(asked.question())).toList();
    if (together.size() == group.size()) {
      together(together, left);
    } else if (!together.isEmpty()) {
      carry(together, left);
    }
  }

  private void alone(Asked<Due, Optional<Mined>> asked, Runnable left) {
    var due = asked.question();
    asked.answer().complete(alone(due.payment(), due.patience(), left));
  }

  private Optional<Mined> alone(Payment payment, Duration patience, Runnable left) {
    return submissions
        .find(payment.signed(), payment.approval(), payment.price().units())
        .flatMap(found -> send(found, List.of(payment), patience, left));
  }

  /** Each by itself, at once: nobody waits for them. */
  private void apart(List<Asked<Due, Optional<Mined>>> some) {
    for (var asked : some) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  alone(asked, () -> {});
                } catch (RuntimeException failure) {
                  asked.answer().completeExceptionally(failure);
                }
              });
    }
  }

  private void together(List<Asked<Due, Optional<Mined>>> group, Runnable left) {
    var dues = group.stream().map(Asked::question).toList();
    var payments = dues.stream().map(Due::payment).toList();
    var patience = dues.stream().map(Due::patience).max(Duration::compareTo).orElseThrow();
    try {
      var end = send(shared(dues), payments, patience, left);
      group.forEach(asked -> asked.answer().complete(end));
    } catch (MarketException.Conflict underWay) {
      apart(group);
    }
  }

  private static Optional<Mined> send(
      Submission submission, List<Payment> payments, Duration patience, Runnable left) {
    var request = submission.request();
    var purposes = payments.stream().map(payment -> payment.id().toString()).toList();
    Runnable offered = () -> runLater(left);
    return switch (submission.sender().send(request, purposes, patience, offered)) {
      case SendOutcome.Mined(var receipt) -> Optional.of(new Mined(request, receipt));
      case SendOutcome.Reverted _, SendOutcome.NotSent _, SendOutcome.OutcomeUnknown _ ->
          Optional.empty();
    };
  }

  private static void runLater(Runnable left) {
    CompletableFuture.delayedExecutor(QUICK_BLOCK.toMillis(), TimeUnit.MILLISECONDS).execute(left);
  }

  private Submission shared(List<Due> dues) {
    return submissions.together(dues.stream().map(Due::call).toList());
  }

  /** Those that may share a transaction and would succeed in it, as far as all of them together. */
  private Set<Due> fit(List<Due> dues) {
    var payers = dues.stream().map(Due::payer).distinct().toList();
    var shared = shared(dues);
    var call = Submissions.call(shared.request(), shared.sender().account());
    try {
      var batch = rpc.batch();
      var codes =
          payers.stream()
              .map(payer -> batch.add(RpcRequest.code(payer, Submissions.NEXT)))
              .toList();
      var tried = batch.add(RpcRequest.call(call, Submissions.NEXT));
      batch.send();
      var keyed =
          IntStream.range(0, payers.size())
              .filter(i -> codes.get(i).get().isEmpty())
              .mapToObj(payers::get)
              .collect(Collectors.toSet());
      if (keyed.size() < payers.size()) {
        return dues.stream().filter(due -> keyed.contains(due.payer())).collect(Collectors.toSet());
      }
      return tried.get() instanceof CallResult.Returned(var data)
          ? successful(dues, Multicall.successes(data, dues.size()))
          : Set.of();
    } catch (RpcRefused | IllegalArgumentException noMulticall) {
      return Set.of();
    }
  }

  private static Set<Due> successful(List<Due> dues, List<Boolean> successes) {
    return IntStream.range(0, dues.size())
        .filter(successes::get)
        .mapToObj(dues::get)
        .collect(Collectors.toSet());
  }
}
