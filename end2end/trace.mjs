// What a Chrome trace tells of the page's main thread: the work of each frame, and the longest task.

export const CATEGORIES = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "benchmark"];

/** The share `p` of sorted values lies at or below what is given; 0 where there are none. */
export const percentile = (values, p) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)];
};

/**
 * The main thread of the renderer that worked most, in milliseconds: each frame's work by the clock and by the processor
 * (the first counts what other programs took as well), and each task by the clock and (`worked`) by the processor.
 */
export function mainThread(trace) {
  const { traceEvents } = JSON.parse(trace.toString());
  const key = ({ pid, tid }) => `${pid}/${tid}`;
  const renderers = new Set(
    traceEvents.filter((event) => event.name === "thread_name" && event.args?.name === "CrRendererMain").map(key),
  );
  const tasks = new Map();
  for (const event of traceEvents) {
    const isTask = event.ph === "X" && (event.name === "RunTask" || event.name === "ThreadControllerImpl::RunTask");
    if (isTask && renderers.has(key(event))) tasks.set(key(event), [...(tasks.get(key(event)) ?? []), event]);
  }
  const total = (list) => list.reduce((sum, { dur }) => sum + dur, 0);
  const [busiest, list] = [...tasks].toSorted(([, a], [, b]) => total(b) - total(a))[0];
  const outermost = outer(list.toSorted((a, b) => a.ts - b.ts));
  const commits = traceEvents
    .filter((event) => event.name === "Commit" && event.ph === "X" && key(event) === busiest)
    .map(({ ts }) => ts)
    .toSorted((a, b) => a - b);
  const worked = outermost.map(({ dur, tdur = dur }) => tdur / 1_000);
  return { ...frames(outermost, commits), tasks: outermost.map(({ dur }) => dur / 1_000), worked };
}

// A task may be recorded under two names, one within the other.
function outer(tasks) {
  let end = -Infinity;
  return tasks.filter(({ ts, dur }) => {
    if (ts < end) return false;
    end = ts + dur;
    return true;
  });
}

// A frame ends with the task that commits it; its work is all tasks since the last one's end: script, style, layout, paint.
function frames(tasks, commits) {
  const [clock, cpu] = [[], []];
  let [next, took, worked] = [0, 0, 0];
  for (const { ts, dur, tdur = dur } of tasks) {
    took += dur / 1_000;
    worked += tdur / 1_000;
    if (next < commits.length && commits[next] < ts + dur) {
      while (next < commits.length && commits[next] < ts + dur) next += 1;
      clock.push(took);
      cpu.push(worked);
      [took, worked] = [0, 0];
    }
  }
  return { clock, cpu };
}

/** Watches how long inputs take until their frame is shown (Event Timing); to be run in the page. */
export function watchInputs() {
  const longest = new Map();
  new PerformanceObserver((list) => {
    for (const { interactionId, duration } of list.getEntries()) {
      if (interactionId) longest.set(interactionId, Math.max(duration, longest.get(interactionId) ?? 0));
    }
  }).observe({ type: "event", durationThreshold: 16, buffered: true });
  // Those below the threshold are not told, only counted.
  globalThis.inputs = () => ({ told: [...longest.values()], count: performance.interactionCount ?? longest.size });
}

/** The interaction that 98 in 100 were no slower than, of those told and those too quick to be told. */
export function p98({ told, count }) {
  const quick = Array.from({ length: Math.max(0, count - told.length) }, () => 16);
  return percentile([...told, ...quick], 0.98);
}
