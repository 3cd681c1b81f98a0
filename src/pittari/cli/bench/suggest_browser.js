// What `pittari bench suggest --browser` runs in the page: the device module, an input and a row.

import {
  Bundle, Person, Stock, arrived, matches, ranked, silent,
} from "/device/index.js";

const AT = 1_800_000_000_000_000;
const OPENINGS = 9;
const ROUNDS = 3;

/** Milliseconds to check what came, and to open what was kept until it can answer. */
export async function opened(keys) {
  const data = await (await fetch("/ja.bundle")).arrayBuffer();
  const arrivals = [];
  const openings = [];
  for (let round = 0; round < OPENINGS; round++) {
    let begin = performance.now();
    const bundle = await arrived(data, keys, "ja", null);
    arrivals.push(performance.now() - begin);
    begin = performance.now();
    window.stock = new Stock(await Bundle.open(bundle.bytes, keys, { kept: true }));
    openings.push(performance.now() - begin);
  }
  return { arrivals, openings, bytes: data.byteLength };
}

/** Somebody who owns some packages, may try all others, and has a past. */
export function person(owned, used) {
  const { stock } = window;
  window.who = new Person({ rights: { owned, region: "JP", trial_until: 2 * AT } });
  for (const item of used) window.who.used(stock, { item, source: "owned", room: "", at: AT });
}

/** Milliseconds to match a text and to rank the first so many candidates it calls for. */
export function computed(texts, candidates) {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const text of texts) {
      const begin = performance.now();
      const found = matches(stock.bundle, text);
      const few = { ...found, found: first(found.found, candidates) };
      ranked(stock, few, who, { at: AT });
      if (round && few.found.length) times.push(performance.now() - begin);
    }
  }
  return times;
}

/** As many of the tags found as have so many candidates. */
function first(found, candidates) {
  const { starts } = stock.bundle.tagged;
  let left = candidates;
  return found.filter(({ tag }) => {
    const wanted = left > 0;
    left -= starts[tag + 1] - starts[tag];
    return wanted;
  });
}

const painted = [];
let waiting = () => {};

/** Milliseconds of so many key strokes, once all of them are painted. */
export function settled(count) {
  return new Promise((resolve) => {
    waiting = () => painted.length >= count && resolve(painted);
    waiting();
  });
}

/** Answers each key stroke in the input with a row. */
export function listen() {
  const input = document.querySelector("input");
  const bar = document.querySelector("#row");
  let pressed = 0;
  input.addEventListener("keydown", (event) => (pressed = event.timeStamp));
  input.addEventListener("input", (event) => {
    const begin = pressed || event.timeStamp;
    pressed = 0;
    const found = matches(stock.bundle, input.value, input.selectionStart);
    silent(stock.bundle, found, who, { at: AT, room: "room", recent: ["そうだね", "またね"] });
    bar.replaceChildren(...ranked(stock, found, who, { at: AT }).map(button));
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        painted.push(performance.now() - begin);
        waiting();
      };
      port2.postMessage(null);
    });
  });
  input.focus();
}

const buttons = new Map();

/** A sticker's button; those of stickers that were shown before are kept. */
function button({ item, source, tag }) {
  const known = buttons.get(item);
  if (known) return known;
  const made = document.createElement("button");
  const picture = document.createElement("img");
  picture.src = URL.createObjectURL(drawings[Number.parseInt(item.slice(1, 5), 16) % drawings.length]);
  made.ariaLabel = `${tag}, ${source}`;
  made.append(picture);
  buttons.set(item, made);
  return made;
}

const DRAWINGS = 16;
/** @type {Blob[]} pictures as a device keeps them; each sticker has its own copy */
const drawings = [];

/** Draws the pictures. */
export async function draw() {
  for (let number = 0; number < DRAWINGS; number++) {
    const canvas = new OffscreenCanvas(320, 320);
    const pen = canvas.getContext("2d");
    pen.fillStyle = `hsl(${(360 * number) / DRAWINGS} 70% 70%)`;
    pen.arc(160, 160, 140, 0, 2 * Math.PI);
    pen.fill();
    pen.font = "64px sans-serif";
    pen.strokeText(String(number), 130, 180);
    drawings.push(await canvas.convertToBlob());
  }
}
