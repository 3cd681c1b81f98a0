// What people, rooms and stickers are called.

import { say } from "./words.js";

export class Names {
  /** @param {import("./people.js").People} people */
  constructor(people) {
    this.people = people;
    /** @type {{ titles: Record<string, string>, packages: Record<string, string> }} */
    this.goods = { titles: {}, packages: {} };
  }

  /**
   * A room, as somebody calls it: two people's by the other one.
   * @param {string} room
   * @param {string} self
   */
  room(room, self) {
    const other = this.people.faces.find(({ id }) => id !== self);
    return room === "friend" ? other?.name ?? "" : say(room);
  }

  /** @param {string} by who wrote a message */
  writer(by) {
    const face = this.people.faces.find(({ id }) => id === by);
    return face ? face.name : say(`${by}_other`);
  }

  /** @param {string} item */
  phrase(item) {
    return this.goods.titles[item] ?? item;
  }

  /**
   * A sticker, its package, and what it is when it is not one's own.
   * @param {import("./device.js").Suggested} one
   * @param {number} left trial sends
   * @returns {import("./row.js").Named}
   */
  sticker({ item, source }, left) {
    const { titles, packages } = this.goods;
    const mark = source === "owned" ? "" : say(source, { left });
    return { phrase: this.phrase(item), title: titles[packages[item]] ?? "", mark };
  }
}
