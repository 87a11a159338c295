// The benchmarks: starts both sides, compares them, says what was seen, and ends everything it started.
import { parseArgs } from "node:util";

import { comparisons } from "./comparisons.mjs";
import { load } from "./load.mjs";
import { soak } from "./memory.mjs";
import { describeMachine } from "./machine.mjs";
import { server } from "./processes.mjs";
import { keep, printComparisons, printSoak } from "./report.mjs";
import { post } from "./requests.mjs";
import { compare } from "./rounds.mjs";
import { openSides } from "./sides.mjs";
import { tearDown } from "./teardown.mjs";

const names = [...comparisons.map(({ name }) => name), "soak"];
const USAGE = `Usage: bench/run [NAME…]   any of: ${names.join(" ")} (default: all but soak)
  --rounds 3           how often each side is measured
  --seconds 8          what a round should take
  --warm-up 100        seconds of calls a side gets before
  --connections 16     open at once, each with one request at a time
  --soak-minutes 10    how long the soak takes`;

async function main() {
  const { selected, settings } = options();
  const sides = await openSides();
  const machine = await describeMachine(sides.market);
  const loadCeiling = await measureLoad(settings);
  console.log(`machine: ${machine}`);
  const ceiling = Math.round(loadCeiling).toLocaleString("en");
  console.log(`load: one thread, ${settings.connections} connections; ${ceiling} requests/s against a trivial server`);
  console.log(`rounds: ${settings.rounds} of ${settings.seconds} s for each side in turn, after ${settings.warmUp} s of warm-up\n`);

  const seen = [];
  for (const comparison of comparisons.filter(({ name }) => selected.includes(name))) {
    const { peer, stoa } = await compare(comparison, sides, settings);
    seen.push({ comparison, peer, stoa, ratio: stoa && stoa.rate / peer.rate });
  }
  if (seen.length > 0) {
    printComparisons(seen);
  }
  const memory = selected.includes("soak") ? await soak(sides, settings.soakMinutes) : undefined;
  if (memory) {
    printSoak(settings.soakMinutes, memory);
  }
  const results = seen.map(({ comparison: { name, goal, p99Goal }, peer, stoa = "not yet", ratio }) => {
    return { name, goal, p99Goal, peer, stoa, ratio };
  });
  await keep({ when: new Date().toISOString(), machine, settings, loadCeiling, comparisons: results, memory });
}

function options() {
  const number = (text) => {
    const value = Number(text);
    if (!(value > 0)) {
      throw new Error(`not a number above 0: ${text}\n${USAGE}`);
    }
    return value;
  };
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "8" },
      "warm-up": { type: "string", default: "100" },
      connections: { type: "string", default: "16" },
      "soak-minutes": { type: "string", default: "10" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit();
  }
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown) {
    throw new Error(`there is no benchmark '${unknown}'\n${USAGE}`);
  }
  return {
    selected: positionals.length > 0 ? positionals : names.filter((name) => name !== "soak"),
    settings: {
      rounds: number(values.rounds),
      seconds: number(values.seconds),
      warmUp: number(values["warm-up"]),
      connections: number(values.connections),
      soakMinutes: number(values["soak-minutes"]),
    },
  };
}

/** The requests a second the load manages when the server does next to nothing. */
async function measureLoad({ connections }) {
  const { port } = await server("./trivial.mjs", {});
  const request = post(`http://127.0.0.1:${port}/`, "{}");
  const expect = { status: 402, header: "payment-required" };
  const run = (count) => load({ port, connections, queues: [[request]], count, expect });
  const rates = [];
  for (let round = 0; round < 4; round++) {
    const { answered, seconds } = await run(50_000);
    rates.push(answered / seconds);
  }
  return Math.max(...rates);
}

let leaving;

/** Ends what was started, then the program. The first reason counts. */
function leave(code) {
  leaving ??= tearDown().then(() => process.exit(code));
}

process.on("SIGINT", () => leave(130));
process.on("SIGTERM", () => leave(143));

main().then(
  () => leave(0),
  (failure) => {
    if (!leaving) {
      console.error(`bench: ${failure.message}`);
    }
    leave(1);
  },
);
