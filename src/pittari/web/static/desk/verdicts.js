// Good, neutral or harmful? One tap or one key, then the next one.

import { say, send } from "../shop/server.js";
import { fail } from "./tell.js";

const KEYS = { 1: "good", 2: "neutral", 3: "harmful" };

/** Brings the queue of divergences to life, and shows a report as soon as it is worked out. */
export function verdicts() {
  if (document.querySelector("[data-working]")) setTimeout(() => location.reload(), 3000);
  const queue = document.getElementById("queue");
  if (!queue) return;
  queue.addEventListener("submit", (event) => {
    if (!event.target.matches("form.verdicts") || !event.submitter) return;
    event.preventDefault();
    judge(queue, event.target, event.submitter.value);
  });
  document.addEventListener("keydown", (event) => {
    const verdict = KEYS[event.key];
    const form = queue.querySelector("form.verdicts");
    const typing = event.target.matches("input, textarea, select");
    if (!verdict || !form || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    judge(queue, form, verdict);
  });
}

let busy = false;

async function judge(queue, form, verdict) {
  if (busy) return;
  busy = true;
  try {
    const fields = { ...Object.fromEntries(new FormData(form)), verdict };
    const answer = await send(form.getAttribute("action"), fields);
    const inside = queue.contains(document.activeElement);
    queue.innerHTML = answer.html;
    if (inside) (queue.querySelector(`[value="${verdict}"]`) ?? queue).focus();
    say(answer.message);
  } catch {
    fail();
  } finally {
    busy = false;
  }
}
