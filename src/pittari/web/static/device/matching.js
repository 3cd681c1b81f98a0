// Which tags does what is being typed call for?

import { MATCHES } from "./bundle.js";
import { folded } from "./text/folding.js";
import { ALONE, CLEAR, Letters } from "./text/letters.js";
import { held, lengthens, runs } from "./text/runs.js";
import { sound } from "./text/sound.js";

const [WHOLE, PREFIX, SOUND, SOUND_PREFIX, HELD, HELD_PREFIX, EMOJI] = MATCHES.keys();
const SMALL_TSU = 0x3063;
const LONG = 0x30fc;
const encoder = new TextEncoder();

/**
 * A tag that the text calls for.
 * @typedef {object} Match
 * @property {number} tag row of `bundle.tags`
 * @property {number} value above 0
 * @property {number} keyword row of `bundle.keywords`
 * @property {number} match row of `MATCHES`
 * @property {number} place row of `PLACES`
 * @property {number} units of the piece that matched
 * @property {number} begin in the folded text, in code points
 * @property {number} end
 */

/**
 * What was found in a text.
 * @typedef {object} Matches
 * @property {Letters} text the whole text, folded
 * @property {number} letters how many letters it has
 * @property {Match[]} found the best first, at most as many as the setting `tags` says
 */

/**
 * Finds the tags that a text calls for (docs/bundle.md, section 7).
 * @param {import("./bundle.js").Bundle} bundle
 * @param {string} text as it stands in the input, not folded
 * @param {number | null} [caret] code points before the caret; null: all
 * @returns {Matches}
 */
export function matches(bundle, text, caret = null) {
  const all = new Letters(folded(text), bundle.language);
  const before = beforeCaret(text, caret);
  const begun = before === null ? all : new Letters(folded(before), bundle.language);
  const spans = new Spans(bundle);
  const covered = wholeKeywords(all, spans);
  betweenGaps(all, covered, spans);
  begunKeywords(begun, covered, spans);
  return { text: all, letters: all.letters, found: spans.best() };
}

/**
 * The code points before a caret; null when that is all of them.
 * @param {string} text
 * @param {number | null} caret
 */
function beforeCaret(text, caret) {
  if (caret === null || caret >= text.length) return null;
  const codes = Array.from(text);
  return caret < codes.length ? codes.slice(0, Math.max(0, caret)).join("") : null;
}

/** Collects spans, and keeps the best link to each tag. */
class Spans {
  /** @param {import("./bundle.js").Bundle} bundle */
  constructor(bundle) {
    this.bundle = bundle;
    this.values = new Int32Array(bundle.tags.length);
    /** @type {Map<number, Match>} by tag, in the order in which their best links came */
    this.matches = new Map();
    /** Whether anything was added since this was last set to false. */
    this.any = false;
  }

  /**
   * Adds a span.
   * @param {number} match how it matched
   * @param {Letters} letters where it stands
   * @param {number} begin
   * @param {number} end
   * @param {Iterable<number>} keywords their rows, in order
   */
  add(match, letters, begin, end, keywords) {
    const { settings, meant } = this.bundle;
    const place = letters.place(begin, end);
    const units = letters.units(begin, end);
    const strength = Math.floor((settings.matches[match] * settings.places[place]) / 256);
    for (const keyword of keywords) {
      this.any = true;
      for (let link = meant.starts[keyword]; link < meant.starts[keyword + 1]; link++) {
        const tag = meant.to[link];
        const value = Math.floor((strength * meant.weights[link]) / 256);
        if (value <= this.values[tag]) continue;
        this.values[tag] = value;
        this.matches.delete(tag);
        this.matches.set(tag, { tag, value, keyword, match, place, units, begin, end });
      }
    }
  }

  /** The tags found, by value; equal ones as they came. */
  best() {
    const found = [...this.matches.values()].sort((one, other) => other.value - one.value);
    return found.slice(0, Math.max(0, this.bundle.settings.tags));
  }
}

/**
 * Whole keywords that stand in a text: the longest first, none over another.
 * @param {Letters} letters
 * @param {Spans} spans
 * @returns {Covered}
 */
function wholeKeywords(letters, spans) {
  const { finding } = spans.bundle;
  /** @type {{row: number, begin: number, end: number}[]} */
  const standing = [];
  for (let begin = 0; begin < letters.length; begin++) {
    if (!finding.any(letters.codes[begin]) || letters.cuts(begin)) continue;
    finding.at(letters, begin, (row, end) => {
      if (stands(letters, begin, end)) standing.push({ row, begin, end });
    });
  }
  standing.sort((a, b) => b.end - b.begin - (a.end - a.begin) || a.begin - b.begin);
  const covered = new Covered(letters.length);
  const taken = standing.filter(({ begin, end }) => covered.take(begin, end));
  for (const { row, begin, end } of taken.sort((a, b) => a.begin - b.begin)) {
    if (letters.blocked(begin, end)) continue;
    spans.add(letters.kinds[begin] ? WHOLE : EMOJI, letters, begin, end, [row]);
  }
  return covered;
}

/**
 * Whether a piece that begins well may be a keyword of its own.
 * @param {Letters} letters
 * @param {number} begin
 * @param {number} end
 */
