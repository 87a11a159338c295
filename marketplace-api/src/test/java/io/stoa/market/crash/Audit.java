package io.stoa.market.crash;

import io.stoa.chain.channel.ChannelReads;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.LogFilter;
import io.stoa.chain.token.TokenEvent;
import io.stoa.chain.token.TokenEvents;
import io.stoa.chain.token.TokenReads;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.ChannelId;
import io.stoa.x402.batch.ChannelContracts;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compares, once everything is decided, what the till says with what the chain shows, what the
 * provider did and what customers say.
 */
final class Audit {
  private final Site site;
  private final Till till;
  private final Testimony testimony;
  private final Door door;
  private final List<String> faults = new ArrayList<>();

  Audit(Site site, Till till, Testimony testimony, Door door) {
    this.site = site;
    this.till = till;
    this.testimony = testimony;
    this.door = door;
  }

  /** What does not agree. */
  List<String> faults() {
    faults.addAll(till.faults());
    faults.addAll(testimony.complaints());
    settledPaymentsAreTransfers();
    channelsAreAsTheChainShows();
    payeesHaveWhatWasEarned();
    payersPaidNoMore();
    nobodyWasServedTwice();
    everySettledAnswerIsDelivered();
    everyVoucherThatWasAnsweredIsThere();
    everyChargedCallWasAnswered();
    return faults;
  }

  /** Each settled payment is one transfer in its transaction, and each transfer one payment. */
  private void settledPaymentsAreTransfers() {
    var token = site.dollar().token();
    var payees = Set.copyOf(site.payees());
    var rpc = site.surroundings().rpc();
    var logs = rpc.logs(LogFilter.of(token), 0, rpc.head().number());
    var used = new HashMap<String, String>();
    var moved = new HashMap<String, BigInteger>();
    for (var log : logs) {
      switch (TokenEvents.decode(log).orElse(null)) {
        case TokenEvent.AuthorizationUsed(_, var payer, var nonce) ->
            used.put(payer + " " + nonce, log.transaction().toString());
        case TokenEvent.Transferred(_, var from, var to, var units)
            when payees.contains(to) && !from.equals(ChannelContracts.CHANNELS) ->
            moved.merge(log.transaction() + " " + from, units, BigInteger::add);
        case null, default -> {}
      }
    }
    var settled = new HashMap<String, BigInteger>();
    for (var row :
        till.rows(
            """
            select '0x' || encode(payer, 'hex'), '0x' || encode(nonce, 'hex'),
                '0x' || encode(tx_hash, 'hex'), charged, method
            from till.payment where state = 'SETTLED'
            """)) {
      var payer = Address.parse(row.get(0));
      var transaction = used.get(payer + " " + Bytes32.parse(row.get(1)));
      // A permit leaves no log of its nonce: the transfer alone shows it.
      if (row.get(4).equals("EIP3009") && !row.get(2).equals(transaction)) {
        faults.add("settled by %s, and the chain shows %s".formatted(row.get(2), transaction));
      }
      settled.merge(row.get(2) + " " + payer, new BigInteger(row.get(3)), BigInteger::add);
    }
    if (!settled.equals(moved)) {
      faults.add("settled and moved differ: " + difference(settled, moved));
    }
    if (settled.isEmpty()) {
      faults.add("not one payment was settled");
    }
  }

  private void channelsAreAsTheChainShows() {
    var rows =
        till.rows(
            """
            select '0x' || encode(channel_id, 'hex'), charged, claimed, balance, withdraw_at is null
            from till.channel
            """);
    var ids = rows.stream().map(row -> new ChannelId(Bytes32.parse(row.get(0)))).toList();
    var seen = new ChannelReads(site.surroundings().rpc(), ChannelContracts.CHANNELS).read(ids);
    for (int i = 0; i < ids.size(); i++) {
      var row = rows.get(i);
      var claimed = seen.get(i).claimed().toString();
      if (!claimed.equals(row.get(1)) || !claimed.equals(row.get(2))) {
        faults.add("channel %s: the chain shows %s claimed".formatted(row, claimed));
      }
      if (!seen.get(i).balance().toString().equals(row.get(3))) {
        faults.add("channel %s: the chain shows %s".formatted(row, seen.get(i).balance()));
      }
    }
    if (rows.isEmpty()) {
      faults.add("not one channel was opened");
    }
  }

  private void payeesHaveWhatWasEarned() {
    var rpc = site.surroundings().rpc();
    var channels = new ChannelReads(rpc, ChannelContracts.CHANNELS);
    var tokens = new TokenReads(rpc);
    for (var payee : site.payees()) {
      var earnings = channels.earnings(payee, site.dollar(), BlockId.LATEST);
      var charged = sum("select sum(charged) from till.channel where receiver = ", payee);
      var settled =
          sum("select sum(charged) from till.payment where state = 'SETTLED' and pay_to = ", payee);
      var has = tokens.balanceOf(site.dollar().token(), payee, BlockId.LATEST);
      if (!earnings.claimed().equals(charged)) {
        faults.add("%s claimed %s of %s".formatted(payee, earnings.claimed(), charged));
      }
      if (!has.equals(settled.add(earnings.settled()))) {
        faults.add(
            "%s has %s, after %s by payments and %s by channels"
                .formatted(payee, has, settled, earnings.settled()));
      }
    }
  }

