// Signs payments before the clock starts, on all cores.
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

const threads = [];
let before = Promise.resolve();

/** The signatures of `jobs`, each a `privateKey` and the `typedData` to sign, in their order. */
export function signAll(jobs) {
  before = before.then(() => sign(jobs));
  return before;
}

async function sign(jobs) {
  while (threads.length < availableParallelism()) {
    const thread = new Worker(new URL("./signing-thread.mjs", import.meta.url));
    thread.unref();
    threads.push(thread);
  }
  const share = Math.ceil(jobs.length / threads.length);
  const parts = await Promise.all(
    threads.map(async (thread, index) => {
      thread.postMessage(jobs.slice(index * share, (index + 1) * share));
      return (await once(thread, "message"))[0];
    }),
  );
  return parts.flat();
}
