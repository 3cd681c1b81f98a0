// What time is it at the server? In the demo its day passes faster than ours.

const board = document.querySelector("[data-now]");
const pace = Number(board?.dataset.pace ?? 1);
let told = Number(board?.dataset.now ?? Date.now());
let heard = performance.now();

/** Returns the server's time in milliseconds since 1970. */
export function now() {
  return told + (performance.now() - heard) * pace;
}

/** Takes in what an answer says of the time. */
export function set(milliseconds) {
  told = milliseconds;
  heard = performance.now();
}
