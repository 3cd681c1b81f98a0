// What time is it at the server? Each answer tells its next seconds: in the demo a day passes in
// minutes, and not evenly.

const EVERY = 500;

let times = [Date.now(), Date.now() + EVERY];
let heard = performance.now();

const told = document.querySelector("[data-times]")?.dataset.times;
if (told) set(told);

/** Returns the server's time in milliseconds since 1970. */
export function now() {
  const passed = (performance.now() - heard) / EVERY;
  const step = Math.min(Math.floor(passed), times.length - 2);
  return times[step] + (times[step + 1] - times[step]) * (passed - step);
}

/** Takes in what an answer says of the time: the next seconds, one time each half of one. */
export function set(text) {
  times = text.split(",").map(Number);
  heard = performance.now();
}
