package io.stoa.market.billing;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.stoa.persistence.till.Hold;
import io.stoa.persistence.till.Statements;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What was charged to channels: a page of calls.
 *
 * @param from calls charged since then
 * @param until and before then
 * @param totals of the whole statement, on its first page alone
 * @param items by channel, and within a channel as they were taken
 * @param next pass it as {@code after} for the next page; absent on the last one
 */
@Schema(name = "Statement")
@JsonInclude(JsonInclude.Include.NON_NULL)
record StatementView(
    Instant from,
    Instant until,
    @Nullable List<Total> totals,
    List<Item> items,
    @Nullable String next) {

  /**
   * Makes a page of one call more than fits, if there are more.
   *
   * @param size how many fit
   */
  static StatementView of(
      Statements.Span span,
      @Nullable List<Statements.Total> totals,
      List<Statements.Line> found,
      int size) {
    var shown = found.stream().limit(size).toList();
    return new StatementView(
        span.from(),
        span.until(),
        totals == null ? null : totals.stream().map(Total::of).toList(),
        shown.stream().map(Item::of).toList(),
        found.size() > size ? cursor(shown.getLast().usage().hold()) : null);
  }

  private static String cursor(Hold hold) {
    return hold.channel() + "." + hold.fence();
  }

  /**
   * What all calls sum up to in one asset.
   *
   * @param units by name, what was counted
   */
  @Schema(name = "StatementTotal")
  record Total(String asset, long calls, String amount, Map<String, String> units) {
    private static Total of(Statements.Total total) {
      return new Total(
          total.asset().toString(),
          total.calls(),
          total.amount().toString(),
          total.units().entrySet().stream()
              .collect(
                  Collectors.toMap(
                      Map.Entry::getKey,
                      unit -> unit.getValue().toString(),
                      (one, _) -> one,
                      TreeMap::new)));
    }
  }

  /**
   * One call.
   *
   * @param units by name, what was counted
   * @param receipt where the signed receipt is; absent when the call broke off
   */
  @Schema(name = "StatementItem")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Item(
      String channel,
      long fence,
      long listing,
      String asset,
      String price,
      Map<String, Long> units,
      Instant chargedAt,
      @Nullable String receipt) {

    private static Item of(Statements.Line line) {
      var usage = line.usage();
      var hold = usage.hold();
      return new Item(
          hold.channel().toString(),
          hold.fence(),
          usage.purchase().listing().value(),
          line.asset().toString(),
          usage.price().toString(),
          new TreeMap<>(usage.units()),
          usage.chargedAt(),
          usage
              .delivery()
              .map(_ -> "/v1/channels/%s/calls/%d/receipt".formatted(hold.channel(), hold.fence()))
              .orElse(null));
    }
  }
}
