// The outer form of a file: header and table, checked before anything of it is believed.

import { BundleError } from "./errors.js";

export const LOCALE = 1;
export const PART = 2;
export const DIFFERENCE = 3;

const MAGIC = [0x50, 0x49, 0x54, 0x54, 0x41, 0x52, 0x49, 0];
const HEADER = 64;
const ROW = 64;
export const KEY = 8;
export const SIGNATURE = 64;
const END = KEY + SIGNATURE;
const SECTIONS = 256;
const SIZES = [0, 1, 2, 4, 1, 2, 4];

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * A section as the table has it.
 * @typedef {object} Section
 * @property {number} type 1 u8, 2 u16, 3 u32, 4 i8, 5 i16, 6 i32
 * @property {number} columns
 * @property {number} offset in the file, in bytes
 * @property {number} rows
 * @property {number} length in bytes, without the filling
 * @property {Uint8Array} hash SHA-256
 */

/**
 * A file whose header and table are in order; nothing else is known of it yet.
 * @typedef {object} Form
 * @property {Uint8Array<ArrayBuffer>} bytes the whole file, begun at a multiple of 8
 * @property {number} kind 1 locale bundle, 2 part, 3 difference
 * @property {string} name the locale, or the package
 * @property {number} version
 * @property {number} created microseconds since 1970
 * @property {Map<string, Section>} sections by name
 * @property {number} head length of header and table in bytes: what is signed
 */

/**
 * UTF-8 as text.
 * @param {Uint8Array} bytes
 * @param {string} what for the message
 * @returns {string} throws BundleError `damaged` when it is none
 */
export function utf8(bytes, what) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new BundleError("damaged", `${what} is no UTF-8`);
  }
}

/**
 * The bytes in a buffer of their own, where typed arrays can lie over the sections.
 * @param {ArrayBuffer | Uint8Array} data
 * @returns {Uint8Array<ArrayBuffer>} the same bytes; copied only if they begin between multiples of 8
 */
export function aligned(data) {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (data.buffer instanceof ArrayBuffer && data.byteOffset % 8 === 0) {
    return new Uint8Array(data.buffer, data.byteOffset, data.length);
  }
  return new Uint8Array(data);
}

/**
 * What a header says, trusted or not.
 * @typedef {object} Header
 * @property {number} kind 1 locale bundle, 2 part, 3 difference
 * @property {string} name the locale, or the package
 * @property {number} version
 * @property {number} created microseconds since 1970
 * @property {number} count of sections
 */

/**
 * Reads and checks a header (docs/bundle.md, sections 1 and 2).
 * @param {Uint8Array<ArrayBuffer>} bytes of the whole file
 * @returns {Header} throws BundleError
 */
