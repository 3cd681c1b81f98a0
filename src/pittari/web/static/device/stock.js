// All stickers the device knows: the bundle's, and those of the packages its person has.

import { BundleError } from "./errors.js";

/**
 * Links of one tag into a stock.
 * @typedef {object} Attached
 * @property {number[]} items rows of the stock
 * @property {number[]} weights
 */

/** A bundle and parts as one list of items; made anew when a part comes or goes. */
export class Stock {
  /**
   * @param {import("./bundle.js").Bundle} bundle
   * @param {import("./bundle.js").Part[]} [parts] of the packages on this device; one whose
   *   vectors are not of the bundle's kind is refused: BundleError `damaged`
   */
  constructor(bundle, parts = []) {
    this.bundle = bundle;
    this.parts = parts;
    /** @type {Map<string, number>} rows of the packages by id */
    this.packages = rows(bundle.packages);
    /** @type {Map<number, Attached>} what parts attach to the bundle's tags, by tag */
    this.attached = new Map();
    /** @type {Map<string, number> | null} made when first needed */
    this.byId = null;
    this.length = bundle.items.length;
    const most = parts.reduce((sum, part) => sum + part.items.length, this.length);
    this.packageOf = new Uint32Array(most);
    this.flags = new Uint8Array(most);
    this.prior = new Uint8Array(most);
    this.regionsOf = new Uint8Array(most);
    this.clusterOf = new Uint8Array(most);
    this.vectors = new Int8Array(most * bundle.dimensions);
    this.packageOf.set(bundle.packageOf);
    this.flags.set(bundle.flags);
    this.prior.set(bundle.prior);
    this.regionsOf.set(bundle.regionsOf);
    this.clusterOf.set(bundle.clusterOf);
    this.vectors.set(bundle.vectors);
    /** @type {string[]} ids of the items that only parts have */
    this.added = [];
    for (const part of parts) this.#add(part);
  }

  /** @param {import("./bundle.js").Part} part */
  #add(part) {
    const { dimensions } = this.bundle;
    if (part.dimensions !== dimensions) {
      const message = `part ${part.name}: expected vectors of ${dimensions}, got ${part.dimensions}`;
      throw new BundleError("damaged", message);
    }
    const known = this.#ids();
    const packages = Array.from({ length: part.packages.length }, (_, row) => {
      const id = part.packages.text(row);
      const found = this.packages.get(id) ?? this.packages.size;
      this.packages.set(id, found);
      return found;
    });
    const items = Array.from({ length: part.items.length }, (_, row) => {
      const id = part.items.text(row);
      const found = known.get(id);
      if (found !== undefined) return found;
      const next = this.length++;
      known.set(id, next);
      this.added.push(id);
      this.packageOf[next] = packages[part.packageOf[row]];
      this.flags[next] = part.flags[row];
      this.prior[next] = part.prior[row];
      this.clusterOf[next] = part.clusterOf[row];
      const vector = part.vectors.subarray(row * dimensions, (row + 1) * dimensions);
      this.vectors.set(vector, next * dimensions);
      return next;
    });
    for (let row = 0; row < part.tags.length; row++) this.#attach(part, row, items);
  }

  /**
   * @param {import("./bundle.js").Part} part
   * @param {number} row of the part's tag
   * @param {number[]} items rows of the stock by rows of the part
   */
  #attach(part, row, items) {
    const tag = this.bundle.tags.row(part.tags.text(row));
    if (tag < 0) return;
    const { starts, to, weights } = part.tagged;
    const attached = this.attached.get(tag) ?? { items: [], weights: [] };
    this.attached.set(tag, attached);
    for (let link = starts[row]; link < starts[row + 1]; link++) {
      attached.items.push(items[to[link]]);
      attached.weights.push(weights[link]);
    }
  }

  #ids() {
    return (this.byId ??= rows(this.bundle.items));
  }

  /**
   * The row of an item.
   * @param {string} id
   * @returns {number} -1: not known here
   */
  row(id) {
    return this.#ids().get(id) ?? -1;
  }

  /**
   * The id of an item.
   * @param {number} row
   */
  item(row) {
    const own = this.bundle.items.length;
    return row < own ? this.bundle.items.text(row) : this.added[row - own];
  }
}

/**
 * Rows by text; of one that stands twice, the first.
 * @param {import("./texts.js").Texts} texts
 */
function rows(texts) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (let row = texts.length - 1; row >= 0; row--) found.set(texts.text(row), row);
  return found;
}
