// Keyboard. A control names its own key (data-key="r"); nothing is listed twice: pressing the key
// presses or focuses that control, and "?" reads the list off the page.
import { say } from "./words.js";

const typing = (node) => node.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const visible = (node) => node.checkVisibility?.() ?? node.offsetParent !== null;
// The key may sit on a hidden radio inside its label: then the label is what people see.
const shownAs = (node) => (node.matches("input[type=radio]") ? node.closest("label") ?? node : node);
let chord = null;

export function controls() {
  const found = new Map();
  for (const node of document.querySelectorAll("[data-key]")) {
    const key = node.dataset.key;
    if (!found.has(key) && !node.disabled && visible(shownAs(node))) found.set(key, node);
  }
  return found;
}

export function nameOf(control) {
  if (control.dataset.keyName) return control.dataset.keyName;
  if (control.getAttribute("aria-label")) return control.getAttribute("aria-label");
  const copy = shownAs(control).cloneNode(true);
  for (const extra of copy.querySelectorAll("kbd, .count, .hidden-label")) extra.remove();
  return copy.textContent.trim() || control.title;
}

export function press(control) {
  if (!control) return;
  if (control.matches("input[type=radio]")) {
    control.checked = true;
    control.dispatchEvent(new Event("change", { bubbles: true }));
    control.closest("form").querySelector("textarea")?.focus();
  } else if (control.matches("input, textarea, select")) control.focus();
  else control.click();
  // A verb that asks for words opens its small form: go on writing there.
  if (control.matches("summary") && control.parentElement.open) control.parentElement.querySelector("textarea")?.focus();
}

addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
    event.preventDefault();
    event.target.form.requestSubmit();
    return;
  }
  if (event.key === "Escape" && typing(event.target) && !event.target.closest("dialog")) return event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;

  const pressed = chord ? `${chord} ${event.key}` : event.key;
  chord = null;
  const known = controls();
  const starts = [...known.keys()].some((key) => key.startsWith(`${pressed} `));
  if (starts && pressed.length === 1) { chord = pressed; setTimeout(() => { chord = null; }, 1200); return; }
  if (pressed === "j" || pressed === "k") return step(pressed === "j" ? 1 : -1);
  const target = known.get(pressed);
  if (!target) return;
  event.preventDefault();
  press(target);
});

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")].filter(visible);
  const at = rows.indexOf(document.activeElement.closest?.("[data-row]") ?? document.activeElement);
  rows[Math.max(0, Math.min(rows.length - 1, at + by))]?.focus();
}

function list(dialog) {
  const lines = [...controls()].map(([key, control]) => [nameOf(control), key.split(" ")]);
  if (document.querySelector("dialog.palette")) lines.push([say("palette"), ["Ctrl K"]]);
  if (document.querySelector("[data-row]")) lines.push([say("move"), ["j", "k"]]);
  if (document.querySelector("form textarea")) lines.push([say("send"), ["Ctrl ↵"]]);
  dialog.querySelector("dl").replaceChildren(...lines.flatMap(([name, keys]) => {
    const said = document.createElement("dt");
    said.textContent = name;
    const shown = document.createElement("dd");
    for (const key of keys) {
      const cap = document.createElement("kbd");
      cap.textContent = key.length === 1 ? key.toUpperCase() : key;
      shown.append(cap);
    }
    return [said, shown];
  }));
}

for (const opener of document.querySelectorAll("[data-opens]")) {
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog.id === "keys") list(dialog);
    dialog.showModal();
  });
}
for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
}
