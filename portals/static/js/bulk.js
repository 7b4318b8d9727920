// The bulk bar appears by CSS (:has(:checked)). This counts and selects all; the server does the
// work and offers the way back in its notice.
import { toast } from "./toast.js";
import { say } from "./words.js";

const form = document.querySelector("form:has(.bulk)");
if (form) {
  const boxes = [...form.querySelectorAll("tbody input[type=checkbox]")];
  const all = form.querySelector("[data-all]");
  const said = form.querySelector("[data-selected]");
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    said.textContent = say("selected", { count: chosen });
    all.checked = boxes.length > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  };
  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes) box.checked = all.checked;
    count();
  });
  form.addEventListener("reset", () => setTimeout(count));
  count();
}
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(location.href);
    toast(say("link_copied"));
  });
}
