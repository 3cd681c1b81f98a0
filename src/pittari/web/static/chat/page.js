// The chat page: everything on it happens on this device. While somebody types nothing is asked of
// anybody; afterwards one thing is told: which sticker was sent.

import { Composer } from "./composer.js";
import { Device } from "./device.js";
import { keep, safe, told } from "./keeping.js";
import { Look } from "./look.js";
import { Names } from "./names.js";
import { Note } from "./note.js";
import { Outbox } from "./outbox.js";
import { People } from "./people.js";
import { Pictures } from "./pictures.js";
import { History, ROOMS, Rooms } from "./room.js";
import { Row } from "./row.js";
import { Sendings } from "./sending.js";
import { Settings, turned } from "./settings.js";
import { Storage } from "./storage.js";
import { Top } from "./top.js";
import { announce, say } from "./words.js";

const CHECK = 15_000;

/** @param {string} id */
const find = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const now = () => Date.now() * 1000;

class Chat {
  /** @param {Storage} storage */
  constructor(storage) {
    this.storage = storage;
    this.device = new Device(storage);
    this.people = new People(storage);
    this.pictures = new Pictures();
    this.rooms = new Rooms(storage);
    this.outbox = new Outbox(storage, async () => (await told("/chat/people")).csrf);
    /** Done when the page is on the device. */
    this.kept = Promise.resolve();
    this.self = "";
    /** @type {typeof ROOMS[number]} */
    this.room = "friend";
    /** Whether a row was seen since the message was begun, and whether it was sent away. */
    this.seen = this.dismissed = false;
    this.names = new Names(this.people);
    this.note = new Note(find("note"), () => this.composer.focus());
    this.top = new Top(find("cast"), find("rooms"));
    this.history = new History(find("history"));
    this.row = new Row(find("row"), {
      pick: (one, place) => this.pick(one, place),
      look: (one) => this.look.open(one, this.named(one), this.person),
      leave: () => this.composer.focus(),
      named: (one) => this.named(one),
    });
    this.look = new Look(/** @type {HTMLDialogElement} */ (find("look")), {
      pick: (one) => this.pick(one, 1 + this.row.stickers.findIndex(({ item }) => item === one.item)),
      less: (one) => this.less(one),
    });
    this.composer = new Composer(/** @type {HTMLFormElement} */ (find("composer")), {
      changed: () => this.suggest(),
      send: (text) => this.say(text),
      enterRow: () => (this.row.shown ? (this.row.enter(), true) : false),
      dismiss: () => this.dismiss(),
      undo: () => this.sendings.undo(),
    });
    this.sendings = new Sendings(storage, find("undo"), {
      commit: (one) => this.commit(one),
      undone: (one) => this.undone(one),
    });
    this.settings = new Settings(/** @type {HTMLDialogElement} */ (find("settings")), {
      shown: () => this.shown(),
      changed: () => this.changed(),
      bring: async (text) => {
        await this.people.bring(this.self, text);
        this.changed();
      },
    });
  }

  get person() {
    return this.people.person(this.self);
  }

  /** The room as the device keeps it. */
  get key() {
    return this.people.room(this.room, this.self);
  }

  /** Opens what is kept, then asks for what is new. */
  async open() {
    this.kept = keep().catch(() => {});
    await Promise.all([this.device.open(), this.pictures.open(), this.rooms.open()]);
    const { csrf, people } = await told("/chat/people");
    this.names.goods = await told("/chat/goods");
    this.outbox.csrf = csrf;
    await this.people.open(people);
    this.self = (await this.storage.get("kept", "self")) ?? "";
    if (!this.people.persons.has(this.self)) this.self = people[0].id;
    const [one, other] = people;
    await this.rooms.begin(this.people.room("friend", one.id), "friend", [other.id, one.id]);
    for (const { id } of people) {
      for (const kind of ["family", "work"]) {
        await this.rooms.begin(this.people.room(kind, id), kind, [kind, id]);
      }
    }
    await this.device.openParts(this.packages());
    await this.sendings.open();
    this.top.open(people, {
      be: (self) => this.turn(() => (this.self = self)),
      enter: (room) => this.turn(() => (this.room = room)),
    });
    this.draw();
    this.listen();
    this.outbox.flush();
    await this.renew();
  }

  packages() {
    return [...new Set(this.people.faces.flatMap(({ rights }) => [...rights.owned, ...rights.kept]))];
  }

  async renew() {
    if (!this.device.bundle) this.note.say(say("loading"));
    try {
      if (await this.device.renew(this.packages())) await this.pictures.forget();
      await this.kept;
      await this.pictures.fetch(this.device.items());
    } catch {
      if (!navigator.onLine) this.note.say(say("offline"));
    }
    const { bundle, refused } = this.device;
    if (!bundle) this.note.say(say(refused === "unsupported" ? "unsupported" : "no_bundle"));
    else if (refused) this.note.say(say("bundle_refused", { reason: say(`refused_${refused}`) }));
    else if (this.note.text === say("loading")) this.note.say("");
    document.documentElement.dataset.ready = bundle ? String(bundle.version) : "none";
    this.suggest();
  }

  listen() {
    find("open-settings").addEventListener("click", () => this.settings.open());
    find("room-on").addEventListener("change", (event) => {
      const { switches } = this.person;
      const on = /** @type {HTMLInputElement} */ (event.target).checked;
      switches.rooms = turned(switches.rooms, this.key, !on);
      this.changed();
    });
    addEventListener("offline", () => this.note.say(say("offline")));
    addEventListener("online", () => this.note.say(""));
    document.addEventListener("visibilitychange", async () => {
      if (document.hidden || this.sendings.one) return;
      await Promise.all([this.people.reread(this.self), this.rooms.open()]);
      this.draw();
      this.suggest();
    });
    setInterval(() => this.explain(), CHECK);
  }

