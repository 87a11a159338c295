// What processes take of the machine, as Linux counts it.
import { readFile } from "node:fs/promises";

/** Linux counts processor time in hundredths of a second, whatever its own clock does. */
const TICKS_A_SECOND = 100;

/** Processor time these processes and their children have used, in seconds. */
export async function processorSeconds(pids) {
  const times = await Promise.all(
    pids.map(async (pid) => {
      const [stat, children] = await Promise.all([read(pid, "stat"), read(pid, `task/${pid}/children`)]).catch(() => []);
      if (!stat) {
        return 0; // it has ended, and its parent counts it
      }
      const fields = stat.split(") ").at(-1).split(" ");
      // Fields 14 to 17 of proc(5), counted from the third: its own time and that of children which ended, user and system.
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
      return ticks / TICKS_A_SECOND + (await processorSeconds(children.split(" ").filter(Boolean)));
    }),
  );
  return times.reduce((sum, one) => sum + one, 0);
}

/**
 * Starts to watch what the host of this virtual machine takes away from it; the function that it gives back tells the share of
 * all processor time since.
 */
export async function watchStolen() {
  const before = await machineTicks();
  return async () => {
    const after = await machineTicks();
    return (after.stolen - before.stolen) / Math.max(1, after.all - before.all);
  };
}

async function machineTicks() {
  // The first line of proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal.
  const [first] = (await readFile("/proc/stat", "utf8")).split("\n");
  const ticks = first.split(/\s+/).slice(1, 9).map(Number);
  return { stolen: ticks[7], all: ticks.reduce((sum, one) => sum + one, 0) };
}

/** Resident memory of these processes together, in MiB. */
export async function residentMebibytes(pids) {
  const kibibytes = await Promise.all(pids.map(async (pid) => Number(/^VmRSS:\s+(\d+)/m.exec(await read(pid, "status"))[1])));
  return Math.round(kibibytes.reduce((sum, one) => sum + one, 0) / 1_024);
}

function read(pid, file) {
  return readFile(`/proc/${pid}/${file}`, "utf8");
}
