package io.stoa.market.mcp;

import io.stoa.market.inference.Ware;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tools that some wares are, in the order of the wares. */
record ToolList(Map<String, Tool> byName) {
  private static final int PAGE = 50;

  /** Of several descriptions of one call the first counts. */
  static ToolList of(List<Ware> wares) {
    var tools = new LinkedHashMap<String, Tool>();
    wares.stream().flatMap(Tool::of).forEach(tool -> tools.putIfAbsent(tool.name(), tool));
    return new ToolList(tools);
  }

  /**
   * Some of them.
   *
   * @param next the last one, if there are more
   */
  record Page(List<Tool> tools, Optional<Tool.Place> next) {}

  Optional<Tool> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * One page.
   *
   * @param after the last tool of the page before
   */
  Page page(Optional<Tool.Place> after) {
    var found =
        byName.values().stream()
            .filter(tool -> after.stream().allMatch(last -> last.compareTo(tool.place()) < 0))
            .limit(PAGE + 1L)
            .toList();
    var page = found.subList(0, Math.min(PAGE, found.size()));
    return new Page(
        page, found.size() > PAGE ? Optional.of(page.getLast().place()) : Optional.empty());
  }
}
