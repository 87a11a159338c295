// One thread of load: keeps its connections busy with ready-made requests and times every answer.
//
// It speaks just enough HTTP/1.1 for that, over bare sockets: several times quicker than Node's client, so that the servers
// and not the load are what is measured.
import { once } from "node:events";
import net from "node:net";
import { performance } from "node:perf_hooks";
import { parentPort, workerData } from "node:worker_threads";

import { message } from "./message.mjs";

const SILENCE_MS = 30_000;

const { port, connections, queues, count, expect, intervalMs } = workerData;
const expectedHeader = expect.header && new RegExp(`\\r\\n${expect.header}: `, "i");
const latencies = new Float64Array(count);
const positions = new Array(queues.length).fill(0);
let begun = 0;
let answered = 0;
let failed = 0;
let firstFailure;

/** The next request of a queue. A queue may be gone through several times, if it is the only one. */
function take(queue) {
  const requests = queues[queue];
  if (begun === count || (queues.length > 1 && positions[queue] === requests.length)) {
    return undefined;
  }
  begun++;
  return requests[positions[queue]++ % requests.length];
}

function fail(reason) {
  failed++;
  firstFailure ??= reason;
}

/** The whole answer at the start of `bytes`, if it is there. */
function read(bytes) {
  const answer = message(bytes);
  return answer && { status: Number(answer.head.slice(9, 12)), ...answer };
}

function isExpected({ status, head, body }) {
  return (
    status === expect.status &&
    (!expectedHeader || expectedHeader.test(head)) &&
    (!expect.body || body.includes(expect.body))
  );
}

/** What a wrong answer says; the reference says it in a payment header only. */
function describe({ status, head, body }) {
  const header = /\r\npayment-re(?:quired|sponse): *(\S+)/i.exec(head)?.[1] ?? "";
  const { error, errorReason } = JSON.parse(Buffer.from(header, "base64").toString() || "{}");
  return `${status} ${error ?? errorReason ?? ""} ${body.toString("utf8", 0, Math.min(body.length, 400))}`;
}

/** Sends one request after the other; ends with its queue. */
async function drive(socket, queue) {
  let sent = 0;
  let received;
  await new Promise((finished) => {
    const next = () => {
      const request = take(queue);
      if (!request) {
        socket.destroy();
        finished();
        return;
      }
      received = undefined;
      sent = performance.now();
      socket.write(request);
    };
    const stop = (reason) => {
      fail(reason);
      socket.destroy();
      finished();
    };
    socket.on("data", (part) => {
      received = received ? Buffer.concat([received, part]) : part;
      const answer = read(received);
      if (!answer) {
        return;
      }
      const now = performance.now();
      if (isExpected(answer)) {
        latencies[answered++] = now - sent;
      } else {
        fail(describe(answer));
      }
      if (intervalMs) {
        setTimeout(next, Math.max(0, sent + intervalMs - now));
      } else {
        next();
      }
    });
    socket.setTimeout(SILENCE_MS, () => stop(`no answer within ${SILENCE_MS} ms`));
    socket.on("error", (failure) => stop(failure.message));
    socket.on("end", () => stop("the connection was closed"));
    next();
  });
}

const sockets = await Promise.all(
  Array.from({ length: connections }, async () => {
    const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    return socket;
  }),
);
const idle = performance.eventLoopUtilization();
const start = performance.now();
await Promise.all(sockets.map((socket, index) => drive(socket, index % queues.length)));
const seconds = (performance.now() - start) / 1_000;
const { utilization } = performance.eventLoopUtilization(idle);
const times = latencies.slice(0, answered);
parentPort.postMessage({ seconds, answered, failed, firstFailure, latencies: times, busy: utilization });
