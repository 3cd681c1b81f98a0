// The page on the device: its worker, and what the server says, newest first, else as it was kept.

const PATIENCE = 5000;

/**
 * What the server says at an address, as the worker gives it.
 * @param {string} path
 */
export async function told(path) {
  const answer = await fetch(path, { cache: "no-store" });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

/** Whether pictures come from this device: no request tells which ones are shown. */
export function safe() {
  return Boolean(navigator.serviceWorker?.controller);
}

/**
 * Keeps the page on the device; a page that was loaded past its worker asks to be taken care of
 * all the same. Returns when it is, or cannot be.
 */
export async function keep() {
  const workers = navigator.serviceWorker;
  await workers.register("/chat/worker.js", { scope: "/chat", updateViaCache: "none" });
  const { active } = await workers.ready;
  if (safe()) return;
  const controlled = new Promise((resolve) => {
    workers.addEventListener("controllerchange", resolve, { once: true });
    setTimeout(resolve, PATIENCE);
  });
  active?.postMessage("claim");
  await controlled;
}
