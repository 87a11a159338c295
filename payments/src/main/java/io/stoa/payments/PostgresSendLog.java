package io.stoa.payments;

import io.stoa.chain.send.Outcome;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.Sent;
import io.stoa.chain.send.SignedTransaction;
import io.stoa.domain.Address;
import io.stoa.persistence.till.Send;
import io.stoa.persistence.till.Sends;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/** The sender's log, kept in the till. */
public final class PostgresSendLog implements SendLog {
  private final Sends sends;

  public PostgresSendLog(Sends sends) {
    this.sends = sends;
  }

  @Override
  public Sent append(
      Address account,
      long firstFree,
      List<String> purposes,
      LongFunction<SignedTransaction> signer) {
    return sent(sends.append(account, firstFree, purposes, nonce -> signer.apply(nonce).raw()));
  }

  @Override
  public void replace(Address account, long nonce, SignedTransaction variant) {
    sends.replace(account, nonce, variant.raw());
  }

  @Override
  public List<Sent> open(Address account) {
    return sends.open(account).stream().map(PostgresSendLog::sent).toList();
  }

  @Override
  public void conclude(Address account, long nonce, Outcome outcome) {
    sends.conclude(
        account,
        nonce,
        switch (outcome) {
          case Outcome.Mined(var transaction, var block, var succeeded) ->
              new Send.End.Mined(transaction, block, succeeded);
          case Outcome.Cancelled(var transaction, var block) ->
              new Send.End.Cancelled(transaction, block);
          case Outcome.Displaced _ -> new Send.End.Displaced();
        });
  }

  @Override
  public void reopen(Address account, long firstFree) {
    sends.reopen(account, firstFree);
  }

  @Override
  public Optional<Sent> find(Address account, long nonce) {
    return sends.find(account, nonce).map(PostgresSendLog::sent);
  }

  @Override
  public Optional<Sent> findByPurpose(String purpose) {
    return sends.findByPurpose(purpose).map(PostgresSendLog::sent);
  }

  private static Sent sent(Send send) {
    return new Sent(
        send.account(),
        send.nonce(),
        send.purposes(),
        send.variants().stream().map(SignedTransaction::new).toList(),
        send.end().map(PostgresSendLog::outcome));
  }

  private static Outcome outcome(Send.End end) {
    return switch (end) {
      case Send.End.Mined(var transaction, var block, var succeeded) ->
          new Outcome.Mined(transaction, block, succeeded);
      case Send.End.Cancelled(var transaction, var block) ->
          new Outcome.Cancelled(transaction, block);
      case Send.End.Displaced _ -> new Outcome.Displaced();
    };
  }
}
