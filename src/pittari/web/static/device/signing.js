// Whose file is it, and has anybody changed it? Ed25519 and SHA-256 by the browser's own WebCrypto.

import { BundleError } from "./errors.js";
import { KEY, SIGNATURE } from "./format.js";

/**
 * A public key: its 32 bytes, or their 64 hexadecimal digits.
 * @typedef {Uint8Array | string} PublicKey
 */

/**
 * Finds the key a file names, and checks its signature.
 * @param {import("./format.js").Form} form
 * @param {Iterable<PublicKey>} keys those whose files are believed
 * @returns {Promise<void>} throws BundleError `key`, `tampered` or `unsupported`
 */
export async function signed(form, keys) {
  const { bytes, head } = form;
  const id = bytes.subarray(bytes.length - KEY - SIGNATURE, bytes.length - SIGNATURE);
  for (const key of keys) {
    const raw = typeof key === "string" ? unhex(key) : new Uint8Array(key);
    if (!equal((await sha256(raw)).subarray(0, KEY), id)) continue;
    const signature = bytes.subarray(bytes.length - SIGNATURE);
    if (await good(raw, signature, bytes.subarray(0, head))) return;
    throw new BundleError("tampered", "the signature is not good");
  }
  throw new BundleError("key", "signed with a key that is not known");
}

/**
 * Compares every section with its SHA-256.
 * @param {import("./format.js").Form} form
 * @returns {Promise<void>} throws BundleError `tampered`
 */
export async function intact(form) {
  const checks = [...form.sections].map(async ([name, { offset, length, hash }]) => {
    const got = await sha256(form.bytes.subarray(offset, offset + length));
    if (!equal(got, hash)) throw new BundleError("tampered", `section ${name} was changed`);
  });
  await Promise.all(checks);
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
export async function sha256(bytes) {
  return new Uint8Array(await subtle().digest("SHA-256", bytes));
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
export function equal(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/**
 * @param {Uint8Array<ArrayBuffer>} key
 * @param {Uint8Array<ArrayBuffer>} signature
 * @param {Uint8Array<ArrayBuffer>} message
 */
async function good(key, signature, message) {
  let imported;
  try {
    imported = await subtle().importKey("raw", key, "Ed25519", false, ["verify"]);
  } catch {
    throw new BundleError("unsupported", "this browser checks no Ed25519 signatures");
  }
  return subtle().verify("Ed25519", imported, signature, message);
}

function subtle() {
  const found = globalThis.crypto?.subtle;
  if (!found) throw new BundleError("unsupported", "WebCrypto needs a secure context (HTTPS)");
  return found;
}

/** @param {string} digits */
function unhex(digits) {
  const pairs = digits.match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
}
