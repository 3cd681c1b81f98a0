// The board with an edition: put a newer one in its place, and leave eyes and focus where they were.

import { set } from "./clock.js";

const board = document.getElementById("board");

/** Returns the edition on the page, null on other pages. */
export function edition() {
  return board?.querySelector("#edition") ?? null;
}

/** Shows a newer board; what moved is marked for a moment. */
export function show(answer) {
  const before = new Map(places().map((one) => [one.dataset.place, one.dataset.topic]));
  const kept = attention();
  board.innerHTML = answer.html;
  set(answer.times);
  for (const place of places()) {
    if (before.size && before.get(place.dataset.place) !== place.dataset.topic) {
      place.classList.add("arrived");
    }
  }
  restore(kept);
}

function places() {
  return [...board.querySelectorAll(".place")];
}

/** What a person has before them: the focused control, the phone chosen, the lists opened. */
function attention() {
  const focused = document.activeElement;
  const inside = board.contains(focused) && focused !== board;
  const place = focused.closest?.(".place");
  return {
    inside,
    place: place?.dataset.place,
    control: place && [...place.querySelectorAll("button, a")].indexOf(focused),
    phone: board.querySelector("input[name=phone]:checked")?.value,
    open: [...board.querySelectorAll("details")].map((one) => one.open),
  };
}

function restore({ inside, place, control, phone, open }) {
  const chosen = board.querySelector(`input[name=phone][value="${phone}"]`);
  if (chosen) chosen.checked = true;
  board.querySelectorAll("details").forEach((one, at) => {
    one.open = open[at] ?? one.open;
  });
  if (!inside) return;
  const same = board.querySelector(`.place[data-place="${place}"]`);
  const controls = same ? [...same.querySelectorAll("button, a")] : [];
  (controls[control] ?? controls[0] ?? document.getElementById("main")).focus();
}
