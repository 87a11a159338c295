// Loads a server over a fixed number of keep-alive connections, each with one request at a time.
import { once } from "node:events";
import { Worker } from "node:worker_threads";

const THREAD = new URL("./load-thread.mjs", import.meta.url);

/**
 * Sends requests that were written before, and returns when the last one is answered.
 *
 * @param plan.port of the server, on 127.0.0.1
 * @param plan.connections open at once
 * @param plan.queues lists of requests; the connections share one and go through it again, or each has its own
 * @param plan.count requests to send in all
 * @param plan.expect what a good answer has: `status`, and if given a `header` and a part of the `body`
 * @param plan.intervalMs if given, the time between two requests of a connection; else one follows the other
 * @returns `seconds` it took, `answered` as expected with their `latencies` in milliseconds, `failed` and the
 *   `firstFailure`, and `busy`, the part of the time in which the load itself was computing
 */
export async function load(plan) {
  const thread = new Worker(THREAD, { workerData: plan });
  const [result] = await once(thread, "message");
  return result;
}
