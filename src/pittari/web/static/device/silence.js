// Should anything be shown at all? What nobody wants costs more than what is missed.

import { MATCHES } from "./bundle.js";
import { day, left, logarithm } from "./counting.js";
import { folded } from "./text/folding.js";
import { ALONE, CLEAR, Letters } from "./text/letters.js";

const MOST = 255;

/**
 * Why nothing is shown.
 * @typedef {"off" | "room" | "no_match" | "veto" | "unsure" | "ignored"} Silence
 */

/**
 * When, where, and after what.
 * @typedef {object} Moment
 * @property {number} at microseconds since 1970
 * @property {string} [room]
 * @property {string[]} [recent] the room's last messages
 */

/**
 * Whether the row stays away (docs/bundle.md, section 8).
 * @param {import("./bundle.js").Bundle} bundle
 * @param {import("./matching.js").Matches} matches
 * @param {import("./person.js").Person} person
 * @param {Moment} moment
 * @returns {Silence | null} null: the row is shown
 */
export function silent(bundle, matches, person, { at, room = "", recent = [] }) {
  const { switches } = person;
  if (switches.off) return "off";
  if (switches.rooms.includes(room)) return "room";
  if (!matches.found.length) return "no_match";
  if (troubled(matches.text)) return "veto";
  for (const message of recent) {
    if (troubled(new Letters(folded(message), bundle.language))) return "veto";
  }
  const today = day(at);
  const rest = Math.min(MOST, outside(matches) >> 2);
  const sure = Math.max(...matches.found.map((match) => score(bundle, match, rest, person, today)));
  if (sure < 0) return "unsure";
  const { ignored_each, ignored_most, ignored_step } = bundle.settings;
  const times = Math.floor((person.ignored.get(room) ?? 0) / Math.max(1, ignored_each));
  return sure < Math.min(times, ignored_most) * ignored_step ? "ignored" : null;
}

/**
 * Whether a word of trouble stands in a text.
 * @param {Letters} letters
 */
function troubled(letters) {
  const { text, language } = letters;
  return language.veto.some((word) => {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      const begin = letters.position(at);
      const end = letters.position(at + word.length);
      if (!letters.cutsWord(begin) && !letters.cutsWord(end)) return true;
    }
    return false;
  });
}

/**
 * The units of the letters that belong to nothing that was found.
 * @param {import("./matching.js").Matches} matches
 */
function outside({ text, found }) {
  const kinds = text.kinds.slice();
  for (const { begin, end } of found) kinds.fill(0, begin, end);
  return kinds.reduce((sum, kind) => sum + text.language.units[kind], 0);
}

/**
 * How sure it is that a sticker is wanted for a tag.
 * @param {import("./bundle.js").Bundle} bundle
 * @param {import("./matching.js").Match} found
 * @param {number} rest
 * @param {import("./person.js").Person} person
 * @param {number} today
 */
function score(bundle, found, rest, person, today) {
  const { tag, value, match, place, units } = found;
  const count = person.tags.get(bundle.tags.text(tag));
  /** @type {Record<string, number>} */
  const features = {
    bias: MOST,
    match: value,
    [MATCHES[match]]: MOST,
    clear: place === CLEAR || place === ALONE ? MOST : 0,
    alone: place === ALONE ? MOST : 0,
    typed: Math.min(MOST, units),
    outside: rest,
    rate: bundle.rate[tag],
    tag_uses: count ? logarithm(left(count.value, today - count.day, bundle.decay)) : 0,
  };
  let sum = 0;
  for (const [name, weight] of bundle.quiet) sum += weight * (features[name] ?? 0);
  return sum;
}
