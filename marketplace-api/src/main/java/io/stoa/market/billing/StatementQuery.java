package io.stoa.market.billing;

import io.stoa.domain.Address;
import io.stoa.domain.MarketException;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.listing.ListingId;
import io.stoa.market.web.Param;
import io.stoa.persistence.till.Hold;
import io.stoa.persistence.till.Statements.Span;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which statement somebody asks for.
 *
 * @param after only calls behind this one
 * @param size how many calls of it
 */
record StatementQuery(Subject subject, Span span, Optional<Hold> after, int size) {
  private static final int USUAL_SIZE = 100;
  private static final int LARGEST_SIZE = 1_000;
  private static final Duration USUAL_SPAN = Duration.ofDays(1);
  private static final Duration LONGEST_SPAN = Duration.ofDays(31);
  private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

  /** What a statement is about. */
  sealed interface Subject {
    record Payer(Address payer) implements Subject {}

    record Channel(ChannelId channel) implements Subject {}

    record Listing(ListingId listing) implements Subject {}
  }

  /** Reads the parameters of a request. */
  static StatementQuery read(
      Optional<Subject> payer,
      Optional<Subject> channel,
      Optional<Subject> listing,
      @Nullable String from,
      @Nullable String until,
      @Nullable String after,
      @Nullable String limit,
      Instant now) {
    if (payer.stream().count() + channel.stream().count() + listing.stream().count() != 1) {
      throw new MarketException.Malformed(
          "parameter-malformed",
          "payer",
          "Exactly one of payer, channel and listing must be said.");
    }
    return new StatementQuery(
        payer.or(() -> channel).or(() -> listing).orElseThrow(),
        span(from, until, now),
        Param.find("after", after, StatementQuery::call),
        Param.number("limit", limit, USUAL_SIZE, 1, LARGEST_SIZE));
  }

  static Optional<Subject> payer(@Nullable String text) {
    return Param.find("payer", text, payer -> new Subject.Payer(Address.parse(payer)));
  }

  static Optional<Subject> channel(@Nullable String text) {
    return Param.find("channel", text, channel -> new Subject.Channel(ChannelId.parse(channel)));
  }

  static Optional<Subject> listing(@Nullable String text) {
    return Param.find(
        "listing",
        text,
        digits -> new Subject.Listing(new ListingId(count(digits, "not the number of a listing"))));
  }

  private static Span span(@Nullable String from, @Nullable String until, Instant now) {
    var end =
        Param.find("until", until, StatementQuery::instant)
            .orElseGet(() -> now.truncatedTo(ChronoUnit.MILLIS));
    var begin = Param.find("from", from, StatementQuery::instant).orElse(end.minus(USUAL_SPAN));
    if (begin.isAfter(end) || begin.plus(LONGEST_SPAN).isBefore(end)) {
      throw new MarketException.Malformed(
          "parameter-malformed", "from", "from must be at most 31 days before until.");
    }
    return new Span(begin, end);
  }

  private static Instant instant(String text) {
    try {
      var instant = Instant.parse(text);
      if (instant.isAfter(Instant.EPOCH) && instant.isBefore(LATEST)) {
        return instant;
      }
    } catch (DateTimeException _) {
      // Said below.
    }
    throw new IllegalArgumentException("not a time such as 2026-01-01T00:00:00Z");
  }

  private static Hold call(String cursor) {
    int dot = cursor.indexOf('.');
    var unknown = "not what an earlier page gave as next";
    if (dot < 0) {
      throw new IllegalArgumentException(unknown);
    }
    return new Hold(
        ChannelId.parse(cursor.substring(0, dot)), count(cursor.substring(dot + 1), unknown));
  }

  private static long count(String digits, String otherwise) {
    try {
      long count = Long.parseLong(digits);
      if (count >= 1) {
        return count;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new IllegalArgumentException(otherwise);
  }
}
