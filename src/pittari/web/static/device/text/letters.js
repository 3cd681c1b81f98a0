// A folded text laid out by code points: which are letters, where words may be cut, what is blocked.

const ZWJ = 0x200d;
const SPACE = 0x20;
const BEFORE = 64;
const ENOUGH = 60;
const encoder = new TextEncoder();

export const INSIDE = 0;
export const RIGHT = 1;
export const LEFT = 2;
export const CLEAR = 3;
export const ALONE = 4;

/** Positions and lengths are in code points throughout. */
export class Letters {
  /**
   * @param {string} text folded
   * @param {import("./language.js").Language} language
   */
  constructor(text, language) {
    this.text = text;
    this.language = language;
    const most = text.length;
    const codes = new Uint32Array(most);
    /** Where each code point begins in UTF-16. */
    this.at = new Uint32Array(most + 1);
    let length = 0;
    for (let at = 0; at < most; length++) {
      const code = /** @type {number} */ (text.codePointAt(at));
      codes[length] = code;
      this.at[length] = at;
      at += code > 0xffff ? 2 : 1;
    }
    this.at[length] = most;
    this.length = length;
    this.codes = codes.subarray(0, length);
    this.bytes = encoder.encode(text);
    this.kinds = new Uint8Array(length);
    /** Units, letters and UTF-8 bytes before each position. */
    this.unitsBefore = new Uint32Array(length + 1);
    this.lettersBefore = new Uint32Array(length + 1);
    this.byteAt = new Uint32Array(length + 1);
    this.#count();
    /** @type {Uint8Array | null} */
    this.clusters = null;
    /** @type {number[] | null} */
    this.quotations = null;
  }

  #count() {
    const { codes, language, length } = this;
    for (let at = 0; at < length; at++) {
      const code = codes[at];
      const kind = language.kind(code);
      this.kinds[at] = kind;
      this.unitsBefore[at + 1] = this.unitsBefore[at] + language.units[kind];
      this.lettersBefore[at + 1] = this.lettersBefore[at] + (kind ? 1 : 0);
      const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      this.byteAt[at + 1] = this.byteAt[at] + size;
    }
  }

  /** How many letters it has. */
  get letters() {
    return this.lettersBefore[this.length];
  }

  /**
   * The text of a piece.
   * @param {number} begin
   * @param {number} end
   */
  slice(begin, end) {
    return this.text.slice(this.at[begin], this.at[end]);
  }

  /**
   * The code point that begins at, or holds, a UTF-16 unit.
   * @param {number} unit
   */
  position(unit) {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.at[middle] <= unit) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /**
   * @param {number} begin
   * @param {number} end
   */
  units(begin, end) {
    return this.unitsBefore[end] - this.unitsBefore[begin];
  }

  /**
   * Whether a piece is long enough to be looked up.
   * @param {number} begin
   * @param {number} end
   */
  enough(begin, end) {
    return this.units(begin, end) >= ENOUGH;
  }

  /**
   * Whether a position cuts a word or stands inside a cluster.
   * @param {number} at
   */
  cuts(at) {
    return this.cutsWord(at) || this.insideCluster(at);
  }

  /** @param {number} at */
  cutsWord(at) {
    if (at <= 0 || at >= this.length) return false;
    const kind = this.kinds[at];
    return kind === this.kinds[at - 1] && this.language.words[kind] === 1;
  }

  /** @param {number} at */
  insideCluster(at) {
    this.clusters ??= clusters(this.codes);
    return this.clusters[at] === 1;
  }

  /**
   * @param {number} begin
   * @param {number} end
   * @returns {number} 0 inside, 1 right, 2 left, 3 clear, 4 alone
   */
  place(begin, end) {
    const left = begin === 0 || !this.kinds[begin - 1];
    const right = end === this.length || !this.kinds[end];
    if (!left) return right ? RIGHT : INSIDE;
    if (!right) return LEFT;
    const letters = this.lettersBefore[end] - this.lettersBefore[begin];
    return letters === this.letters ? ALONE : CLEAR;
  }

  /**
   * @param {number} begin
   * @param {number} end
   */
  stopped(begin, end) {
    const { stops, longestStop } = this.language;
    return this.at[end] - this.at[begin] <= longestStop && stops.has(this.slice(begin, end));
  }

  /**
   * Whether a piece is quoted or negated.
   * @param {number} begin
   * @param {number} end
   */
  blocked(begin, end) {
    return this.quoted(begin) || this.denied(end) || this.negated(begin);
  }

  /** @param {number} at */
  quoted(at) {
    this.quotations ??= quotations(this.codes, this.language.quotes);
    for (let i = 0; i < this.quotations.length; i += 2) {
      if (this.quotations[i] <= at && at < this.quotations[i + 1]) return true;
    }
    return false;
  }

  /**
   * Whether what follows takes it back: ありがとうとは言えない.
   * @param {number} end
   */
  denied(end) {
    if (end === this.length) return false;
    const { negation, clauseEnds } = this.language;
    const most = Math.min(this.length, end + negation.reach);
    let to = end;
    while (to < most && !clauseEnds.has(this.codes[to])) to++;
    const next = this.slice(end, to);
    if (negation.after.some((word) => next.startsWith(word))) return true;
    return negation.joints.some(
      (joint) =>
        next.startsWith(joint) &&
        negation.after.some((word) => next.indexOf(word, joint.length) >= 0),
    );
  }

  /**
   * Whether what stands before takes it back: don't ... thank.
   * @param {number} begin
   */
  negated(begin) {
    if (!begin || this.codes[begin - 1] !== SPACE) return false;
    const { negation, clauseEnds } = this.language;
    const least = Math.max(0, begin - BEFORE);
    let from = begin;
    while (from > least && !clauseEnds.has(this.codes[from - 1])) from--;
    const parts = this.slice(from, begin).split(" ");
    return parts.slice(-negation.words - 1).some((part) => negation.before.has(part));
  }
}

/**
 * 1 for each position strictly inside a cluster (docs/bundle.md, section 5).
 * @param {Uint32Array} codes
 */
function clusters(codes) {
  const inside = new Uint8Array(codes.length + 1);
  let at = 0;
  while (at < codes.length) {
    const begin = at;
    at += flag(codes[at]) && flag(codes[at + 1]) ? 2 : 1;
    while (at < codes.length && (codes[at] === ZWJ || mark(codes[at]))) {
      at += codes[at] === ZWJ && at + 1 < codes.length ? 2 : 1;
    }
    inside.fill(1, begin + 1, at);
  }
  return inside;
}

/** @param {number} code */
function flag(code) {
  return code >= 0x1f1e6 && code <= 0x1f1ff;
}

/** @param {number} code */
function mark(code) {
  if (code < 0x300) return false;
  return (
    code <= 0x36f ||
    (code >= 0x20d0 && code <= 0x20ff) ||
    code === 0x3099 ||
    code === 0x309a ||
    (code >= 0xfe20 && code <= 0xfe2f) ||
    (code >= 0xe0020 && code <= 0xe007f)
  );
}

/**
 * Begins and ends of what is quoted, in turn.
 * @param {Uint32Array} codes
 * @param {Map<number, number>} pairs
 */
function quotations(codes, pairs) {
  /** @type {number[]} */
  const found = [];
  for (let at = 0; at < codes.length; at++) {
    const close = pairs.get(codes[at]);
    if (close === undefined) continue;
    const end = codes.indexOf(close, at + 1);
    if (end < 0) return [...found, at, codes.length];
    found.push(at, end + 1);
    at = end;
  }
  return found;
}
