// The ports of the servers that run beside the tests. Each of two workers has servers of its own: what one test counts,
// another must not change.

/** How many workers there are servers for. */
export const WORKERS = 2;

export type Ports = { site: number; hidden: number; exposed: number; faults: number };

const free = (process.env.SLUICE_PORTS ?? "4100 4110 4120 4130 4140 4150 4160 4170").split(" ").map(Number);

/** The ports of every worker's servers. */
export const ALL: Ports[] = Array.from({ length: WORKERS }, (_, worker) => {
  const [site, hidden, exposed, faults] = free.slice(4 * worker);
  return { site, hidden, exposed, faults };
});

/** Those of the worker that this runs in. */
export const OWN = ALL[Number(process.env.TEST_PARALLEL_INDEX ?? 0) % WORKERS];
