// Suggestion that leaks no typed word: all that a page needs, in one place.

export { arrived } from "./arrival.js";
export { Bundle, MATCHES, PLACES, Part } from "./bundle.js";
export { BundleError } from "./errors.js";
export { matches } from "./matching.js";
export { Person } from "./person.js";
export { FEATURES, ranked } from "./ranking.js";
export { silent } from "./silence.js";
export { SOURCES } from "./sources.js";
export { Stock } from "./stock.js";
export { folded } from "./text/folding.js";

/** @typedef {import("./ranking.js").Sticker} Sticker */
/** @typedef {import("./matching.js").Match} Match */
/** @typedef {import("./matching.js").Matches} Matches */
/** @typedef {import("./person.js").Rights} Rights */
/** @typedef {import("./person.js").Switches} Switches */
/** @typedef {import("./errors.js").Reason} Reason */
/** @typedef {import("./silence.js").Silence} Silence */
