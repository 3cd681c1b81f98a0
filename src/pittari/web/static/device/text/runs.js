// Letters held down: ありがとおおお still is ありがとう begun, and wwww is www.

/**
 * A text as runs of one letter each.
 * @typedef {object} Runs
 * @property {string} skeleton one letter for each run
 * @property {number[]} lengths how long each run is, in code points
 */

/**
 * @param {string} text
 * @returns {Runs}
 */
export function runs(text) {
  let skeleton = "";
  let before = "";
  /** @type {number[]} */
  const lengths = [];
  for (const letter of text) {
    if (letter === before) lengths[lengths.length - 1]++;
    else {
      skeleton += letter;
      lengths.push(1);
    }
    before = letter;
  }
  return { skeleton, lengths };
}

/**
 * Whether some letter stands three times or more in a row.
 * @param {Uint32Array} codes code points
 * @param {number} begin
 * @param {number} end
 */
export function held(codes, begin, end) {
  for (let at = begin + 2; at < end; at++) {
    if (codes[at] === codes[at - 1] && codes[at] === codes[at - 2]) return true;
  }
  return false;
}

/**
 * Whether a text is a word's beginning with letters held down (docs/bundle.md, section 6).
 * @param {Runs} text
 * @param {Runs} word
 * @param {boolean} whole the whole word, not only its beginning
 */
export function lengthens(text, word, whole) {
  const { lengths } = text;
  if (whole ? text.skeleton !== word.skeleton : !word.skeleton.startsWith(text.skeleton)) {
    return false;
  }
  const minding = whole ? lengths.length : lengths.length - 1;
  for (let at = 0; at < minding; at++) if (lengths[at] < word.lengths[at]) return false;
  return true;
}
