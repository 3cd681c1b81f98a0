// A reader's phone: what was sent appears by itself.

import { now, set } from "./clock.js";

const PAUSE = 1500;
const handset = document.querySelector(".handset");
const notices = document.getElementById("notices");
const offset = Number(handset.dataset.offset);

function tick() {
  const time = new Date(now() + offset).toISOString();
  const clock = `${Number(time.slice(11, 13))}:${time.slice(14, 16)}`;
  handset.querySelector(".phone-clock").textContent = clock;
}

async function look() {
  if (document.hidden) return;
  const known = [...notices.querySelectorAll("[data-edition]")].map((one) => one.dataset.edition);
  const since = encodeURIComponent(known[0] ?? "");
  const answer = await fetch(`/phone?since=${since}`, { headers: { "X-Part": "1" } }).catch(() => null);
  if (answer?.status !== 200) return;
  const told = await answer.json();
  set(told.times);
  handset.querySelector(".phone-day").textContent = told.day;
  if (!told.html) return;
  notices.innerHTML = told.html;
  for (const one of notices.querySelectorAll("[data-edition]")) {
    if (!known.includes(one.dataset.edition)) one.classList.add("arrived");
  }
}

setInterval(tick, 250);
setInterval(look, PAUSE);
