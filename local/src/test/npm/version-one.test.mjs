// The official client of x402 version 1 against the same market, whose chain it knows as base-sepolia.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

import { createWalletClient, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { baseSepolia } from "viem/chains";
import { decodeXPaymentResponse, wrapFetchWithPayment } from "x402-fetch";

const endpoints = JSON.parse(readFileSync(path.join(process.env.STOA_STATE, "endpoints.json"), "utf8"));
const url = `${endpoints.api}/x/stoa/minilm/v1/embeddings`;
const buyer = privateKeyToAccount(endpoints.wallets.find(({ name }) => name === "buyer-5").privateKey);
const wallet = createWalletClient({ account: buyer, chain: baseSepolia, transport: http(endpoints.rpc) });
const asking = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ input: "old" }) };

test("a client of version 1 reads the terms in the body, pays, and is told its settlement", async () => {
  const response = await wrapFetchWithPayment(fetch, wallet)(url, asking);

  assert.equal(response.status, 200);
  assert.equal((await response.json()).data[0].embedding.length, 384);
  const settlement = decodeXPaymentResponse(response.headers.get("X-PAYMENT-RESPONSE"));
  assert.equal(settlement.success, true);
  assert.equal(settlement.network, "base-sepolia");
  assert.equal(settlement.payer.toLowerCase(), buyer.address.toLowerCase());
  assert.match(settlement.transaction, /^0x[0-9a-f]{64}$/);
});
