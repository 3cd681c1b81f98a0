// Why a file is not used: one word for programs, one sentence for people.

/**
 * What can be wrong with a file, as docs/bundle.md, section 2 has it; and `unsupported`: this
 * browser cannot check signatures (no secure context, or no Ed25519).
 * @typedef {"no_bundle" | "truncated" | "format" | "tampered" | "damaged" | "key" | "kind" |
 *   "locale" | "older" | "base" | "unsupported"} Reason
 */

/** A file that is refused; the one in use stays. */
export class BundleError extends Error {
  /**
   * @param {Reason} reason one word
   * @param {string} message what was expected, and what came
   */
  constructor(reason, message) {
    super(message);
    this.name = "BundleError";
    this.reason = reason;
  }
}
