// What a device knows of its person; it is kept here, can be seen and wiped, and is never sent.

import { MOST, USE, day, left } from "./counting.js";
import { anything, flag, list, map, only, or, text, whole } from "./shape.js";

const LONGEST = 128;

/** @typedef {import("./counting.js").Count} Count */

const count = whole(0, MOST);
const time = whole(0, 2 ** 53 - 1);
const ids = or(list(id), []);
const uses = map(only({ value: count, day: whole(0, 2 ** 24) }));
const counts = map(count);
const rights = only({
  owned: ids,
  plan: or(plan, ""),
  plan_until: or(time, 0),
  kept: ids,
  trial_until: or(time, 0),
  sends_a_day: or(count, 0),
  sends_until: or(time, 0),
  sent_day: or(count, 0),
  sent: or(count, 0),
  region: or(id, ""),
  adult: or(flag, false),
});
const switches = only({ off: or(flag, false), rooms: ids, sources: ids });
const read = only({
  rights: or(rights, rights({})),
  switches: or(switches, switches({})),
  stickers: or(uses, new Map()),
  tags: or(uses, new Map()),
  less: or(counts, new Map()),
  ignored: or(counts, new Map()),
  mean: or(list(whole(-32_768, 32_767)), []),
  examples: or(list(anything), []),
  ledger: or(list(anything), []),
});

/** @typedef {ReturnType<typeof rights>} Rights what a person may send; times end them */
/** @typedef {ReturnType<typeof switches>} Switches what a person switched off */

/** A person's rights, switches and counts. */
export class Person {
  /** @param {unknown} [told] JSON as `export` wrote it, parsed; what is missing is empty */
  constructor(told = {}) {
    const given = read(told);
    /** What the person may send; the server says it. */
    this.rights = { ...given.rights };
    /** What the person switched off: everything, rooms, sources. */
    this.switches = { ...given.switches };
    /** Uses of stickers. */
    this.stickers = new Map(given.stickers);
    /** Uses of tags. */
    this.tags = new Map(given.tags);
    /** How often the person wanted less of a sticker. */
    this.less = new Map(given.less);
    /** How often a room's row was ignored. */
    this.ignored = new Map(given.ignored);
    /** Where the person's taste lies, in 1/256 of an item vector's numbers. */
    this.mean = [...given.mean];
    /** Empty until devices learn together. */
    this.examples = [...given.examples];
    /** Empty until devices learn together. */
    this.ledger = [...given.ledger];
  }

  /**
   * Reads what `export` wrote.
   * @param {string} text JSON
   * @returns {Person} throws SyntaxError or TypeError when it is something else
   */
  static read(text) {
    return new Person(JSON.parse(text));
  }

  /** All that is known, as JSON, names and lists of texts in order: to be kept, and to be shown. */
  export() {
    const { rights, switches } = this;
    return ordered({
      ...this,
      rights: { ...rights, owned: ascending(rights.owned), kept: ascending(rights.kept) },
      switches: {
        ...switches,
        rooms: ascending(switches.rooms),
        sources: ascending(switches.sources),
      },
    });
  }

  /** For `JSON.stringify`. */
  toJSON() {
    return JSON.parse(this.export());
  }

  /** Forgets what was counted; rights and switches stay. */
  wipe() {
    this.stickers.clear();
    this.tags.clear();
    this.less.clear();
    this.ignored.clear();
    this.mean = [];
    this.examples = [];
  }

  /**
   * The person sent a sticker.
   * @param {import("./stock.js").Stock} stock
   * @param {object} use
   * @param {string} use.item
   * @param {string} [use.tag] what it was found by; empty: nothing
   * @param {string} use.source
   * @param {string} use.room
   * @param {number} use.at microseconds since 1970
   */
  used(stock, { item, tag = "", source, room, at }) {
    const today = day(at);
    const { decay, settings } = stock.bundle;
    grow(this.stickers, item, today, decay);
    if (tag) grow(this.tags, tag, today, decay);
    this.#move(stock, item, settings.mean_shift);
    this.ignored.delete(room);
    if (source !== "trial_send") return;
    const { rights } = this;
    rights.sent = rights.sent_day === today ? rights.sent + 1 : 1;
    rights.sent_day = today;
  }