  /**
   * Changes who, or where; what was being typed is begun anew.
   * @param {() => void} change
   */
  async turn(change) {
    const committed = this.sendings.commit();
    change();
    this.begin();
    this.composer.text = "";
    this.draw();
    await committed;
    await this.storage.put("kept", this.self, "self");
  }

  /** A new message begins. */
  begin() {
    this.seen = this.dismissed = false;
  }

  draw() {
    const name = this.names.room(this.room, this.self);
    this.top.draw(this.self, this.room, (room) => this.roomTold(room));
    find("room").textContent = name;
    find("history").ariaLabel = say("history", { room: name });
    /** @type {HTMLInputElement} */ (find("room-on")).checked = !this.person.switches.rooms.includes(this.key);
    this.history.show(this.rooms.of(this.key), this.self, (by) => this.names.writer(by));
    this.explain();
  }

  /** @param {string} room */
  roomTold(room) {
    const last = this.rooms.of(this.people.room(room, this.self)).at(-1);
    const said = last?.item ? say("sticker", { phrase: last.phrase ?? "" }) : last?.text ?? "";
    return { name: this.names.room(room, this.self), said };
  }

  /** @param {import("./device.js").Suggested} one */
  named(one) {
    return this.names.sticker(one, this.left());
  }

  /** Trial sends left, without the one that is on its way. */
  left() {
    const waiting = this.sendings.one?.use.source === "trial_send" && this.sendings.one.user === this.self;
    return Math.max(0, this.person.sendsLeft(now()) - Number(waiting));
  }

  /** What goes with what is being typed, as it stands. */
  candidates() {
    const { text, caret } = this.composer;
    if (!text.trim() || !safe()) return [];
    const recent = this.rooms.of(this.key).flatMap((message) => message.text ?? []);
    const found = this.device.suggested(this.person, text, caret, { room: this.key, recent });
    const left = this.left();
    return found.filter(
      ({ item, source }) => this.pictures.ready.has(item) && (source !== "trial_send" || left > 0),
    );
  }

  suggest() {
    if (!this.self) return;
    if (!this.composer.text) this.begin();
    const found = this.dismissed ? [] : this.candidates();
    this.row.show(found);
    this.seen ||= found.length > 0;
  }

  dismiss() {
    if (!this.row.shown) return;
    this.dismissed = true;
    this.suggest();
  }

  /** @param {string} text */
  async say(text) {
    if (this.seen) this.person.wasIgnored(this.key);
    this.begin();
    const message = { id: crypto.randomUUID(), room: this.key, by: this.self, at: Date.now(), text };
    this.composer.text = "";
    await this.rooms.add(message);
    this.draw();
    await this.sendings.commit();
    await this.people.save(this.self);
  }

  /**
   * @param {import("./device.js").Suggested} one
   * @param {number} place from 1
   */
  async pick(one, place) {
    await this.sendings.commit();
    const still = this.candidates().find(({ item }) => item === one.item);
    this.composer.focus();
    if (still?.source !== one.source) {
      this.suggest();
      if (!this.explain()) this.note.say(say("gone"));
      return;
    }
    const { item, tag, source } = one;
    const { phrase } = this.named(one);
    const { text } = this.composer;
    const message = { id: crypto.randomUUID(), room: this.key, by: this.self, at: Date.now(), item, phrase };
    const sent = { event: crypto.randomUUID(), user: this.self, item, at: now(), place: Math.max(1, place) };
    const use = { item, tag, source, room: this.key, at: now() };
    const last = source === "trial_send" && this.left() === 1;
    await this.rooms.add(message);
    await this.sendings.begin({ message: message.id, user: this.self, use, sent, text }, say(last ? "sent_last" : "sent"));
    // A sticker that says it all takes the place of the words; beside others they stay.
    if (one.place === "alone") this.composer.text = "";
    else this.dismissed = true;
    this.seen = false;
    this.suggest();
    this.draw();
    announce(say("sent_said", { phrase }));
  }

  /** @param {import("./sending.js").Sending} one */
  async commit({ user, use, sent }) {
    const person = this.people.person(user);
    const stock = this.device.stock(person);
    if (stock) person.used(stock, use);
    await this.people.save(user);
    this.outbox.put(sent);
    if (user === this.self) this.suggest();
  }

  /** @param {import("./sending.js").Sending} one */
  async undone({ message, text }) {
    await this.rooms.remove(message);
    this.begin();
    if (!this.composer.text) this.composer.text = text;
    else this.suggest();
    this.composer.focus();
    this.draw();
    announce(say("undone"));
  }

  /** @param {import("./device.js").Suggested} one */
  async less(one) {
    this.person.wantsLess(one.item);
    await this.people.save(this.self);
    this.suggest();
    this.composer.focus();
    announce(say("less_said", { phrase: this.named(one).phrase }));
  }

  /** Says that a right has ended; returns whether there was something to say. */
  explain() {
    const [text] = this.people.ended(this.self, now());
    if (!text) return false;
    this.people.told(this.self, text);
    this.note.say(say(text));
    this.suggest();
    return true;
  }

  async changed() {
    await this.people.save(this.self);
    this.draw();
    this.suggest();
  }

  shown() {
    const { self, person, device, pictures } = this;
    const rooms = ROOMS.map((room) => ({ key: this.people.room(room, self), name: this.names.room(room, self) }));
    return { id: self, person, rooms, device, pictures, phrase: (/** @type {string} */ item) => this.names.phrase(item) };
  }
}


const chat = new Chat(await Storage.open());
if (isSecureContext) await chat.open().catch(() => chat.note.say(say("no_bundle")));
else chat.note.say(say("unsupported"));
