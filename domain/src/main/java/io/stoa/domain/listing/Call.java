package io.stoa.domain.listing;

import java.util.Optional;

/**
 * A request that a provider's service answers, by example: what catalogues tell of it.
 *
 * @param description one line for people; may be empty
 */
public record Call(Method method, CallPath path, String description, Input input, Output output) {
  public Call {
    if (method.hasBody() == (input.place() == Place.QUERY)) {
      throw new IllegalArgumentException(method + " with its input as " + input.place());
    }
  }

  /** How it is asked. */
  public enum Method {
    GET,
    HEAD,
    DELETE,
    POST,
    PUT,
    PATCH;

    boolean hasBody() {
      return compareTo(POST) >= 0;
    }
  }

  /** Where the input stands: in the query, or in a body of this type. */
  public enum Place {
    QUERY,
    JSON,
    FORM_DATA,
    TEXT
  }

  /** What is sent. */
  public record Input(Place place, Example example) {}

  /**
   * What is answered.
   *
   * @param example of an answer in JSON, where the provider gives one
   */
  public record Output(String mediaType, Optional<Example> example) {}

  /**
   * A value.
   *
   * @param json the value as JSON
   * @param schema a JSON Schema it keeps, as JSON; it refers to nothing outside itself
   */
  public record Example(String json, String schema) {}
}
