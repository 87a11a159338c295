// The two sides that are compared, each as the URLs a buyer knows. Same machine, chain, contracts, provider, price and payee.
import { openMarket } from "./market.mjs";
import { server } from "./processes.mjs";
import { termsOf } from "./terms.mjs";

/**
 * Starts everything. A side has `echo`, the URL where calls are paid with a scheme; `verify`, its facilitator's; `pids`, its
 * programs; and `databasePids`, what they need besides. The chain is nobody's.
 */
export async function openSides() {
  const provider = await server("./provider.mjs", {});
  const market = await openMarket(provider);
  const { network, rpc, chainId, key } = market;
  const facilitator = await server("./peer/facilitator.mjs", {
    rpc,
    chainId,
    network,
    senderKey: key("deployer"),
    authorizerKey: key("member-1"),
  });
  const facilitatorUrl = `http://127.0.0.1:${facilitator.port}`;
  const peer = await server("./peer/server.mjs", {
    facilitator: facilitatorUrl,
    network,
    terms: (await termsOf(market.listing, "exact")).accepted,
    providerPort: provider.port,
  });
  return {
    market,
    peer: {
      name: "x402",
      echo: (scheme) => `http://127.0.0.1:${peer.port}/${scheme}/v1/echo`,
      verify: `${facilitatorUrl}/verify`,
      pids: [peer.pid, facilitator.pid],
      databasePids: [],
    },
    stoa: {
      name: "stoa",
      echo: () => market.listing,
      verify: `${market.api}/x402/verify`,
      pids: [market.pid],
      databasePids: [market.databasePid],
    },
  };
}
