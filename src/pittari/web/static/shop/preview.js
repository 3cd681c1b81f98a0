// A sticker, large: open by tap or key, step with arrows.

import { send } from "./server.js";

/** Turns the links to pictures of a package page into a look at each sticker. */
export function preview() {
  const sheet = document.getElementById("preview");
  if (!sheet) return;
  const links = [...document.querySelectorAll("a.sticker")];
  const picture = sheet.querySelector(".preview-picture");
  const phrase = document.getElementById("preview-phrase");
  const count = sheet.querySelector(".preview-count");
  let at = 0;
  let told = false;

  const show = (which) => {
    at = (which + links.length) % links.length;
    const image = links[at].querySelector("img");
    picture.src = image.src;
    picture.alt = "";
    phrase.textContent = image.alt;
    count.textContent = `${at + 1} / ${links.length}`;
  };
  links.forEach((link, which) =>
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(which);
      sheet.showModal();
      if (told) return;
      told = true;
      const { item, slot } = document.querySelector(".package").dataset;
      send("/acts", { action: "preview", item, slot }).catch(() => {});
    }),
  );
  for (const button of sheet.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => show(at + Number(button.dataset.step)));
  }
  sheet.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") show(at + 1);
    if (event.key === "ArrowLeft") show(at - 1);
  });
  sheet.addEventListener("close", () => links[at].focus());
}
