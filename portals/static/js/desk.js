// Advice acts only when pressed: it fills the composer, or posts one named verb, and says so.
import { toast } from "./toast.js";
import { say } from "./words.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  const area = document.querySelector(".composer textarea");
  if (!button || !area) return;
  event.preventDefault();
  const before = area.value;
  const write = (text) => { area.value = text; area.dispatchEvent(new Event("input", { bubbles: true })); };
  write(before ? `${before}\n\n${button.dataset.insert}` : button.dataset.insert);
  // What advice offers is for the customer, also where the last words were a note.
  const reply = area.form.querySelector("[name=kind][value=reply]");
  if (reply) reply.checked = true;
  const then = area.form.elements.then;
  if (then && button.dataset.then && [...then.options].some((each) => each.value === button.dataset.then)) then.value = button.dataset.then;
  area.focus();
  toast(say("added_not_sent"), { undo: () => write(before) });
});

// A pop-up of the page closes when the reader goes elsewhere or presses Escape.
document.addEventListener("click", (event) => {
  for (const pop of document.querySelectorAll("details.pop[open]")) if (!pop.contains(event.target)) pop.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const pop = event.target.closest?.("details.pop[open]");
  if (pop) { pop.open = false; pop.querySelector("summary").focus(); }
});
