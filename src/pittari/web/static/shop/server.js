// How a page talks with its server, and to people who listen rather than look.

const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";

/** Sends a form of our own; a value that is a list is sent once per entry. Throws unless 2xx. */
export async function send(address, fields, options = {}) {
  const body = new URLSearchParams({ csrf: token });
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value ?? ""].flat()) body.append(name, one);
  }
  const headers = { "X-Part": "1" };
  const answer = await fetch(address, { method: "POST", body, headers, ...options });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

/** Fetches the part of a page that changes, as HTML. Throws unless 2xx. */
export async function part(address) {
  const answer = await fetch(address, { headers: { "X-Part": "1" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.text();
}

/** Says a sentence to screen readers; the same one twice is said twice. */
export function say(text) {
  const place = document.getElementById("said");
  place.textContent = "";
  requestAnimationFrame(() => {
    place.textContent = text;
  });
}

/** Turns HTML that our server escaped into its one element. */
export function element(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  return holder.content.firstElementChild;
}
