// Pictures are fetched before anybody types, all of them and in the order of their ids: a picture
// that were asked for when its sticker is first suggested would tell what was typed.

const KEPT = "chat-pictures";
const AT_ONCE = 6;

/** Which pictures are on this device. */
export class Pictures {
  constructor() {
    /** @type {Set<string>} ids */
    this.ready = new Set();
    this.total = 0;
  }

  /** Reads which ones are kept. */
  async open() {
    const kept = await caches.open(KEPT);
    for (const { url } of await kept.keys()) this.ready.add(id(url));
  }

  /** Forgets them all: another project draws others. */
  async forget() {
    await caches.delete(KEPT);
    this.ready.clear();
  }

  /**
   * Fetches those that are not there yet; ones that cannot be had now are left for later.
   * @param {Set<string>} items
   */
  async fetch(items) {
    this.total = items.size;
    const kept = await caches.open(KEPT);
    const missing = [...items].filter((item) => !this.ready.has(item)).sort();
    const take = async () => {
      for (let item = missing.shift(); item; item = missing.shift()) {
        const answer = await fetch(address(item)).catch(() => null);
        if (!answer?.ok) continue;
        await kept.put(address(item), answer);
        this.ready.add(item);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, take));
  }
}

/** @param {string} item */
export function address(item) {
  return `/pictures/${encodeURIComponent(item)}.svg`;
}

/** @param {string} url */
function id(url) {
  return decodeURIComponent(new URL(url).pathname.slice("/pictures/".length, -".svg".length));
}
