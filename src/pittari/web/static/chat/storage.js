// What the page keeps, in the browser's own storage; where there is none, for as long as it is open.

const NAME = "pittari-chat";
const STORES = { kept: undefined, messages: "id", waiting: "event" };

/** One small database; every method waits until it is durable. */
export class Storage {
  /** @param {IDBDatabase | null} database */
  constructor(database) {
    this.database = database;
    /** @type {Record<string, Map<IDBValidKey, any>>} */
    this.memory = { kept: new Map(), messages: new Map(), waiting: new Map() };
  }

  static async open() {
    try {
      return new Storage(await opened());
    } catch {
      return new Storage(null);
    }
  }

  /**
   * @param {string} store
   * @param {IDBValidKey} key
   */
  async get(store, key) {
    if (!this.database) return this.memory[store].get(key);
    return this.#ask(store, "readonly", (of) => of.get(key));
  }

  /**
   * @param {string} store
   * @returns {Promise<any[]>}
   */
  async all(store) {
    if (!this.database) return [...this.memory[store].values()];
    return this.#ask(store, "readonly", (of) => of.getAll());
  }

  /**
   * @param {string} store
   * @param {any} value
   * @param {string} [key] where the value does not name its own
   */
  async put(store, value, key) {
    if (!this.database) {
      this.memory[store].set(key ?? value[STORES[/** @type {keyof typeof STORES} */ (store)] ?? ""], value);
      return;
    }
    await this.#ask(store, "readwrite", (of) => of.put(value, key));
  }

  /**
   * @param {string} store
   * @param {IDBValidKey} key
   */
  async delete(store, key) {
    if (!this.database) {
      this.memory[store].delete(key);
      return;
    }
    await this.#ask(store, "readwrite", (of) => of.delete(key));
  }

  /**
   * @param {string} store
   * @param {IDBTransactionMode} mode
   * @param {(of: IDBObjectStore) => IDBRequest} asked
   * @returns {Promise<any>}
   */
  #ask(store, mode, asked) {
    return new Promise((resolve, reject) => {
      const transaction = /** @type {IDBDatabase} */ (this.database).transaction(store, mode);
      const request = asked(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const [name, key] of Object.entries(STORES)) {
        request.result.createObjectStore(name, key ? { keyPath: key } : {});
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(request.error);
  });
}
