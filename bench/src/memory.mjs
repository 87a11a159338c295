// The soak: the same slow mix of calls on both sides at once, for minutes, and what it does to their memory.
import { load } from "./load.mjs";
import { ECHO_BODY, paidCall, post } from "./requests.mjs";
import { termsOf } from "./terms.mjs";
import { transfers } from "./transfers.mjs";
import { residentMebibytes } from "./usage.mjs";

const SLICE_SECONDS = 10;
const PAID_A_SECOND = 10;
const UNPAID_A_SECOND = 400;
const CONNECTIONS = 8;

/** @returns for each side the `start`, `peak` and `end` of its resident memory in MiB, and the `samples` of each slice */
export async function soak({ peer, stoa, market }, minutes) {
  const sides = [];
  for (const side of [peer, stoa]) {
    sides.push({ side, terms: await termsOf(side.echo("exact"), "exact"), samples: [] });
  }
  const end = Date.now() + minutes * 60_000;
  while (Date.now() < end) {
    await Promise.all(sides.map(({ side, terms }) => mix(side, terms, market)));
    for (const { side, samples } of sides) {
      samples.push(await residentMebibytes(side.pids));
    }
  }
  const [peerFigures, stoaFigures] = sides.map(({ samples }) => ({
    start: samples[0],
    peak: Math.max(...samples),
    end: samples.at(-1),
    samples,
  }));
  return { peer: peerFigures, stoa: stoaFigures };
}

async function mix(side, terms, market) {
  const url = side.echo("exact");
  const payments = await transfers({ ...market, terms, count: PAID_A_SECOND * SLICE_SECONDS });
  const paced = (requests, perSecond, status) =>
    load({
      port: Number(new URL(url).port),
      connections: CONNECTIONS,
      queues: [requests],
      count: perSecond * SLICE_SECONDS,
      expect: { status },
      intervalMs: (CONNECTIONS * 1_000) / perSecond,
    });
  const paidCalls = payments.map((payload) => paidCall(url, payload));
  const results = await Promise.all([
    paced(paidCalls, PAID_A_SECOND, 200),
    paced([post(url, ECHO_BODY)], UNPAID_A_SECOND, 402),
  ]);
  for (const { failed, firstFailure } of results) {
    if (failed > 0) {
      throw new Error(`soak: ${side.name} failed ${failed} requests: ${firstFailure}`);
    }
  }
}
