// What a person decides, and all that this device knows of them: seen, taken along, brought back,
// forgotten.

import { address } from "./pictures.js";
import { element } from "./room.js";
import { moment, number, say } from "./words.js";

const BEST = 5;
const ONE = 256;
const SURE = 5000;

/**
 * @typedef {object} Shown what the sheet speaks of
 * @property {string} id
 * @property {import("../device/index.js").Person} person
 * @property {{ key: string, name: string }[]} rooms
 * @property {import("./device.js").Device} device
 * @property {import("./pictures.js").Pictures} pictures
 * @property {(item: string) => string} phrase
 */

export class Settings {
  /**
   * @param {HTMLDialogElement} sheet
   * @param {object} acts
   * @param {() => Shown} acts.shown
   * @param {() => void} acts.changed the person was changed
   * @param {(text: string) => Promise<void>} acts.bring throws when it is no person's data
   */
  constructor(sheet, acts) {
    this.sheet = sheet;
    this.acts = acts;
    sheet.addEventListener("click", (event) => {
      if (event.target === sheet) sheet.close();
    });
    sheet.addEventListener("change", (event) => this.#switched(event));
    this.#on("export", () => this.#export());
    this.#on("import", () => this.#find("import-file").click());
    this.#on("wipe", () => this.#wipe());
    this.#find("import-file").addEventListener("change", () => this.#import());
  }

  open() {
    this.#find("known-said").textContent = "";
    this.#calm();
    this.draw();
    this.sheet.showModal();
  }

  /** Shows how everything stands now. */
  draw() {
    const { person, rooms } = this.acts.shown();
    const { off, rooms: quiet, sources } = person.switches;
    /** @type {HTMLInputElement} */ (this.#find("all-on")).checked = !off;
    for (const box of this.#sources()) box.checked = !sources.includes(box.dataset.source ?? "");
    this.#find("rooms-on").replaceChildren(...rooms.map(({ key, name }) => roomSwitch(key, name, !quiet.includes(key))));
    this.#find("rights").replaceChildren(...rights(person).map((text) => element("li", "", text)));
    this.#find("known").replaceChildren(...this.#known());
    this.#find("known-all").textContent = JSON.stringify(person, null, 2);
    this.#find("bundle").replaceChildren(...this.#bundle().map((text) => element("li", "", text)));
  }

  #known() {
    const { person, phrase } = this.acts.shown();
    const parts = [];
    const stickers = best(person.stickers);
    if (stickers.length) parts.push(element("h4", "", say("known_sticker")), pictured(stickers, phrase));
    const tags = best(person.tags);
    if (tags.length) {
      const list = element("ul", "tags");
      list.append(...tags.map(([tag]) => element("li", "", tag)));
      parts.push(element("h4", "", say("known_word")), list);
    }
    const less = [...person.less.keys()];
    if (less.length) parts.push(element("h4", "", say("known_less")), pictured(less.map((item) => [item, 0]), phrase));
    return parts.length ? parts : [element("p", "hint", say("known_none"))];
  }

  #bundle() {
    const { device, pictures } = this.acts.shown();
    const { bundle, refused } = device;
    if (!bundle) return [say(refused === "unsupported" ? "unsupported" : "no_bundle")];
    const size = `${number(Math.ceil(bundle.bytes.length / 1024))} KB`;
    const told = [say("bundle_version", { version: bundle.version }), say("bundle_held", { size })];
    told.push(say("bundle_pictures", { ready: number(pictures.ready.size), total: number(pictures.total) }));
    if (refused) told.push(say("bundle_refused", { reason: say(`refused_${refused}`) }));
    return told;
  }

  /** @param {Event} event */
  #switched({ target }) {
    if (!(target instanceof HTMLInputElement) || target.type !== "checkbox") return;
    const { switches } = this.acts.shown().person;
    const { source, room } = target.dataset;
    if (target.id === "all-on") switches.off = !target.checked;
    if (source) switches.sources = turned(switches.sources, source, !target.checked);
    if (room) switches.rooms = turned(switches.rooms, room, !target.checked);
    this.#find("known-all").textContent = JSON.stringify(this.acts.shown().person, null, 2);
    this.acts.changed();
  }

