package io.stoa.demo;

import com.sun.net.httpserver.HttpExchange;

/** Decides who may use the model. */
interface Caller {
  /**
   * @param body as it was received
   * @throws Refusal when the request does not come from someone who may use the model
   */
  void admit(HttpExchange exchange, byte[] body) throws Refusal;
}
