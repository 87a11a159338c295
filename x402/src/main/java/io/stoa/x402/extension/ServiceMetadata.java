package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a service presents itself in catalogues. What strangers sent is left out field by field where
 * it is not harmless.
 *
 * @param serviceName at most 32 characters of printable ASCII
 * @param tags at most five of the same kind, none twice in whatever case
 * @param iconUrl of a public host; see {@link IconUrl}
 */
public record ServiceMetadata(
    Optional<String> serviceName, List<String> tags, Optional<String> iconUrl) {
  public static final ServiceMetadata NONE =
      new ServiceMetadata(Optional.empty(), List.of(), Optional.empty());

  private static final int MAX_TEXT = 32;
  private static final int MAX_TAGS = 5;

  public ServiceMetadata {
    tags = List.copyOf(tags);
  }

  /** Of the {@code resource} of a message. */
  public static ServiceMetadata sanitised(ObjectNode resource) {
    return new ServiceMetadata(
        text(resource.path("serviceName")).filter(ServiceMetadata::isPlain),
        tags(resource.path("tags")),
        text(resource.path("iconUrl")).filter(IconUrl::isHarmless));
  }

  private static List<String> tags(JsonNode given) {
    var tags = new ArrayList<String>();
    var seen = new HashSet<String>();
    if (given.isArray()) {
      for (var item : given) {
        text(item)
            .filter(ServiceMetadata::isPlain)
            .filter(tag -> tags.size() < MAX_TAGS && seen.add(tag.toLowerCase(Locale.ROOT)))
            .ifPresent(tags::add);
      }
    }
    return tags;
  }

  private static Optional<String> text(JsonNode node) {
    return Optional.ofNullable(node.textValue());
  }

  private static boolean isPlain(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_TEXT
        && text.chars().allMatch(character -> character >= ' ' && character <= '~');
  }

  void writeTo(ObjectNode json) {
    serviceName.ifPresent(name -> json.put("serviceName", name));
    if (!tags.isEmpty()) {
      var array = json.putArray("tags");
      tags.forEach(array::add);
    }
    iconUrl.ifPresent(url -> json.put("iconUrl", url));
  }
}
