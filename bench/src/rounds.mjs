// Runs one comparison: both sides are warmed up, then measured in turn, so that what else the machine does hits both.
import { load } from "./load.mjs";
import { processorSeconds, watchStolen } from "./usage.mjs";

/** Enough for a first idea of a side's rate. */
const FIRST_COUNT = 64;

/**
 * @param settings `rounds` to measure, the `seconds` that one should take, the seconds of `warmUp`, and `connections`
 * @returns for each side its figures, or undefined while it cannot do this yet
 */
export async function compare(comparison, { peer, stoa, market }, settings) {
  const sides = [];
  for (const side of [peer, stoa]) {
    const plan = await comparison.prepare(side, { market, connections: settings.connections });
    sides.push({ side, run: plan && runner(comparison, side, plan, settings.connections), measured: [] });
  }
  const able = sides.filter(({ run }) => run);
  // By halves, so that neither side is cold beside the other, or has rested for long.
  for (const { run } of [...able, ...able]) {
    await warmUp(run, settings.warmUp / 2, settings.seconds);
  }
  for (let round = 0; round < settings.rounds; round++) {
    for (const { run, measured } of able) {
      measured.push(await run.for(settings.seconds));
    }
  }
  const [peerFigures, stoaFigures] = sides.map(({ measured }) => (measured.length > 0 ? figures(measured) : undefined));
  return { peer: peerFigures, stoa: stoaFigures };
}

/** Calls for about `total` seconds, in rounds no longer than those to measure: a rate seen before holds for no longer. */
async function warmUp(run, total, seconds) {
  const rounds = Math.ceil(total / seconds);
  for (let round = 0; round < rounds; round++) {
    await run.for(total / rounds);
  }
}

/** Makes rounds that take about as long as they should, by the rate of the one before. */
function runner(comparison, side, plan, connections) {
  let rate;
  const processes = [...side.pids, ...side.databasePids];
  const run = async (count) => {
    const round = await plan(count);
    const before = await processorSeconds(processes);
    const stolen = await watchStolen();
    const result = await load({ ...round, connections });
    if (result.failed > 0) {
      throw new Error(`${comparison.name}: ${side.name} failed ${result.failed} of ${count} requests: ${result.firstFailure}`);
    }
    const processor = (await processorSeconds(processes)) - before;
    rate = result.answered / result.seconds;
    return { rate, latencies: result.latencies, processor, loadBusy: result.busy, stolen: await stolen() };
  };
  return {
    async for(seconds) {
      if (!rate) {
        await run(FIRST_COUNT);
        await run(Math.max(FIRST_COUNT, Math.ceil(rate)));
      }
      return run(Math.max(FIRST_COUNT, Math.ceil(rate * seconds)));
    },
  };
}

/** The median rate of the rounds; the latencies over all of them and the processor time of a call, in milliseconds. */
function figures(measured) {
  const latencies = Float64Array.from(measured.flatMap((round) => Array.from(round.latencies))).sort();
  const rates = measured.map(({ rate }) => rate);
  return {
    rate: quantile(Float64Array.from(rates).sort(), 0.5),
    rates,
    calls: latencies.length,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    processor: (1_000 * measured.reduce((sum, round) => sum + round.processor, 0)) / latencies.length,
    loadBusy: Math.max(...measured.map(({ loadBusy }) => loadBusy)),
    stolen: Math.max(...measured.map(({ stolen }) => stolen)),
  };
}

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
