// Says what happened, to eyes and ears.

import { say } from "../shop/server.js";

const toast = document.getElementById("toast");
const undo = toast?.querySelector(".toast-undo");
let fading = 0;
let takeBack = null;

undo?.addEventListener("click", () => takeBack?.());
toast?.querySelector(".toast-close").addEventListener("click", () => toast.hidePopover());

/** Shows a sentence for a while, with a way back where there is one; a refusal stays until it is
    closed. */
export function tell(text, stays = false, back = null) {
  say(text);
  takeBack = back;
  undo.hidden = !back;
  clearTimeout(fading);
  if (toast.matches(":popover-open")) toast.hidePopover();
  toast.querySelector(".toast-text").textContent = text;
  toast.classList.toggle("toast-bad", stays);
  toast.showPopover();
  if (!stays) fading = setTimeout(() => toast.hidePopover(), 6000);
}

/** Says that something did not work, in the words of the page. */
export function fail() {
  tell(document.getElementById("failed").content.textContent, true);
}
