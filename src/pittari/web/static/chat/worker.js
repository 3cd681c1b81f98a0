// Keeps the chat page on the device. The server puts `self.shell` before this: the page's files and
// what they come to together, so that one changed file makes another worker with its own full set.

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const { version, files } = /** @type {{ shell: { version: string, files: string[] } }} */ (/** @type {unknown} */ (self)).shell;
const KEPT = `chat-${version}`;
const PICTURES = "chat-pictures";
const PATIENCE = 4000;
const PAGE = "/chat";
const TOLD = ["/chat/people", "/chat/goods"];

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(KEPT)
      .then((kept) => kept.addAll([PAGE, ...TOLD, ...files].map((path) => new Request(path, { cache: "no-cache" }))))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith("chat-") && name !== KEPT && name !== PICTURES))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => worker.clients.claim()),
  );
});

// A page that was loaded past its worker asks to be taken care of all the same.
worker.addEventListener("message", (event) => {
  if (event.data === "claim") event.waitUntil(worker.clients.claim());
});

worker.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/pictures/")) event.respondWith(picture(event.request));
  else if (pathname === PAGE || TOLD.includes(pathname) || files.includes(pathname)) {
    event.respondWith(newest(event.request, pathname));
  }
});

/**
 * What the server has now; where it does not say, or not in time, what is kept.
 * @param {Request} request
 * @param {string} pathname
 */
async function newest(request, pathname) {
  const store = await caches.open(KEPT);
  const kept = () => store.match(pathname, { ignoreVary: true });
  const asked = fetch(request).then(async (answer) => {
    if (answer.ok && !files.includes(pathname)) await store.put(pathname, answer.clone());
    return answer.ok ? answer : (await kept()) ?? answer;
  });
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE)).then(kept);
  const first = await Promise.race([asked, late]).catch(kept);
  return first ?? asked;
}

/**
 * A picture that is kept is never asked for: which ones are shown is nobody's business.
 * @param {Request} request
 */
async function picture(request) {
  const kept = await caches.open(PICTURES);
  return (await kept.match(request, { ignoreVary: true })) ?? fetch(request);
}
