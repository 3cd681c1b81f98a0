// What was sent from the row is told once, when somebody can be told: which sticker, and when.

const LATER = 30_000;

/**
 * @typedef {object} Sent
 * @property {string} event made up here, so that telling it twice counts once
 * @property {string} user
 * @property {string} item
 * @property {number} at microseconds since 1970
 * @property {number} place in the row, from 1
 */

/** Reports that wait; they survive the page. */
export class Outbox {
  /**
   * @param {import("./storage.js").Storage} storage
   * @param {() => Promise<string>} token asks for a fresh one
   */
  constructor(storage, token) {
    this.storage = storage;
    this.token = token;
    this.csrf = "";
    this.timer = 0;
    addEventListener("online", () => this.flush());
  }

  /** @param {Sent} sent */
  async put(sent) {
    await this.storage.put("waiting", sent);
    await this.flush();
  }

  /** Tells what waits, one at a time in all windows; what nobody takes now waits on. */
  async flush() {
    clearTimeout(this.timer);
    const told = await navigator.locks.request("pittari-outbox", () => this.#tell());
    if (!told) this.timer = setTimeout(() => this.flush(), LATER);
  }

  async #tell() {
    for (const sent of await this.storage.all("waiting")) {
      const status = await this.#post(sent).catch(() => 0);
      const refused = status >= 400 && status < 500 && ![403, 408, 429].includes(status);
      if (status !== 204 && !refused) return false;
      await this.storage.delete("waiting", sent.event);
    }
    return true;
  }

  /**
   * Posts one; with a fresh token where the one at hand is of an earlier session.
   * @param {Sent} sent
   */
  async #post(sent) {
    let status = 403;
    for (let turn = 0; turn < 2 && status === 403; turn++) {
      if (turn || !this.csrf) this.csrf = await this.token();
      const fields = { csrf: this.csrf, ...sent, at: String(sent.at), place: String(sent.place) };
      ({ status } = await fetch("/chat/sent", { method: "POST", body: new URLSearchParams(fields) }));
    }
    return status;
  }
}