  private void payersPaidNoMore() {
    var tokens = new TokenReads(site.surroundings().rpc());
    for (SigningKey wallet : testimony.wallets()) {
      var payer = wallet.address();
      var left = tokens.balanceOf(site.dollar().token(), payer, BlockId.LATEST);
      var settled =
          sum("select sum(charged) from till.payment where state = 'SETTLED' and payer = ", payer);
      var inChannels = sum("select sum(balance) from till.channel where payer = ", payer);
      if (!Load.purse().equals(left.add(settled).add(inChannels))) {
        faults.add(
            "payer %s: %s left, %s paid, %s in channels"
                .formatted(payer, left, settled, inChannels));
      }
    }
  }

  private void nobodyWasServedTwice() {
    Map<String, Request> owners = new HashMap<>();
    testimony
        .answers()
        .forEach(
            (request, answers) -> {
              if (answers.size() > 1) {
                faults.add("two answers for %s: %s".formatted(request.body(), answers));
              }
              for (var answer : answers) {
                if (answer.startsWith("answer ") && owners.putIfAbsent(answer, request) != null) {
                  faults.add("one answer for two requests: " + answer);
                }
              }
              if (site.provider().timesAsked(request) == 0) {
                faults.add("answered, and the provider was never asked: " + request.body());
              }
            });
  }

  /** Whoever pays by authorizations gets the answer to what was settled, and nothing for others. */
  private void everySettledAnswerIsDelivered() {
    var settled =
        Set.copyOf(
            till.texts(
                "select '0x' || encode(id, 'hex') from till.payment where state = 'SETTLED'"));
    testimony
        .payments()
        .forEach(
            (id, signed) -> {
              var seen = testimony.answers().getOrDefault(signed.request(), Set.of());
              if (settled.contains(id.toString())) {
                var again = door.pay(signed.request(), signed.header(), new Random(0));
                var answer = again.filter(reply -> reply.statusCode() == 200);
                if (answer.isEmpty()) {
                  faults.add("settled and not delivered: " + id + " " + again);
                } else if (!seen.isEmpty() && !seen.equals(Set.of(answer.get().body()))) {
                  faults.add("another answer than before: " + id);
                }
              } else if (!seen.isEmpty()) {
                faults.add("delivered and not settled: " + id);
              }
            });
  }

  private void everyVoucherThatWasAnsweredIsThere() {
    var charged =
        till.rows("select '0x' || encode(channel_id, 'hex'), charged from till.channel").stream()
            .collect(Collectors.toMap(row -> row.get(0), row -> new BigInteger(row.get(1))));
    testimony
        .acknowledged()
        .forEach(
            (channel, total) -> {
              var known = charged.getOrDefault(channel.toString(), BigInteger.ZERO);
              if (known.compareTo(total) < 0) {
                faults.add("%s was charged %s, and forgot %s".formatted(channel, total, known));
              }
            });
    var prices = prices();
    testimony
        .calls()
        .forEach(
            (request, call) -> {
              var price = Optional.ofNullable(prices.get(request.digest().toString()));
              if (!price.equals(Optional.of(call.price()))) {
                faults.add(
                    "%s cost %s, and the till says %s"
                        .formatted(request.body(), call.price(), price));
              }
            });
  }

  private void everyChargedCallWasAnswered() {
    var answered =
        testimony.answers().keySet().stream()
            .map(request -> request.digest().toString())
            .collect(Collectors.toCollection(HashSet::new));
    for (var row :
        till.rows(
            """
            select '0x' || encode(request_body, 'hex'), price from till.usage
            where price > 0 and request_target like '%/calls/%'
            """)) {
      if (!answered.contains(row.get(0))) {
        faults.add("charged %s and never answered: %s".formatted(row.get(1), row.get(0)));
      }
    }
  }

  /** What the till charged, by request. */
  private Map<String, BigInteger> prices() {
    return till
        .rows("select '0x' || encode(request_body, 'hex'), sum(price) from till.usage group by 1")
        .stream()
        .collect(Collectors.toMap(row -> row.get(0), row -> new BigInteger(row.get(1))));
  }

  private BigInteger sum(String query, Address of) {
    var bytes = "'\\x" + of.toString().substring(2).toLowerCase(Locale.ROOT) + "'";
    var sum = till.texts("select coalesce((" + query + bytes + "), 0)::text").getFirst();
    return new BigInteger(sum);
  }

  private static String difference(Map<String, BigInteger> one, Map<String, BigInteger> other) {
    var left = new HashMap<>(one);
    left.entrySet().removeAll(other.entrySet());
    var right = new HashMap<>(other);
    right.entrySet().removeAll(one.entrySet());
    return left + " and " + right;
  }
}
