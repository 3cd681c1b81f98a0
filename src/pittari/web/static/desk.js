// What happens on the desk without leaving the page. Everything also works without this file, by
// forms and links; here the answers arrive in place.

import { acts } from "./desk/acts.js";
import { countdown } from "./desk/countdown.js";
import { live } from "./desk/live.js";
import { lift } from "./desk/lift.js";
import { rules } from "./desk/rules.js";
import { sheet } from "./desk/sheet.js";
import { tags } from "./desk/tags.js";
import { verdicts } from "./desk/verdicts.js";

for (const choice of document.querySelectorAll("select[data-sends]")) {
  choice.addEventListener("change", () => choice.form.requestSubmit());
}
document.querySelector(".menu [aria-current]")?.scrollIntoView({ block: "nearest" });
sheet();
acts();
lift();
countdown();
live();
rules();
tags();
verdicts();
