// Which slots were really seen? Half of a card for a second; each slot counts once.

import { send } from "./server.js";

const SHARE = 0.5;
const LONG_ENOUGH = 1000;
const GATHER = 500;

const timers = new Map();
const told = new Set();
let waiting = [];
let leaving = 0;

const observer = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      const slot = entry.target.dataset.slot;
      if (entry.intersectionRatio >= SHARE) {
        if (!timers.has(slot)) timers.set(slot, setTimeout(() => seen(entry.target), LONG_ENOUGH));
      } else {
        clearTimeout(timers.get(slot));
        timers.delete(slot);
      }
    }
  },
  { threshold: SHARE },
);

function seen(target) {
  const slot = target.dataset.slot;
  observer.unobserve(target);
  timers.delete(slot);
  if (!target.isConnected || told.has(slot)) return;
  told.add(slot);
  waiting.push(slot);
  leaving ||= setTimeout(tell, GATHER);
}

function tell() {
  clearTimeout(leaving);
  leaving = 0;
  if (!waiting.length) return;
  const slots = waiting;
  waiting = [];
  send("/seen", { slot: slots }, { keepalive: true }).catch(() => {
    for (const slot of slots) told.delete(slot);
  });
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") tell();
});

/** Watches all slots in an element, the element included. */
export function watch(root) {
  const slots = [...root.querySelectorAll(".slot[data-slot]")];
  if (root.matches?.(".slot[data-slot]")) slots.push(root);
  for (const slot of slots) observer.observe(slot);
}
