// How a text sounds, written in kana, in romaji, or half in each: おは, oha and おh are one word begun.

const CONSONANTS = "kstnhmrgzdbp";
const VOWELS = "aiueo";

/** @type {Map<string, string>} kana to its spelling */
const KANA = new Map(kana());
/** @type {Map<string, string>} small kana to its letters */
const SMALL = new Map(
  Object.entries({ ぁ: "a", ぃ: "i", ぅ: "u", ぇ: "e", ぉ: "o", ゃ: "ya", ゅ: "yu", ょ: "yo" }),
);
/** @type {Map<string, {become: string[], open: string[]}>} */
const ROMAJI = new Map(romaji());

/**
 * @typedef {object} Sound
 * @property {string | null} whole how the text sounds; null when it is not finished, or silent
 * @property {string[]} begins how a word may begin that begins with this text
 */

/**
 * Reads a folded text aloud (docs/bundle.md, section 6).
 * @param {string} text
 * @returns {Sound}
 */
export function sound(text) {
  const reader = new Reader();
  for (const letter of text) {
    if (!reader.take(letter)) return { whole: null, begins: [] };
  }
  return reader.end();
}

class Reader {
  said = "";
  waiting = "";
  /** The spelling of the last kana, while a small one can join it. */
  last = "";

  /**
   * @param {string} letter
   * @returns {boolean} false: nobody can say this
   */
  take(letter) {
    const small = SMALL.get(letter);
    const spelling = small ?? KANA.get(letter);
    if (spelling !== undefined) return this.kana(spelling, small !== undefined);
    this.last = "";
    if (VOWELS.includes(letter)) return this.vowel(letter);
    if (letter < "a" || letter > "z") return false;
    return this.consonant(letter);
  }

  /**
   * @param {string} spelling
   * @param {boolean} small
   */
  kana(spelling, small) {
    if (this.waiting === "n") this.say("n");
    else if (this.waiting) return false;
    this.waiting = "";
    if (!small) {
      this.say(spelling);
      this.last = spelling;
      return true;
    }
    const joint = joined(this.last);
    if (joint) this.said = this.said.slice(0, -this.last.length) + joint;
    this.say(joint.endsWith("y") ? spelling.replace("y", "") : spelling);
    this.last = "";
    return true;
  }

  /** @param {string} letter */
  vowel(letter) {
    if (!this.waiting) {
      this.say(letter);
      return true;
    }
    const became = ROMAJI.get(this.waiting)?.become[VOWELS.indexOf(letter)];
    if (!became) return false;
    this.say(became);
    this.waiting = "";
    return true;
  }

  /** @param {string} letter */
  consonant(letter) {
    if (this.waiting === "n" && letter !== "n" && letter !== "y") {
      this.say("n");
      this.waiting = "";
    }
    if (this.waiting.endsWith(letter) || (this.waiting === "t" && letter === "c")) {
      this.waiting = this.waiting.slice(0, -1);
    }
    this.waiting += letter;
    return ROMAJI.has(this.waiting);
  }

  /** @param {string} letters */
  say(letters) {
    this.said = added(this.said, letters);
  }

  /** @returns {Sound} */
  end() {
    if (this.waiting === "n") this.say("n");
    else if (this.waiting) {
      const open = ROMAJI.get(this.waiting)?.open ?? [];
      return { whole: null, begins: open.map((one) => added(this.said, one)) };
    }
    const begins = [this.said];
    const joint = this.waiting ? "" : joined(this.last);
    if (joint) begins.push(this.said.slice(0, -this.last.length) + joint);
    return { whole: this.said, begins };
  }
}

/**
 * @param {string} said
 * @param {string} letters
 */
function added(said, letters) {
  for (const letter of letters) {
    const end = said.slice(-1);
    const long = (letter === "u" && end === "o") || (letter === "i" && end === "e");
    if (letter !== end && !long) said += letter;
  }
  return said;
}

/**
 * What a spelling becomes before a small kana; "" when none joins it.
 * @param {string} spelling
 */
function joined(spelling) {
  if (spelling === "hu") return "hw";
  const palatal = spelling.length === 2 && spelling[1] === "i" && CONSONANTS.includes(spelling[0]);
  return palatal ? `${spelling[0]}y` : "";
}

/** @returns {[string, string][]} */
function kana() {
  const rows = {
    "": "あいうえお", k: "かきくけこ", s: "さしすせそ", t: "たちつてと", n: "なにぬねの",
    h: "はひふへほ", m: "まみむめも", r: "らりるれろ", g: "がぎぐげご", z: "ざじずぜぞ",
    d: "だぢづでど", b: "ばびぶべぼ", p: "ぱぴぷぺぽ",
  };
  /** @type {[string, string][]} */
  const found = Object.entries(rows).flatMap(([consonant, row]) =>
    Array.from(row, (one, at) => /** @type {[string, string]} */ ([one, consonant + VOWELS[at]])),
  );
  const others = {
    や: "ya", ゆ: "yu", よ: "yo", わ: "wa", ゐ: "wi", ゑ: "we", を: "wo", ん: "n",
    っ: "", ー: "", ゔ: "bu", ゕ: "ka", ゖ: "ke", ゎ: "wa",
  };
  return [...found, ...Object.entries(others)];
}

/** @returns {[string, {become: string[], open: string[]}][]} */
function romaji() {
  const plain = [...CONSONANTS].flatMap((one) => [one, `${one}y`]).map((one) => ({
    [one]: [Array.from(VOWELS, (vowel) => one + vowel).join(" "), one],
  }));
  /** @type {Record<string, string[]>} */
  const table = Object.assign({}, ...plain, {
    y: ["ya - yu - yo", "y"],
    w: ["wa ui - ue wo", "wa ui ue wo"],
    sh: ["sya si syu sye syo", "si sy"],
    ch: ["tya ti tyu tye tyo", "ti ty"],
    c: ["- - - - -", "ti ty"],
    j: ["zya zi zyu zye zyo", "zi zy"],
    f: ["hwa hwi hu hwe hwo", "hu hw"],
    ts: ["- - tu - -", "tu"],
    v: ["bua bui buu bue buo", "bu"],
  });
  return Object.entries(table).map(([letters, [become, open]]) => [
    letters,
    { become: become.split(" ").map((one) => (one === "-" ? "" : one)), open: open.split(" ") },
  ]);
}
