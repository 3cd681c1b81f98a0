// Does the page still show how things stand? Asks every other second while somebody looks.

import { edition, show } from "./board.js";
import { set } from "./clock.js";
import { holding } from "./lift.js";

const PAUSE = 2000;

/** Keeps the board as it stands at the server; never under a hand that holds something. */
export function live() {
  if (!edition()) return;
  setInterval(look, PAUSE);
}

let looking = false;

async function look() {
  if (looking || document.hidden || busy()) return;
  looking = true;
  try {
    const { address, version } = edition().dataset;
    const answer = await fetch(`${address}?since=${version}`, { headers: { "X-Part": "1" } });
    if (!answer.ok) return;
    const told = await answer.json();
    if (!told.html) set(told.times);
    else if (!busy() && edition().dataset.version === version) show(told);
  } catch {
    // The server rests; the next look finds it again.
  } finally {
    looking = false;
  }
}

function busy() {
  return holding() || document.querySelector("dialog[open]") !== null;
}