export function header(bytes) {
  const size = bytes.length;
  if (!size || MAGIC.slice(0, size).some((one, at) => bytes[at] !== one)) {
    throw new BundleError("no_bundle", "expected a file that begins with PITTARI");
  }
  if (size < HEADER + END) {
    throw new BundleError("truncated", `${size} bytes are fewer than any file has`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  const format = view.getUint16(8, true);
  if (format !== 1) throw new BundleError("format", `expected format 1, got ${format}`);
  const length = long(view, 16);
  if (length !== size) {
    const reason = length > size ? "truncated" : "tampered";
    throw new BundleError(reason, `expected ${length} bytes, got ${size}`);
  }
  const count = view.getUint16(10, true);
  const kind = view.getUint32(12, true);
  if (kind < LOCALE || kind > DIFFERENCE) throw new BundleError("damaged", `kind ${kind}`);
  if (count > SECTIONS || HEADER + ROW * count > size - END) {
    throw new BundleError("damaged", `${count} sections do not fit`);
  }
  const name = utf8(unfilled(bytes.subarray(40, 64)), "the name");
  return { kind, name, version: long(view, 24), created: long(view, 32), count };
}

/**
 * Reads and checks header and table.
 * @param {Uint8Array<ArrayBuffer>} bytes see `aligned`
 * @returns {Form} throws BundleError
 */
export function read(bytes) {
  const { kind, name, version, created, count } = header(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const head = HEADER + ROW * count;
  return { bytes, kind, name, version, created, sections: table(view, bytes, count), head };
}

/**
 * @param {DataView} view
 * @param {Uint8Array} bytes
 * @param {number} count
 * @returns {Map<string, Section>}
 */
function table(view, bytes, count) {
  const end = bytes.length - END;
  /** @type {Map<string, Section>} */
  const sections = new Map();
  let next = HEADER + ROW * count;
  for (let at = HEADER; at < HEADER + ROW * count; at += ROW) {
    const section = row(view, bytes, at);
    const name = String.fromCharCode(...unfilled(bytes.subarray(at, at + 8)));
    const over = section.offset + section.length;
    const filled = section.offset + Math.ceil(section.length / 8) * 8;
    if (section.offset !== next || sections.has(name) || filled > end) {
      throw new BundleError("damaged", `section ${name} is not where it belongs`);
    }
    for (let i = over; i < filled; i++) {
      if (bytes[i]) throw new BundleError("tampered", `the filling behind ${name} is not zero`);
    }
    sections.set(name, section);
    next = filled;
  }
  if (next !== end) throw new BundleError("damaged", `${end - next} bytes are left over`);
  return sections;
}

/**
 * @param {DataView} view
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {Section}
 */
function row(view, bytes, at) {
  const type = view.getUint16(at + 8, true);
  const columns = view.getUint16(at + 10, true);
  if (type < 1 || type > 6 || !columns || view.getUint32(at + 12, true)) {
    throw new BundleError("damaged", `row ${(at - HEADER) / ROW} of the table`);
  }
  const offset = long(view, at + 16);
  const rows = long(view, at + 24);
  const length = rows * columns * SIZES[type];
  return { type, columns, offset, rows, length, hash: bytes.subarray(at + 32, at + 64) };
}

/**
 * A u64; above 2^53 only about, which no comparison with a real length minds.
 * @param {DataView} view
 * @param {number} at
 */
function long(view, at) {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}

/** @param {Uint8Array} bytes */
function unfilled(bytes) {
  let length = bytes.length;
  while (length && !bytes[length - 1]) length--;
  return bytes.subarray(0, length);
}

/**
 * A section as a typed array over the file's own bytes.
 * @param {Form} form
 * @param {string} name
 * @param {number} type
 * @param {number} [columns] 0: any number
 * @returns {Section} throws BundleError `damaged` unless it stands there so
 */
export function section(form, name, type, columns = 1) {
  const found = form.sections.get(name);
  if (!found || found.type !== type || (columns && found.columns !== columns)) {
    throw new BundleError("damaged", `section ${name} is missing, or of another type`);
  }
  return found;
}

/**
 * @param {Form} form
 * @param {string} name
 * @param {number} [columns] 0: any number
 */
export function u8(form, name, columns = 1) {
  const { offset, length } = section(form, name, 1, columns);
  return form.bytes.subarray(offset, offset + length);
}

/**
 * @param {Form} form
 * @param {string} name
 * @param {number} [columns] 0: any number
 */
export function u32(form, name, columns = 1) {
  const { offset, length } = section(form, name, 3, columns);
  return new Uint32Array(form.bytes.buffer, form.bytes.byteOffset + offset, length / 4);
}

/**
 * @param {Form} form
 * @param {string} name
 */
export function i8(form, name) {
  const { offset, length } = section(form, name, 4, 0);
  return new Int8Array(form.bytes.buffer, form.bytes.byteOffset + offset, length);
}

/**
 * @param {Form} form
 * @param {string} name
 */
export function i16(form, name) {
  const { offset, length } = section(form, name, 5);
  return new Int16Array(form.bytes.buffer, form.bytes.byteOffset + offset, length / 2);
}
