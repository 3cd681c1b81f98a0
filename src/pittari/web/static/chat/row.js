// The row of stickers above the input. It never takes the focus by itself: who types goes on typing.

import { address } from "./pictures.js";
import { element } from "./room.js";
import { announce, say } from "./words.js";

const LONG_PRESS = 450;
const STILL = 10;
const SETTLED = 800;

/** @typedef {import("./device.js").Suggested} Suggested */
/**
 * @typedef {object} Named a sticker in words
 * @property {string} phrase
 * @property {string} title of its package
 * @property {string} mark what it is when it is not one's own, else ""
 */

export class Row {
  /**
   * @param {HTMLElement} bar
   * @param {object} acts
   * @param {(one: Suggested, place: number) => void} acts.pick
   * @param {(one: Suggested) => void} acts.look
   * @param {() => void} acts.leave back to the input
   * @param {(one: Suggested) => Named} acts.named
   */
  constructor(bar, acts) {
    this.bar = bar;
    this.acts = acts;
    /** @type {Suggested[]} */
    this.stickers = [];
    /** @type {Map<string, HTMLElement>} buttons by item, kept so that pictures stand still */
    this.buttons = new Map();
    this.#pointers();
    bar.addEventListener("keydown", (event) => this.#key(event));
  }

  get shown() {
    return !this.bar.hidden;
  }

  /** @param {Suggested[]} stickers */
  show(stickers) {
    const appears = !this.shown && stickers.length > 0;
    const same = stickers.map((one) => one.item).join() === this.stickers.map((one) => one.item).join();
    this.stickers = stickers;
    this.bar.hidden = !stickers.length;
    const buttons = stickers.map((one) => this.#button(one));
    if (!same || this.bar.childElementCount !== buttons.length) {
      this.bar.replaceChildren(...buttons);
      this.bar.scrollLeft = 0;
      this.#rove(buttons[0]);
    }
    if (appears) announce(say("row_came", { count: stickers.length }), SETTLED);
  }

  hide() {
    this.show([]);
  }

  /** Takes the focus, at somebody's wish. */
  enter() {
    const [first] = this.#all();
    this.#rove(first);
    first?.focus();
  }

  #all() {
    return /** @type {HTMLElement[]} */ ([...this.bar.children]);
  }

  /** @param {Suggested} one */
  #button(one) {
    const { phrase, title, mark } = this.acts.named(one);
    let button = this.buttons.get(one.item);
    if (!button) {
      button = element("button", "suggested");
      const picture = document.createElement("img");
      Object.assign(picture, { src: address(one.item), alt: "", width: 320, height: 320, draggable: false });
      button.append(picture, element("span", "badge"));
      button.tabIndex = -1;
      this.buttons.set(one.item, button);
    }
    Object.assign(button.dataset, { item: one.item, source: one.source });
    button.ariaLabel = say(mark ? "sticker_marked" : "sticker_of", { phrase, package: title, mark });
    const badge = /** @type {HTMLElement} */ (button.lastElementChild);
    badge.hidden = !mark;
    badge.textContent = mark;
    return button;
  }

  /** @param {HTMLElement | undefined} chosen */
  #rove(chosen) {
    for (const button of this.#all()) button.tabIndex = button === chosen ? 0 : -1;
  }

  /** @param {EventTarget | null} target */
  #of(target) {
    const button = target instanceof Element ? target.closest(".suggested") : null;
    const place = button ? this.#all().indexOf(/** @type {HTMLElement} */ (button)) : -1;
    return place < 0 ? null : { one: this.stickers[place], place };
  }

  #pointers() {
    let timer = 0;
    let looked = false;
    /** @type {[number, number]} */
    let begun = [0, 0];
    const look = (/** @type {EventTarget | null} */ target) => {
      const found = this.#of(target);
      if (!found || looked) return;
      looked = true;
      this.acts.look(found.one);
    };
    // The press must not move the focus: half-typed words of an input method would be lost.
    this.bar.addEventListener("mousedown", (event) => event.preventDefault());
    this.bar.addEventListener("pointerdown", (event) => {
      looked = false;
      begun = [event.clientX, event.clientY];
      clearTimeout(timer);
      if (event.pointerType !== "mouse") timer = setTimeout(() => look(event.target), LONG_PRESS);
    });
    this.bar.addEventListener("pointermove", (event) => {
      if (Math.hypot(event.clientX - begun[0], event.clientY - begun[1]) > STILL) clearTimeout(timer);
    });
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
      this.bar.addEventListener(end, () => clearTimeout(timer));
    }
    this.bar.addEventListener("contextmenu", (event) => {
      event.preventDefault();
      clearTimeout(timer);
      look(event.target);
    });
    this.bar.addEventListener("click", (event) => {
      const found = this.#of(event.target);
      if (found && !(looked && event.detail > 0)) this.acts.pick(found.one, found.place + 1);
      looked = false;
    });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const all = this.#all();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) {
      const button = all[(to + all.length) % all.length];
      this.#rove(button);
      button.focus();
      button.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else if (event.key === "ArrowUp" && at >= 0) {
      this.acts.look(this.stickers[at]);
    } else if (event.key === "ArrowDown" || event.key === "Escape") {
      this.acts.leave();
    } else {
      // Whoever goes on typing means the message; Enter and Space are the buttons' own.
      const types = [...event.key].length === 1 && event.key !== " ";
      if (types && !event.ctrlKey && !event.metaKey && !event.altKey) this.acts.leave();
      return;
    }
    event.preventDefault();
  }
}