  #export() {
    const { id, person } = this.acts.shown();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([person.export()], { type: "application/json" }));
    link.download = `pittari-${id}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), SURE);
  }

  async #import() {
    const field = /** @type {HTMLInputElement} */ (this.#find("import-file"));
    const [file] = field.files ?? [];
    if (!file) return;
    const said = await this.acts.bring(await file.text()).then(
      () => "import_done",
      () => "import_wrong",
    );
    field.value = "";
    this.draw();
    this.#find("known-said").textContent = say(said);
  }

  /** Asks once more before all is forgotten. */
  #wipe() {
    const button = this.#find("wipe");
    if (button.dataset.sure === undefined) {
      button.dataset.sure = "";
      button.textContent = say("wipe_sure");
      setTimeout(() => this.#calm(), SURE);
      return;
    }
    this.#calm();
    this.acts.shown().person.wipe();
    this.acts.changed();
    this.draw();
    this.#find("known-said").textContent = say("wipe_done");
  }

  #calm() {
    const button = this.#find("wipe");
    delete button.dataset.sure;
    button.textContent = say("wipe");
  }

  #sources() {
    return /** @type {HTMLInputElement[]} */ ([...this.sheet.querySelectorAll("[data-source]")]);
  }

  /** @param {string} id */
  #find(id) {
    return /** @type {HTMLElement} */ (document.getElementById(id));
  }

  /**
   * @param {string} id
   * @param {() => void} act
   */
  #on(id, act) {
    this.#find(id).addEventListener("click", act);
  }
}

/**
 * @param {string[]} list
 * @param {string} what
 * @param {boolean} into whether it belongs in the list
 */
export function turned(list, what, into) {
  const without = list.filter((one) => one !== what);
  return into ? [...without, what] : without;
}

/**
 * @param {Map<string, { value: number }>} uses
 * @returns {[string, number][]} the most used ones, with how often about
 */
function best(uses) {
  const all = [...uses].map(([what, { value }]) => /** @type {[string, number]} */ ([what, value / ONE]));
  return all.sort((one, other) => other[1] - one[1]).slice(0, BEST);
}

/**
 * @param {[string, number][]} items
 * @param {(item: string) => string} phrase
 */
function pictured(items, phrase) {
  const list = element("ul", "known-stickers");
  for (const [item, count] of items) {
    const one = element("li", "");
    const picture = document.createElement("img");
    Object.assign(picture, { src: address(item), alt: phrase(item), width: 320, height: 320 });
    one.append(picture);
    if (count) one.append(element("span", "", say("known_times", { count: number(Math.max(1, Math.round(count))) })));
    list.append(one);
  }
  return list;
}

/**
 * @param {string} key
 * @param {string} name
 * @param {boolean} on
 */
function roomSwitch(key, name, on) {
  const label = element("label", "switch");
  const box = document.createElement("input");
  Object.assign(box, { type: "checkbox", role: "switch", checked: on });
  box.dataset.room = key;
  label.append(element("span", "switch-text", name), box);
  return label;
}

/** @param {import("../device/index.js").Person} person */
function rights(person) {
  const at = Date.now() * 1000;
  const { owned, plan, plan_until, trial_until, sends_until, sends_a_day } = person.rights;
  const until = (/** @type {number} */ end) => moment(end / 1000);
  const told = [say(owned.length === 1 ? "rights_owned_one" : "rights_owned", { count: number(owned.length) })];
  if (plan && at < plan_until) told.push(say(`rights_${plan}`, { until: until(plan_until) }));
  if (at < trial_until) told.push(say("rights_trial", { until: until(trial_until) }));
  if (at < sends_until) {
    const left = number(person.sendsLeft(at));
    told.push(say("rights_sends", { count: number(sends_a_day), until: until(sends_until), left }));
  }
  return told;
}
