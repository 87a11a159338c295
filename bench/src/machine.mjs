// Where the figures were taken.
import { readFile, readlink } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

/** What a figure means nothing without, on one line. */
export async function describeMachine({ pid, databasePid }) {
  const [{ model }] = os.cpus();
  const java = await readFile(path.resolve(await readlink(`/proc/${pid}/exe`), "../../release"), "utf8");
  const database = await readFile(`/proc/${databasePid}/cmdline`, "utf8");
  const asked = (setting) => new RegExp(`\0${setting}=(\\w+)\0`).exec(database)?.[1] ?? "as built";
  return [
    `${os.availableParallelism()} cores of ${model.trim()}`,
    `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    `Linux ${os.release()}`,
    `JDK ${/JAVA_VERSION="([^"]*)"/.exec(java)[1]}`,
    `Node ${process.versions.node}`,
    `PostgreSQL fsync=${asked("fsync")} synchronous_commit=${asked("synchronous_commit")}`,
    `load before ${os.loadavg()[0].toFixed(1)}`,
  ].join(", ");
}
