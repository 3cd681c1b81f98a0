// What happens on a shop page without leaving it. Everything also works without this file,
// by forms and links; here the answers arrive in place.

import { send, say, part } from "./shop/server.js";
import { watch } from "./shop/seen.js";
import { acts } from "./shop/acts.js";
import { preview } from "./shop/preview.js";

function why() {
  const sheet = document.getElementById("why");
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a.why");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const text = await part(link.href).catch(() => null);
    if (text === null) {
      location.assign(link.href);
      return;
    }
    sheet.querySelector(".sheet-body").innerHTML = text;
    sheet.showModal();
  });
}

function closeOnBackdrop() {
  for (const sheet of document.querySelectorAll("dialog")) {
    sheet.addEventListener("click", (event) => {
      if (event.target === sheet) sheet.close();
    });
  }
}

function clicks() {
  document.addEventListener("click", (event) => {
    const slot = event.target.closest?.(".card-link")?.closest("[data-slot]");
    if (!slot) return;
    const { item, slot: at } = slot.dataset;
    send("/acts", { action: "click", item, slot: at }, { keepalive: true }).catch(() => {});
  });
}

function search() {
  const form = document.querySelector("[data-search]");
  if (!form) return;
  const found = document.getElementById("found");
  let latest = 0;
  const look = async () => {
    const mine = ++latest;
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    const text = await part(address).catch(() => null);
    if (mine !== latest || text === null) return;
    found.innerHTML = text;
    history.replaceState(null, "", address);
    say(found.querySelector(".found")?.textContent ?? "");
  };
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 200);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    look();
  });
}

why();
closeOnBackdrop();
clicks();
search();
acts();
preview();
watch(document);
