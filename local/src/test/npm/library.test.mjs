// The Java library on either side of the official server and facilitator, on the chain of a running market. The market's
// state directory is in STOA_STATE; the library's own programs are in x402/src/test.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, before as beforeAll, test } from "node:test";

import { x402Facilitator } from "@x402/core/facilitator";
import { ExactEvmScheme, toFacilitatorEvmSigner } from "@x402/evm";
import { BatchSettlementEvmScheme as BatchSettlementFacilitator } from "@x402/evm/batch-settlement/facilitator";
import { BatchSettlementEvmScheme as BatchSettlementServer } from "@x402/evm/batch-settlement/server";
import { ExactEvmScheme as ExactFacilitator } from "@x402/evm/exact/facilitator";
import { ExactEvmScheme as ExactServer } from "@x402/evm/exact/server";
import { paymentMiddleware, x402ResourceServer } from "@x402/express";
import { decodePaymentResponseHeader, wrapFetchWithPaymentFromConfig } from "@x402/fetch";
import express from "express";
import { createTestClient, defineChain, erc20Abi, http, parseEther, publicActions, walletActions } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";

const endpoints = JSON.parse(readFileSync(path.join(process.env.STOA_STATE, "endpoints.json"), "utf8"));
const network = `eip155:${endpoints.chainId}`;
const token = endpoints.contracts.UsdCoin;
const asset = `${network}/erc20:${token}`;
const price = 1000n;
const keyOf = (name) => endpoints.wallets.find((each) => each.name === name).privateKey;

// Wallets of its own: nobody else spends their gas, or is paid like them.
const facilitatorAccount = privateKeyToAccount(generatePrivateKey());
const authorizer = privateKeyToAccount(generatePrivateKey());
const payTo = privateKeyToAccount(generatePrivateKey()).address;

const chain = createTestClient({
  mode: "anvil",
  account: facilitatorAccount,
  chain: defineChain({
    id: endpoints.chainId,
    name: "local",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [endpoints.rpc] } },
  }),
  transport: http(),
  pollingInterval: 50,
  cacheTime: 0,
})
  .extend(publicActions)
  .extend(walletActions);
const balanceOf = (account) =>
  chain.readContract({ address: token, abi: erc20Abi, functionName: "balanceOf", args: [account] });

/** The official facilitator. */
const facilitator = () => {
  const signer = toFacilitatorEvmSigner({ ...chain, address: facilitatorAccount.address });
  return new x402Facilitator()
    .register(network, new ExactFacilitator(signer))
    .register(network, new BatchSettlementFacilitator(signer, authorizer));
};

/** It takes questions over HTTP under `/facilitator`; beside it the official server sells an answer by each scheme. */
const officialStack = () => {
  const settling = facilitator();
  const app = express();
  const asked = express.Router().use(express.json());
  asked.get("/supported", (_, response) => response.json(settling.getSupported()));
  for (const question of ["verify", "settle"]) {
    asked.post(`/${question}`, async ({ body }, response) => {
      response.json(await settling[question](body.paymentPayload, body.paymentRequirements));
    });
  }
  app.use("/facilitator", asked);

  const resources = new x402ResourceServer({
    getSupported: async () => settling.getSupported(),
    verify: (payment, requirements) => settling.verify(payment, requirements),
    settle: (payment, requirements) => settling.settle(payment, requirements),
  })
    .register(network, new ExactServer())
    .register(network, new BatchSettlementServer(payTo));
  const sum = { amount: price.toString(), asset: token, extra: { name: "USD Coin", version: "2" } };
  const route = (scheme) => ({ accepts: { scheme, network, payTo, maxTimeoutSeconds: 60, price: sum }, description: "An answer" });
  app.use(
    paymentMiddleware({ "GET /exact": route("exact"), "GET /batch-settlement": route("batch-settlement") }, resources),
  );
  app.get("/:scheme", (_, response) => response.type("text").send("42"));
  return app;
};

const home = path.resolve(import.meta.dirname, "../../../..");
const java = (program, ...programArguments) =>
  spawn(
    path.join(process.env.JAVA_HOME, "bin/java"),
    ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED",
      "-cp", `${home}/x402/target/test-classes:${home}/local/target/lib/*`,
      `io.stoa.x402.peer.${program}`, ...programArguments.map(String)],
    { stdio: ["pipe", "pipe", "inherit"] },
  );

/** What a program of the library prints until it ends by itself. */
const linesOf = async (program) => {
  const ended = once(program, "exit");
  const lines = [];
  for await (const line of createInterface({ input: program.stdout })) {
    lines.push(JSON.parse(line));
  }
  assert.deepEqual(await ended, [0, null]);
  return lines;
};

const exactCustomer = ({ key = keyOf("buyer-7"), perCall = price, perDay = 10n * price, url, times = 1 }) =>
  linesOf(java("ExactCustomer", key, asset, perCall, perDay, url, times));

let official;
let origin;
let shop;
let shopUrl;

