// What a device knows of a locale: a file's sections, checked once and then only looked at.

import { BundleError } from "./errors.js";
import { LOCALE, PART, aligned, i16, i8, read, section, u32, u8, utf8 } from "./format.js";
import { list, map, or, record, text, whole } from "./shape.js";
import { intact, signed } from "./signing.js";
import { Finding } from "./text/finding.js";
import { Language } from "./text/language.js";
import { Texts } from "./texts.js";

const HOURS = 8;

/** How a piece matched, in the order of the setting `matches`. */
export const MATCHES = [
  "whole", "prefix", "sound", "sound_prefix", "held", "held_prefix", "emoji",
];
/** Where a piece stands, in the order of the setting `places`. */
export const PLACES = ["inside", "right", "left", "clear", "alone"];

const count = whole(0, 65_535);
const weight = whole(0, 256);
const readSettings = record({
  row: or(count, 8),
  not_owned: or(count, 3),
  tags: or(count, 8),
  reach: or(count, 32),
  matches: list(weight),
  places: list(weight),
  half_life: or(count, 30),
  mean_shift: or(count, 4),
  ignored_each: or(count, 3),
  ignored_most: or(count, 8),
  ignored_step: or(count, 2500),
  basic: or(count, 5),
  deluxe: or(count, 1000),
});
const readMeta = record({
  locale: text,
  settings: readSettings,
  ranker: list(text),
  quiet: list(text),
  regions: or(list(list(text)), [[]]),
  made_from: or(map(text), new Map()),
});

/**
 * Links from rows of one list to rows of another, weighted.
 * @typedef {object} Links
 * @property {Uint32Array} starts the links of row r are those from starts[r] to starts[r + 1]
 * @property {Uint32Array} to
 * @property {Uint8Array} weights
 */

/**
 * @typedef {object} Opening
 * @property {boolean} [kept] the file was checked when it came and was kept by this device since:
 *   sections are not compared with their SHA-256 again
 */

/** What locale bundles and parts have in common: tags, items, packages. */
class Shelf {
  /** @param {import("./format.js").Form} form checked and signed; throws BundleError `damaged` */
  constructor(form) {
    this.form = form;
    /** The locale of a bundle, the package of a part. */
    this.name = form.name;
    this.version = form.version;
    this.created = form.created;
    this.items = new Texts(form, "it");
    this.packages = new Texts(form, "pk");
    this.tags = new Texts(form, "tag", "once");
    this.tagged = links(form, "tag", this.tags.length, this.items.length);
    this.offered = column(u8(form, "tag.off"), this.tags.length, "tag.off");
    const { starts } = this.tagged;
    if (this.offered.some((most, tag) => most > starts[tag + 1] - starts[tag])) {
      throw new BundleError("damaged", "more items of a tag are offered than it has");
    }
    this.rate = column(u8(form, "tag.rate"), this.tags.length, "tag.rate");
    this.hours = column(u8(form, "tag.hour", HOURS), this.tags.length * HOURS, "tag.hour");
    const n = this.items.length;
    this.packageOf = below(u32(form, "it.pack"), n, this.packages.length, "it.pack");
    this.flags = column(u8(form, "it.flag"), n, "it.flag");
    this.prior = column(u8(form, "it.prior"), n, "it.prior");
    this.regionsOf = column(u8(form, "it.reg"), n, "it.reg");
    this.clusterOf = column(u8(form, "it.clus"), n, "it.clus");
    /** Columns of `it.vec`. */
    this.dimensions = section(form, "it.vec", 4, 0).columns;
    this.vectors = column(i8(form, "it.vec"), n * this.dimensions, "it.vec");
  }

  /** The file itself, to be kept. */
  get bytes() {
    return this.form.bytes;
  }
}

/** One package's stickers and their tags. */
export class Part extends Shelf {
  /**
   * Opens a part file.
   * @param {ArrayBuffer | Uint8Array} data
   * @param {Iterable<import("./signing.js").PublicKey>} keys whose files are believed
   * @param {Opening} [opening]
   * @returns {Promise<Part>} throws BundleError
   */
  static async open(data, keys, opening) {
    return new Part(await believed(data, keys, PART, opening));
  }
}

/** A locale's words, tags, stickers, weights and rules. */
export class Bundle extends Shelf {
  /**
   * Opens a locale bundle. No byte is copied; the buffer must not be changed afterwards.
   * @param {ArrayBuffer | Uint8Array} data
   * @param {Iterable<import("./signing.js").PublicKey>} keys whose files are believed
   * @param {Opening} [opening]
   * @returns {Promise<Bundle>} throws BundleError
   */
  static async open(data, keys, opening) {
    return new Bundle(await believed(data, keys, LOCALE, opening));
  }

