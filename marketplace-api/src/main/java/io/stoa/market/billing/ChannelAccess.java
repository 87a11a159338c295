package io.stoa.market.billing;

import io.stoa.domain.Address;
import io.stoa.domain.MarketException;
import io.stoa.domain.channel.ChannelId;
import io.stoa.market.wallet.Readers;
import io.stoa.persistence.mirror.Titles;
import io.stoa.persistence.till.ChannelAccount;
import io.stoa.persistence.till.ChannelTill;
import io.stoa.persistence.till.Hold;
import io.stoa.persistence.till.UsageRecord;
import io.vertx.core.http.HttpServerRequest;

/**
 * Opens a channel's account to those whose money it is about: its payer, whoever signs for that,
 * its receiver, and the owner of the listing that earns by the receiver.
 */
final class ChannelAccess {
  private final ChannelTill till;
  private final Titles titles;
  private final Readers readers;

  ChannelAccess(ChannelTill till, Titles titles, Readers readers) {
    this.till = till;
    this.titles = titles;
    this.readers = readers;
  }

  /** Blocks. Fails for a channel that is unknown here, and for everybody else. */
  ChannelAccount open(ChannelId channel, HttpServerRequest request) {
    var reader = readers.of(request);
    var account =
        till.find(channel)
            .orElseThrow(
                () ->
                    new MarketException.NotFound(
                        "channel-unknown", "This node has not seen such a channel."));
    if (!isParty(account, reader)) {
      throw new MarketException.Forbidden(
          "not-your-channel",
          "%s neither pays into this channel nor earns by it.".formatted(reader));
    }
    return account;
  }

  /** A call that was charged and delivered whole, with its receipt. */
  UsageRecord delivered(ChannelId channel, long fence, HttpServerRequest request) {
    var account = open(channel, request);
    return till.usage(new Hold(account.id(), fence))
        .filter(usage -> usage.delivery().isPresent())
        .orElseThrow(
            () ->
                new MarketException.NotFound(
                    "receipt-unknown",
                    "There is no receipt: no such call was charged and delivered whole."));
  }

  private boolean isParty(ChannelAccount account, Address reader) {
    var config = account.config();
    return reader.equals(config.payer())
        || reader.equals(config.payerAuthorizer())
        || reader.equals(config.receiver())
        || titles.ownsSplitter(reader, config.receiver());
  }
}
