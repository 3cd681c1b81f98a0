// Answers cases as docs/bundle.md, section 10 has them, with nothing but the device module.

import { applied } from "/device/difference.js";
import {
  Bundle, BundleError, MATCHES, PLACES, Part, Person, Stock, arrived, folded, matches,
  ranked, silent,
} from "/device/index.js";
import { checked } from "/device/bundle.js";
import { sha256 } from "/device/signing.js";
import { sound } from "/device/text/sound.js";

/** The answers to the cases of a file, in order; `gives` is not looked at. */
export async function answers(address) {
  const { key, files, cases } = await (await fetch(address)).json();
  const world = new World([key], files);
  const given = [];
  for (const one of cases) given.push(await world[one.call](one));
  return JSON.stringify(given);
}

class World {
  constructor(keys, files) {
    this.keys = keys;
    this.files = new Map(Object.entries(files).map(([name, data]) => [name, unbase64(data)]));
    this.opened = new Map();
    this.stocks = new Map();
  }

  async open(name, kind = Bundle) {
    if (!this.opened.has(name)) {
      this.opened.set(name, await kind.open(this.files.get(name), this.keys));
    }
    return this.opened.get(name);
  }

  async stock({ file, parts }) {
    const name = [file, ...parts].join();
    if (!this.stocks.has(name)) {
      const opened = await Promise.all(parts.map((part) => this.open(part, Part)));
      this.stocks.set(name, new Stock(await this.open(file), opened));
    }
    return this.stocks.get(name);
  }

  folded({ text }) {
    return folded(text);
  }

  sound({ text }) {
    const { whole, begins } = sound(text);
    return [whole, begins];
  }

  async matches({ file, text, caret }) {
    const { letters, found } = matches(await this.open(file), text, caret);
    return {
      letters,
      found: found.map((one) => [
        one.tag, one.value, one.keyword, MATCHES[one.match], PLACES[one.place], one.units,
        one.begin, one.end,
      ]),
    };
  }

  async ranked({ file, parts, text, person, at, offset }) {
    const stock = await this.stock({ file, parts });
    return ranked(stock, matches(stock.bundle, text), new Person(person), { at, offset });
  }

  async silent({ file, text, person, at, room, recent }) {
    const bundle = await this.open(file);
    return silent(bundle, matches(bundle, text), new Person(person), { at, room, recent });
  }

  async person({ file, parts, person, acts }) {
    const stock = await this.stock({ file, parts });
    const known = Person.read(JSON.stringify(person));
    for (const act of acts) {
      if (act.act === "used") known.used(stock, act);
      if (act.act === "was_ignored") known.wasIgnored(act.room);
      if (act.act === "wants_less") known.wantsLess(act.item);
      if (act.act === "wipe") known.wipe();
    }
    return { gives: known.export(), sends_left: known.sendsLeft(acts.at(-1).at) };
  }

  reads({ text }) {
    try {
      return Person.read(text).export();
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof TypeError) return null;
      throw error;
    }
  }

  async arrived({ file, locale, held, change }) {
    const data = this.files.get(file).slice(0, change.cut);
    if ("at" in change) data[change.at] ^= change.xor;
    const inUse = held && (await this.open(held));
    return reason(() => arrived(data, this.keys, locale, inUse));
  }

  async opens({ file, kind }) {
    return reason(() => (kind === 2 ? Part : Bundle).open(this.files.get(file), this.keys));
  }

  async applied({ old, file }) {
    const bundle = await this.open(old);
    const form = await checked(this.files.get(file), this.keys);
    const made = await sha256(await applied(form, bundle));
    return Array.from(made, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}

/** Why a file is refused; null when it is not. Anything else that is thrown stays thrown. */
async function reason(open) {
  try {
    await open();
    return null;
  } catch (error) {
    if (error instanceof BundleError) return error.reason;
    throw error;
  }
}

/** Bytes that lie anywhere in their buffer, as they may when they come out of an archive. */
function unbase64(data) {
  const letters = atob(data);
  const begin = letters.length % 8;
  const bytes = new Uint8Array(begin + letters.length).subarray(begin);
  for (let at = 0; at < bytes.length; at++) bytes[at] = letters.charCodeAt(at);
  return bytes;
}
