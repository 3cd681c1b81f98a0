// One room's messages, as its people see them; kept on this device alone.

import { address } from "./pictures.js";
import { daySaid, lines, say, time } from "./words.js";

const MINUTE = 60_000;
export const ROOMS = /** @type {const} */ (["friend", "family", "work"]);

/**
 * @typedef {object} Message
 * @property {string} id
 * @property {string} room
 * @property {string} by who wrote it: an id, or the room's made-up other
 * @property {number} at milliseconds
 * @property {string} [text]
 * @property {string} [item] a sticker instead of a text
 * @property {string} [phrase] what the sticker says
 */

/** All rooms' messages. */
export class Rooms {
  /** @param {import("./storage.js").Storage} storage */
  constructor(storage) {
    this.storage = storage;
    /** @type {Message[]} by time */
    this.messages = [];
  }

  async open() {
    this.messages = await this.storage.all("messages");
    this.messages.sort((one, other) => one.at - other.at);
  }

  /** @param {string} room */
  of(room) {
    return this.messages.filter((message) => message.room === room);
  }

  /**
   * What was said before one came, where nothing was said yet.
   * @param {string} room its key
   * @param {string} kind one of `ROOMS`
   * @param {[string, string]} voices who says the odd lines, and who the even ones
   */
  async begin(room, kind, voices) {
    if (this.of(room).length) return;
    const said = lines(kind);
    const begin = Date.now() - said.length * 4 * MINUTE;
    for (const [at, text] of said.entries()) {
      const id = `${room} ${at}`;
      await this.add({ id, room, by: voices[at % 2], at: begin + at * 4 * MINUTE, text });
    }
  }

  /** @param {Message} message */
  async add(message) {
    this.messages.push(message);
    await this.storage.put("messages", message);
  }

  /** @param {string} id */
  async remove(id) {
    this.messages = this.messages.filter((message) => message.id !== id);
    await this.storage.delete("messages", id);
  }
}

/** The room that is open, on the page. */
export class History {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.list = /** @type {HTMLOListElement} */ (element.querySelector("ol"));
    // Whatever grows below, the last message stays in view.
    new ResizeObserver(() => this.last()).observe(element);
  }

  /**
   * @param {Message[]} messages
   * @param {string} self who looks
   * @param {(by: string) => string} name
   */
  show(messages, self, name) {
    const parts = [];
    let day = "";
    for (const message of messages) {
      const today = daySaid(message.at);
      if (today !== day) parts.push(element("li", "day", today));
      day = today;
      parts.push(line(message, message.by === self, name(message.by)));
    }
    if (!messages.length) parts.push(element("li", "day", say("empty")));
    this.list.replaceChildren(...parts);
    this.last();
  }

  last() {
    this.element.scrollTop = this.element.scrollHeight;
  }
}

/**
 * @param {Message} message
 * @param {boolean} own
 * @param {string} name
 */
function line({ text, item, phrase = "", at }, own, name) {
  const found = element("li", own ? "line line-own" : "line");
  found.append(element("span", own ? "unseen" : "line-name", name));
  if (item) {
    const picture = document.createElement("img");
    Object.assign(picture, { className: "line-sticker", src: address(item), width: 320, height: 320 });
    picture.alt = say("sticker", { phrase });
    picture.dataset.item = item;
    found.append(picture);
  } else {
    found.append(element("p", "bubble", text ?? ""));
  }
  const when = element("time", "line-time", time(at));
  when.setAttribute("datetime", new Date(at).toISOString());
  found.append(when);
  return found;
}

/**
 * @param {string} name
 * @param {string} style
 * @param {string} text
 */
export function element(name, style, text = "") {
  const made = document.createElement(name);
  made.className = style;
  made.textContent = text;
  return made;
}
