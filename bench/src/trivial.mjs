// Answers whatever arrives with the same bytes, as long as a 402's: what the load generator is measured against.
import net from "node:net";

import { serve } from "./processes.mjs";

const TERMS = "e".repeat(600);
const ANSWER = Buffer.from(`HTTP/1.1 402 Payment Required\r\nPAYMENT-REQUIRED: ${TERMS}\r\nContent-Length: 2\r\n\r\n{}`);

serve(() =>
  net.createServer({ noDelay: true }, (socket) => {
    socket.on("data", () => socket.write(ANSWER));
    socket.on("error", () => socket.destroy());
  }),
);
