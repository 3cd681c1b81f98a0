// A rule file in the making: line numbers, and the checker's answer while one types.

import { send } from "../shop/server.js";

const PAUSE = 250;

/** Brings the editor of rules to life. */
export function rules() {
  const text = document.getElementById("rules-text");
  if (!text) return;
  const gutter = document.querySelector(".gutter");
  const answers = document.getElementById("answers");
  const fit = () => number(text, gutter);
  let waiting = 0;
  let latest = 0;
  const check = async () => {
    const mine = ++latest;
    answers.setAttribute("aria-busy", "true");
    const answer = await send(text.dataset.check, { text: text.value }).catch(() => null);
    if (mine !== latest) return;
    answers.removeAttribute("aria-busy");
    if (!answer) return;
    answers.innerHTML = answer.html;
    number(text, gutter);
  };
  text.addEventListener("input", () => {
    fit();
    clearTimeout(waiting);
    waiting = setTimeout(check, PAUSE);
  });
  text.addEventListener("scroll", () => {
    gutter.scrollTop = text.scrollTop;
  });
  new ResizeObserver(fit).observe(text);
  answers.addEventListener("click", (event) => {
    const line = event.target.closest("[data-line]")?.dataset.line;
    if (line) goto(text, Number(line));
  });
  fit();
  replay(text);
}

function number(text, gutter) {
  const wrong = new Set(
    [...document.querySelectorAll("#answers [data-line]")].map((one) => one.dataset.line),
  );
  const lines = text.value.split("\n").map((_, at) => {
    const line = document.createElement("span");
    line.textContent = String(at + 1);
    if (wrong.has(line.textContent)) line.className = "wrong-line";
    return line;
  });
  gutter.replaceChildren(...lines);
  gutter.scrollTop = text.scrollTop;
}

function goto(text, line) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(start, start + lines[line - 1].length);
}

function replay(text) {
  const form = document.getElementById("replay");
  if (!form) return;
  const found = document.getElementById("replayed");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    found.textContent = found.dataset.wait;
    const fields = { ...Object.fromEntries(new FormData(form)), text: text.value };
    const answer = await send(form.getAttribute("action"), fields).catch(() => null);
    if (answer) {
      found.innerHTML = answer.html;
      found.querySelector("[tabindex]")?.focus();
    } else {
      found.textContent = document.getElementById("failed").content.textContent;
    }
  });
}
