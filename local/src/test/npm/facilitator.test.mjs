// The official server with a running market for its facilitator. The market's state directory is in STOA_STATE.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

import { HTTPFacilitatorClient, x402HTTPResourceServer, x402ResourceServer } from "@x402/core/server";
import { ExactEvmScheme } from "@x402/evm";
import { BatchSettlementEvmScheme } from "@x402/evm/batch-settlement/client";
import { BatchSettlementEvmScheme as BatchSettlementServer } from "@x402/evm/batch-settlement/server";
import { ExactEvmScheme as ExactServer } from "@x402/evm/exact/server";
import { decodePaymentResponseHeader, wrapFetchWithPaymentFromConfig } from "@x402/fetch";
import { createPublicClient, erc20Abi, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const endpoints = JSON.parse(readFileSync(path.join(process.env.STOA_STATE, "endpoints.json"), "utf8"));
const network = `eip155:${endpoints.chainId}`;
const token = endpoints.contracts.UsdCoin;
const price = 1000n;
const chain = createPublicClient({ transport: http(endpoints.rpc) });
const wallet = (name) => privateKeyToAccount(endpoints.wallets.find((each) => each.name === name).privateKey);
const balanceOf = (account) =>
  chain.readContract({ address: token, abi: erc20Abi, functionName: "balanceOf", args: [account] });

// The server that the key of a local market's facilitator stands for.
const payTo = wallet("provider").address;
const headers = { Authorization: "Bearer development" };
const facilitator = new HTTPFacilitatorClient({
  url: `${endpoints.api}/x402`,
  createAuthHeaders: async () => ({ verify: headers, settle: headers, supported: headers }),
});
const stranger = new HTTPFacilitatorClient({ url: `${endpoints.api}/x402` });

const url = "https://shop.example/answers";

/** A shop that sells one answer; it is asked like fetch. */
const shop = async (scheme, through) => {
  const resources = new x402ResourceServer(through).register(network, scheme);
  const sum = { amount: price.toString(), asset: token, extra: { name: "USD Coin", version: "2" } };
  const accepts = { scheme: scheme.scheme, network, payTo, maxTimeoutSeconds: 60, price: sum };
  const paywall = new x402HTTPResourceServer(resources, { "GET /answers": { accepts, description: "An answer" } });
  await paywall.initialize();
  return async (input, init) => {
    const request = new Request(input, init);
    const header = (name) => request.headers.get(name) ?? undefined;
    const context = {
      adapter: {
        getHeader: header,
        getMethod: () => request.method,
        getPath: () => new URL(request.url).pathname,
        getUrl: () => request.url,
        getAcceptHeader: () => header("Accept") ?? "",
        getUserAgent: () => header("User-Agent") ?? "",
      },
      path: new URL(request.url).pathname,
      method: request.method,
      paymentHeader: header("PAYMENT-SIGNATURE"),
    };
    const refusal = ({ status, headers, body }) => new Response(JSON.stringify(body ?? {}), { status, headers });
    const asked = await paywall.processHTTPRequest(context);
    if (asked.type === "payment-error") {
      return refusal(asked.response);
    }
    const { paymentPayload, paymentRequirements, declaredExtensions } = asked;
    const settled = await paywall.processSettlement(paymentPayload, paymentRequirements, declaredExtensions, {
      request: context,
    });
    return settled.success ? new Response("42", { headers: settled.headers }) : refusal(settled.response);
  };
};

const paying = (shop, client) =>
  wrapFetchWithPaymentFromConfig(shop, {
    schemes: [{ network, client }],
    spendControls: false, // a test token is on no list
  });
const settlementOf = (response) => decodePaymentResponseHeader(response.headers.get("PAYMENT-RESPONSE"));

test("the official server sells by exact, and the market settles it", async () => {
  const sent = [];
  const open = await shop(new ExactServer(), facilitator);
  const recorded = (input, init) => {
    const request = new Request(input, init);
    sent.push(request.headers.get("PAYMENT-SIGNATURE"));
    return open(request);
  };
  const buyer = wallet("buyer-5");
  const before = await balanceOf(buyer.address);

  const response = await paying(recorded, new ExactEvmScheme(buyer))(url);

  assert.equal(await response.text(), "42");
  const settlement = settlementOf(response);
  assert.equal(settlement.success, true);
  assert.equal(settlement.payer.toLowerCase(), buyer.address.toLowerCase());
  const receipt = await chain.getTransactionReceipt({ hash: settlement.transaction });
  assert.equal(receipt.status, "success");
  const [gasPayer] = Object.values((await facilitator.getSupported()).signers).flat();
  assert.equal(receipt.from.toLowerCase(), gasPayer.toLowerCase());
  assert.equal(before - (await balanceOf(buyer.address)), price);

  const again = await open(url, { headers: { "PAYMENT-SIGNATURE": sent.at(-1) } });

  assert.equal(again.status, 402);
  assert.equal(before - (await balanceOf(buyer.address)), price);
});

test("without a key the market settles for the payees of its listings only", async () => {
  const buyer = wallet("buyer-5");

  const response = await paying(await shop(new ExactServer(), stranger), new ExactEvmScheme(buyer))(url);

  assert.equal(response.status, 402);
  const terms = JSON.parse(Buffer.from(response.headers.get("PAYMENT-REQUIRED"), "base64").toString("utf8"));
  assert.equal(terms.error, "payee_not_served");
});

test("the official server sells out of channels: a deposit, vouchers, a claim, a payout and a refund", async () => {
  const buyer = wallet("buyer-6");
  const signer = {
    address: buyer.address,
    signTypedData: (message) => buyer.signTypedData(message),
    readContract: (call) => chain.readContract(call),
  };
  // A channel of its own in every run: client and server keep their state in memory only.
  const salt = `0x${Date.now().toString(16).padStart(64, "0")}`;
  const scheme = new BatchSettlementServer(payTo);
  const pay = paying(await shop(scheme, facilitator), new BatchSettlementEvmScheme(signer, { salt }));
  const books = scheme.createChannelManager(facilitator, network, token);
  const before = { buyer: await balanceOf(buyer.address), payTo: await balanceOf(payTo) };

  const first = await pay(url);
  const others = [await pay(url), await pay(url)];

  assert.equal(await first.text(), "42");
  assert.match(settlementOf(first).transaction, /^0x[0-9a-f]{64}$/);
  for (const response of others) {
    assert.equal(await response.text(), "42");
    assert.equal(settlementOf(response).transaction, "");
  }

  const { claims, settle } = await books.claimAndSettle();
  const refunds = await books.refund();

  assert.equal(claims.length, 1);
  assert.equal(claims[0].vouchers, 1);
  assert.match(settle.transaction, /^0x[0-9a-f]{64}$/);
  assert.equal(refunds.length, 1);
  assert.equal(before.buyer - (await balanceOf(buyer.address)), 3n * price);
  assert.equal((await balanceOf(payTo)) - before.payTo, 3n * price);

  const unknown = scheme.createChannelManager(stranger, network, token);
  await assert.rejects(unknown.settle(), /payee_not_served|receiver_not_authenticated/);
});
