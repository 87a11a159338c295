// The official client of the Model Context Protocol against a running market, paying with the official x402 client. The
// market's state directory is in STOA_STATE.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { x402Client } from "@x402/core/client";
import { ExactEvmScheme } from "@x402/evm";
import { BatchSettlementEvmScheme } from "@x402/evm/batch-settlement/client";
import { createPublicClient, erc20Abi, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const endpoints = JSON.parse(readFileSync(path.join(process.env.STOA_STATE, "endpoints.json"), "utf8"));
const network = `eip155:${endpoints.chainId}`;
const name = "stoa.minilm.post.v1.embeddings";
const price = 1000n;
const account = privateKeyToAccount(endpoints.wallets.find((each) => each.name === "buyer-1").privateKey);
const chain = createPublicClient({ transport: http(endpoints.rpc) });
const buyer = {
  address: account.address,
  signTypedData: (message) => account.signTypedData(message),
  readContract: (call) => chain.readContract(call),
};
const balanceOf = (owner) =>
  chain.readContract({ address: endpoints.contracts.UsdCoin, abi: erc20Abi, functionName: "balanceOf", args: [owner] });

const mcp = new Client({ name: "stoa-interoperability", version: "0.1.0" });
before(() => mcp.connect(new StreamableHTTPClientTransport(new URL(`${endpoints.api}/mcp`))));
after(() => mcp.close());

const paying = (scheme) =>
  x402Client.fromConfig({
    schemes: [{ network, client: scheme }], // it leaves options of other schemes
    spendControls: false, // a test token is on no list
  });

const call = (input, payment) =>
  mcp.callTool({
    name,
    arguments: { body: { model: "minilm", input } },
    ...(payment && { _meta: { "x402/payment": payment } }),
  });

/** What an unpaid call is asked for, as a client of x402's MCP transport finds it. */
const termsOf = (result) => {
  assert.equal(result.isError, true);
  assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
  assert.equal(result.structuredContent.x402Version, 2);
  return result.structuredContent;
};

test("the handshake agrees upon the newest revision that both know, and a ping is answered", async () => {
  assert.equal(mcp.getServerVersion().name, "stoa");
  assert.ok(mcp.getServerCapabilities().tools);
  assert.deepEqual(await mcp.ping(), {});
});

test("the demo model is a tool whose input is described", async () => {
  const tools = [];
  let cursor;
  do {
    const page = await mcp.listTools({ cursor });
    tools.push(...page.tools);
    cursor = page.nextCursor;
  } while (cursor);

  const tool = tools.find((each) => each.name === name);
  assert.deepEqual(tool.inputSchema.required, ["body"]);
  assert.deepEqual(tool.inputSchema.properties.body.required, ["input"]);
});

test("the official client pays for a tool, is answered, and the splitter receives exactly the price", async () => {
  const terms = termsOf(await call("a cat sleeps on the sofa"));
  assert.equal(terms.resource.url, `mcp://tool/${name}`);
  const splitter = terms.accepts[0].payTo;
  const earned = await balanceOf(splitter);
  const payment = await paying(new ExactEvmScheme(account)).createPaymentPayload(terms);

  const result = await call("a cat sleeps on the sofa", payment);
  const again = await call("a cat sleeps on the sofa", payment);

  assert.equal(result.isError, false);
  assert.equal(result.structuredContent.data[0].embedding.length, 384);
  assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
  const settlement = result._meta["x402/payment-response"];
  assert.equal(settlement.success, true);
  assert.equal((await chain.getTransactionReceipt({ hash: settlement.transaction })).status, "success");
  assert.deepEqual(again, result);
  assert.equal((await balanceOf(splitter)) - earned, price);
});

test("the official client pays for a tool out of a channel", async () => {
  const salt = `0x${Date.now().toString(16).padStart(64, "0")}`;
  const client = paying(new BatchSettlementEvmScheme(buyer, { salt }));
  const payment = await client.createPaymentPayload(termsOf(await call("interest rates rise")));

  const result = await call("interest rates rise", payment);

  assert.equal(result.isError, false);
  assert.equal(result.structuredContent.data[0].embedding.length, 384);
  assert.equal(result._meta["x402/payment-response"].extra.chargedAmount, price.toString());
});

test("a payment for something else is refused with the terms, and nothing is told", async () => {
  const terms = termsOf(await call("hello"));
  const payment = await paying(new ExactEvmScheme(account)).createPaymentPayload(terms);

  const refused = await call("hello", { ...payment, resource: { url: `${endpoints.api}/x/stoa/minilm/v1/embeddings` } });

  assert.equal(termsOf(refused).error, "resource_mismatch");
  assert.equal(refused.content.length, 1);
});
