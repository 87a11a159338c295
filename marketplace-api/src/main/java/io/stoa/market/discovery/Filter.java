package io.stoa.market.discovery;

import io.stoa.domain.Address;
import io.stoa.market.web.Param;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.extension.DiscoveryItem;
import io.stoa.x402.extension.ResourceType;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which items are wanted: those of this type, with this extension, that can be paid in one way that
 * is all of the rest. A scheme or network that nobody here knows is well asked for, and finds
 * nothing.
 */
record Filter(
    Optional<ResourceType> type,
    Optional<Address> payTo,
    Optional<String> scheme,
    Optional<String> network,
    Optional<String> extension) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern CAIP_2 = Pattern.compile("[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}");

  static Filter read(
      @Nullable String type,
      @Nullable String payTo,
      @Nullable String scheme,
      @Nullable String network,
      @Nullable String extensions) {
    return new Filter(
        Param.find("type", type, Filter::type),
        Param.find("payTo", payTo, Address::parse),
        Param.find("scheme", scheme, form(NAME, "not the name of a scheme")),
        Param.find("network", network, form(CAIP_2, "not a network such as eip155:8453 (CAIP-2)")),
        Param.find("extensions", extensions, form(NAME, "not the key of an extension")));
  }

  boolean admits(DiscoveryItem item) {
    return type.stream().allMatch(item.type()::equals)
        && extension.stream().allMatch(item.extensions()::has)
        && item.accepts().stream().anyMatch(this::admits);
  }

  private boolean admits(PaymentRequirements option) {
    return payTo.stream().allMatch(option.payTo()::equals)
        && scheme.stream().allMatch(option.scheme()::equals)
        && network.stream().allMatch(option.network().toString()::equals);
  }

  private static ResourceType type(String text) {
    return Stream.of(ResourceType.values())
        .filter(type -> type.toString().equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("neither http nor mcp"));
  }

  private static Function<String, String> form(Pattern form, String otherwise) {
    return text -> {
      if (!form.matcher(text).matches()) {
        throw new IllegalArgumentException(otherwise);
      }
      return text;
    };
  }
}
