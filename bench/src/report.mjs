// Prints what was seen, and keeps it.
import { mkdir, writeFile } from "node:fs/promises";

const RESULTS = new URL("../results/", import.meta.url);

/** Above this share of one core the load itself may be what was measured. */
const BUSY = 0.9;

/** Above this share of the machine taken by its host the side with fewer threads may look better than it is. */
const STOLEN = 0.05;

const number = (value) => (value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(1));

export function printComparisons(seen) {
  const rows = seen.map(({ comparison, peer, stoa, ratio }) => [
    comparison.title,
    ...cells(peer),
    ...(stoa ? cells(stoa) : ["not yet", "", "", ""]),
    ratio ? `${ratio.toFixed(1)}x` : "",
    goal(comparison),
    ratio ? verdict(comparison, ratio, stoa) : "",
  ]);
  table(["", "x402/s", "p50", "p99", "cpu", "stoa/s", "p50", "p99", "cpu", "ratio", "goal", ""], rows);
  console.log("p50, p99: milliseconds to the answer; cpu: milliseconds of processor time a call, without the chain's");
  for (const { comparison, peer, stoa } of seen) {
    const busy = Math.max(peer.loadBusy, stoa?.loadBusy ?? 0);
    if (busy > BUSY) {
      console.log(`${comparison.name}: the load was busy ${Math.round(busy * 100)} % of the time; the true rate may be higher`);
    }
    const stolen = Math.max(peer.stolen, stoa?.stolen ?? 0);
    if (stolen > STOLEN) {
      console.log(`${comparison.name}: in one round the host took ${Math.round(stolen * 100)} % of this machine's processors`);
    }
  }
}

export function printSoak(minutes, { peer, stoa }) {
  console.log(`resident memory over ${minutes} min, MiB`);
  table(["", "start", "peak", "end"], [
    ["x402: server, facilitator", peer.start, peer.peak, peer.end],
    ["stoa: node", stoa.start, stoa.peak, stoa.end],
  ]);
}

/** Writes `results/latest.json`. */
export async function keep(results) {
  await mkdir(RESULTS, { recursive: true });
  await writeFile(new URL("latest.json", RESULTS), `${JSON.stringify(results, null, 2)}\n`);
}

const cells = ({ rate, p50, p99, processor }) => [number(rate), p50.toFixed(1), p99.toFixed(1), processor.toFixed(2)];

const goal = ({ goal, p99Goal }) => `>= ${goal}x${p99Goal ? `, p99 <= ${p99Goal} ms` : ""}`;

const verdict = ({ goal, p99Goal }, ratio, { p99 }) => (ratio >= goal && (!p99Goal || p99 <= p99Goal) ? "met" : "missed");

function table(heads, rows) {
  const lines = [heads, ...rows].map((row) => row.map(String));
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines) {
    const cells = line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])));
    console.log(cells.join("  ").trimEnd());
  }
}
