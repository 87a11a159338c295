package io.stoa.chain.testing;

import io.stoa.chain.send.Outcome;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.Sent;
import io.stoa.chain.send.SignedTransaction;
import io.stoa.domain.Address;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongFunction;

/** A {@link SendLog} that forgets everything with its process. */
public final class InMemorySendLog implements SendLog {
  private final Map<Address, NavigableMap<Long, Sent>> accounts = new LinkedHashMap<>();
  private final List<Sent> inOrder = new ArrayList<>();

  @Override
  public synchronized Sent append(
      Address account,
      long firstFree,
      List<String> purposes,
      LongFunction<SignedTransaction> signer) {
    if (inOrder.stream()
        .anyMatch(sent -> !Collections.disjoint(sent.purposes(), purposes) && isOpen(sent))) {
      throw new IllegalStateException("under way: " + purposes);
    }
    var rows = rows(account);
    long nonce = firstFree;
    while (rows.containsKey(nonce)) {
      nonce++;
    }
    var sent = new Sent(account, nonce, purposes, List.of(signer.apply(nonce)), Optional.empty());
    rows.put(nonce, sent);
    inOrder.add(sent);
    return sent;
  }

  @Override
  public synchronized void replace(Address account, long nonce, SignedTransaction variant) {
    var sent = row(account, nonce);
    if (!sent.variants().contains(variant)) {
      var variants = new ArrayList<>(sent.variants());
      variants.add(variant);
      put(new Sent(account, nonce, sent.purposes(), variants, sent.outcome()));
    }
  }

  @Override
  public synchronized List<Sent> open(Address account) {
    return rows(account).values().stream().filter(sent -> sent.outcome().isEmpty()).toList();
  }

  @Override
  public synchronized void conclude(Address account, long nonce, Outcome outcome) {
    var sent = row(account, nonce);
    put(new Sent(account, nonce, sent.purposes(), sent.variants(), Optional.of(outcome)));
  }

  @Override
  public synchronized void reopen(Address account, long firstFree) {
    for (var sent : List.copyOf(rows(account).tailMap(firstFree).values())) {
      put(new Sent(account, sent.nonce(), sent.purposes(), sent.variants(), Optional.empty()));
    }
  }

  @Override
  public synchronized Optional<Sent> find(Address account, long nonce) {
    return Optional.ofNullable(rows(account).get(nonce));
  }

  @Override
  public synchronized Optional<Sent> findByPurpose(String purpose) {
    return inOrder.reversed().stream()
        .filter(sent -> sent.purposes().contains(purpose))
        .findFirst()
        .map(sent -> row(sent.account(), sent.nonce()));
  }

  private boolean isOpen(Sent sent) {
    return row(sent.account(), sent.nonce()).outcome().isEmpty();
  }

  private Sent row(Address account, long nonce) {
    return find(account, nonce)
        .orElseThrow(() -> new IllegalArgumentException("no row for nonce " + nonce));
  }

  private void put(Sent sent) {
    rows(sent.account()).put(sent.nonce(), sent);
  }

  private NavigableMap<Long, Sent> rows(Address account) {
    return accounts.computeIfAbsent(account, _ -> new TreeMap<>());
  }
}
