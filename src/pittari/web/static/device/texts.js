// Lists of texts as they lie in the file: looked up by their bytes, decoded only when shown.

import { BundleError } from "./errors.js";
import { u8, utf8 } from "./format.js";

const NONE = -1;

/** A text list of a file (docs/bundle.md, section 3). */
export class Texts {
  /**
   * @param {import("./format.js").Form} form
   * @param {string} name of the section
   * @param {"any" | "ascending" | "once"} [order] `once`: ascending, and none twice
   */
  constructor(form, name, order = "any") {
    this.name = name;
    this.bytes = u8(form, name);
    const lengths = u8(form, `${name}.n`);
    /** How many texts there are. */
    this.length = lengths.length;
    /** Where each begins in `bytes`. */
    this.starts = new Uint32Array(this.length + 1);
    for (let row = 0; row < this.length; row++) {
      this.starts[row + 1] = this.starts[row] + lengths[row];
    }
    if (this.starts[this.length] !== this.bytes.length) {
      throw new BundleError("damaged", `the texts of ${name} have another length than said`);
    }
    this.#check(order);
    /** @type {(string | undefined)[]} */
    this.decoded = [];
  }

  /** @param {"any" | "ascending" | "once"} order */
  #check(order) {
    const { bytes, starts, length, name } = this;
    utf8(bytes, `section ${name}`);
    for (let row = 0; row < length; row++) {
      // Texts that together are UTF-8 are so each, unless one begins inside a letter.
      if (starts[row] < starts[row + 1] && (bytes[starts[row]] & 0xc0) === 0x80) {
        throw new BundleError("damaged", `text ${row} of ${name} is no UTF-8`);
      }
      if (order === "any" || !row) continue;
      const compared = this.#compare(row - 1, bytes, starts[row], starts[row + 1]);
      if (compared > 0 || (compared === 0 && order === "once")) {
        throw new BundleError("damaged", `the texts of ${name} are not in ascending order`);
      }
    }
  }

  /**
   * The text of a row.
   * @param {number} row
   * @returns {string}
   */
  text(row) {
    return (this.decoded[row] ??= decoded(this.bytes, this.starts[row], this.starts[row + 1]));
  }

  /**
   * Whether a row is before (below 0), equal to, or behind (above 0) some bytes.
   * @param {number} row
   * @param {Uint8Array} bytes
   * @param {number} begin
   * @param {number} end
   */
  #compare(row, bytes, begin, end) {
    const own = this.bytes;
    const from = this.starts[row];
    const length = this.starts[row + 1] - from;
    const both = Math.min(length, end - begin);
    for (let at = 0; at < both; at++) {
      const less = own[from + at] - bytes[begin + at];
      if (less) return less;
    }
    return length - (end - begin);
  }

  /**
   * Whether a row begins with some bytes.
   * @param {number} row
   * @param {Uint8Array} bytes
   * @param {number} begin
   * @param {number} end
   */
  #begins(row, bytes, begin, end) {
    const from = this.starts[row] - begin;
    if (this.starts[row + 1] - from < end) return false;
    for (let at = begin; at < end; at++) if (this.bytes[from + at] !== bytes[at]) return false;
    return true;
  }

  /**
   * The first row that is not before some bytes; the texts must be in ascending order.
   * @param {Uint8Array} bytes
   * @param {number} begin
   * @param {number} end
   */
  first(bytes, begin, end) {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(middle, bytes, begin, end) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * The row behind the last that begins with some bytes.
   * @param {Uint8Array} bytes
   * @param {number} begin
   * @param {number} end
   * @param {number} from `first` of the same bytes
   */
  behind(bytes, begin, end, from) {
    let low = from;
    let high = this.length;
    // Most pieces begin few rows: look near before looking far.
    for (let step = 8; low + step < high; step *= 8) {
      if (!this.#begins(low + step, bytes, begin, end)) {
        high = low + step;
        break;
      }
      low += step;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#begins(middle, bytes, begin, end)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * The row behind the last that equals some bytes.
   * @param {Uint8Array} bytes
   * @param {number} begin
   * @param {number} end
   * @param {number} from `first` of the same bytes
   */
  equals(bytes, begin, end, from) {
    let row = from;
    while (row < this.length && !this.#compare(row, bytes, begin, end)) row++;
    return row;
  }

  /**
   * The row of a text; the texts must be in ascending order.
   * @param {string} wanted
   * @returns {number} -1: none
   */
  row(wanted) {
    const bytes = new TextEncoder().encode(wanted);
    const row = this.first(bytes, 0, bytes.length);
    return row < this.length && !this.#compare(row, bytes, 0, bytes.length) ? row : NONE;
  }
}

/**
 * @param {Uint8Array} bytes UTF-8
 * @param {number} begin
 * @param {number} end
 */
function decoded(bytes, begin, end) {
  let ascii = "";
  for (let at = begin; at < end; at++) {
    if (bytes[at] > 0x7f) return utf8(bytes.subarray(begin, end), "a text");
    ascii += String.fromCharCode(bytes[at]);
  }
  return ascii;
}