function stands(letters, begin, end) {
  if (letters.cuts(end) || letters.stopped(begin, end)) return false;
  if (letters.enough(begin, end) || !letters.kinds[begin]) return true;
  const place = letters.place(begin, end);
  return place === CLEAR || place === ALONE;
}

/** Which code points whole keywords have taken. */
class Covered {
  /** @param {number} length */
  constructor(length) {
    this.taken = new Uint8Array(length);
    this.inside = new Uint8Array(length + 1);
    /** @type {Map<number, number>} ends by beginnings */
    this.pieces = new Map();
  }

  /**
   * Takes a piece unless some of it is taken.
   * @param {number} begin
   * @param {number} end
   */
  take(begin, end) {
    if (this.taken.subarray(begin, end).includes(1)) return false;
    this.taken.fill(1, begin, end);
    this.inside.fill(1, begin + 1, end);
    this.pieces.set(begin, end);
    return true;
  }
}

/**
 * Pieces that sound like keywords, or hold their letters down.
 * @param {Letters} letters
 * @param {Covered} covered
 * @param {Spans} spans
 */
function betweenGaps(letters, covered, spans) {
  const { kinds, length } = letters;
  for (let begin = 0, end = 0; begin < length; begin = end + 1) {
    end = begin;
    while (end < length && kinds[end]) end++;
    if (end === begin || covered.pieces.get(begin) === end) continue;
    if (!letters.enough(begin, end) || letters.stopped(begin, end)) continue;
    if (letters.blocked(begin, end)) continue;
    const piece = letters.slice(begin, end);
    const said = sound(piece).whole;
    if (said) spans.add(SOUND, letters, begin, end, sounding(spans.bundle, said));
    if (held(letters.codes, begin, end)) {
      spans.add(HELD, letters, begin, end, lengthened(spans.bundle, piece, true));
    }
  }
}

/**
 * Keywords that what stands before the caret may begin.
 * @param {Letters} letters
 * @param {Covered} covered
 * @param {Spans} spans
 */
function begunKeywords(letters, covered, spans) {
  const { length, kinds } = letters;
  spans.any = false;
  for (let begin = Math.max(0, length - spans.bundle.settings.reach); begin < length; begin++) {
    if (!letters.enough(begin, length)) return;
    if (!kinds[begin] || covered.inside[begin] || letters.cuts(begin)) continue;
    if (letters.stopped(begin, length) || letters.blocked(begin, length)) continue;
    begunBy(letters, begin, spans);
    if (spans.any) return;
  }
}

/**
 * Spans of the keywords that one piece begins.
 * @param {Letters} letters
 * @param {number} begin
 * @param {Spans} spans
 */
function begunBy(letters, begin, spans) {
  const { bundle } = spans;
  const { codes, length: end } = letters;
  spans.add(PREFIX, letters, begin, end, beginning(bundle, letters, begin));
  const piece = letters.slice(begin, end);
  if (codes[begin] !== SMALL_TSU && codes[begin] !== LONG) {
    const { whole, begins } = sound(piece);
    for (const said of begins) {
      const bytes = encoder.encode(said);
      const first = bundle.sounds.first(bytes, 0, bytes.length);
      const behind = bundle.sounds.behind(bytes, 0, bytes.length, first);
      const equal = said === whole ? bundle.sounds.equals(bytes, 0, bytes.length, first) : first;
      spans.add(SOUND, letters, begin, end, bundle.sounding.subarray(first, equal));
      spans.add(SOUND_PREFIX, letters, begin, end, bundle.sounding.subarray(equal, behind));
    }
  }
  if (held(codes, begin, end)) {
    spans.add(HELD_PREFIX, letters, begin, end, lengthened(bundle, piece, false));
  }
}

/**
 * Rows of the keywords that begin with what stands from a position to the end.
 * @param {import("./bundle.js").Bundle} bundle
 * @param {Letters} letters
 * @param {number} begin
 */
function* beginning({ keywords }, letters, begin) {
  const from = letters.byteAt[begin];
  const to = letters.byteAt[letters.length];
  const first = keywords.first(letters.bytes, from, to);
  const behind = keywords.behind(letters.bytes, from, to, first);
  for (let row = first; row < behind; row++) yield row;
}

/**
 * Rows of the keywords that sound so.
 * @param {import("./bundle.js").Bundle} bundle
 * @param {string} said
 */
function sounding(bundle, said) {
  const bytes = encoder.encode(said);
  const first = bundle.sounds.first(bytes, 0, bytes.length);
  return bundle.sounding.subarray(first, bundle.sounds.equals(bytes, 0, bytes.length, first));
}

/**
 * Rows of the keywords that a piece is, or begins, with letters held down.
 * @param {import("./bundle.js").Bundle} bundle
 * @param {string} piece
 * @param {boolean} whole
 */
function lengthened({ keywords, skeletons, held: rows }, piece, whole) {
  const long = runs(piece);
  const bytes = encoder.encode(long.skeleton);
  const first = skeletons.first(bytes, 0, bytes.length);
  const behind = whole
    ? skeletons.equals(bytes, 0, bytes.length, first)
    : skeletons.behind(bytes, 0, bytes.length, first);
  return [...rows.subarray(first, behind)].filter((row) =>
    lengthens(long, runs(keywords.text(row)), whole),
  );
}
