// Is this JSON what it should be? Small readers that give it back typed, or throw TypeError.

/**
 * Reads one value.
 * @template T
 * @typedef {(value: unknown) => T} Reader
 */

/** @type {Reader<string>} */
export const text = (value) => (typeof value === "string" ? value : wrong("a text", value));

/** @type {Reader<boolean>} */
export const flag = (value) => (typeof value === "boolean" ? value : wrong("true or false", value));

/** @type {Reader<unknown>} */
export const anything = (value) => value;

/**
 * @param {number} least
 * @param {number} most
 * @returns {Reader<number>}
 */
export function whole(least, most) {
  return (value) =>
    typeof value === "number" && Number.isInteger(value) && least <= value && value <= most
      ? value
      : wrong(`a whole number from ${least} to ${most}`, value);
}

/**
 * What may be missing.
 * @template T
 * @param {Reader<T>} of
 * @param {T} missing
 * @returns {Reader<T>}
 */
export function or(of, missing) {
  return (value) => (value === undefined ? missing : of(value));
}

/**
 * @template T
 * @param {Reader<T>} of
 * @returns {Reader<T[]>}
 */
export function list(of) {
  return (value) =>
    Array.isArray(value) ? value.map((one) => of(one)) : wrong("a list", value);
}

/**
 * Texts to values.
 * @template T
 * @param {Reader<T>} of
 * @returns {Reader<Map<string, T>>}
 */
export function map(of) {
  return (value) =>
    new Map(Object.entries(object(value)).map(([name, one]) => [name, of(one)]));
}

/**
 * An object with these fields; others are passed over.
 * @template {Record<string, Reader<any>>} F
 * @param {F} fields
 * @returns {Reader<{[name in keyof F]: ReturnType<F[name]>}>}
 */
export function record(fields) {
  return (value) => {
    const given = object(value);
    const read = Object.entries(fields).map(([name, of]) => [name, of(given[name])]);
    return Object.fromEntries(read);
  };
}

/**
 * The same, where nothing else may stand.
 * @template {Record<string, Reader<any>>} F
 * @param {F} fields
 * @returns {Reader<{[name in keyof F]: ReturnType<F[name]>}>}
 */
export function only(fields) {
  const read = record(fields);
  return (value) => {
    const other = Object.keys(object(value)).find((name) => !Object.hasOwn(fields, name));
    return other === undefined ? read(value) : wrong("nothing more", other);
  };
}

/**
 * @param {unknown} value
 * @returns {Record<string, unknown>}
 */
function object(value) {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return /** @type {Record<string, unknown>} */ (value);
  }
  return wrong("an object", value);
}

/**
 * @param {string} expected
 * @param {unknown} got
 * @returns {never}
 */
function wrong(expected, got) {
  throw new TypeError(`expected ${expected}, got ${JSON.stringify(got)}`);
}
