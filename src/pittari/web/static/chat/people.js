// Who one can be here, and what the device knows of each: kept here, shown, and never sent.

import { Person } from "../device/index.js";

/**
 * What the server says of somebody.
 * @typedef {object} Face
 * @property {string} id
 * @property {string} name
 * @property {string} face a package with their portrait, or ""
 * @property {import("../device/person.js").Rights} rights
 */

/** The end of a right, and the text that explains it. */
const ENDS = /** @type {const} */ ([
  ["trial_until", "trial_ended"],
  ["plan_until", "plan_ended"],
  ["sends_until", "sends_ended"],
]);

/** The people of this device. */
export class People {
  /** @param {import("./storage.js").Storage} storage */
  constructor(storage) {
    this.storage = storage;
    /** @type {Face[]} */
    this.faces = [];
    /** @type {Map<string, Person>} by id */
    this.persons = new Map();
    /** @type {Map<string, Record<string, number>>} ends of rights as they were last known */
    this.ends = new Map();
  }

  /** @param {Face[]} faces */
  async open(faces) {
    this.faces = faces;
    for (const { id, rights } of faces) {
      const kept = await this.storage.get("kept", `person ${id}`);
      this.persons.set(id, restored(kept));
      this.ends.set(id, { ...(await this.storage.get("kept", `ends ${id}`)) });
      this.grant(id, rights);
      await this.save(id);
    }
  }

  /**
   * Takes over what the server says somebody may send; what was sent here today and is not told
   * yet still counts.
   * @param {string} id
   * @param {import("../device/person.js").Rights} rights
   */
  grant(id, rights) {
    const person = this.person(id);
    const here = person.rights;
    const sent = here.sent_day === rights.sent_day ? Math.max(here.sent, rights.sent) : rights.sent;
    person.rights = { ...rights, sent };
    const ends = this.ends.get(id) ?? {};
    for (const [until] of ENDS) ends[until] = rights[until] || ends[until] || 0;
    this.ends.set(id, ends);
  }

  /**
   * @param {string} id
   * @returns {Person}
   */
  person(id) {
    return /** @type {Person} */ (this.persons.get(id));
  }

  /**
   * A room as the device keeps it: the friends' is both people's, others are each one's own.
   * @param {string} room
   * @param {string} self
   */
  room(room, self) {
    const of = room === "friend" ? this.faces.map(({ id }) => id) : [self];
    return [room, ...of].join(" ");
  }

  /** @param {string} id */
  async save(id) {
    await this.storage.put("kept", this.person(id).export(), `person ${id}`);
    await this.storage.put("kept", this.ends.get(id), `ends ${id}`);
  }

  /** Reads somebody anew: another window may have written meanwhile. */
  async reread(/** @type {string} */ id) {
    const kept = await this.storage.get("kept", `person ${id}`);
    if (kept) this.persons.set(id, restored(kept));
  }

  /**
   * Which rights have ended that nobody was told of yet: keys of texts.
   * @param {string} id
   * @param {number} at microseconds since 1970
   */
  ended(id, at) {
    const ends = this.ends.get(id) ?? {};
    return ENDS.filter(([until]) => ends[until] > 0 && at >= ends[until]).map(([, text]) => text);
  }

  /**
   * Remembers that somebody was told of the end of a right.
   * @param {string} id
   * @param {string} text
   */
  async told(id, text) {
    const ends = this.ends.get(id) ?? {};
    for (const [until, key] of ENDS) if (key === text) ends[until] = 0;
    await this.save(id);
  }

  /**
   * Brings back what was exported: what was learnt and switched, not what may be sent.
   * @param {string} id
   * @param {string} text JSON; throws when it is no person's data
   */
  async bring(id, text) {
    const person = Person.read(text);
    person.rights = this.person(id).rights;
    this.persons.set(id, person);
    await this.save(id);
  }
}

/**
 * Somebody as they were kept; what cannot be read is nobody known.
 * @param {string | undefined} kept
 */
function restored(kept) {
  try {
    return kept ? Person.read(kept) : new Person();
  } catch {
    return new Person();
  }
}
