// Which whole keywords stand in a text? A walk down the sorted keywords from every position.

/** Finds keywords in texts; made once for a bundle. */
export class Finding {
  /** @param {import("../texts.js").Texts} keywords in ascending order, none twice */
  constructor(keywords) {
    this.keywords = keywords;
    /** @type {Map<number, number>} the first row of the keywords that begin with a code point */
    this.begins = new Map();
    /** @type {Map<number, number>} the row behind the last of them */
    this.ends = new Map();
    const { bytes, starts, length } = keywords;
    for (let row = 0; row < length; row++) {
      if (starts[row] === starts[row + 1]) continue;
      const code = codePoint(bytes, starts[row]);
      if (!this.begins.has(code)) this.begins.set(code, row);
      this.ends.set(code, row + 1);
    }
  }

  /**
   * Whether any keyword begins with a code point.
   * @param {number} code
   */
  any(code) {
    return this.begins.has(code);
  }

  /**
   * All keywords that begin at a position.
   * @param {import("./letters.js").Letters} letters
   * @param {number} begin
   * @param {(row: number, end: number) => void} found told the shorter first
   */
  at(letters, begin, found) {
    const { codes, byteAt, bytes, length } = letters;
    const { starts } = this.keywords;
    let low = this.begins.get(codes[begin]);
    let high = this.ends.get(codes[begin]) ?? 0;
    if (low === undefined) return;
    const origin = byteAt[begin];
    for (let end = begin + 1; ; end++) {
      const known = byteAt[end] - origin;
      if (starts[low + 1] - starts[low] === known) found(low++, end);
      if (low >= high || end === length) return;
      const more = byteAt[end + 1] - origin;
      low = this.#bound(low, high, bytes, origin, known, more, 0);
      high = this.#bound(low, high, bytes, origin, known, more, 1);
      if (low >= high) return;
    }
  }

  /**
   * Among rows that agree in their first `known` bytes, the first whose bytes up to `more` are not
   * before (`over` 0), or are behind (`over` 1), those of the text.
   * @param {number} low
   * @param {number} high
   * @param {Uint8Array} bytes
   * @param {number} origin
   * @param {number} known
   * @param {number} more
   * @param {0 | 1} over
   */
  #bound(low, high, bytes, origin, known, more, over) {
    const { bytes: own, starts } = this.keywords;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const from = starts[middle];
      const to = Math.min(more, starts[middle + 1] - from);
      let at = known;
      while (at < to && own[from + at] === bytes[origin + at]) at++;
      const less = at < to ? own[from + at] - bytes[origin + at] : to - more;
      if (less < over) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * @param {Uint8Array} bytes UTF-8
 * @param {number} at
 */
function codePoint(bytes, at) {
  const first = bytes[at];
  if (first < 0x80) return first;
  const size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  let code = first & (0x7f >> size);
  for (let i = 1; i < size; i++) code = (code << 6) | (bytes[at + i] & 0x3f);
  return code;
}
