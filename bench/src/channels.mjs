// Payments of scheme `batch-settlement`: channels opened by the official client, and vouchers on them.
import { BATCH_SETTLEMENT_ADDRESS, voucherTypes } from "@x402/evm";
import { BatchSettlementEvmScheme, computeChannelId } from "@x402/evm/batch-settlement/client";
import { randomBytes } from "node:crypto";
import { privateKeyToAccount } from "viem/accounts";

import { ECHO_BODY, header } from "./requests.mjs";
import { signAll } from "./signing.mjs";

/** A hundred dollars a channel: more calls than a run can make. */
const DEPOSIT = "100000000";

/** Opens that many channels at `url`, each with a deposit that pays for a first call. */
export async function openChannels({ url, terms, chainId, buyers, count }) {
  const channels = [];
  for (let index = 0; index < count; index++) {
    const { privateKey } = buyers[index % buyers.length];
    channels.push(await open(url, terms, chainId, privateKey));
  }
  return channels;
}

async function open(url, { resource, accepted }, chainId, privateKey) {
  const client = new BatchSettlementEvmScheme(privateKeyToAccount(privateKey), {
    salt: `0x${randomBytes(32).toString("hex")}`,
    depositStrategy: () => DEPOSIT,
  });
  const { payload } = await client.createPaymentPayload(2, accepted);
  const response = await fetch(url, {
    method: "POST",
    body: ECHO_BODY,
    headers: {
      "Content-Type": "application/json",
      "PAYMENT-SIGNATURE": header({ x402Version: 2, resource, accepted, payload }),
    },
  });
  if (response.status !== 200) {
    const why = response.headers.get("PAYMENT-RESPONSE") ?? response.headers.get("PAYMENT-REQUIRED") ?? "";
    throw new Error(`a channel cannot be opened: ${response.status} ${Buffer.from(why, "base64")} ${await response.text()}`);
  }
  await response.arrayBuffer();
  const { channelConfig, voucher } = payload;
  return {
    privateKey,
    terms: { resource, accepted },
    config: channelConfig,
    id: computeChannelId(channelConfig, chainId),
    domain: { name: "x402 Batch Settlement", version: "1", chainId, verifyingContract: BATCH_SETTLEMENT_ADDRESS },
    spent: BigInt(voucher.maxClaimableAmount),
  };
}

/** The next vouchers of each channel, to be sent in this order: a list for each. */
export async function vouchers(channels, countEach) {
  const drafts = channels.flatMap((channel) =>
    Array.from({ length: countEach }, () => {
      channel.spent += BigInt(channel.terms.accepted.amount);
      const message = { channelId: channel.id, maxClaimableAmount: channel.spent };
      const { privateKey, domain } = channel;
      return { privateKey, typedData: { domain, types: voucherTypes, primaryType: "Voucher", message } };
    }),
  );
  const signatures = await signAll(drafts);
  return channels.map(({ terms, config, id }, index) =>
    drafts.slice(index * countEach, (index + 1) * countEach).map(({ typedData }, position) => ({
      x402Version: 2,
      ...terms,
      payload: {
        type: "voucher",
        channelConfig: config,
        voucher: {
          channelId: id,
          maxClaimableAmount: String(typedData.message.maxClaimableAmount),
          signature: signatures[index * countEach + position],
        },
      },
    })),
  );
}
