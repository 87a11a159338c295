package io.stoa.payments;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

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
import io.stoa.persistence.till.ChannelMove;
import io.stoa.persistence.till.ChannelTill;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.batch.ChannelDigests;
import io.stoa.x402.batch.ChannelDigests.ClaimEntry;
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

  private final ChannelTill till;
  private final ChannelReads chain;
  private final Rpc rpc;
  private final TransactionSender sender;
  private final SendLog sends;
  private final SigningKey authorizer;
  private final Terms terms;

  /**
   * When it is worth the gas.
   *
   * @param threshold a channel that owes this much is claimed, and a receiver that has earned this
   *     much is paid; in the asset's smallest unit
   * @param age or a channel that has owed anything for so long
   * @param patience for one transaction
   */
  public record Terms(BigInteger threshold, Duration age, Duration patience) {}

  /**
   * @param sends the log that {@code sender} writes
   * @param authorizer of the receivers of this node's channels; others are left alone
   */
  public ClaimWorker(
      ChannelTill till,
      ChannelReads chain,
      Rpc rpc,
      TransactionSender sender,
      SendLog sends,
      SigningKey authorizer,
      Terms terms) {
    this.till = till;
    this.chain = chain;
    this.rpc = rpc;
    this.sender = sender;
    this.sends = sends;
    this.authorizer = authorizer;
    this.terms = terms;
  }

  /** One round over the channels in {@code asset} that are due. */
  public void run(Asset asset) {
    var due = till.claimable(asset, authorizer.address(), terms.threshold, terms.age, BATCH);
    if (due.isEmpty()) {
      return;
    }
    var ids = due.stream().map(ChannelAccount::id).toList();
    look(due, ids);
    var claims = ids.stream().flatMap(id -> till.find(id).stream()).flatMap(this::claim).toList();
    claim(claims);
    due.stream()
        .map(account -> account.config().receiver())
        .distinct()
        .forEach(receiver -> settle(receiver, asset));
  }

  /** Claims and reorganisations of others are seen here: what the chain shows is what counts. */
  private void look(List<ChannelAccount> accounts, List<ChannelId> ids) {
    var seen = chain.read(ids);
    for (int i = 0; i < ids.size(); i++) {
      till.sync(ids.get(i), accounts.get(i).config(), seen.get(i));
    }
  }

  private Stream<VoucherClaim> claim(ChannelAccount account) {
    var standing = account.standing();
    if (standing.claimable().signum() == 0) {
      return Stream.empty();
    }
    var total = standing.onChain().claimed().add(standing.claimable());
    return standing.voucher().stream()
        .map(voucher -> new VoucherClaim(account.config(), voucher, total));
  }

  /** One row that the contract refuses would take all others with it: halves find it. */
  private void claim(List<VoucherClaim> claims) {
    if (claims.isEmpty()) {
      return;
    }
    var data = ChannelCalls.claimWithSignature(claims, signature(claims));
    if (!wouldSucceed(data)) {
      if (claims.size() == 1) {
        LOG.log(WARNING, "voucher refused by the contract: " + claims.getFirst().voucher());
        return;
      }
      int half = claims.size() / 2;
      claim(claims.subList(0, half));
      claim(claims.subList(half, claims.size()));
      return;
    }
    send(data, "claim " + Bytes32.sha256(data.toBytes()))
        .ifPresent(receipt -> record(receipt, claims));
  }

  private Bytes signature(List<VoucherClaim> claims) {
    var asset = claims.getFirst().config().asset();
    var entries =
        claims.stream()
            .map(
                claim ->
                    new ClaimEntry(
                        claim.voucher().channel(), claim.voucher().ceiling(), claim.totalClaimed()))
            .toList();
    var digest = ChannelDigests.of(asset.chain()).claimBatch(entries);
    return Bytes.wrap(authorizer.sign(digest).toBytes());
  }

  private void record(Receipt receipt, List<VoucherClaim> claims) {
    var ids = claims.stream().map(claim -> claim.voucher().channel()).toList();
    var after = chain.read(ids);
    for (var log : receipt.logs()) {
      if (log.address().equals(ChannelContracts.CHANNELS)
          && ChannelEvents.decode(log).orElse(null)
              instanceof ChannelEvents.Entry.Claimed(var channel, var amount, _)) {
        int place = ids.indexOf(channel);
        till.record(
            channel,
            claims.get(place).config(),
            new ChannelMove(ChannelMove.Kind.CLAIM, receipt.transaction(), amount, receipt.block()),
            after.get(place));
      }
    }
    LOG.log(INFO, "claimed from " + claims.size() + " channels: " + receipt.transaction());
  }

  private void settle(Address receiver, Asset asset) {
    var earnings = chain.earnings(receiver, asset, BlockId.LATEST);
    if (earnings.due().signum() == 0 || earnings.due().compareTo(terms.threshold) < 0) {
      return;
    }
    send(
        ChannelCalls.settle(receiver, asset.token()),
        "settle " + receiver + " " + earnings.claimed());
  }

  private boolean wouldSucceed(Bytes data) {
    var call = Call.of(ChannelContracts.CHANNELS, data).from(sender.account());
    return rpc.estimateGas(call) instanceof GasEstimate.Uses;
  }

  /** What is not mined in time is seen by the next round, whoever sent it. */
  private Optional<Receipt> send(Bytes data, String purpose) {
    if (sends.findByPurpose(purpose).filter(sent -> sent.outcome().isEmpty()).isPresent()) {
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
}
