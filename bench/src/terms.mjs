// What a paid route asks for.
import { decodePaymentRequiredHeader } from "@x402/core/http";

import { ECHO_BODY } from "./requests.mjs";

const PATIENCE_MS = 10_000;
const PAUSE_MS = 100;

/** The `resource` of a route and the option `accepted` of one scheme; undefined when it does not offer that scheme. */
export async function termsOf(url, scheme) {
  const { resource, accepts } = decodePaymentRequiredHeader((await unpaid(url)).headers.get("PAYMENT-REQUIRED"));
  const accepted = accepts.find((option) => option.scheme === scheme);
  return accepted && { resource, accepted };
}

/** The 402, once the listing has reached the shelf. */
async function unpaid(url) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const response = await fetch(url, { method: "POST", body: ECHO_BODY });
    await response.arrayBuffer();
    if (response.status === 402) {
      return response;
    }
    if (Date.now() > deadline) {
      throw new Error(`${url} answers an unpaid request with ${response.status}`);
    }
    await new Promise((later) => setTimeout(later, PAUSE_MS));
  }
}
