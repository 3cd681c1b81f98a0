// How long until it goes out? Shown always, spoken only when it matters.

import { now } from "./clock.js";

const TICK = 200;
const SOON = 600_000;

/** Counts down on the board. */
export function countdown() {
  const board = document.getElementById("board");
  if (!board) return;
  const texts = document.getElementById("said-texts").dataset;
  const said = document.getElementById("countdown-said");
  let before = Infinity;
  let of = "";
  setInterval(() => {
    const timer = board.querySelector(".countdown");
    if (!timer) return;
    const left = Number(timer.dataset.due) - now();
    const open = Number(timer.dataset.near) - now();
    timer.querySelector(".countdown-time").textContent = clocked(left);
    timer.classList.toggle("near", open < 0);
    if (of !== timer.dataset.due) [of, before] = [timer.dataset.due, left];
    if (before > SOON && left <= SOON) said.textContent = texts.near;
    if (before > 0 && left <= 0) said.textContent = texts.out;
    before = left;
  }, TICK);
}

function clocked(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = `${two(minutes)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${tail}` : tail.replace(/^0/, "");
}
