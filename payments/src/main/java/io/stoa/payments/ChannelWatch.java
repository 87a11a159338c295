package io.stoa.payments;

import static java.lang.System.Logger.Level.INFO;

import io.stoa.chain.channel.ChannelReads;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.persistence.till.ChannelAccount;
import io.stoa.persistence.till.ChannelBooks;
import java.util.List;

/**
 * Looks after channels that owe something, by reading them: a payer that gives notice is noticed
 * within a tenth of the time it must wait, whether or not anybody follows the contract's logs. Then
 * its channel is claimed from at once. Any number of instances may run it.
 */
final class ChannelWatch {
  private static final System.Logger LOG = System.getLogger(ChannelWatch.class.getName());
  private static final int BATCH = 100;

  /** A node that lags shows nothing new: then the same channels would come again and again. */
  private static final int MOST_BATCHES = 50;

  private final ChannelBooks books;
  private final ChannelReads chain;
  private final Address authorizer;
  private final ClaimWorker claims;

  ChannelWatch(ChannelBooks books, ChannelReads chain, Address authorizer, ClaimWorker claims) {
    this.books = books;
    this.chain = chain;
    this.authorizer = authorizer;
    this.claims = claims;
  }

  /**
   * One round over the channels in {@code asset} that were not looked at for a while. To be run
   * several times a minute. Blocks.
   */
  void run(Asset asset) {
    long leaving = 0;
    for (int batch = 0; batch < MOST_BATCHES; batch++) {
      var unseen = books.exposure().unseen(asset, authorizer, BATCH);
      leaving += look(unseen);
      if (unseen.size() < BATCH) {
        break;
      }
    }
    if (leaving > 0) {
      LOG.log(INFO, "payers gave notice, channels: " + leaving);
      claims.run(asset);
    }
  }

  /** How many of them have a payer that leaves. */
  private long look(List<ChannelAccount> accounts) {
    if (accounts.isEmpty()) {
      return 0;
    }
    var seen = chain.read(accounts.stream().map(ChannelAccount::id).toList());
    for (int i = 0; i < accounts.size(); i++) {
      books.channels().sync(accounts.get(i).id(), accounts.get(i).config(), seen.get(i));
    }
    return seen.stream().filter(channel -> channel.withdrawal().isPresent()).count();
  }
}
