// Which stickers stand in the row, and in which order?

import { MATCHES, PLACES } from "./bundle.js";
import { day, left, logarithm, recency } from "./counting.js";
import { NONE, Permit, SOURCES } from "./sources.js";
import { ALONE, CLEAR } from "./text/letters.js";

const MINUTE = 60_000_000;
const MOST = 255;
const ANIMATED = 1;

/** What a score adds up, in the order of a ranker's columns (docs/bundle.md, section 8). */
export const FEATURES = [
  "match", ...MATCHES, "clear", "alone", "typed", "rate", "hour", "tag_uses", "tag_recency",
  "confidence", "prior", "animated", "uses", "recency", "less", "taste", "cluster", ...SOURCES,
];
const column = Object.fromEntries(FEATURES.map((name, at) => [name, at]));
const {
  match: MATCH, whole: WHOLE, clear: CLEARED, alone: ALONED, typed: TYPED, rate: RATE, hour: HOUR,
  tag_uses: TAG_USES, tag_recency: TAG_RECENCY, confidence: CONFIDENCE, prior: PRIOR,
  animated: MOVES, uses: USES, recency: RECENCY, less: LESS, taste: TASTE, cluster: CLUSTER,
  owned: OWNED,
} = column;

/**
 * A sticker of the row.
 * @typedef {object} Sticker
 * @property {string} item
 * @property {string} tag what it was found by
 * @property {string} keyword
 * @property {string} match how the keyword matched: one of `MATCHES`
 * @property {string} place where: one of `PLACES`
 * @property {number} value of the match
 * @property {number} confidence of the tag, 1 to 255
 * @property {string} source one of `SOURCES`
 * @property {number} score
 * @property {Record<string, number>} parts what makes up the score: weight x feature, unless 0
 */

/**
 * When it is.
 * @typedef {object} Now
 * @property {number} at microseconds since 1970
 * @property {number} [offset] of the clock, in minutes east of Greenwich
 */

/**
 * Fills the row for what was found (docs/bundle.md, section 8).
 * @param {import("./stock.js").Stock} stock
 * @param {import("./matching.js").Matches} matches
 * @param {import("./person.js").Person} person
 * @param {Now} now
 * @returns {Sticker[]} the best first
 */
export function ranked(stock, { found }, person, now) {
  const ranker = new Ranker(stock, person, now);
  for (const match of found) ranker.take(match);
  return ranker.row();
}

/** Scores candidates, column by column, for one person at one time. */
class Ranker {
  /**
   * @param {import("./stock.js").Stock} stock
   * @param {import("./person.js").Person} person
   * @param {Now} now
   */
  constructor(stock, person, { at, offset = 0 }) {
    const { bundle } = stock;
    this.stock = stock;
    this.person = person;
    this.permit = new Permit(stock, person, at);
    this.today = day(at);
    const minutes = Math.floor(at / MINUTE) + offset;
    this.hour = Math.floor(modulo(Math.floor(minutes / 60), 24) / 3);
    this.weights = Int32Array.from(FEATURES, (name) => bundle.ranker.get(name) ?? 0);
    this.features = new Int32Array(FEATURES.length);
    this.mean = person.mean.length === bundle.dimensions ? Float64Array.from(person.mean) : null;
    this.cluster = this.mean ? nearest(bundle, this.mean) : NONE;
    /** @type {import("./matching.js").Match[]} */
    this.matches = [];
    // Candidates, a column each: match, row of the item, confidence, source, score.
    /** @type {number[]} */
    this.by = [];
    /** @type {number[]} */
    this.items = [];
    /** @type {number[]} */
    this.confidences = [];
    /** @type {number[]} */
    this.sources = [];
    /** @type {number[]} */
    this.scores = [];
  }

  /**
   * Scores the candidates of a tag.
   * @param {import("./matching.js").Match} match
   */
  take(match) {
    const { stock } = this;
    const { tagged, offered } = stock.bundle;
    this.#turn(match);
    this.matches.push(match);
    const attached = stock.attached.get(match.tag);
    attached?.items.forEach((item, at) => this.#score(item, attached.weights[at], false));
    const begin = tagged.starts[match.tag];
    const free = begin + offered[match.tag];
    for (let link = begin; link < tagged.starts[match.tag + 1]; link++) {
      this.#score(tagged.to[link], tagged.weights[link], link < free);
    }
  }

  /**
   * @param {number} item
   * @param {number} confidence
   * @param {boolean} offered
   */
  #score(item, confidence, offered) {
    const source = this.permit.source(item, offered);
    if (source === NONE) return;
    this.#look(item, confidence, source);
    let score = 0;
    for (let at = 0; at < FEATURES.length; at++) score += this.weights[at] * this.features[at];
    this.by.push(this.matches.length - 1);
    this.items.push(item);
    this.confidences.push(confidence);
    this.sources.push(source);
    this.scores.push(score);
  }

