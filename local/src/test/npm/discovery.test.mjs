// The official discovery client against a running market, whose state directory is in STOA_STATE.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

import { HTTPFacilitatorClient } from "@x402/core/server";
import { ExactEvmScheme } from "@x402/evm";
import {
  extractDiscoveryInfo,
  validateDiscoveryExtension,
  validateDiscoveryExtensionSpec,
  withBazaar,
} from "@x402/extensions/bazaar";
import { wrapFetchWithPaymentFromConfig } from "@x402/fetch";
import { privateKeyToAccount } from "viem/accounts";

const endpoints = JSON.parse(readFileSync(path.join(process.env.STOA_STATE, "endpoints.json"), "utf8"));
const url = `${endpoints.api}/x/stoa/minilm/v1/embeddings`;
const network = `eip155:${endpoints.chainId}`;
const { bazaar } = withBazaar(new HTTPFacilitatorClient({ url: endpoints.api })).extensions;

const decoded = (header) => JSON.parse(Buffer.from(header, "base64").toString("utf8"));

const terms = async () => {
  const response = await fetch(url, { method: "POST", body: "{}" });
  return decoded(response.headers.get("PAYMENT-REQUIRED"));
};

test("the official client lists the demo model with the terms of its 402", async () => {
  const { items, pagination } = await bazaar.listResources({ type: "http", scheme: "exact", network, limit: 100 });

  assert.equal(pagination.limit, 100);
  assert.equal(pagination.offset, 0);
  assert.ok(pagination.total >= 1);
  const item = items.find(({ resource }) => resource === url);
  const { accepts, extensions } = await terms();
  assert.deepEqual(item.accepts, accepts);
  // What is signed or made for one reply stands in no catalogue.
  assert.ok("bazaar" in item.extensions);
  for (const [key, part] of Object.entries(item.extensions)) {
    assert.deepEqual(part, extensions[key]);
  }
  assert.ok(Date.parse(item.lastUpdated) <= Date.now());
});

test("the official client finds the demo model by words, and nothing on other networks", async () => {
  const found = await bazaar.search({ query: "embeddings for a sentence", extensions: "bazaar" });
  const elsewhere = await bazaar.search({ query: "embeddings", network: "eip155:1" });

  assert.equal(found.resources[0].resource, url);
  assert.equal(found.partialResults, false);
  assert.deepEqual(elsewhere.resources, []);
});

test("the description is valid by the rules and the schema of the official facilitator", async () => {
  const { extensions } = await terms();

  assert.deepEqual(validateDiscoveryExtensionSpec(extensions.bazaar), { valid: true });
  assert.deepEqual(validateDiscoveryExtension(extensions.bazaar), { valid: true });
});

test("what the official client pays with lets facilitators catalogue the call", async () => {
  // The payment is only looked at: no money moves while others count it.
  let payment;
  const keepingFetch = async (input, init) => {
    const request = new Request(input, init);
    payment = request.headers.get("PAYMENT-SIGNATURE");
    return payment ? new Response("{}") : fetch(request);
  };
  const buyer = privateKeyToAccount(endpoints.wallets.find(({ name }) => name === "buyer-6").privateKey);
  const payingFetch = wrapFetchWithPaymentFromConfig(keepingFetch, {
    schemes: [{ network, client: new ExactEvmScheme(buyer) }],
    spendControls: false, // a test token is on no list
  });

  await payingFetch(url, { method: "POST", body: "{}" });

  const payload = decoded(payment);
  const discovered = extractDiscoveryInfo(payload, payload.accepted);
  assert.equal(discovered.resourceUrl, url);
  assert.equal(discovered.method, "POST");
  assert.equal(discovered.description, "Sentence embeddings of up to 128 texts");
});
