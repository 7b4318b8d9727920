// Command palette, fetched when it is first opened: a combobox over records and verbs. Verbs
// come from the page's own JSON (#palette-verbs) and from every control that names a key; records from the
// search of the API, so it shows exactly what this person may see.
import { controls, nameOf, press } from "./keys.js";
import { say } from "./words.js";

const palette = document.querySelector("dialog.palette");
const island = document.getElementById("palette-verbs");
const { verbs = [], paths = {}, icons = "" } = island ? JSON.parse(island.textContent) : {};
let asked = null;
let timer = null;
let number = 0;

const element = (name, attributes = {}, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
};

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${icons}#${name}`);
  svg.append(use);
  return svg;
}

function option({ label, hint, icon: picture = "right", run }) {
  const node = element("div", { role: "option", id: `po-${number++}`, "aria-selected": "false" },
    icon(picture), element("span", { class: "cut" }, label), element("span", {}, hint ?? ""));
  node.addEventListener("click", () => { palette.close(); run(); });
  return node;
}

function group(title, options) {
  if (!options.length) return [];
  const head = element("span", { id: `pg-${number++}` }, title);
  return [element("div", { role: "group", "aria-labelledby": head.id }, head, ...options)];
}

const matches = (words, text) => words.split(/\s+/).every((word) => text.toLowerCase().includes(word));

function actions(words) {
  const here = [...controls()]
    .filter(([key, control]) => !palette.contains(control) && key !== "/" && matches(words, nameOf(control)))
    .map(([key, control]) => option({ label: nameOf(control), hint: key.toUpperCase(), icon: "bolt", run: () => press(control) }));
  const anywhere = verbs.filter(({ label }) => matches(words, label))
    .map((verb) => option({ ...verb, run: () => location.assign(verb.go) }));
  return [...group(say("here"), here), ...group(say("go_to"), anywhere)];
}

function record(found) {
  const collection = found.collection ?? found.kind ?? found.type ?? "";
  const label = [found.number, found.title ?? found.subject ?? found.name ?? found.label].filter(Boolean).join(" ");
  const path = found.url ?? (paths[collection] ? `${paths[collection].path}${found.number ?? found.id}` : null);
  if (!path || !label) return [];
  return [option({ label, hint: paths[collection]?.label, icon: paths[collection]?.icon, run: () => location.assign(path) })];
}

async function records(words) {
  asked?.abort();
  asked = new AbortController();
  const answer = await fetch(`/api/v1/search?q=${encodeURIComponent(words)}`,
    { signal: asked.signal, headers: { Accept: "application/json" } });
  if (!answer.ok) return [];
  return ((await answer.json()).data ?? []).flatMap(record);
}

if (palette) {
  const input = palette.querySelector("input");
  const list = palette.querySelector("[role=listbox]");
  const said = palette.querySelector("[role=status]");
  const options = () => [...list.querySelectorAll("[role=option]")];
  const mark = (chosen) => {
    for (const each of options()) each.setAttribute("aria-selected", String(each === chosen));
    if (!chosen) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  };
  const show = (found, words) => {
    list.replaceChildren(...group(say("records"), found), ...actions(words));
    const all = options();
    if (!all.length) list.replaceChildren(element("p", { class: "quiet none-found" }, say("nothing_found")));
    mark(all[0]);
    said.textContent = say("results", { count: all.length });
  };
  const search = () => {
    const words = input.value.trim().toLowerCase();
    clearTimeout(timer);
    show([], words);
    if (words.length < 2) return asked?.abort();
    timer = setTimeout(() => records(words).then((found) => show(found, words)).catch(() => {}), 120);
  };
  input.addEventListener("input", search);
  input.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") mark(all[Math.min(at + 1, all.length - 1)]);
    else if (event.key === "ArrowUp") mark(all[Math.max(at - 1, 0)]);
    else if (event.key === "Enter") all[at]?.click();
    else if (event.key === "Escape") palette.close();
    else return;
    event.preventDefault();
  });
  // showModal() fires no event of its own; the attribute does.
  new MutationObserver(() => { if (palette.open) { input.value = ""; search(); } }).observe(palette, { attributeFilter: ["open"] });
  search();
}
