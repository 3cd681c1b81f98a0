// How often, and how lately? Personal counts that fade, in whole numbers.

const DAY = 86_400_000_000;
/** What one use adds to a count. */
export const USE = 256;
/** Counts end here. */
export const MOST = 2 ** 24 - 1;

/**
 * A use count that halves with time.
 * @typedef {object} Count
 * @property {number} value 256 for each use, less what has faded
 * @property {number} day when it had this value
 */

/**
 * The day of a time.
 * @param {number} at microseconds since 1970
 */
export function day(at) {
  return Math.floor(at / DAY);
}

/**
 * What is left of a value (docs/bundle.md, section 8).
 * @param {number} value
 * @param {number} days below 0 counts as 0
 * @param {Uint32Array} decay
 */
export function left(value, days, decay) {
  const passed = Math.max(0, days);
  const halves = Math.min(31, Math.floor(passed / decay.length));
  return Math.floor((Math.floor(value / 2 ** halves) * decay[passed % decay.length]) / 65_536);
}

/**
 * A logarithm to base 2 in sixteenths, at most 255.
 * @param {number} value
 */
export function logarithm(value) {
  if (value < 1) return 0;
  let bit = 0;
  for (let rest = value; rest >= 2; rest /= 2) bit++;
  return Math.min(255, 16 * bit + (Math.floor((value * 16) / 2 ** bit) % 16));
}

/**
 * 255 today, half of it a day later, and so on.
 * @param {number} days
 */
export function recency(days) {
  return 255 >> Math.min(8, Math.max(0, days));
}
