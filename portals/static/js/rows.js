// A form whose choices follow from what was chosen, or that gets a row more or less, is drawn anew
// by the server. This does it in place; without it the same buttons send the form.
import { toast } from "./toast.js";
import { say } from "./words.js";

async function redraw(form, wish) {
  const body = new FormData(form);
  body.set("do", wish);
  const held = document.activeElement?.id;
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const drawn = page.getElementById(form.id);
    if (!drawn) throw new Error("no form");
    form.replaceChildren(...drawn.childNodes);
    for (const list of page.querySelectorAll("datalist[id^=list-]")) document.getElementById(list.id) || form.after(list);
    const added = wish.startsWith("more:") && [...form.querySelectorAll(`[id="${CSS.escape(wish.slice(5))}"] > .line`)].at(-1);
    const next = added ? added.querySelector("input, select, textarea") : held && document.getElementById(held);
    (next || form.querySelector(".composed button"))?.focus({ preventScroll: !added });
    document.dispatchEvent(new CustomEvent("atrium:drawn"));
  } catch {
    toast(say("no_connection"));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-redraws]");
  if (!button?.form?.id) return;
  event.preventDefault();
  redraw(button.form, button.value);
});
document.addEventListener("change", (event) => {
  const field = event.target.closest("select[data-redraws], input[data-redraws]");
  if (field?.form?.id) redraw(field.form, "redraw");
});
