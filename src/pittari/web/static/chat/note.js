// What has to be said above the row, until somebody has read it.

import { announce } from "./words.js";

export class Note {
  /**
   * @param {HTMLElement} bar
   * @param {() => void} read the note was put away
   */
  constructor(bar, read) {
    this.bar = bar;
    this.text = "";
    bar.querySelector("button")?.addEventListener("click", () => {
      this.say("");
      read();
    });
  }

  /** @param {string} text "" takes the note away */
  say(text) {
    this.text = text;
    this.bar.hidden = !text;
    /** @type {HTMLElement} */ (this.bar.querySelector("p")).textContent = text;
    if (text) announce(text);
  }
}