beforeAll(async () => {
  await chain.setBalance({ address: facilitatorAccount.address, value: parseEther("1") });
  official = officialStack().listen(0, "127.0.0.1");
  await once(official, "listening");
  origin = `http://127.0.0.1:${official.address().port}`;
  shop = java("Shop", `${origin}/facilitator`, payTo, asset, price);
  ({ value: shopUrl } = await createInterface({ input: shop.stdout })[Symbol.asyncIterator]().next());
  assert.ok(shopUrl, "the shop does not start");
});

after(async () => {
  if (shop?.exitCode === null) {
    const ended = once(shop, "exit");
    shop.kill();
    await ended;
  }
  official?.close();
  official?.closeAllConnections();
});

test("the library's client buys from the official server until its cap for the day is reached", async () => {
  const before = await balanceOf(payTo);

  const exchanges = await exactCustomer({ url: `${origin}/exact`, perDay: 2n * price + 1n, times: 3 });

  assert.deepEqual(exchanges.map(({ outcome }) => outcome), ["Paid", "Paid", "TooDear"]);
  assert.deepEqual(exchanges.map(({ status }) => status), [200, 200, 402]);
  for (const { body, transaction } of exchanges.slice(0, 2)) {
    assert.equal(body, "42");
    const receipt = await chain.getTransactionReceipt({ hash: transaction });
    assert.equal(receipt.status, "success");
  }
  assert.equal((await balanceOf(payTo)) - before, 2n * price);
});

test("the library's client pays the official server no more than its cap for a call", async () => {
  const before = await balanceOf(payTo);

  const [exchange] = await exactCustomer({ url: `${origin}/exact`, perCall: price - 1n });

  assert.equal(exchange.outcome, "TooDear");
  assert.equal(await balanceOf(payTo), before);
});

test("the library's client is told by the official server why its payment is not taken", async () => {
  const [exchange] = await exactCustomer({ url: `${origin}/exact`, key: generatePrivateKey() });

  assert.equal(exchange.outcome, "Refused");
  assert.match(exchange.reason, /insufficient_balance/);
});

test("the library's client pays the official server out of a channel, is corrected, and gets back the rest", async () => {
  const payer = privateKeyToAccount(keyOf("buyer-8")).address;
  const before = await balanceOf(payer);
  // A channel of its own in every run: the server keeps its state in memory only.
  const salt = `0x${Date.now().toString(16).padStart(64, "0")}`;
  const steps = ["call", "call", "forget", "call", "call", "refund"];

  const [deposit, voucher, , corrected, third, refund] = await linesOf(
    java("ChannelCustomer", keyOf("buyer-8"), asset, price, 10n * price, `${origin}/batch-settlement`, salt, ...steps),
  );

  assert.equal(deposit.body, "42");
  assert.equal(deposit.units, price.toString());
  assert.match(deposit.transaction, /^0x[0-9a-f]{64}$/);
  assert.equal(voucher.body, "42");
  assert.equal(voucher.charged, (2n * price).toString());
  assert.equal(voucher.transaction, "");
  assert.equal(corrected.status, 402);
  assert.match(corrected.reason, /cumulative_amount_mismatch/);
  assert.equal(third.body, "42");
  assert.equal(third.charged, (3n * price).toString());
  assert.equal(refund.status, 200);
  assert.match(refund.transaction, /^0x[0-9a-f]{64}$/);
  assert.equal(before - (await balanceOf(payer)), 3n * price);
});

test("the library's server sells to its own client through the official facilitator", async () => {
  const before = await balanceOf(payTo);

  const [exchange] = await exactCustomer({ url: shopUrl });

  assert.equal(exchange.outcome, "Paid");
  assert.equal(exchange.body, "42");
  const receipt = await chain.getTransactionReceipt({ hash: exchange.transaction });
  assert.equal(receipt.from.toLowerCase(), facilitatorAccount.address.toLowerCase());
  assert.equal((await balanceOf(payTo)) - before, price);
});

test("the library's server tells what the official facilitator objects to", async () => {
  const [exchange] = await exactCustomer({ url: shopUrl, key: generatePrivateKey() });

  assert.equal(exchange.outcome, "Refused");
  assert.match(exchange.reason, /insufficient_balance/);
});

test("the library's server sells to the official client through the official facilitator, once for a payment", async () => {
  const before = await balanceOf(payTo);
  const sent = [];
  const payingFetch = wrapFetchWithPaymentFromConfig(
    (input, init) => {
      const request = new Request(input, init);
      sent.push(request.headers.get("PAYMENT-SIGNATURE"));
      return fetch(request);
    },
    {
      schemes: [{ network, client: new ExactEvmScheme(privateKeyToAccount(keyOf("buyer-7"))) }],
      spendControls: false, // a test token is on no list
    },
  );

  const response = await payingFetch(shopUrl);
  const again = await fetch(shopUrl, { headers: { "PAYMENT-SIGNATURE": sent.at(-1) } });

  assert.equal(response.status, 200);
  assert.equal(await response.text(), "42");
  const settlement = decodePaymentResponseHeader(response.headers.get("PAYMENT-RESPONSE"));
  assert.equal(settlement.success, true);
  assert.equal(settlement.network, network);
  assert.equal(again.status, 402);
  assert.equal((await balanceOf(payTo)) - before, price);
});
