// The official x402 client paying a running market out of a channel. The market's state directory is in STOA_STATE.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

import { BatchSettlementEvmScheme } from "@x402/evm/batch-settlement/client";
import { decodePaymentResponseHeader, wrapFetchWithPaymentFromConfig } from "@x402/fetch";
import { createPublicClient, erc20Abi, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const endpoints = JSON.parse(readFileSync(path.join(process.env.STOA_STATE, "endpoints.json"), "utf8"));
const url = `${endpoints.api}/x/stoa/minilm/v1/embeddings`;
const network = `eip155:${endpoints.chainId}`;
const price = 1000n;
const account = privateKeyToAccount(endpoints.wallets.find(({ name }) => name === "buyer-3").privateKey);
const chain = createPublicClient({ transport: http(endpoints.rpc) });
const buyer = {
  address: account.address,
  signTypedData: (message) => account.signTypedData(message),
  readContract: (call) => chain.readContract(call),
};
// A channel of its own in every run: the client keeps its state in memory only.
const salt = `0x${Date.now().toString(16).padStart(64, "0")}`;
const scheme = new BatchSettlementEvmScheme(buyer, { salt });
const payingFetch = wrapFetchWithPaymentFromConfig(fetch, {
  schemes: [{ network, client: scheme }],
  spendControls: false, // a test token is on no list
});

const asking = (input) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ model: "minilm", input }),
});
const settlementOf = (response) => decodePaymentResponseHeader(response.headers.get("PAYMENT-RESPONSE"));
const dollars = () =>
  chain.readContract({ address: endpoints.contracts.UsdCoin, abi: erc20Abi, functionName: "balanceOf", args: [buyer.address] });

test("the official client deposits once, pays by vouchers, and gets back what it did not use", async () => {
  const before = await dollars();

  const first = await payingFetch(url, asking("a cat sleeps on the sofa"));
  const others = [];
  for (const input of ["interest rates rise", "a dog barks"]) {
    others.push(await payingFetch(url, asking(input)));
  }

  assert.equal(first.status, 200);
  assert.equal((await first.json()).data[0].embedding.length, 384);
  assert.match(settlementOf(first).transaction, /^0x[0-9a-f]{64}$/);
  for (const response of others) {
    assert.equal(response.status, 200);
    assert.equal(settlementOf(response).transaction, "");
    assert.equal(settlementOf(response).extra.chargedAmount, price.toString());
  }
  assert.equal(settlementOf(others[1]).extra.channelState.chargedCumulativeAmount, (3n * price).toString());

  const refund = await scheme.refund(url);

  assert.equal(refund.success, true);
  assert.equal(before - (await dollars()), 3n * price);
});
