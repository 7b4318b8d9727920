// What the components share: the talk with the server, the words, the look, and a way to build nodes.
import { words } from "./words.js";

// h("p", { class: "quiet" }, "words", node): the whole templating. Text stays text, by construction.
export function h(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

export const freshKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

// A word that outlives the page: keep("localStorage", "place").value = "text". Where the browser
// forbids that, it lasts as long as the page.
export function keep(storage, place) {
  let here = null;
  return {
    get value() { try { return window[storage].getItem(place); } catch { return here; } },
    set value(text) {
      here = text;
      try { text === null ? window[storage].removeItem(place) : window[storage].setItem(place, text); } catch { /* here, then */ }
    },
  };
}

// An answer of the server that is not the one hoped for; `errors` name fields by JSON pointer.
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || String(status));
    this.status = status;
    this.errors = problem.errors ?? [];
  }
}

const call = (url, options) => fetch(url, { credentials: "omit", referrerPolicy: "strict-origin-when-cross-origin", ...options });

async function answer(url, options = {}) {
  const got = await call(url, options);
  const kind = got.headers.get("Content-Type") ?? "";
  const body = got.status !== 204 && kind.includes("json") ? await got.json() : {};
  if (!got.ok) throw new Refused(got.status, body);
  return body;
}

const visitors = new Map();
const visitorOf = (place) => visitors.get(place) ?? visitors.set(place, keep("localStorage", place)).get(place);

// One module and one session for all elements of a page that name the same key and the same person.
const modules = new Map();
const sessions = new Map();

const once = (map, key, make) => {
  if (!map.has(key)) map.set(key, make().catch((fault) => { map.delete(key); throw fault; }));
  return map.get(key);
};

// A function is asked for a token only when a session begins: a token is good once.
async function tokenOf(source) {
  const given = typeof source === "function" ? await source() : source;
  return typeof given === "string" && given ? given : null;
}

export class Client {
  constructor(host) {
    this.host = host;
    this.key = host.getAttribute("module") ?? "";
    this.root = `${host.base}/embed/v1`;
    this.place = `atrium.visitor.${this.key}`;
    this.mark = visitorOf(this.place);
  }

  // By what a stranger who has begun a chat is known again; null for everybody else.
  get visitor() { return this.mark.value; }

  set visitor(text) { this.mark.value = text; }

  module() {
    return once(modules, `${this.root} ${this.key}`, () => answer(`${this.root}/modules/${encodeURIComponent(this.key)}`));
  }

  // The key is in the address too: a browser asks leave before it sends a body or a token.
  at(path) {
    return `${this.root}${path}${path.includes("?") ? "&" : "?"}module=${encodeURIComponent(this.key)}`;
  }

  // Sessions of one page, by who vouches for its reader.
  get kept() {
    const source = this.host.identity ?? "";
    if (!sessions.has(source)) sessions.set(source, new Map());
    return sessions.get(source);
  }

  async session() {
    const { kept } = this;
    const place = `${this.root} ${this.key}`;
    const session = await once(kept, place, async () => {
      const identity = await tokenOf(this.host.identity);
      const { visitor } = this;
      const got = await answer(this.at("/session"), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ module: this.key, identity, ...(visitor ? { visitor } : {}) }),
      });
      if (visitor && !got.identified && visitor === this.visitor) this.visitor = got.visitor;
      return { ...got, until: Date.now() + (got.expires_in - 30) * 1000 };
    });
    if (session.until > Date.now()) return session;
    kept.delete(place);
    return this.session();
  }

  // The next request begins a session of its own.
  forget() { this.kept.delete(`${this.root} ${this.key}`); }

  // A line that stays open; the answer is read as it comes.
  async stream(path, signal) {
    const { token } = await this.session();
    const got = await call(this.at(path), { headers: { Authorization: `Bearer ${token}`, Accept: "text/event-stream" }, signal });
    if (got.status === 401) this.forget();
    if (!got.ok) throw new Refused(got.status, {});
    return got;
  }

  // A token may end early (the module was changed): take a new one, once.
  async ask(path, { method = "GET", body, key, signal } = {}, again = true) {
    const { token } = await this.session();
    const headers = { Authorization: `Bearer ${token}`, Accept: "application/json" };
    if (body) headers["Content-Type"] = "application/json";
    if (method === "POST") headers["Idempotency-Key"] = key ?? freshKey();
    try {
      return await answer(this.at(path), { method, headers, signal, body: body && JSON.stringify(body) });
    } catch (fault) {
      if (fault.status !== 401 || !again) throw fault;
      this.forget();
      return this.ask(path, { method, body, key: headers["Idempotency-Key"], signal }, false);
    }
  }
}

