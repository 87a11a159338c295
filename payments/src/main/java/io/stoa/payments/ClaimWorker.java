package io.stoa.payments;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;
import static java.util.stream.Collectors.toMap;

import io.stoa.chain.channel.ChannelCalls;
import io.stoa.chain.channel.ChannelEvents;
import io.stoa.chain.channel.ChannelReads;
import io.stoa.chain.channel.VoucherClaim;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.GasEstimate;
import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.TransactionRequest;
import io.stoa.chain.send.TransactionSender;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.ChannelId;
import io.stoa.persistence.till.ChannelAccount;
import io.stoa.persistence.till.ChannelBooks;
import io.stoa.persistence.till.ClaimTurns.Turn;
import io.stoa.x402.batch.ChannelContracts;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Brings what channels owe to their receivers: claims vouchers, then settles what was claimed. Only
 * a recorded claim is safe from a payer that leaves, so that channels whose payer gave notice come
 * first. Claims carry totals: whoever sends one twice, or after another instance, changes nothing.
 * Blocks: call from a virtual thread.
 */
public final class ClaimWorker {
  private static final System.Logger LOG = System.getLogger(ClaimWorker.class.getName());

  /** What one transaction holds without crowding a block: about 600,000 gas. */
  private static final int BATCH = 25;

  private final ChannelBooks books;
  private final ChannelReads chain;
  private final Rpc rpc;
  private final TransactionSender sender;
  private final SendLog sends;
  private final AuthorizerCalls calls;
  private final ChannelMoves moves;
  private final Terms terms;

  /**
   * When it is worth the gas.
   *
   * @param threshold a channel that owes this much is claimed, and a receiver that has earned this
   *     much is paid; in the asset's smallest unit
   * @param age or a channel that has owed anything for so long; every receiver is paid what it has
   *     earned once in that time
   * @param patience for one transaction
   */
  public record Terms(BigInteger threshold, Duration age, Duration patience) {}

  /**
   * @param sends the log that {@code sender} writes
   * @param authorizer of the receivers of this node's channels; others are left alone
   */
  public ClaimWorker(
      ChannelBooks books,
      ChannelReads chain,
      Rpc rpc,
      TransactionSender sender,
      SendLog sends,
      SigningKey authorizer,
      Terms terms) {
    this.books = books;
    this.chain = chain;
    this.rpc = rpc;
    this.sender = sender;
    this.sends = sends;
    this.calls = new AuthorizerCalls(authorizer);
    this.moves = new ChannelMoves(books.channels(), chain);
    this.terms = terms;
  }

  /**
   * Claims from the channels in {@code asset} that are due. Does nothing while another instance
   * does it.
   */
  public void run(Asset asset) {
    books
        .turns()
        .take(asset, calls.authorizer().address(), lease())
        .ifPresent(
            turn -> {
              try {
                boolean isMore = true;
                while (isMore) {
                  isMore = round(turn);
                }
                if (books.turns().isSettlementDue(turn, terms.age)) {
                  settleAll(turn);
                }
              } finally {
                books.turns().extend(turn, Duration.ZERO);
              }
            });
  }

  /** More than enough for what is done between two transactions, and for one of them. */
  private Duration lease() {
    return terms.patience.multipliedBy(2).plusSeconds(10);
  }

  /**
   * @return whether more may be due than one transaction holds: not when nothing was achieved, so
   *     that a round comes to an end
   */
  private boolean round(Turn turn) {
    if (!endEarlier(turn)) {
      return false;
    }
    var due =
        books
            .channels()
            .claimable(turn.asset(), turn.authorizer(), terms.threshold, terms.age, BATCH);
    if (due.isEmpty()) {
      return false;
    }
    var ids = due.stream().map(ChannelAccount::id).toList();
    look(due, ids);
    var claims =
        ids.stream()
            .flatMap(id -> books.channels().find(id).stream())
            .flatMap(account -> AuthorizerCalls.due(account).stream())
            .toList();
    boolean isProgress = claim(claims, turn) || claims.size() < due.size();
    due.stream()
        .map(account -> account.config().receiver())
        .distinct()
        .forEach(receiver -> settle(receiver, terms.threshold, turn));
    return isProgress && due.size() == BATCH;
  }

  /** Claims and reorganisations of others are seen here: what the chain shows is what counts. */
  private void look(List<ChannelAccount> accounts, List<ChannelId> ids) {
    var seen = chain.read(ids);
    for (int i = 0; i < ids.size(); i++) {
      books.channels().sync(ids.get(i), accounts.get(i).config(), seen.get(i));
    }
  }