  /**
   * @param {import("./stock.js").Stock} stock
   * @param {string} item
   * @param {number} shift
   */
  #move(stock, item, shift) {
    const d = stock.bundle.dimensions;
    const row = stock.row(item);
    if (row < 0) return;
    if (this.mean.length !== d) this.mean = new Array(d).fill(0);
    const vector = stock.vectors.subarray(row * d, (row + 1) * d);
    this.mean = this.mean.map((m, at) => m + Math.floor((vector[at] * 256 - m) / 2 ** shift));
  }

  /**
   * A row was shown in a room, and nothing of it was sent.
   * @param {string} room
   */
  wasIgnored(room) {
    this.ignored.set(room, Math.min(MOST, (this.ignored.get(room) ?? 0) + 1));
  }

  /**
   * The person wants to see less of a sticker.
   * @param {string} item
   */
  wantsLess(item) {
    this.less.set(item, Math.min(MOST, (this.less.get(item) ?? 0) + 1));
  }

  /**
   * Trial sends left on the day of a time.
   * @param {number} at microseconds since 1970
   */
  sendsLeft(at) {
    const { sends_until, sends_a_day, sent, sent_day } = this.rights;
    if (at >= sends_until) return 0;
    return Math.max(0, sends_a_day - (sent_day === day(at) ? sent : 0));
  }
}

/**
 * @param {Map<string, Count>} counts
 * @param {string} what
 * @param {number} today
 * @param {Uint32Array} decay
 */
function grow(counts, what, today, decay) {
  const before = counts.get(what);
  if (!before) {
    counts.set(what, { value: USE, day: today });
    return;
  }
  const later = Math.max(today, before.day);
  const value = Math.min(MOST, left(before.value, later - before.day, decay) + USE);
  counts.set(what, { value, day: later });
}

/**
 * JSON with the names of maps in ascending order; an object cannot have that, as it puts names that
 * are numbers first.
 * @param {unknown} value
 * @returns {string}
 */
function ordered(value) {
  if (Array.isArray(value)) return `[${value.map(ordered).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const named = value instanceof Map;
  const fields = named ? value : new Map(Object.entries(value));
  const names = named ? ascending([...fields.keys()]) : [...fields.keys()];
  return `{${names.map((name) => `${JSON.stringify(name)}:${ordered(fields.get(name))}`).join(",")}}`;
}

/**
 * Texts by their code points, which UTF-16 units alone do not give; each once.
 * @param {string[]} texts
 */
function ascending(texts) {
  const pairs = [...new Set(texts)].map((text) => ({ text, codes: Array.from(text) }));
  return pairs.sort((one, other) => compared(one.codes, other.codes)).map(({ text }) => text);
}

/**
 * @param {string[]} one
 * @param {string[]} other
 */
function compared(one, other) {
  for (let at = 0; at < one.length && at < other.length; at++) {
    const less = Number(one[at].codePointAt(0)) - Number(other[at].codePointAt(0));
    if (less) return less;
  }
  return one.length - other.length;
}

/** @param {unknown} value */
function id(value) {
  const read = text(value);
  if (read.length > LONGEST && Array.from(read).length > LONGEST) {
    throw new TypeError(`expected at most ${LONGEST} letters, got ${read}`);
  }
  return read;
}

/** @param {unknown} value */
function plan(value) {
  const read = text(value);
  if (read !== "" && read !== "basic" && read !== "deluxe") {
    throw new TypeError(`expected basic, deluxe or an empty text, got ${read}`);
  }
  return read;
}
