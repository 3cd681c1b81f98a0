// Three seconds to take a mis-tap back; only then does a sticker count, and is told.

const UNDO = 3000;

/**
 * @typedef {object} Sending
 * @property {string} message its id in the room
 * @property {string} user
 * @property {{ item: string, tag: string, source: string, room: string, at: number }} use
 * @property {import("./outbox.js").Sent} sent
 * @property {string} text what stood in the input
 */

/** At most one sticker is on its way; the next one sends it off. */
export class Sendings {
  /**
   * @param {import("./storage.js").Storage} storage
   * @param {HTMLElement} bar
   * @param {object} acts
   * @param {(one: Sending) => Promise<void>} acts.commit
   * @param {(one: Sending) => Promise<void>} acts.undone
   */
  constructor(storage, bar, acts) {
    this.storage = storage;
    this.bar = bar;
    this.acts = acts;
    /** @type {Sending | null} */
    this.one = null;
    this.timer = 0;
    bar.querySelector("button")?.addEventListener("mousedown", (event) => event.preventDefault());
    bar.querySelector("button")?.addEventListener("click", () => this.undo());
    // Whoever is at the button is still deciding.
    bar.addEventListener("focusin", () => this.#hold());
    bar.addEventListener("focusout", () => this.#run());
    bar.addEventListener("pointerenter", () => this.#hold());
    bar.addEventListener("pointerleave", () => this.#run());
  }

  /** Sends off what the page was left with. */
  async open() {
    const left = await this.storage.get("kept", "sending");
    if (!left) return;
    this.one = left;
    await this.commit();
  }

  /**
   * @param {Sending} one
   * @param {string} said
   */
  async begin(one, said) {
    await this.commit();
    this.one = one;
    await this.storage.put("kept", one, "sending");
    /** @type {HTMLElement} */ (this.bar.querySelector(".undo-text")).textContent = said;
    this.bar.hidden = false;
    this.#run();
  }

  /** Lets what is on its way count. */
  async commit() {
    const one = this.#taken();
    if (!one) return;
    await this.acts.commit(one);
    await this.storage.delete("kept", "sending");
  }

  /** Takes back what is on its way; returns whether there was something. */
  undo() {
    const one = this.#taken();
    if (!one) return false;
    this.storage.delete("kept", "sending").then(() => this.acts.undone(one));
    return true;
  }

  #taken() {
    const { one } = this;
    this.one = null;
    clearTimeout(this.timer);
    this.bar.hidden = true;
    return one;
  }

  #hold() {
    clearTimeout(this.timer);
    this.bar.classList.remove("running");
  }

  #run() {
    if (!this.one) return;
    this.#hold();
    void this.bar.offsetWidth; // so that the line begins anew
    this.bar.classList.add("running");
    this.timer = setTimeout(() => this.commit(), UNDO);
  }
}
