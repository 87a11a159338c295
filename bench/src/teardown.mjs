// What must be undone when the benchmarks end, however they end.
const steps = [];

/** Remembers a step; the last one remembered is done first. */
export function atEnd(step) {
  steps.push(step);
}

/** Does every step, also when one fails. */
export async function tearDown() {
  while (steps.length > 0) {
    try {
      await steps.pop()();
    } catch (failure) {
      console.error(`bench: ${failure.message}`);
    }
  }
}
