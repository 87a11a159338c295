// What is compared. Each comparison has its goal, how many times the peer's rate ours should be, and prepares a side: that
// gives a function from a number of requests to the load of one round, or nothing while the side cannot do it yet.
import { openChannels, vouchers } from "./channels.mjs";
import { ECHO_BODY, paidCall, post } from "./requests.mjs";
import { termsOf } from "./terms.mjs";
import { transfers } from "./transfers.mjs";

/** `/verify` changes nothing, so a round may send its payments several times; it must not need more than can be signed. */
const MOST_TO_VERIFY = 4_000;

const portOf = (url) => Number(new URL(url).port);

const verify = {
  name: "verify",
  title: "/verify of an exact payment",
  goal: 20,
  async prepare(side, { market }) {
    const terms = await termsOf(side.echo("exact"), "exact");
    const requests = async (count) =>
      (await transfers({ ...market, terms, count })).map((paymentPayload) =>
        JSON.stringify({ x402Version: 2, paymentPayload, paymentRequirements: terms.accepted }),
      );
    const [body] = await requests(1);
    const probe = await fetch(side.verify, { method: "POST", headers: { "Content-Type": "application/json" }, body });
    await probe.arrayBuffer();
    if (probe.status === 404) {
      return undefined;
    }
    return async (count) => ({
      port: portOf(side.verify),
      queues: [(await requests(Math.min(count, MOST_TO_VERIFY))).map((body) => post(side.verify, body))],
      count,
      expect: { status: 200, body: '"isValid":true' },
    });
  },
};

const voucher = {
  name: "voucher",
  title: "call paid by channel voucher",
  goal: 10,
  p99Goal: 15,
  async prepare(side, { market, connections }) {
    const url = side.echo("batch-settlement");
    const terms = await termsOf(url, "batch-settlement");
    if (!terms) {
      return undefined;
    }
    // One channel for each connection: a channel takes one request at a time.
    const channels = await openChannels({ ...market, url, terms, count: connections });
    return async (count) => {
      const countEach = Math.ceil(count / connections);
      const lists = await vouchers(channels, countEach);
      return {
        port: portOf(url),
        queues: lists.map((payloads) => payloads.map((payload) => paidCall(url, payload))),
        count: countEach * connections,
        expect: { status: 200, header: "payment-response" },
      };
    };
  },
};

const exact = {
  name: "exact",
  title: "call paid by exact, settled first",
  goal: 5,
  async prepare(side, { market }) {
    const url = side.echo("exact");
    const terms = await termsOf(url, "exact");
    return async (count) => ({
      port: portOf(url),
      queues: [(await transfers({ ...market, terms, count })).map((payload) => paidCall(url, payload))],
      count,
      expect: { status: 200, header: "payment-response" },
    });
  },
};

const unpaid = {
  name: "unpaid",
  title: "unpaid 402",
  goal: 5,
  async prepare(side) {
    const url = side.echo("exact");
    return async (count) => ({
      port: portOf(url),
      queues: [[post(url, ECHO_BODY)]],
      count,
      expect: { status: 402, header: "payment-required" },
    });
  },
};

export const comparisons = [verify, voucher, exact, unpaid];
