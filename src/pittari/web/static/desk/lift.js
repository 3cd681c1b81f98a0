// Lift a place and put it on another: with a pointer, with keys, or with two taps.

import { say } from "../shop/server.js";
import { swap } from "./acts.js";

const STILL = 6;
const board = document.getElementById("board");
let held = null;
let target = null;
let pointer = null;

/** Lets the places of the board be swapped. */
export function lift() {
  if (!board) return;
  board.addEventListener("pointerdown", begin);
  board.addEventListener("pointermove", move);
  board.addEventListener("pointerup", end);
  board.addEventListener("pointercancel", drop);
  board.addEventListener("keydown", keys);
  board.addEventListener("focusout", (event) => {
    if (held && !pointer && event.target.closest(".place") === held) drop();
  });
}

/** Whether somebody holds a place now. */
export function holding() {
  return held !== null;
}

function begin(event) {
  const grip = event.target.closest(".grip");
  if (!grip || event.button !== 0) return;
  event.preventDefault();
  const place = grip.closest(".place");
  if (held && held !== place) {
    aim(place);
    put();
    return;
  }
  grip.focus({ preventScroll: true });
  const again = held === place;
  hold(place);
  pointer = { id: event.pointerId, x: event.clientX, y: event.clientY, again, moved: false };
  grip.setPointerCapture(event.pointerId);
}

function move(event) {
  if (!pointer || event.pointerId !== pointer.id || !held) return;
  const [x, y] = [event.clientX - pointer.x, event.clientY - pointer.y];
  pointer.moved ||= Math.hypot(x, y) > STILL;
  if (!pointer.moved) return;
  held.style.translate = `0 ${y}px`;
  aim(places().find((one) => one !== held && within(one, event.clientY)) ?? null);
}

function end(event) {
  if (!pointer || event.pointerId !== pointer.id) return;
  const { moved, again } = pointer;
  pointer = null;
  if (held) held.style.translate = "";
  if (moved ? target : false) put();
  else if (moved || again) drop();
}

function keys(event) {
  const grip = event.target.closest(".grip");
  if (!grip) return;
  const place = grip.closest(".place");
  if (event.key === " " || event.key === "Enter") {
    event.preventDefault();
    if (held && target) put();
    else if (held) drop();
    else hold(place);
  } else if (held && event.key === "Escape") {
    event.preventDefault();
    drop();
  } else if (held && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const all = places();
    const from = all.indexOf(target ?? held);
    const next = all[from + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) aim(next === held ? null : next);
  }
}

function hold(place) {
  drop();
  held = place;
  place.classList.add("held");
  place.querySelector(".grip").setAttribute("aria-pressed", "true");
  say(filled("held", place));
}

function aim(place) {
  if (place === target) return;
  target?.classList.remove("target");
  target = place;
  place?.classList.add("target");
  say(filled("over", place ?? held));
}

function drop() {
  if (!held) return;
  const place = held;
  held.classList.remove("held");
  held.style.translate = "";
  held.querySelector(".grip").setAttribute("aria-pressed", "false");
  target?.classList.remove("target");
  held = target = pointer = null;
  say(filled("left", place));
}

function put() {
  const [from, to] = [held, target];
  drop();
  swap(from, to);
}

function places() {
  return [...board.querySelectorAll(".place")];
}

function within(place, y) {
  const box = place.getBoundingClientRect();
  return y >= box.top && y <= box.bottom;
}

function filled(what, place) {
  const { title, place: number } = place.dataset;
  const text = document.getElementById("said-texts").dataset[what];
  return text.replace("%title", title).replace("%place", number);
}
