// Keeps one timer for the page: while a page is hidden, browsers slow down its own timers, but not a worker's.
// scripts/clock_worker.mjs puts it beside the page, under a name with its hash.
//
// In:  how many milliseconds to wait, in place of what was waited for; null to wait for nothing.
// Out: null when the wait is over, and once at the start.
"use strict";

let timer;

addEventListener("message", ({ data: wait }) => {
  clearTimeout(timer);
  if (wait !== null) timer = setTimeout(postMessage, wait, null);
});
postMessage(null);
