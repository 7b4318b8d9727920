// <atrium-knowledge-search>: search as you type, read the answer in place, say whether it helped. Where
// nothing is found it offers to ask, by an event that the case form on the same page listens to.
import { begin, excuse, h } from "./kit.js";
import { sanitize } from "./sanitize.js";

export async function mount(host, { bones }) {
  const { client, say, show } = await begin(host, bones);
  const list = h("ul", { class: "list" });
  const reading = h("div", { hidden: true });
  const status = h("p", { class: "quiet", role: "status" });
  const input = h("input", { type: "search", id: "q", autocomplete: "off", maxlength: "200", placeholder: say("search_hint"), value: host.getAttribute("q") });
  const searching = h("div", {}, status, list);
  let timer = null;
  let asked = null;

  const row = (hit) => h("li", { class: "row" },
    h("button", { type: "button", class: "plain", "data-id": hit.id, onclick: () => open(hit) }, hit.title),
    hit.snippet && h("span", { class: "quiet" }, hit.snippet));

  const ask = () => h("button", { type: "button", onclick: () => host.dispatchEvent(
    new CustomEvent("atrium:ask", { bubbles: true, composed: true, detail: { subject: input.value.trim() } })) }, say("ask_us"));

  async function search() {
    const q = input.value.trim();
    asked?.abort();
    if (q.length < 2) { list.replaceChildren(); status.replaceChildren(); return; }
    asked = new AbortController();
    try {
      const { data } = await client.ask(`/knowledge?q=${encodeURIComponent(q)}`, { signal: asked.signal });
      list.replaceChildren(...data.map(row));
      status.replaceChildren(data.length === 1 ? say("found_one") : data.length ? say("found", { count: data.length }) : say("nothing", { q }), data.length ? "" : " ", ...(data.length ? [] : [ask()]));
    } catch (fault) {
      if (fault.name !== "AbortError") status.replaceChildren(excuse(fault, say), " ", h("button", { type: "button", onclick: search }, say("try_again")));
    }
  }

  async function open(hit) {
    try {
      const article = await client.ask(`/knowledge/${encodeURIComponent(hit.id)}`);
      const heading = h("h3", { tabindex: "-1" }, article.title);
      reading.replaceChildren(h("article", { class: "article" },
        h("button", { type: "button", class: "plain", onclick: () => close(hit) }, say("back")),
        heading, h("div", { class: "article" }, sanitize(article.html, client.host.base)),
        feedback(article), hit.url && h("a", { href: new URL(hit.url, client.host.base).href, target: "_blank", rel: "noopener" }, say("open_page"))));
      searching.hidden = true;
      reading.hidden = false;
      host.scrollTop = 0;
      heading.focus();
    } catch (fault) {
      status.replaceChildren(excuse(fault, say));
    }
  }

  function feedback({ id, edition }) {
    const box = h("div", { class: "split", role: "group", "aria-label": say("helped") }, h("span", { class: "quiet" }, say("helped")));
    const answer = async (helpful) => {
      try {
        await client.ask(`/knowledge/${encodeURIComponent(id)}/feedback`, { method: "POST", body: { helpful, edition } });
        const said = h("span", { role: "status", tabindex: "-1" }, say("noted"), " ", helpful ? "" : ask());
        box.replaceChildren(said);
        said.focus();
      } catch (fault) {
        box.querySelector(".quiet").textContent = excuse(fault, say);
      }
    };
    box.append(h("span", {}, h("button", { type: "button", onclick: () => answer(true) }, say("yes")), " ", h("button", { type: "button", onclick: () => answer(false) }, say("no"))));
    return box;
  }

  function close(hit) {
    reading.hidden = true;
    searching.hidden = false;
    list.querySelector(`[data-id="${CSS.escape(hit.id)}"]`)?.focus();
  }

  input.addEventListener("input", () => {
    if (!reading.hidden) { reading.hidden = true; searching.hidden = false; }
    clearTimeout(timer);
    timer = setTimeout(search, 200);
  });
  show(h("form", { role: "search", onsubmit: (event) => { event.preventDefault(); clearTimeout(timer); search(); } },
    h("label", { class: "unseen", for: "q" }, say("search")), input), searching, reading);
  if (input.value) search();
}
