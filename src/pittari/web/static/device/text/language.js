// What a language needs to be read: letters, stopped words, quotes, negation, words of trouble.

import { flag, list, map, only, or, text, whole } from "../shape.js";

const BMP = 0xffff;
const number = whole(-(2 ** 53), 2 ** 53);
const words = or(list(text), []);
const scripts = list(
  only({ name: text, ranges: list(list(number)), units: number, words: flag }),
);
const negation = only({
  reach: or(number, 0), joints: words, after: words, words: or(number, 0), before: words,
});
const read = only({
  scripts,
  stops: words,
  clause_ends: or(text, ""),
  quotes: words,
  negation: or(negation, negation({})),
  veto: or(map(list(text)), new Map()),
});

/** The section `language` of a bundle (docs/bundle.md, section 5), ready to be asked. */
export class Language {
  /** @param {unknown} json throws TypeError when it is something else */
  constructor(json) {
    const told = read(json);
    /** Kind of letter by code point below 2^16: row of the script + 1; 0 is a gap. */
    this.kinds = new Uint8Array(BMP + 1);
    /** @type {[number, number, number][]} first, last and kind of the ranges that go on above */
    this.above = [];
    told.scripts.forEach(({ ranges }, at) => {
      for (const [first, last] of ranges) this.#range(first, last, at + 1);
    });
    this.units = Int32Array.from([0, ...told.scripts.map((one) => one.units)]);
    this.words = Uint8Array.from([0, ...told.scripts.map((one) => Number(one.words))]);
    this.stops = new Set(told.stops);
    this.longestStop = Math.max(0, ...told.stops.map((one) => one.length));
    this.clauseEnds = new Set(codes(told.clause_ends));
    /** What ends a quotation, by what begins it. */
    this.quotes = new Map(told.quotes.map(codes).map((pair) => [pair[0], pair[pair.length - 1]]));
    this.negation = { ...told.negation, before: new Set(told.negation.before) };
    this.veto = [...told.veto.values()].flat();
  }

  /**
   * @param {number} first
   * @param {number} last
   * @param {number} kind
   */
  #range(first, last, kind) {
    for (let code = first; code <= Math.min(last, BMP); code++) this.kinds[code] = kind;
    if (last > BMP) this.above.push([Math.max(first, BMP + 1), last, kind]);
  }

  /**
   * Kind of letter of a code point; 0 is a gap.
   * @param {number} code
   */
  kind(code) {
    if (code <= BMP) return this.kinds[code];
    for (const [first, last, kind] of this.above) if (first <= code && code <= last) return kind;
    return 0;
  }
}

/**
 * @param {string} text
 * @returns {number[]} its code points
 */
function codes(text) {
  return Array.from(text, (one) => /** @type {number} */ (one.codePointAt(0)));
}
