// The official x402 client against a running market, whose state directory is in STOA_STATE.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { before, test } from "node:test";

import { ExactEvmScheme } from "@x402/evm";
import { decodePaymentResponseHeader, wrapFetchWithPaymentFromConfig } from "@x402/fetch";
import { createPublicClient, erc20Abi, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const endpoints = JSON.parse(readFileSync(path.join(process.env.STOA_STATE, "endpoints.json"), "utf8"));
const url = `${endpoints.api}/x/stoa/minilm/v1/embeddings`;
const network = `eip155:${endpoints.chainId}`;
const price = 1000n;
const buyer = privateKeyToAccount(endpoints.wallets.find(({ name }) => name === "buyer-2").privateKey);
const chain = createPublicClient({ transport: http(endpoints.rpc) });

// What the official client put on the wire, so that it can be sent once more.
const sent = [];
const recordingFetch = async (input, init) => {
  const request = new Request(input, init);
  sent.push(request.headers.get("PAYMENT-SIGNATURE"));
  return fetch(request);
};

const payingFetch = wrapFetchWithPaymentFromConfig(recordingFetch, {
  schemes: [{ network, client: new ExactEvmScheme(buyer) }],
  spendControls: false, // a test token is on no list
});

const asking = (input) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ model: "minilm", input }),
});

const balanceOf = (account) =>
  chain.readContract({ address: endpoints.contracts.UsdCoin, abi: erc20Abi, functionName: "balanceOf", args: [account] });

let splitter;
before(async () => {
  const listing = await (await fetch(`${endpoints.api}/v1/listings/stoa/minilm`)).json();
  splitter = listing.splitter;
});

test("an unpaid request gets 402 with the terms in its header, not to be stored", async () => {
  const response = await fetch(url, asking("hello"));

  assert.equal(response.status, 402);
  assert.equal(response.headers.get("Cache-Control"), "no-store");
  const terms = JSON.parse(Buffer.from(response.headers.get("PAYMENT-REQUIRED"), "base64").toString("utf8"));
  assert.equal(terms.x402Version, 2);
  assert.equal(terms.resource.url, url);
  const option = terms.accepts.find(({ scheme }) => scheme === "exact");
  assert.equal(option.network, network);
  assert.equal(option.amount, price.toString());
  assert.equal(option.payTo.toLowerCase(), splitter.toLowerCase());
});

test("the official client pays, is answered by the model, and the splitter receives exactly the price", async () => {
  const before = await balanceOf(splitter);

  const response = await payingFetch(url, asking("a cat sleeps on the sofa"));

  assert.equal(response.status, 200);
  const answer = await response.json();
  assert.equal(answer.data[0].embedding.length, 384);
  assert.ok(answer.usage.prompt_tokens > 0);
  const settlement = decodePaymentResponseHeader(response.headers.get("PAYMENT-RESPONSE"));
  assert.equal(settlement.success, true);
  assert.equal(settlement.network, network);
  const receipt = await chain.getTransactionReceipt({ hash: settlement.transaction });
  assert.equal(receipt.status, "success");
  assert.equal((await balanceOf(splitter)) - before, price);
});

test("other inputs have other answers", async () => {
  const [one, other] = await Promise.all(
    ["interest rates rise", "a dog barks"].map(async (input) => (await payingFetch(url, asking(input))).json()),
  );

  assert.equal(one.data[0].embedding.length, 384);
  assert.notDeepEqual(one.data[0].embedding, other.data[0].embedding);
});

test("the same payment again gets the same answer and moves no money", async () => {
  const first = await payingFetch(url, asking("only once"));
  const answer = await first.text();
  const payment = sent.at(-1);
  const before = await balanceOf(splitter);

  const request = asking("only once");
  request.headers["PAYMENT-SIGNATURE"] = payment;
  const again = await fetch(url, request);

  assert.equal(again.status, 200);
  assert.equal(await again.text(), answer);
  assert.equal(again.headers.get("PAYMENT-RESPONSE"), first.headers.get("PAYMENT-RESPONSE"));
  assert.equal(await balanceOf(splitter), before);
});