  /** @param {import("./format.js").Form} form checked and signed; throws BundleError `damaged` */
  constructor(form) {
    super(form);
    this.meta = json(form, "meta", readMeta);
    this.settings = this.meta.settings;
    this.language = json(form, "language", (told) => new Language(told));
    this.keywords = new Texts(form, "kw", "once");
    this.finding = new Finding(this.keywords);
    this.meant = links(form, "kw", this.keywords.length, this.tags.length);
    this.sounds = new Texts(form, "snd", "ascending");
    this.sounding = below(u32(form, "snd.kw"), this.sounds.length, this.keywords.length, "snd.kw");
    this.skeletons = new Texts(form, "run", "ascending");
    this.held = below(u32(form, "run.kw"), this.skeletons.length, this.keywords.length, "run.kw");
    const centres = section(form, "clus", 4, this.dimensions);
    this.clusters = centres.rows;
    this.centres = i8(form, "clus");
    this.ranker = weights(i16(form, "rank"), this.meta.ranker, "rank");
    this.quiet = weights(i16(form, "quiet"), this.meta.quiet, "quiet");
    this.decay = u32(form, "decay");
    within(this.regionsOf, this.meta.regions.length, "it.reg");
    const { matches, places } = this.settings;
    if (
      matches.length !== MATCHES.length || places.length !== PLACES.length ||
      !this.decay.length || this.meta.locale !== this.name
    ) {
      throw new BundleError("damaged", "the bundle's sections do not fit each other");
    }
  }
}

/**
 * All checks of a file as such, in the document's order.
 * @param {ArrayBuffer | Uint8Array} data
 * @param {Iterable<import("./signing.js").PublicKey>} keys
 * @param {number} kind
 * @param {Opening} [opening]
 */
async function believed(data, keys, kind, opening = {}) {
  const form = await checked(data, keys, opening);
  if (form.kind !== kind) {
    throw new BundleError("kind", `expected a file of kind ${kind}, got ${form.kind}`);
  }
  return form;
}

/**
 * Header, table, signature and, unless it was kept, sections.
 * @param {ArrayBuffer | Uint8Array} data
 * @param {Iterable<import("./signing.js").PublicKey>} keys
 * @param {Opening} [opening]
 */
export async function checked(data, keys, { kept = false } = {}) {
  const form = read(aligned(data));
  await signed(form, keys);
  if (!kept) await intact(form);
  return form;
}

/**
 * A section that holds JSON.
 * @template T
 * @param {import("./format.js").Form} form
 * @param {string} name
 * @param {import("./shape.js").Reader<T>} reader
 * @returns {T}
 */
function json(form, name, reader) {
  const said = utf8(u8(form, name), `section ${name}`);
  try {
    return reader(JSON.parse(said));
  } catch (error) {
    throw new BundleError("damaged", `section ${name}: ${error}`);
  }
}

/**
 * @param {import("./format.js").Form} form
 * @param {string} name
 * @param {number} rows
 * @param {number} targets
 * @returns {Links}
 */
function links(form, name, rows, targets) {
  const counts = column(u32(form, `${name}.num`), rows, `${name}.num`);
  const starts = new Uint32Array(rows + 1);
  let all = 0;
  for (let row = 0; row < rows; row++) starts[row + 1] = all += counts[row];
  const to = below(u32(form, `${name}.to`), all, targets, `${name}.to`);
  return { starts, to, weights: column(u8(form, `${name}.w`), all, `${name}.w`) };
}

/**
 * @template {Uint8Array | Int8Array | Uint32Array} T
 * @param {T} found
 * @param {number} length
 * @param {string} name
 * @returns {T}
 */
function column(found, length, name) {
  if (found.length === length) return found;
  throw new BundleError("damaged", `${name}: expected ${length} cells, got ${found.length}`);
}

/**
 * @param {Uint32Array} found
 * @param {number} length
 * @param {number} limit
 * @param {string} name
 */
function below(found, length, limit, name) {
  within(column(found, length, name), limit, name);
  return found;
}

/**
 * @param {Uint8Array | Uint32Array} found
 * @param {number} limit
 * @param {string} name
 */
function within(found, limit, name) {
  for (let at = 0; at < found.length; at++) {
    if (found[at] >= limit) throw new BundleError("damaged", `${name} points behind the end`);
  }
}

/**
 * Weights by their names.
 * @param {Int16Array} values
 * @param {string[]} names
 * @param {string} section
 * @returns {Map<string, number>}
 */
function weights(values, names, section) {
  if (!Array.isArray(names) || names.length !== values.length) {
    throw new BundleError("damaged", `section ${section} has not a weight for each name`);
  }
  return new Map(names.map((name, at) => [name, values[at]]));
}
