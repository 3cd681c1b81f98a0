// Keeps the chat page on the device. The server puts `SHELL` before this: the page's files and what
// they come to together, so that one changed file makes another worker with its own full set.

/* global SHELL */

const KEPT = `chat-${SHELL.version}`;
const PICTURES = "chat-pictures";
const PAGE = "/chat";
const TOLD = ["/chat/people", "/chat/goods"];

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(KEPT)
      .then((kept) => kept.addAll([PAGE, ...TOLD, ...SHELL.files].map((path) => new Request(path, { cache: "no-cache" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith("chat-") && name !== KEPT && name !== PICTURES))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

// A page that was loaded past its worker asks to be taken care of all the same.
self.addEventListener("message", (event) => {
  if (event.data === "claim") event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/pictures/")) event.respondWith(picture(event.request));
  else if (pathname === PAGE || TOLD.includes(pathname) || SHELL.files.includes(pathname)) {
    event.respondWith(newest(event.request, pathname));
  }
});

/** What the server has now; without it, what is kept. */
async function newest(request, pathname) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok) {
      if (!SHELL.files.includes(pathname)) await kept.put(pathname, answer.clone());
      return answer;
    }
    return (await kept.match(pathname, { ignoreVary: true })) ?? answer;
  } catch (error) {
    const found = await kept.match(pathname, { ignoreVary: true });
    if (found) return found;
    throw error;
  }
}

/** A picture that is kept is never asked for: which ones are shown is nobody's business. */
async function picture(request) {
  const kept = await caches.open(PICTURES);
  return (await kept.match(request, { ignoreVary: true })) ?? fetch(request);
}
