// What the page says, in its visitor's language: texts come with the page, numbers are put in here.

const DAY = 86_400_000;
/** @type {Record<string, string>} */
const texts = JSON.parse(/** @type {HTMLTemplateElement} */ (document.getElementById("texts")).content.textContent ?? "{}");
export const language = document.documentElement.lang;

/**
 * A text with its `{names}` filled in.
 * @param {string} key without its table, such as `undo`
 * @param {Record<string, string | number>} [values]
 */
export function say(key, values = {}) {
  const text = texts[`chat.${key}`] ?? key;
  return text.replace(/\{(\w+)\}/g, (hole, name) => String(values[name] ?? hole));
}

/**
 * The lines a room begins with, as they were said.
 * @param {string} room
 */
export function lines(room) {
  const found = [];
  for (let at = 1; texts[`chat_lines.${room}_${at}`]; at++) found.push(texts[`chat_lines.${room}_${at}`]);
  return found;
}

const clock = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat(language, { month: "long", day: "numeric" });
const near = new Intl.DateTimeFormat(language, {
  month: "long", day: "numeric", hour: "numeric", minute: "2-digit",
});
const count = new Intl.NumberFormat(language);

/** @param {number} at milliseconds */
export const time = (at) => clock.format(at);
/** @param {number} n */
export const number = (n) => count.format(n);

/**
 * A day, and the time where it is near.
 * @param {number} at milliseconds
 */
export function moment(at) {
  return (Math.abs(at - Date.now()) < 2 * DAY ? near : day).format(at);
}

/** @param {number} at milliseconds */
export function daySaid(at) {
  const days = Math.round((midnight(Date.now()) - midnight(at)) / DAY);
  return days === 0 ? say("today") : days === 1 ? say("yesterday") : day.format(at);
}

/** @param {number} at milliseconds */
function midnight(at) {
  return new Date(at).setHours(0, 0, 0, 0);
}

let waiting = 0;

/**
 * Says a sentence to screen readers; the same one twice is said twice, and of several in a row
 * the last.
 * @param {string} text
 * @param {number} [after] milliseconds to wait whether something else is to be said
 */
export function announce(text, after = 50) {
  const place = /** @type {HTMLElement} */ (document.getElementById("said"));
  clearTimeout(waiting);
  place.textContent = "";
  waiting = setTimeout(() => {
    place.textContent = text;
  }, after);
}
