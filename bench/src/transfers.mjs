// Payments of scheme `exact`: EIP-3009 authorizations, each good for one call.
import { authorizationTypes } from "@x402/evm";
import { randomBytes } from "node:crypto";

import { signAll } from "./signing.mjs";

/** Long enough to sign and send a round of them; the node takes none that lives a minute longer than its terms allow. */
const LIFE_SECONDS = 115;

/** That many new payments for `terms`, from all buyers in turn. */
export async function transfers({ terms, chainId, buyers, count }) {
  const { resource, accepted } = terms;
  const { name, version } = accepted.extra;
  const domain = { name, version, chainId, verifyingContract: accepted.asset };
  const validBefore = Math.floor(Date.now() / 1_000) + LIFE_SECONDS;
  const drafts = Array.from({ length: count }, (_, index) => {
    const buyer = buyers[index % buyers.length];
    const message = {
      from: buyer.address,
      to: accepted.payTo,
      value: accepted.amount,
      validAfter: "0",
      validBefore: String(validBefore),
      nonce: `0x${randomBytes(32).toString("hex")}`,
    };
    const primaryType = "TransferWithAuthorization";
    return { privateKey: buyer.privateKey, typedData: { domain, types: authorizationTypes, primaryType, message } };
  });
  const signatures = await signAll(drafts);
  return drafts.map(({ typedData }, index) => ({
    x402Version: 2,
    resource,
    accepted,
    payload: { signature: signatures[index], authorization: typedData.message },
  }));
}