// say("found", { count: 3 }): the module's own words first, then ours in its language.
export function speaker({ locale = "en", labels = {} }) {
  const ours = { ...words.en, ...words[locale.slice(0, 2)], ...labels };
  return (key, values = {}) => String(ours[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

const look = new CSSStyleSheet();
look.replaceSync(`
  :host { --a: var(--atrium-accent, var(--module-accent, #3b5bd6)); --corner: var(--atrium-corner, var(--module-corner, 6px));
    --fill: oklch(from var(--a) calc(clamp(0, (l - 0.62) * 1000, 1) * max(l, 0.66) + (1 - clamp(0, (l - 0.62) * 1000, 1)) * min(l, 0.51)) c h);
    --on: oklch(from var(--a) calc(1 - 0.83 * clamp(0, (l - 0.62) * 1000, 1)) 0.01 h);
    --word: light-dark(oklch(from var(--a) min(l, 0.475) min(c, 0.2) h), oklch(from var(--a) max(l, 0.79) min(c, 0.11) h));
    --line: color-mix(in oklab, currentColor 18%, transparent);
    --edge: color-mix(in oklab, currentColor 62%, transparent);
    --soft: color-mix(in oklab, currentColor 5%, transparent);
    --quiet: color-mix(in oklab, currentColor 78%, transparent);
    --bad: light-dark(#a3221c, #ff9d92); }
  * { box-sizing: border-box; }
  .in { padding: var(--module-inset, 3px); display: grid; gap: 0.9em; align-content: start; background: var(--atrium-surface, var(--module-surface, none)); min-block-size: 100%; }
  p, ul, ol, h3, h4, figure, fieldset { margin: 0; padding: 0; border: 0; }
  h3 { font-size: 1.1em; line-height: 1.3; }
  .list { list-style: none; display: grid; }
  button, input, textarea, select { font: inherit; color: inherit; border-radius: var(--corner); }
  input, textarea, select { inline-size: 100%; min-block-size: 2.5em; padding: 0.45em 0.65em; border: 1px solid var(--edge); background: color-mix(in oklab, Canvas 70%, transparent); }
  select { background-color: Canvas; color: CanvasText; }
  textarea { field-sizing: content; min-block-size: 5.5em; max-block-size: 14em; display: block; resize: vertical; }
  ::placeholder { color: var(--quiet); opacity: 1; }
  button { min-block-size: 2.4em; padding: 0.4em 1em; border: 1px solid var(--line); background: none; cursor: pointer; }
  button.main { background: var(--fill); color: var(--on); border-color: transparent; }
  button.main[aria-disabled="true"] { opacity: 0.7; cursor: progress; }
  button.plain, a { color: var(--word); text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 0.2em; }
  button.plain { border: 0; padding: 0.2em 0; min-block-size: 1.75em; text-align: start; }
  :focus-visible { outline: 2px solid var(--word); outline-offset: 1px; }
  [tabindex="-1"]:focus { outline: none; }
  .field { display: grid; gap: 0.25em; }
  .field > label { font-weight: 600; }
  .wrong { color: var(--bad); font-weight: 600; font-size: 0.9em; }
  [aria-invalid="true"] { border-color: var(--bad); box-shadow: inset 0 0 0 1px var(--bad); }
  .quiet { color: var(--quiet); font-size: 0.88em; }
  .row { padding-block: 0.7em; border-block-start: 1px solid var(--line); display: grid; gap: 0.15em; justify-items: start; overflow-wrap: anywhere; }
  .split { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 0.4em 1em; }
  .about { padding: 0.5em 0.7em; background: var(--soft); border-inline-start: 3px solid var(--fill); font-size: 0.9em; overflow-wrap: anywhere; }
  .article { display: grid; gap: 0.75em; overflow-wrap: anywhere; }
  .article :is(ul, ol) { padding-inline-start: 1.4em; }
  .article img { max-inline-size: 100%; block-size: auto; }
  .article pre { overflow-x: auto; background: var(--soft); padding: 0.6em; margin: 0; }
  .article table { border-collapse: collapse; } .article :is(th, td) { border: 1px solid var(--line); padding: 0.2em 0.5em; text-align: start; }
  .unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`);

// A theme is an admin's text: only a colour may be a colour and only a length a radius.
const themed = {
  accent: ["--module-accent", "color"], surface: ["--module-surface", "background-color"],
  text: ["color", "color"], radius: ["--module-corner", "border-radius"],
};
// Light or dark whatever the page is: then the page's own ground and words no longer fit.
const modes = {
  light: "color-scheme: light; --module-surface: Canvas; --module-inset: 1em; color: CanvasText;",
  dark: "color-scheme: dark; --module-surface: Canvas; --module-inset: 1em; color: CanvasText;",
};

export function dress(root, theme, ...sheets) {
  const rules = Object.entries(theme ?? {}).flatMap(([name, value]) => {
    const [property, kind] = themed[name] ?? [];
    if (!property || !CSS.supports(kind, value)) return [];
    return [`${property}: ${value};`, name === "surface" ? "--module-inset: 1em;" : ""];
  });
  const own = new CSSStyleSheet();
  own.replaceSync(`:host { ${modes[theme?.mode] ?? ""} ${rules.join(" ")} }`);
  root.adoptedStyleSheets = [...sheets, own];
}

// Everything a component begins with: its module, its words, its clothes.
export async function begin(host, bones, ...more) {
  const client = new Client(host);
  const module = await client.module();
  host.shadowRoot.host.lang = module.locale ?? "en";
  dress(host.shadowRoot, module.theme, bones, look, ...more);
  return { client, module, say: speaker(module), show: (...nodes) => host.shadowRoot.replaceChildren(h("div", { class: "in" }, nodes)) };
}

// What to say when an answer did not come, in words that name the next step.
export function excuse(fault, say) {
  if (fault instanceof Refused) return fault.status === 429 ? say("slow_down") : fault.status < 500 ? fault.message : say("our_fault");
  return say("no_connection");
}
