// The official x402 client paying a metered listing up to a ceiling. The market's state directory is in STOA_STATE.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before as beforeAll, test } from "node:test";

import { UptoEvmScheme } from "@x402/evm/upto/client";
import { decodePaymentResponseHeader, wrapFetchWithPaymentFromConfig } from "@x402/fetch";
import { createPublicClient, erc20Abi, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const state = process.env.STOA_STATE;
const endpoints = JSON.parse(readFileSync(path.join(state, "endpoints.json"), "utf8"));
const stoa = path.resolve(import.meta.dirname, "../../../../stoa");
const network = `eip155:${endpoints.chainId}`;
const dollar = endpoints.contracts.UsdCoin;
const chain = createPublicClient({ transport: http(endpoints.rpc) });
const scratch = mkdtempSync(path.join(tmpdir(), "stoa-metered-"));

const dollarsOf = (owner) =>
  chain.readContract({ address: dollar, abi: erc20Abi, functionName: "balanceOf", args: [owner] });

let url;

// The demo model once more, for 10 units a token read, as any provider would sell it.
beforeAll(async () => {
  const demo = await (await fetch(`${endpoints.api}/v1/listings/stoa/minilm`)).json();
  const { artifacts: _, ...manifest } = await (await fetch(`${endpoints.api}/ipfs/${demo.manifest.cid}`)).json();
  const offers = {
    offers: [
      {
        name: "token",
        type: "PER_UNIT",
        price: { amount: "5000", asset: `${network}/erc20:${dollar}` },
        units: [{ unit: "INPUT_TOKEN", amount: "10" }],
      },
    ],
  };
  writeFileSync(path.join(scratch, "manifest.json"), JSON.stringify(manifest));
  writeFileSync(path.join(scratch, "offers.json"), JSON.stringify(offers));
  const published = execFileSync(
    stoa,
    ["--state", state, "publish", path.join(scratch, "manifest.json"), "--manifest", path.join(scratch, "manifest.json"),
      "--offers", path.join(scratch, "offers.json"), "--service", `metered-${Date.now()}`, "--json"],
    { encoding: "utf8" },
  );
  url = `${JSON.parse(published).url}/v1/embeddings`;
});

after(() => rmSync(scratch, { recursive: true }));

test("the official client pays for the tokens its request had, having approved nothing before", async () => {
  const account = privateKeyToAccount(endpoints.wallets.find(({ name }) => name === "buyer-4").privateKey);
  const buyer = {
    address: account.address,
    signTypedData: (message) => account.signTypedData(message),
    readContract: (call) => chain.readContract(call),
  };
  const payingFetch = wrapFetchWithPaymentFromConfig(fetch, {
    schemes: [{ network, client: new UptoEvmScheme(buyer) }],
    spendControls: false, // a test token is on no list
  });

  const before = await dollarsOf(account.address);

  const response = await payingFetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ input: "a cat sleeps on the sofa" }),
  });

  assert.equal(response.status, 200);
  const { usage } = await response.json();
  const charged = 10n * BigInt(usage.prompt_tokens);
  const settlement = decodePaymentResponseHeader(response.headers.get("PAYMENT-RESPONSE"));
  assert.equal(settlement.amount, charged.toString());
  assert.match(settlement.transaction, /^0x[0-9a-f]{64}$/);
  assert.equal(before - (await dollarsOf(account.address)), charged);
});
