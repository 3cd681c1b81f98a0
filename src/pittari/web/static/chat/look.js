// A sticker, large: whose it is, by what right it can be sent, and why it stands in the row.

import { address } from "./pictures.js";
import { moment, say } from "./words.js";

/** @typedef {import("./device.js").Suggested} Suggested */

export class Look {
  /**
   * @param {HTMLDialogElement} sheet
   * @param {object} acts
   * @param {(one: Suggested) => void} acts.pick
   * @param {(one: Suggested) => void} acts.less
   */
  constructor(sheet, acts) {
    this.sheet = sheet;
    /** @type {Suggested | null} */
    this.one = null;
    sheet.addEventListener("click", (event) => {
      const { target } = event;
      if (target === sheet) sheet.close();
      const act = target instanceof Element ? target.closest("[data-act]")?.getAttribute("data-act") : null;
      const one = this.one;
      if (!act || !one) return;
      sheet.close();
      acts[/** @type {"pick" | "less"} */ (act)](one);
    });
    sheet.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") sheet.close();
    });
  }

  /**
   * @param {Suggested} one
   * @param {import("./row.js").Named} named
   * @param {import("../device/index.js").Person} person
   */
  open(one, { phrase, title, mark }, person) {
    this.one = one;
    const find = (/** @type {string} */ of) => /** @type {HTMLElement} */ (this.sheet.querySelector(of));
    /** @type {HTMLImageElement} */ (find(".look-picture")).src = address(one.item);
    find("#look-phrase").textContent = phrase;
    find(".look-title").textContent = title;
    const badge = find(".badge");
    badge.hidden = !mark;
    badge.textContent = mark;
    badge.dataset.source = one.source;
    find(".look-reasons").textContent = reasons(one, person).join(say("joint"));
    this.sheet.showModal();
    find("[data-act=pick]").focus();
  }
}

/**
 * @param {Suggested} one
 * @param {import("../device/index.js").Person} person
 */
function reasons({ piece, tag, keyword: found, match, source, parts }, person) {
  const until = moment(person.rights.trial_until / 1000);
  // A shorter spelling of the tag was met: people read the tag.
  const keyword = tag.startsWith(found) ? tag : found;
  const left = person.sendsLeft(Date.now() * 1000);
  const told = [say(`why_${match}`, { piece, keyword }), say(`why_${source}`, { until, left })];
  if ((parts.uses ?? 0) > 0) told.push(say("why_often"));
  return told;
}
