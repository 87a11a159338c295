// The official express server: takes payments and passes paid requests to the provider.
import http from "node:http";

import { BatchSettlementEvmScheme } from "@x402/evm/batch-settlement/server";
import { ExactEvmScheme } from "@x402/evm/exact/server";
import { HTTPFacilitatorClient } from "@x402/core/server";
import { paymentMiddleware, x402ResourceServer } from "@x402/express";
import express from "express";

import { serve } from "../processes.mjs";

/** @param terms what is asked for a call: the same price, token and payee as the node asks */
serve(({ facilitator, network, terms, providerPort }) => {
  const resources = new x402ResourceServer(new HTTPFacilitatorClient({ url: facilitator }))
    .register(network, new ExactEvmScheme())
    .register(network, new BatchSettlementEvmScheme(terms.payTo));
  const { amount, asset, payTo, maxTimeoutSeconds } = terms;
  const { name, version } = terms.extra;
  const route = (scheme) => ({
    accepts: { scheme, network, payTo, maxTimeoutSeconds, price: { amount, asset, extra: { name, version } } },
    description: "Echo",
    mimeType: "application/json",
  });

  const app = express();
  app.use(
    paymentMiddleware(
      { "POST /exact/v1/echo": route("exact"), "POST /batch-settlement/v1/echo": route("batch-settlement") },
      resources,
    ),
  );
  const agent = new http.Agent({ keepAlive: true });
  app.post("/:scheme/v1/echo", (request, response, next) => {
    const target = { agent, method: "POST", host: "127.0.0.1", port: providerPort, path: "/v1/echo" };
    const asking = http.request(target, (answer) => {
      response.status(answer.statusCode).type("application/json");
      answer.pipe(response);
    });
    asking.on("error", next);
    request.pipe(asking);
  });
  return app;
});
