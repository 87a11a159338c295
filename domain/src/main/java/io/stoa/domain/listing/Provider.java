package io.stoa.domain.listing;

import io.stoa.domain.Address;
import java.util.regex.Pattern;

/**
 * Who publishes, as it stands in paths: a handle claimed in the registry, or the lower-case address
 * of a provider that claimed none. A handle never starts with {@code 0x}, so the two cannot be
 * confused.
 */
public sealed interface Provider {
  static Provider parse(String text) {
    return text.startsWith("0x") ? new Unnamed(Address.parse(text)) : new Handle(text);
  }

  /** Three to 32 of {@code a-z 0-9 -}; no hyphen at an edge, no two in a row. */
  record Handle(String name) implements Provider {
    private static final Pattern FORM = Pattern.compile("(?!0x)[a-z0-9](?:-?[a-z0-9])*");

    public Handle {
      if (name.length() < 3 || name.length() > 32 || !FORM.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "not a handle: 3 to 32 of a-z, 0-9 and single inner hyphens, not starting with 0x");
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A provider known by its address alone. */
  record Unnamed(Address address) implements Provider {
    @Override
    public String toString() {
      return address.toString();
    }
  }
}
