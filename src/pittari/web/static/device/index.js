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
