// Atrium on somebody else's page:
//   <script type="module" src="https://…/embed/atrium.js"></script>
//   <atrium-knowledge-search module="KEY"></atrium-knowledge-search>
//   <atrium-case-create module="KEY" context-device-serial="HG-20-4471"></atrium-case-create>
//   <atrium-survey module="KEY"></atrium-survey>   what a customer is asked after a case; else nothing
//   <atrium-chat module="KEY"></atrium-chat>   a button in the corner; with `inline`, where it stands
// This file draws a skeleton at once and fetches a component when it is first met. It leaves no global
// style and no cookie behind. A host that knows who is looking sets window.atriumIdentity to an async
// function (or the element's `identity` to one, or to a token) that gives a token its server signed.
//
// Each element keeps one height (--atrium-height, else what the component needs) and scrolls inside
// it, so that answers never push the host's page about. A host that wants no movement even while this
// file loads reserves the room itself:
//   atrium-knowledge-search { display: block; min-height: 26rem }
//   atrium-case-create { display: block; min-height: 42rem }
//   atrium-chat[inline] { display: block; min-height: 30rem }
const here = new URL(import.meta.url);
const components = { "atrium-knowledge-search": "knowledge-search.js", "atrium-case-create": "case-create.js", "atrium-chat": "chat.js", "atrium-survey": "survey.js" };

const bones = new CSSStyleSheet();
bones.replaceSync(`
  :host { display: block; box-sizing: border-box; min-inline-size: min(280px, 100%); block-size: var(--atrium-height, 26rem); container-type: inline-size; overflow: auto; overscroll-behavior: contain; scroll-padding: 5em 1em; }
  :host(atrium-case-create) { block-size: var(--atrium-height, 42rem); }
  :host(atrium-survey) { block-size: auto; max-block-size: var(--atrium-height, none); }
  :host(atrium-survey) .bones { display: none; }
  :host(atrium-chat[inline]) { block-size: var(--atrium-height, 30rem); }
  :host(atrium-chat:not([inline])) { block-size: auto; min-inline-size: 0; }
  :host(atrium-chat:not([inline])) .bones { display: none; }
  :host([hidden]) { display: none; }
  .bones { display: grid; gap: 0.9em; padding: 2px; }
  .bones > div { block-size: 0.8em; border-radius: 4px; background: color-mix(in oklab, currentColor 14%, transparent); animation: breathe 1.2s ease-in-out infinite alternate; }
  .bones > .field { block-size: 2.4em; }
  .bones > :nth-child(3n) { inline-size: 60%; }
  @keyframes breathe { to { opacity: 0.4; } }
  @media (prefers-reduced-motion: reduce) { .bones > div { animation: none; } }
`);

function skeleton() {
  const box = document.createElement("div");
  box.className = "bones";
  box.setAttribute("aria-hidden", "true");
  for (const kind of ["field", "", "", "", "", ""]) {
    const bone = document.createElement("div");
    bone.className = kind;
    box.append(bone);
  }
  return box;
}

// context='{"device": …}' and context-device-serial="…" together are the page's context.
export function contextOf(host) {
  const context = { page_url: location.origin + location.pathname, page_title: document.title.slice(0, 200) };
  try {
    Object.assign(context, JSON.parse(host.getAttribute("context") || "{}"));
  } catch {
    console.warn("atrium: the attribute context is not JSON and was left out", host);
  }
  for (const { name, value } of host.attributes) {
    if (name.startsWith("context-")) context[name.slice(8).replaceAll("-", "_")] = value;
  }
  return context;
}

function define(tag, file) {
  customElements.define(tag, class extends HTMLElement {
    #started = false;
    #identity = null;

    get identity() { return this.#identity ?? window.atriumIdentity ?? null; }

    // Who is looking became known after the element was drawn: begin again as that person.
    set identity(value) {
      this.#identity = value;
      if (this.#started) this.start();
    }

    connectedCallback() {
      if (this.#started) return;
      this.#started = true;
      // A page may have set the property before this class was there.
      if (Object.hasOwn(this, "identity")) {
        const early = this.identity;
        delete this.identity;
        this.#identity = early;
      }
      this.start();
    }

    get base() {
      return new URL(this.getAttribute("base") || here.origin, location.href).href.replace(/\/$/, "");
    }

    async start() {
      const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [bones];
      root.replaceChildren(skeleton());
      try {
        const { mount } = await import(new URL(file, here).href);
        await mount(this, { bones, context: () => contextOf(this) });
      } catch (fault) {
        // What the host wrote inside the element (a link, say) is the way on when we cannot be reached.
        console.warn("atrium:", fault);
        root.replaceChildren(document.createElement("slot"));
      }
      this.dispatchEvent(new CustomEvent("atrium:ready", { bubbles: true, composed: true }));
    }
  });
}

for (const [tag, file] of Object.entries(components)) if (!customElements.get(tag)) define(tag, file);