  /**
   * Fills in the features that all candidates of a match have in common.
   * @param {import("./matching.js").Match} match
   */
  #turn({ tag, value, match, place, units }) {
    const { features } = this;
    const { bundle } = this.stock;
    features.fill(0);
    features[MATCH] = value;
    features[WHOLE + match] = MOST;
    features[CLEARED] = place === CLEAR || place === ALONE ? MOST : 0;
    features[ALONED] = place === ALONE ? MOST : 0;
    features[TYPED] = Math.min(MOST, units);
    features[RATE] = bundle.rate[tag];
    features[HOUR] = bundle.hours[tag * 8 + this.hour];
    const count = this.person.tags.get(bundle.tags.text(tag));
    if (!count) return;
    const days = this.today - count.day;
    features[TAG_USES] = logarithm(left(count.value, days, bundle.decay));
    features[TAG_RECENCY] = recency(days);
  }

  /**
   * Fills in the features of a candidate.
   * @param {number} item
   * @param {number} confidence
   * @param {number} source
   */
  #look(item, confidence, source) {
    const { features, stock, person } = this;
    const id = stock.item(item);
    const count = person.stickers.get(id);
    const days = count ? this.today - count.day : 0;
    features[CONFIDENCE] = confidence;
    features[PRIOR] = stock.prior[item];
    features[MOVES] = stock.flags[item] & ANIMATED ? MOST : 0;
    features[USES] = count ? logarithm(left(count.value, days, stock.bundle.decay)) : 0;
    features[RECENCY] = count ? recency(days) : 0;
    features[LESS] = Math.min(MOST, 128 * (person.less.get(id) ?? 0));
    features[TASTE] = this.#taste(item);
    features[CLUSTER] =
      this.cluster !== NONE && stock.clusterOf[item] === this.cluster ? MOST : 0;
    for (let at = 0; at < SOURCES.length; at++) features[OWNED + at] = at === source ? MOST : 0;
  }

  /** @param {number} item */
  #taste(item) {
    if (!this.mean) return 0;
    const sum = dot(this.mean, this.stock.vectors, item);
    return Math.max(-MOST, Math.min(MOST, Math.floor(sum / 16_384)));
  }

  /** The row: by score, no sticker twice, only so many that are not owned. */
  row() {
    const { scores, items, sources } = this;
    const { row: most, not_owned: others } = this.stock.bundle.settings;
    const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a] || a - b);
    const standing = new Set();
    /** @type {Sticker[]} */
    const row = [];
    let foreign = 0;
    for (const at of order) {
      if (row.length >= most) break;
      const owned = SOURCES[sources[at]] === "owned";
      if (standing.has(items[at]) || (!owned && foreign >= others)) continue;
      standing.add(items[at]);
      if (!owned) foreign++;
      row.push(this.#sticker(at));
    }
    return row;
  }

  /**
   * @param {number} at row of the candidate
   * @returns {Sticker}
   */
  #sticker(at) {
    const { bundle } = this.stock;
    const found = this.matches[this.by[at]];
    this.#turn(found);
    this.#look(this.items[at], this.confidences[at], this.sources[at]);
    /** @type {Record<string, number>} */
    const parts = {};
    FEATURES.forEach((name, column) => {
      const part = this.weights[column] * this.features[column];
      if (part) parts[name] = part;
    });
    return {
      item: this.stock.item(this.items[at]),
      tag: bundle.tags.text(found.tag),
      keyword: bundle.keywords.text(found.keyword),
      match: MATCHES[found.match],
      place: PLACES[found.place],
      value: found.value,
      confidence: this.confidences[at],
      source: SOURCES[this.sources[at]],
      score: this.scores[at],
      parts,
    };
  }
}

/**
 * The taste cluster of a mean: the first of the best.
 * @param {import("./bundle.js").Bundle} bundle
 * @param {Float64Array} mean
 */
function nearest({ clusters, centres }, mean) {
  if (mean.every((one) => one === 0)) return NONE;
  let best = NONE;
  let most = -Infinity;
  for (let row = 0; row < clusters; row++) {
    const sum = dot(mean, centres, row);
    if (sum > most) [best, most] = [row, sum];
  }
  return best;
}

/**
 * @param {Float64Array} mean
 * @param {Int8Array} vectors
 * @param {number} row
 */
function dot(mean, vectors, row) {
  const d = mean.length;
  let sum = 0;
  for (let at = 0; at < d; at++) sum += mean[at] * vectors[row * d + at];
  return sum;
}

/**
 * @param {number} value
 * @param {number} by
 */
function modulo(value, by) {
  return ((value % by) + by) % by;
}
