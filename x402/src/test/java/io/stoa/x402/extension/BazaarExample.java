package io.stoa.x402.extension;

import io.stoa.x402.Example;
import java.util.Optional;

/** Two resources as their providers describe them. */
final class BazaarExample {
  private BazaarExample() {}

  static HttpCall.Body embeddings() {
    return embeddings(HttpCall.BodyMethod.POST, HttpCall.BodyType.JSON);
  }

  static HttpCall.Body embeddings(HttpCall.BodyMethod method, HttpCall.BodyType type) {
    return new HttpCall.Body(
        method,
        type,
        Example.object("{'input':'hello'}"),
        Example.object(
            "{'type':'object','properties':{'input':{'type':'string'}},'required':['input']}"),
        Optional.of(
            new HttpCall.Output(
                Example.object("{'data':[]}"), Example.object("{'type':'object'}"))));
  }

  static HttpCall.Query weather() {
    return weather(HttpCall.PlainMethod.GET);
  }

  static HttpCall.Query weather(HttpCall.PlainMethod method) {
    return new HttpCall.Query(
        method,
        Example.object("{'days':3}"),
        Example.object("{'type':'object','properties':{'days':{'type':'integer'}}}"),
        Optional.empty());
  }
}
