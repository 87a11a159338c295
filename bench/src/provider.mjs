// The service behind both gateways: the same short answer to everything. Over bare sockets, as the load: it takes its time from
// the processors that the gateways are measured on.
import net from "node:net";

import { message } from "./message.mjs";
import { serve } from "./processes.mjs";

const TEXT = JSON.stringify({ object: "echo", text: "The quick brown fox jumps over the lazy dog." });
const ANSWER = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(TEXT)}\r\n\r\n${TEXT}`,
);

serve(() =>
  net.createServer({ noDelay: true }, (socket) => {
    let received;
    socket.on("data", (part) => {
      received = received ? Buffer.concat([received, part]) : part;
      if (message(received)) {
        received = undefined;
        socket.write(ANSWER);
      }
    });
    socket.on("error", () => socket.destroy());
  }),
);