  /**
   * One row that the contract refuses would take all others with it: halves find it, and it is set
   * aside.
   *
   * @return whether anything was claimed or set aside
   */
  private boolean claim(List<VoucherClaim> claims, Turn turn) {
    if (claims.isEmpty()) {
      return false;
    }
    var data = calls.claim(claims);
    if (!wouldSucceed(data)) {
      if (claims.size() == 1) {
        var voucher = claims.getFirst().voucher();
        LOG.log(
            WARNING,
            "voucher refused by the contract, set aside for a while: " + voucher.channel());
        books.channels().setAside(voucher.channel());
        return true;
      }
      int half = claims.size() / 2;
      boolean isLowerDone = claim(claims.subList(0, half), turn);
      boolean isUpperDone = claim(claims.subList(half, claims.size()), turn);
      return isLowerDone || isUpperDone;
    }
    var receipt = send(data, purposes(turn) + Bytes32.sha256(data.toBytes()), turn);
    receipt.ifPresent(this::record);
    return receipt.isPresent();
  }

  /** How the purposes of all claims in an asset begin. */
  private static String purposes(Turn turn) {
    return "claim " + turn.asset().token() + " ";
  }

  /**
   * Waits for a claim that this account has sent and that is not mined yet: another one behind it
   * would be as stuck, and pay for the same vouchers again.
   *
   * @return whether there is none any more
   */
  private boolean endEarlier(Turn turn) {
    for (var sent : sends.open(sender.account())) {
      if (sent.purposes().stream().anyMatch(purpose -> purpose.startsWith(purposes(turn)))) {
        if (!books.turns().extend(turn, lease())) {
          return false;
        }
        switch (sender.await(sent, terms.patience)) {
          case SendOutcome.Mined(var receipt) -> record(receipt);
          case SendOutcome.Reverted _, SendOutcome.NotSent _ -> {}
          case SendOutcome.OutcomeUnknown _ -> {
            LOG.log(WARNING, "a claim is not mined yet, no other is sent: nonce " + sent.nonce());
            return false;
          }
        }
      }
    }
    return true;
  }

  private void record(Receipt receipt) {
    var channels =
        ChannelMoves.entries(receipt)
            .flatMap(ClaimWorker::claimed)
            .distinct()
            .flatMap(channel -> books.channels().find(channel).stream())
            .collect(toMap(ChannelAccount::id, ChannelAccount::config));
    moves.record(receipt, channels);
    LOG.log(INFO, "claimed from " + channels.size() + " channels: " + receipt.transaction());
  }

  private static Stream<ChannelId> claimed(ChannelEvents.Entry entry) {
    return entry instanceof ChannelEvents.Entry.Claimed(var channel, _, _)
        ? Stream.of(channel)
        : Stream.empty();
  }

  /**
   * Pays every receiver what it has earned, whatever that is: a claim that was mined late, that a
   * refund brought along, or that somebody died over, is settled by nobody else.
   */
  private void settleAll(Turn turn) {
    Optional<Address> last = Optional.empty();
    while (true) {
      var page = books.exposure().receivers(turn.asset(), turn.authorizer(), last, BATCH);
      for (var receiver : page) {
        if (!settle(receiver, BigInteger.ONE, turn)) {
          return;
        }
      }
      if (page.size() < BATCH) {
        books.turns().settled(turn);
        return;
      }
      if (!books.turns().extend(turn, lease())) {
        return;
      }
      last = Optional.of(page.getLast());
    }
  }

  /**
   * Pays {@code receiver}, if that is {@code least} or more.
   *
   * @return whether that is over: what comes after one that is stuck would be stuck too
   */
  private boolean settle(Address receiver, BigInteger least, Turn turn) {
    var earnings = chain.earnings(receiver, turn.asset(), BlockId.LATEST);
    if (earnings.due().signum() == 0 || earnings.due().compareTo(least) < 0) {
      return true;
    }
    var token = turn.asset().token();
    var purpose = "settle " + receiver + " " + token + " " + earnings.claimed();
    send(ChannelCalls.settle(receiver, token), purpose, turn);
    return !isUnderWay(purpose);
  }

  private boolean wouldSucceed(Bytes data) {
    var call = Call.of(ChannelContracts.CHANNELS, data).from(sender.account());
    return rpc.estimateGas(call) instanceof GasEstimate.Uses;
  }

  /** What is not mined in time is seen by the next round, whoever sent it. */
  private Optional<Receipt> send(Bytes data, String purpose, Turn turn) {
    if (!books.turns().extend(turn, lease())) {
      LOG.log(WARNING, "another instance has taken over: " + purpose);
      return Optional.empty();
    }
    if (isUnderWay(purpose)) {
      return Optional.empty();
    }
    var request = TransactionRequest.call(ChannelContracts.CHANNELS, data);
    return switch (sender.send(request, purpose, terms.patience)) {
      case SendOutcome.Mined(var receipt) -> Optional.of(receipt);
      case SendOutcome.Reverted _, SendOutcome.NotSent _, SendOutcome.OutcomeUnknown _ -> {
        LOG.log(WARNING, "not mined, left to the next round: " + purpose);
        yield Optional.empty();
      }
    };
  }

  private boolean isUnderWay(String purpose) {
    return sends.findByPurpose(purpose).filter(sent -> sent.outcome().isEmpty()).isPresent();
  }
}
