// Forms that post in place, and fragments that stay true. Every form here also works without this
// file. What was typed stays until the server has it, and survives a reload in the meantime.
import { about } from "./live.js";
import { refresh } from "./fragment.js";
import { complain, send } from "./send.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

// <div data-fragment="/cases/…/thread" data-record="ID"> follows the events of that record.
const followed = () => document.querySelectorAll("[data-fragment][data-record]:not([data-record=\"\"])");
const atEnd = (box) => box && box.scrollHeight - box.scrollTop - box.clientHeight < 120;
const waiting = new Map();

async function update(node) {
  const box = node.closest("[data-scroll]");
  const stay = atEnd(box);
  try {
    if ((await refresh(node)) && stay) box.scrollTo({ top: box.scrollHeight, behavior: "smooth" });
  } catch { /* the next event or the next visit shows it */ }
}

// Several events come from one transaction: one look at the server is enough for all of them.
function later(node, ms) {
  clearTimeout(waiting.get(node));
  waiting.set(node, setTimeout(() => update(node), ms));
}

document.addEventListener("atrium:event", ({ detail }) => {
  for (const node of followed()) if (about(detail, node.dataset.record)) later(node, 60);
});
document.addEventListener("atrium:live", ({ detail }) => {
  for (const node of followed()) if (!detail.first || node.hasAttribute("data-eager")) later(node, 0);
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-send]") || event.defaultPrevented) return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  complain(form, "");
  const bar = form.querySelector("progress");
  const progress = bar && form.querySelector("input[type=file]")?.files.length
    ? (loaded, total) => { bar.hidden = false; bar.max = total; bar.value = loaded; } : null;
  const answer = await send(form, { submitter: event.submitter, progress });
  form.removeAttribute("aria-busy");
  if (bar) bar.hidden = true;
  if (!answer.ok) {
    complain(form, answer.message || say("not_sent"));
    if (!form.querySelector("[data-said]")) toast(answer.message || say("not_sent"));
    return;
  }
  if (form.dataset.send === "follow") return location.assign(answer.url || location.href);
  if (form.dataset.done) toast(form.dataset.done);
  if (form.hasAttribute("data-clear")) clear(form);
  const targets = (form.dataset.then ?? "").split(/\s+/).filter(Boolean);
  await Promise.all(targets.map((target) => {
    const node = document.querySelector(target);
    return node && update(node);
  }));
  form.dispatchEvent(new CustomEvent("atrium:sent", { bubbles: true }));
});

function clear(form) {
  const kind = form.querySelector("[name=kind]:checked");
  form.reset();
  if (kind) kind.checked = true;
  for (const area of form.querySelectorAll("textarea")) { area.value = ""; forget(area); }
  form.dispatchEvent(new CustomEvent("atrium:cleared"));
}

// Drafts live in this tab only, under the page they belong to.
const place = (area) => `draft ${location.pathname} ${area.name}`;
const forget = (area) => sessionStorage.removeItem(place(area));

for (const area of document.querySelectorAll("form[data-clear] textarea")) {
  area.value ||= sessionStorage.getItem(place(area)) ?? "";
  area.addEventListener("input", () => {
    if (area.value) sessionStorage.setItem(place(area), area.value);
    else forget(area);
  });
}
for (const box of document.querySelectorAll("[data-scroll]")) {
  if (!location.hash) box.scrollTop = box.scrollHeight;
}
