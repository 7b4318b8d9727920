// All that a page of the agent workspace runs.
import "./theme.js";
import "./countdown.js";
import "./tabs.js";
import "./keys.js";
import "./live.js";
import "./offers.js";
import "./conversation.js";
import "./upload.js";
import "./search.js";
import "./lookup.js";
import "./rows.js";
import "./bulk.js";
import "./desk.js";
import "./counts.js";

// Only a form that shows what people will see of it needs this.
if (document.querySelector("[data-sample]")) import("./sample.js");

// The palette opens with Ctrl K or by the control that owns "/"; its code comes with the first opening.
const palette = document.querySelector("dialog.palette");
new MutationObserver(() => { if (palette.open) import("./palette.js"); }).observe(palette, { attributeFilter: ["open"] });
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
  event.preventDefault();
  if (palette.open) palette.close();
  else if (!document.querySelector("dialog[open]")) palette.showModal();
});
