// The official facilitator, put together as its documentation does: one wallet that pays for gas, `exact` and
// `batch-settlement`.
import { x402Facilitator } from "@x402/core/facilitator";
import { toFacilitatorEvmSigner } from "@x402/evm";
import { BatchSettlementEvmScheme } from "@x402/evm/batch-settlement/facilitator";
import { ExactEvmScheme } from "@x402/evm/exact/facilitator";
import express from "express";
import { createWalletClient, defineChain, http, publicActions } from "viem";
import { nonceManager, privateKeyToAccount } from "viem/accounts";

import { serve } from "../processes.mjs";

/** How often a receipt is looked for. viem's own pause suits the blocks of a public chain; here they come at once. */
const POLLING_MS = 50;

serve(({ rpc, chainId, network, senderKey, authorizerKey }) => {
  const chain = defineChain({
    id: chainId,
    name: "local",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpc] } },
  });
  // The nonce manager lets many transactions of one wallet be under way.
  const account = privateKeyToAccount(senderKey, { nonceManager });
  const wallet = createWalletClient({ account, chain, transport: http(), pollingInterval: POLLING_MS, cacheTime: 0 });
  const client = wallet.extend(publicActions);
  const signer = toFacilitatorEvmSigner({
    address: account.address,
    getCode: (request) => client.getCode(request),
    readContract: (request) => client.readContract(request),
    verifyTypedData: (request) => client.verifyTypedData(request),
    writeContract: (request) => client.writeContract(request),
    sendTransaction: (request) => client.sendTransaction(request),
    waitForTransactionReceipt: (request) => client.waitForTransactionReceipt(request),
  });
  const facilitator = new x402Facilitator()
    .register(network, new ExactEvmScheme(signer))
    .register(network, new BatchSettlementEvmScheme(signer, privateKeyToAccount(authorizerKey)));

  const app = express();
  app.use(express.json());
  app.get("/supported", (_, response) => response.json(facilitator.getSupported()));
  app.post("/verify", async ({ body }, response) => {
    response.json(await facilitator.verify(body.paymentPayload, body.paymentRequirements));
  });
  app.post("/settle", async ({ body }, response) => {
    response.json(await facilitator.settle(body.paymentPayload, body.paymentRequirements));
  });
  return app;
});
