// Buy, mute, undo: the shelf changes where it is, and focus stays where it was.

import { element, say, send } from "./server.js";
import { watch } from "./seen.js";

const toast = document.getElementById("toast");
const undo = toast?.querySelector(".toast-undo");
let takeBack = null;

/** Takes over the forms that act on an item. */
export function acts() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form.acts") || !event.submitter) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    event.submitter.setAttribute("aria-disabled", "true");
    act(form, event.submitter)
      .catch(() => tell(document.getElementById("failed").content.textContent))
      .finally(() => {
        delete form.dataset.busy;
        event.submitter.removeAttribute("aria-disabled");
      });
  });
  undo?.addEventListener("click", () => takeBack?.());
  toast?.querySelector(".toast-close").addEventListener("click", () => {
    const beside = toast.closest(".slot") ?? document;
    toast.hidePopover();
    beside.querySelector(".card-link")?.focus();
  });
}

async function act(form, button) {
  const slot = form.closest(".slot");
  const shelf = slot?.closest(".shelf");
  const fields = Object.fromEntries(new FormData(form));
  fields.action = button.value;
  if (shelf) Object.assign(fields, surroundings(shelf));
  const answer = await send(form.getAttribute("action"), fields);
  const focused = form.contains(document.activeElement);
  let change = null;
  if (answer.box) form.closest(".box").replaceWith(element(answer.box));
  if (slot) change = exchange(slot, answer.card);
  for (const [name, html] of Object.entries(answer.shelves ?? {})) replace(name, html);
  if (focused) follow(shelf, change);
  const back = button.value === "mute" ? () => restore(fields, change) : null;
  tell(answer.message, back, change?.stands);
}

/** What the server has to know to fill a place: all that the page shows. */
function surroundings(shelf) {
  const ids = (selector) =>
    [...document.querySelectorAll(selector)].map((one) => one.dataset.item).join(" ");
  return {
    shelf: shelf.dataset.shelf,
    about: shelf.dataset.about ?? "",
    shown: ids(".slot"),
    anchors: ids(".shelf[data-about] .slot"),
  };
}

/** Puts a new card in the place of another, or closes the place. */
function exchange(slot, html) {
  const change = { slot, stands: null, list: slot.parentElement, after: slot.nextElementSibling };
  if (html) {
    change.stands = element(html);
    change.stands.classList.add("arrived");
    slot.replaceWith(change.stands);
    watch(change.stands);
  } else {
    slot.remove();
  }
  change.list.closest(".shelf").hidden = !change.list.children.length;
  return change;
}

/** Puts a whole shelf in the place of its former self. */
function replace(name, html) {
  const shelf = element(html);
  document.querySelector(`.shelf[data-shelf="${CSS.escape(name)}"]`)?.replaceWith(shelf);
  watch(shelf);
}

/** Puts the focus where the pressed button stood: same place, same shelf, or same page. */
function follow(shelf, change) {
  const same = shelf && document.querySelector(`.shelf[data-shelf="${CSS.escape(shelf.dataset.shelf)}"]`);
  const places = [change?.stands, change?.after, change?.list.lastElementChild, same];
  const next = places.find((one) => one?.isConnected)?.querySelector(".card-link");
  (next ?? document.querySelector(".box [tabindex]") ?? document.getElementById("main")).focus();
}

/** Takes a mute back: the card returns to its place. */
async function restore(fields, change) {
  takeBack = null;
  try {
    const answer = await send("/acts", { ...fields, action: "undo" });
    toast.hidePopover();
    document.body.append(toast);
    if (change.stands?.isConnected) change.stands.replaceWith(change.slot);
    else change.list.insertBefore(change.slot, change.after?.isConnected ? change.after : null);
    change.list.closest(".shelf").hidden = false;
    change.slot.querySelector(".card-link").focus();
    tell(answer.message);
  } catch {
    tell(document.getElementById("failed").content.textContent);
  }
}

/** Says what happened, to eyes and ears, with a way back where there is one. The message stands
    beside what it speaks of, so that the keyboard reaches it next. */
function tell(text, back = null, beside = null) {
  say(text);
  takeBack = back;
  if (toast.matches(":popover-open")) toast.hidePopover();
  (beside ?? document.body).append(toast);
  toast.querySelector(".toast-text").textContent = text;
  undo.hidden = !back;
  toast.showPopover();
}
