// Pin, swap, leave out: the board changes in place; who comes second is told what the first did.

import { send } from "../shop/server.js";
import { edition, show } from "./board.js";
import { close, open } from "./sheet.js";
import { fail, tell } from "./tell.js";

/** Takes over the forms that act on an edition. */
export function acts() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form.act") || !event.submitter || !edition()) return;
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    fields.action = event.submitter.value;
    act(fields, form.getAttribute("action"));
  });
}

/** Swaps two places with the topics that stand there on this page. */
export function swap(one, two) {
  const { edition: id, revision } = edition().dataset;
  const { place, topic } = one.dataset;
  const { place: other, topic: there } = two.dataset;
  const fields = { edition: id, revision, place, topic, other, other_topic: there };
  return act({ action: "swap", ...fields });
}

let busy = false;

async function act(fields, address = "/desk/acts") {
  if (busy) return;
  busy = true;
  try {
    const answer = await send(address, fields);
    if (!answer.clash) close();
    if (answer.html) show(answer);
    if (answer.clash) open(answer.clash);
    else tell(answer.refused ?? answer.message, "refused" in answer);
  } catch {
    fail();
  } finally {
    busy = false;
  }
}
