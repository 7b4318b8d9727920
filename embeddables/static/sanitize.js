// An article's HTML as nodes, by an allow-list: what is not named here does not get built. The server
// sanitises too; this stands between a stranger's page and anything that slipped through.
const allowed = {
  P: [], BR: [], HR: [], STRONG: [], B: [], EM: [], I: [], S: [], U: [], SUB: [], SUP: [], CODE: [], PRE: [], KBD: [],
  BLOCKQUOTE: [], UL: [], OL: ["start"], LI: [], H1: [], H2: [], H3: [], H4: [], H5: [], H6: [], DL: [], DT: [], DD: [],
  TABLE: [], THEAD: [], TBODY: [], TR: [], TH: ["colspan", "rowspan", "scope"], TD: ["colspan", "rowspan"], CAPTION: [],
  FIGURE: [], FIGCAPTION: [], DIV: [], SPAN: [], A: ["href", "title"], IMG: ["src", "alt", "width", "height"],
};
// Their text is code or the inside of another world: it goes with them.
const dropped = new Set(["SCRIPT", "STYLE", "TEMPLATE", "NOSCRIPT", "IFRAME", "OBJECT", "EMBED", "SVG", "MATH", "XMP", "TITLE", "TEXTAREA", "SELECT", "NOEMBED", "NOFRAMES", "PLAINTEXT"]);
const DEPTH_MAX = 60;

function safeAddress(value, base, image) {
  let url;
  try { url = new URL(value, base); } catch { return null; }
  const schemes = image ? ["https:", "http:"] : ["https:", "http:", "mailto:", "tel:"];
  return schemes.includes(url.protocol) ? url.href : null;
}

function copy(from, to, base, depth) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) { to.append(node.data); continue; }
    if (node.nodeType !== Node.ELEMENT_NODE || dropped.has(node.nodeName.toUpperCase()) || depth > DEPTH_MAX) continue;
    const attributes = node.namespaceURI === "http://www.w3.org/1999/xhtml" ? allowed[node.nodeName] : null;
    if (!attributes) { copy(node, to, base, depth + 1); continue; }
    // The widget has its own h3 above: an article's headings begin below it.
    const made = document.createElement(/^H[1-3]$/.test(node.nodeName) ? "h4" : node.localName);
    for (const name of attributes) {
      const value = node.getAttribute(name);
      if (value === null) continue;
      const kept = name === "href" || name === "src" ? safeAddress(value, base, name === "src") : value;
      if (kept !== null) made.setAttribute(name, kept);
    }
    if (made.localName === "a") { made.target = "_blank"; made.rel = "noopener noreferrer"; }
    if (made.localName === "img") { made.loading = "lazy"; made.alt ||= ""; }
    copy(node, made, base, depth + 1);
    to.append(made);
  }
}

// A page may forbid HTML from text (Trusted Types). Ours is parsed into a document that never acts,
// under a policy whose name such a page can allow: trusted-types atrium.
const inert = globalThis.trustedTypes?.createPolicy("atrium", { createHTML: (text) => text }) ?? { createHTML: (text) => text };

export function sanitize(html, base) {
  const out = document.createDocumentFragment();
  // A document of its own: nothing in it runs or loads.
  copy(new DOMParser().parseFromString(inert.createHTML(html), "text/html").body, out, base, 0);
  return out;
}
