// The bundle on this device: kept, renewed, and asked at each key stroke. Asking sends nothing.

import {
  Bundle, BundleError, Part, Stock, arrived, matches, ranked, silent,
} from "../device/index.js";
import { language } from "./words.js";

const RECENT = 4;

/** @typedef {import("../device/ranking.js").Sticker} Sticker */

/**
 * A sticker that is suggested, and the letters that called for it.
 * @typedef {Sticker & { piece: string }} Suggested
 */

/** What this device has to suggest from. */
export class Device {
  /** @param {import("./storage.js").Storage} storage */
  constructor(storage) {
    this.storage = storage;
    /** @type {Bundle | null} */
    this.bundle = null;
    /** @type {Map<string, Part>} by package */
    this.parts = new Map();
    /** @type {string[]} public keys */
    this.keys = [];
    /** Why what came last was not used, "" when it was. */
    this.refused = "";
    /** @type {Map<string, Stock>} by the packages it is of */
    this.stocks = new Map();
  }

  /** Opens what is kept; what can no longer be read is fetched again. */
  async open() {
    this.keys = (await this.storage.get("kept", "keys")) ?? [];
    const bytes = await this.storage.get("kept", `bundle ${language}`);
    if (!bytes) return;
    this.bundle = await Bundle.open(bytes, this.keys, { kept: true }).catch(() => null);
  }

  /** Opens the kept parts of packages. */
  async openParts(/** @type {string[]} */ packages) {
    for (const id of packages.filter((one) => !this.parts.has(one))) {
      const bytes = await this.storage.get("kept", `part ${id}`);
      const part = bytes && (await Part.open(bytes, this.keys, { kept: true }).catch(() => null));
      if (part) this.parts.set(id, part);
    }
    this.stocks.clear();
  }

  /**
   * Asks for what is new. Throws only when nobody answers.
   * @param {string[]} packages those of everybody here
   * @returns {Promise<boolean>} whether another project answers at this address than before
   */
  async renew(packages) {
    const { keys } = await (await fetched("/v1/bundles")).json();
    const before = this.keys;
    const strange = before.length > 0 && !before.some((key) => keys.includes(key));
    await this.#renewBundle(keys);
    for (const id of packages) await this.#renewPart(id, keys);
    this.stocks.clear();
    return strange;
  }

  /**
   * The keys are kept with what they signed: a bundle that is refused leaves the old ones.
   * @param {string[]} keys
   */
  async #renewBundle(keys) {
    const held = this.bundle;
    const address = `/v1/bundles/${language}`;
    try {
      const asked = await fetch(held ? `${address}?have=${held.version}` : address);
      if (!asked.ok) return;
      const bundle = await arrived(await asked.arrayBuffer(), keys, language, held);
      this.refused = "";
      this.keys = keys;
      await this.storage.put("kept", keys, "keys");
      if (held && bundle.version === held.version) return;
      await this.storage.put("kept", bundle.bytes, `bundle ${language}`);
      this.bundle = bundle;
    } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      this.refused = error.reason;
    }
  }

  /**
   * @param {string} id
   * @param {string[]} keys
   */
  async #renewPart(id, keys) {
    try {
      const asked = await fetch(`/v1/parts/${encodeURIComponent(id)}`);
      if (!asked.ok) return;
      const part = await Part.open(await asked.arrayBuffer(), keys);
      const held = this.parts.get(id);
      if (part.packages.text(0) !== id || (held && part.version <= held.version)) return;
      await this.storage.put("kept", part.bytes, `part ${id}`);
      this.parts.set(id, part);
    } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      this.refused = error.reason;
    }
  }

  /**
   * All stickers of the bundle and of somebody's packages.
   * @param {import("../device/index.js").Person} person
   * @returns {Stock | null}
   */
  stock({ rights }) {
    if (!this.bundle) return null;
    const packages = [...rights.owned, ...rights.kept];
    const key = packages.join("\n");
    const known = this.stocks.get(key);
    if (known) return known;
    const parts = packages.map((id) => this.parts.get(id)).filter((part) => part !== undefined);
    const made = new Stock(this.bundle, parts);
    this.stocks.set(key, made);
    return made;
  }

  /** Ids of all stickers that could ever stand in a row here. */
  items() {
    const found = new Set();
    for (const shelf of this.bundle ? [this.bundle, ...this.parts.values()] : []) {
      for (let row = 0; row < shelf.items.length; row++) found.add(shelf.items.text(row));
    }
    return found;
  }

  /**
   * What goes with a text, or nothing where silence is better.
   * @param {import("../device/index.js").Person} person
   * @param {string} text
   * @param {number | null} caret code points before it
   * @param {{ room: string, recent: string[] }} place
   * @returns {Suggested[]}
   */
  suggested(person, text, caret, { room, recent }) {
    const stock = this.stock(person);
    if (!stock) return [];
    const found = matches(stock.bundle, text, caret);
    const at = Date.now() * 1000;
    if (silent(stock.bundle, found, person, { at, room, recent: recent.slice(-RECENT) })) return [];
    const offset = -new Date().getTimezoneOffset();
    const letters = Array.from(found.text.text);
    return ranked(stock, found, person, { at, offset }).map((sticker) => {
      const match = found.found.find(({ tag }) => stock.bundle.tags.text(tag) === sticker.tag);
      return { ...sticker, piece: match ? letters.slice(match.begin, match.end).join("") : text };
    });
  }
}

/** @param {string} address */
async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer;
}
