// One spelling for what people see as one: the text that everything else is looked up with.

const LONGEST = 10_000;
const DROPPED =
  /[\0-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u180b-\u180f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u{1f3fb}-\u{1f3ff}\u{e0100}-\u{e01ef}]/gu;
const LONE = /\p{Surrogate}/gu;
const KATAKANA = /[\u30a1-\u30f6\u30fd\u30fe]/g;
const QUOTES = /[\u2018\u2019]/g;
const WAVES = /(?<=[\u3041-\u3096\u30fc])[~\u301c]+/g;
const REPEATED = /[\u3005\u303b\u309d\u309e]/;
const SPACES = /[\t-\r \u1680\u2028\u2029]+/g;
const BARE = "かきくけこさしすせそたちつてとはひふへほ";
const MARKED = "がぎぐげござじずぜぞだぢづでどばびぶべぼ";
/** @type {Map<string, string>} letters with a voicing mark, by those without */
const VOICES = new Map(Array.from(BARE, (one, at) => [one, MARKED[at]]));
/** @type {Map<string, string>} and the other way round */
const VOICED = new Map(Array.from(BARE, (one, at) => [MARKED[at], one]));
// Nothing below changes these: most of what is typed, key by key.
const PLAIN = /^(?:[!-@[-`a-}\u3041-\u3096\u30fc\u4e00-\u9fff]| (?! |$))*$/;

/**
 * Folds a text (docs/bundle.md, section 5). Folding twice changes nothing.
 * @param {string} text anything, lone surrogates included
 * @returns {string} at most 10,000 code points
 */
export function folded(text) {
  let before = last(text).replace(LONE, "\ufffd");
  if (PLAIN.test(before) && !before.startsWith(" ")) return before;
  for (;;) {
    const after = once(before);
    if (after === before) return after;
    before = after;
  }
}

/** @param {string} text */
function once(text) {
  let now = text.replace(DROPPED, "");
  now = now.normalize("NFKC").toLowerCase().normalize("NFKC");
  now = now.replace(KATAKANA, (one) => String.fromCharCode(one.charCodeAt(0) - 0x60));
  now = now.replace(QUOTES, "'").replace(WAVES, (run) => "\u30fc".repeat(run.length));
  if (REPEATED.test(now)) now = repeated(now);
  return last(now.replace(SPACES, " ").replace(/^ | $/g, ""));
}

/**
 * The last 10,000 code points.
 * @param {string} text
 */
function last(text) {
  if (text.length <= LONGEST) return text;
  const codes = Array.from(text);
  return codes.length <= LONGEST ? text : codes.slice(-LONGEST).join("");
}

/** @param {string} text */
function repeated(text) {
  let before = "";
  let done = "";
  for (const mark of text) {
    before = again(before, mark);
    done += before;
  }
  return done;
}

/**
 * What a mark stands for behind a letter; any other letter for itself.
 * @param {string} letter
 * @param {string} mark
 */
function again(letter, mark) {
  if (mark === "\u3005" || mark === "\u303b") {
    return /^[\u3400-\u9fff\uf900-\ufaff]$/.test(letter) ? letter : mark;
  }
  if ((mark !== "\u309d" && mark !== "\u309e") || !/^[\u3041-\u3096]$/.test(letter)) return mark;
  const bare = VOICED.get(letter) ?? letter;
  return mark === "\u309d" ? bare : (VOICES.get(bare) ?? letter);
}
