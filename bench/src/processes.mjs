// Starts programs and ends them by pid. Each has a process group of its own: Ctrl-C reaches this program alone, which then ends
// them in order.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { atEnd } from "./teardown.mjs";

const PATIENCE_MS = 60_000;

/** Runs a command to its end and returns what it printed; fails with its last words. */
export async function command(file, args) {
  const child = spawn(file, args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  atEnd(() => end(child));
  let out = "";
  let err = "";
  child.stdout.on("data", (part) => (out += part));
  child.stderr.on("data", (part) => (err += part));
  const [code] = await once(child, "close");
  if (code !== 0) {
    throw new Error(`${file} ${args.join(" ")} failed: ${(err || out).trim().split("\n").slice(-5).join("\n")}`);
  }
  return out;
}

/** Starts one of our own servers, a module that calls `serve`, and returns its pid and port. */
export async function server(module, settings) {
  const child = fork(fileURLToPath(new URL(module, import.meta.url)), {
    detached: true,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  atEnd(() => end(child));
  child.send(settings);
  const started = once(child, "message").then(([{ port }]) => port);
  const ended = once(child, "exit").then(() => {
    throw new Error(`${module} does not start`);
  });
  return { pid: child.pid, port: await Promise.race([started, ended]) };
}

/** In the program started by `server`: listens with what `create` makes, until its parent is gone. */
export function serve(create) {
  process.once("disconnect", () => process.exit());
  process.once("message", async (settings) => {
    const listening = (await create(settings)).listen(0, "127.0.0.1", () => process.send({ port: listening.address().port }));
  });
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const ended = once(child, "exit");
  process.kill(-child.pid, "SIGTERM");
  const force = setTimeout(() => process.kill(-child.pid, "SIGKILL"), PATIENCE_MS);
  await ended;
  clearTimeout(force);
}
