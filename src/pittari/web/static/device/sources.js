// May this person send this sticker, and by what right?

/** By what right a sticker may be sent, in the order of the score's features. */
export const SOURCES = ["owned", "premium", "trial", "trial_send"];
const [OWNED, PREMIUM, TRIAL, TRIAL_SEND] = SOURCES.keys();
export const NONE = -1;

const ADULT = 2;
const SUBSCRIBED = 4;
const SENDABLE = 8;

/** A person's rights at one time, ready to be asked for many stickers. */
export class Permit {
  /**
   * @param {import("./stock.js").Stock} stock
   * @param {import("./person.js").Person} person
   * @param {number} at microseconds since 1970
   */
  constructor(stock, person, at) {
    const { rights, switches } = person;
    const { settings, meta } = stock.bundle;
    const off = SOURCES.map((source) => switches.sources.includes(source));
    const keeps = rights.plan === "deluxe" ? settings.deluxe : settings.basic;
    const plan = rights.plan !== "" && at < rights.plan_until;
    this.stock = stock;
    this.adult = rights.adult;
    this.ownedOff = off[OWNED];
    this.premium = plan && new Set(rights.kept).size < keeps && !off[PREMIUM];
    this.trial = at < rights.trial_until && !off[TRIAL];
    this.sends = person.sendsLeft(at) > 0 && !off[TRIAL_SEND];
    /** 1 for each package that is owned, or kept under a plan that runs. */
    this.owned = new Uint8Array(stock.packages.size);
    for (const id of plan ? [...rights.owned, ...rights.kept] : rights.owned) {
      const row = stock.packages.get(id);
      if (row !== undefined) this.owned[row] = 1;
    }
    /** 1 for each list of regions that is empty or holds the person's. */
    this.here = Uint8Array.from(meta.regions, (list) =>
      Number(!list.length || list.includes(rights.region)),
    );
  }

  /**
   * @param {number} row of the item in the stock
   * @param {boolean} offered to people who do not own it
   * @returns {number} row of `SOURCES`; -1: none
   */
  source(row, offered) {
    const { stock } = this;
    const flags = stock.flags[row];
    if (flags & ADULT && !this.adult) return NONE;
    if (this.owned[stock.packageOf[row]]) return this.ownedOff ? NONE : OWNED;
    if (!offered || !this.here[stock.regionsOf[row]]) return NONE;
    if (flags & SUBSCRIBED && this.premium) return PREMIUM;
    if (flags & SUBSCRIBED && this.trial) return TRIAL;
    return flags & SENDABLE && this.sends ? TRIAL_SEND : NONE;
  }
}
