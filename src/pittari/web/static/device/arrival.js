// A file came over the network: is it what we want, and is it better than what we have?

import { Bundle, checked } from "./bundle.js";
import { applied } from "./difference.js";
import { BundleError } from "./errors.js";
import { DIFFERENCE, aligned, header } from "./format.js";

/**
 * Opens what came: a locale bundle, or a difference from the one in use.
 * @param {ArrayBuffer | Uint8Array} data
 * @param {Iterable<import("./signing.js").PublicKey>} keys whose files are believed
 * @param {string} locale the one wanted
 * @param {Bundle | null} held the one in use, which stays if this throws
 * @returns {Promise<Bundle>} the one to use, and its `bytes` to keep; throws BundleError
 */
export async function arrived(data, keys, locale, held) {
  const bundle = await Bundle.open(await full(data, keys, held), keys);
  if (bundle.name !== locale) {
    throw new BundleError("locale", `expected locale ${locale}, got ${bundle.name}`);
  }
  if (held && bundle.version < held.version) {
    throw new BundleError("older", `version ${bundle.version} is older than ${held.version}`);
  }
  return bundle;
}

/**
 * The whole file of what came.
 * @param {ArrayBuffer | Uint8Array} data
 * @param {Iterable<import("./signing.js").PublicKey>} keys
 * @param {Bundle | null} held
 */
async function full(data, keys, held) {
  if (header(aligned(data)).kind !== DIFFERENCE) return data;
  if (!held) throw new BundleError("base", "a difference came, and no file is in use");
  return applied(await checked(data, keys), held);
}
