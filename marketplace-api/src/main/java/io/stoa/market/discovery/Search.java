package io.stoa.market.discovery;

import io.stoa.x402.extension.DiscoverySearch;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A search for words, in whatever order and form: an entry that has more of them comes first, and
 * one that has them in its name before one that has them elsewhere.
 */
record Search(List<String> words) {
  private static final int LONGEST = 200;
  private static final int MOST_WORDS = 16;
  private static final Comparator<Hit> BEST_FIRST =
      Comparator.comparingInt(Hit::score)
          .reversed()
          .thenComparingLong(hit -> hit.place().listing())
          .thenComparingInt(hit -> hit.place().call());

  static Search parse(String query) {
    var words = query.length() > LONGEST ? List.<String>of() : Words.distinct(query, MOST_WORDS);
    if (words.isEmpty()) {
      throw new IllegalArgumentException("not a text of 200 characters at most with a word in it");
    }
    return new Search(words);
  }

  /** Where something stands among all that is found: also where a next page goes on. */
  record Hit(int score, Entry.Place place) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})-(\\d{1,18})-(\\d{1,9})");

    static Hit parse(String cursor) {
      var parts = FORM.matcher(cursor);
      if (!parts.matches()) {
        throw new IllegalArgumentException("not what an earlier page gave as cursor");
      }
      return new Hit(
          Integer.parseInt(parts.group(1)),
          new Entry.Place(Long.parseLong(parts.group(2)), Integer.parseInt(parts.group(3))));
    }

    @Override
    public String toString() {
      return score + "-" + place.listing() + "-" + place.call();
    }
  }

  private record Found(Hit hit, Entry entry) {}

  /**
   * One page.
   *
   * @param after the last hit of the page before
   */
  DiscoverySearch in(List<Entry> entries, Filter filter, int limit, Optional<Hit> after) {
    var found =
        entries.stream()
            .filter(entry -> filter.admits(entry.item()))
            .map(entry -> new Found(new Hit(score(entry), entry.place()), entry))
            .filter(each -> each.hit.score > 0)
            .filter(each -> after.stream().allMatch(last -> BEST_FIRST.compare(last, each.hit) < 0))
            .sorted(Comparator.comparing(Found::hit, BEST_FIRST))
            .limit(limit + 1L)
            .toList();
    var page = found.subList(0, Math.min(limit, found.size()));
    return new DiscoverySearch(
        page.stream().map(each -> each.entry.item()).toList(),
        limit,
        found.size() > limit ? Optional.of(page.getLast().hit.toString()) : Optional.empty());
  }

  private int score(Entry entry) {
    return words.stream()
        .mapToInt(word -> entry.name().have(word) ? 2 : entry.text().have(word) ? 1 : 0)
        .sum();
  }
}
