// A sheet over the page: choose another topic; what somebody else changed meanwhile.

import { part } from "../shop/server.js";

const dialog = document.getElementById("sheet");

/** Opens what links marked `choose` lead to as a sheet, and sifts lists as one types. */
export function sheet() {
  if (!dialog) return;
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a.choose");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const text = await part(link.href).catch(() => null);
    if (text === null) location.assign(link.href);
    else open(text);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) close();
    if (event.target.closest(".leave")) {
      event.preventDefault();
      close();
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target.closest("[data-sift]")) sift(event.target);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-sift]")) event.preventDefault();
  });
}

/** Shows HTML of our server as a sheet. */
export function open(html) {
  dialog.querySelector(".sheet-body").innerHTML = html;
  if (!dialog.open) dialog.showModal();
}

export function close() {
  if (dialog?.open) dialog.close();
}

function sift(field) {
  const wanted = field.value.normalize("NFKC").toLowerCase();
  for (const row of field.closest("form").parentElement.querySelectorAll(".pick-list > li")) {
    row.hidden = !row.textContent.normalize("NFKC").toLowerCase().includes(wanted);
  }
}
