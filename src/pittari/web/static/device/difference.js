// What changed between two versions, so that a device need not load all of it again.

import { BundleError } from "./errors.js";
import { u32, u8 } from "./format.js";
import { equal, sha256 } from "./signing.js";

const MOST = 2 ** 31;
const KEPT = 0;
const FRESH = 1;

/**
 * Makes the new file of a difference (docs/bundle.md, section 9).
 * @param {import("./format.js").Form} form the difference, checked and signed
 * @param {import("./bundle.js").Bundle} held the file in use
 * @returns {Promise<Uint8Array<ArrayBuffer>>} a file that has still to be checked; throws BundleError
 */
export async function applied(form, held) {
  const old = held.form;
  const base = u8(form, "base");
  if (!equal(base, await sha256(old.bytes.subarray(0, old.head)))) {
    throw new BundleError("base", "the difference was made for another file than the one in use");
  }
  const head = u8(form, "head");
  const tail = u8(form, "tail");
  const fresh = u8(form, "fresh");
  const steps = u32(form, "steps", 3);
  let length = head.length + tail.length;
  for (let at = 0; at < steps.length; at += 3) length += steps[at + 2];
  for (let at = 0; at < steps.length; at += 3) {
    const [kind, offset, size] = steps.subarray(at, at + 3);
    const from = kind === KEPT ? old.bytes : fresh;
    if (kind > FRESH || offset + size > from.length) {
      throw new BundleError("damaged", "the difference takes bytes where there are none");
    }
  }
  if (length > MOST) throw new BundleError("damaged", `no file has ${length} bytes`);
  const made = new Uint8Array(length);
  made.set(head);
  let to = head.length;
  for (let at = 0; at < steps.length; at += 3) {
    const [kind, offset, size] = steps.subarray(at, at + 3);
    made.set((kind === KEPT ? old.bytes : fresh).subarray(offset, offset + size), to);
    to += size;
  }
  made.set(tail, to);
  return made;
}
