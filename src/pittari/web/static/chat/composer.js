// The input: what is being typed, also half converted by an input method.

/** Where a message is typed. */
export class Composer {
  /**
   * @param {HTMLFormElement} form
   * @param {object} acts
   * @param {() => void} acts.changed the text or the caret
   * @param {(text: string) => void} acts.send
   * @param {() => boolean} acts.enterRow whether there is one
   * @param {() => void} acts.dismiss
   * @param {() => boolean} acts.undo whether there was something
   */
  constructor(form, acts) {
    this.form = form;
    this.acts = acts;
    this.field = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text") ?? form.querySelector("textarea"));
    this.composing = false;
    this.#listen();
    follow();
  }

  get text() {
    return this.field.value;
  }

  set text(text) {
    this.field.value = text;
    this.#fit();
    this.acts.changed();
  }

  /** Code points before the caret; null at the end. */
  get caret() {
    const { value, selectionEnd } = this.field;
    return selectionEnd >= value.length ? null : Array.from(value.slice(0, selectionEnd)).length;
  }

  focus() {
    this.field.focus({ preventScroll: true });
  }

  #listen() {
    const { field, form, acts } = this;
    const changed = () => {
      this.#fit();
      acts.changed();
    };
    field.addEventListener("input", changed);
    field.addEventListener("compositionupdate", () => queueMicrotask(changed));
    field.addEventListener("compositionstart", () => {
      this.composing = true;
    });
    field.addEventListener("compositionend", () => {
      this.composing = false;
      changed();
    });
    document.addEventListener("selectionchange", () => {
      if (document.activeElement === field && !this.composing) acts.changed();
    });
    field.addEventListener("keydown", (event) => this.#key(event));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.text.trim()) acts.send(this.text);
      this.focus();
    });
    // Sending by touch keeps the keyboard open.
    form.querySelector("button")?.addEventListener("mousedown", (event) => event.preventDefault());
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // 229: the key was the input method's, also where the composition has just ended.
    if (event.isComposing || event.keyCode === 229) return;
    const { acts } = this;
    const undoes = event.key === "z" && (event.ctrlKey || event.metaKey) && !this.text;
    if (event.key === "Enter" && !event.shiftKey) this.form.requestSubmit();
    else if (event.key === "Escape") acts.dismiss();
    else if (event.key === "ArrowUp" && !this.#above()) {
      if (!acts.enterRow()) return;
    } else if (!undoes || !acts.undo()) return;
    event.preventDefault();
  }

  /** Whether there is a line above the caret to go to. */
  #above() {
    return this.text.slice(0, this.field.selectionStart).includes("\n");
  }

  #fit() {
    const { style } = this.field;
    style.height = "auto";
    style.height = `${this.field.scrollHeight}px`;
  }
}

/** Keeps the page within what is seen above an on-screen keyboard. */
function follow() {
  const view = window.visualViewport;
  if (!view) return;
  const root = document.documentElement;
  const fit = () => {
    if (view.scale > 1.01) return;
    root.style.setProperty("--view", `${view.height}px`);
    root.style.setProperty("--view-top", `${view.offsetTop}px`);
    root.toggleAttribute("data-short", view.height < 480);
  };
  view.addEventListener("resize", fit);
  view.addEventListener("scroll", fit);
  fit();
}
