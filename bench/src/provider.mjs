// The service behind both gateways: the same short answer to everything.
import http from "node:http";

import { serve } from "./processes.mjs";

const ANSWER = Buffer.from(JSON.stringify({ object: "echo", text: "The quick brown fox jumps over the lazy dog." }));

/** Longer than any pause of a run: no gateway may find its connection closed. */
const IDLE_MS = 600_000;

serve(() =>
  http.createServer({ keepAliveTimeout: IDLE_MS }, (request, response) => {
    request.resume();
    request.on("end", () => {
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": ANSWER.length });
      response.end(ANSWER);
    });
  }),
);
