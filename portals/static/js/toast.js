// toast("3 cases assigned to Priya", { undo: () => … }) says what happened and offers the way back.
import { say } from "./words.js";

export function toast(text, { undo, seconds = 8 } = {}) {
  const region = document.querySelector(".toasts");
  const box = document.createElement("div");
  box.className = "toast";
  const said = document.createElement("span");
  said.textContent = text;
  box.append(said);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = say("undo");
    button.addEventListener("click", () => { undo(); box.remove(); });
    box.append(button);
  }
  region.append(box);
  leave(box, seconds);
  return box;
}

// A toast waits while it is pointed at or holds the focus: its way back must not run away.
function leave(box, seconds) {
  setTimeout(() => {
    if (box.matches(":hover, :focus-within")) leave(box, 2);
    else box.remove();
  }, seconds * 1000);
}

for (const box of document.querySelectorAll(".toasts > .toast")) leave(box, 10);
