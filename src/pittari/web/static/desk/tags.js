// Tags are found while one types, and put right in place; each act can be taken back at once.

import { part, say, send } from "../shop/server.js";
import { fail, tell } from "./tell.js";

const WAIT = 200;
const place = document.getElementById("tags");

/** Takes over the page about tags, where there is one. */
export function tags() {
  if (!place) return;
  search(document.querySelector("form.find"));
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form.fix") || !event.submitter) return;
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    fields.action = event.submitter.value;
    act(fields, form.getAttribute("action"), form.dataset.then);
  });
}

function search(form) {
  let latest = 0;
  const look = async () => {
    const mine = ++latest;
    const fields = new URLSearchParams(new FormData(form));
    const address = fields.get("q").trim() ? `/tags?${fields}` : "/tags";
    const html = await part(address).catch(() => null);
    if (mine !== latest || html === null) return;
    place.innerHTML = html;
    history.replaceState(null, "", address);
    for (const back of document.querySelectorAll("header input[name=back]")) back.value = address;
    say(place.querySelector("[data-found]")?.dataset.found ?? "");
  };
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    look();
  });
}

let turn = Promise.resolve();
let waiting = "";

/** Acts one after the other; pressed twice is meant once. */
function act(fields, address, then) {
  const same = JSON.stringify(fields);
  if (same === waiting) return;
  waiting = same;
  turn = turn.then(() => done(fields, address, then)).catch(fail).then(() => {
    if (waiting === same) waiting = "";
  });
}

async function done(fields, address, then) {
  const answer = await send(address, fields);
  if (!answer.html) {
    tell(answer.refused, true);
    return;
  }
  place.innerHTML = answer.html;
  (document.getElementById(then) ?? place.querySelector("h2[tabindex]"))?.focus();
  const undo = answer.undo && { ...answer.undo, back: fields.back };
  tell(answer.message, false, undo && (() => act(undo, address, then)));
}
