// <atrium-chat>: talk to somebody now. A button in the page's corner opens it; with the attribute
// `inline` it stands where it is written. A conversation goes on over pages, tabs and reloads: whoever
// the site vouches for has it wherever they are, a stranger's page keeps a word that only we can read,
// for a day, and nothing before a chat has begun. No session begins before somebody opens the chat.
import { begin, excuse, freshKey, h, keep } from "./kit.js";

const look = new CSSStyleSheet();
look.replaceSync(`
  :host { --shade: color-mix(in oklab, currentColor 7%, transparent); }
  :host(:not([inline])) { position: fixed; z-index: var(--atrium-layer, 1000); inset-block-end: max(1rem, env(safe-area-inset-bottom)); inset-inline-end: max(1rem, env(safe-area-inset-right));
    inline-size: min(23rem, calc(100vw - 2rem)); min-inline-size: 0; block-size: auto; overflow: visible; container-type: normal; pointer-events: none; color: CanvasText; }
  :host(:not([inline])) .in { padding: 0; min-block-size: 0; background: none; justify-items: end; gap: 0.6rem; }
  :host(:not([inline])) .in > * { pointer-events: auto; }
  :host(:not([inline])) .panel { inline-size: 100%; block-size: min(34rem, calc(100dvh - 6.5rem)); border: 1px solid var(--line); border-radius: calc(var(--corner) * 1.5); box-shadow: 0 0.5rem 2rem rgb(0 0 0 / 0.22); background: var(--atrium-surface, var(--module-surface, Canvas)); padding: 0.9em; }
  :host([inline]) .in { block-size: 100%; grid-template-rows: minmax(0, 1fr); }
  .panel { display: grid; grid-template-rows: auto minmax(0, 1fr) auto; gap: 0.7em; }
  .panel[hidden] { display: none; }
  .top { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.2em 0.8em; }
  .log { overflow-y: auto; overscroll-behavior: contain; display: flex; flex-direction: column; gap: 0.6em; padding: 2px; }
  .log:focus-visible { outline-offset: -2px; }
  .said { max-inline-size: 88%; align-self: start; display: grid; gap: 0.15em; justify-items: start; overflow-wrap: anywhere; }
  .said p { padding: 0.5em 0.75em; white-space: pre-wrap; background: var(--shade); border-radius: calc(var(--corner) * 1.5); border-end-start-radius: 2px; }
  .mine { align-self: end; justify-items: end; }
  .mine p { background: var(--fill); color: var(--on); border-radius: calc(var(--corner) * 1.5); border-end-end-radius: 2px; }
  .said small { color: var(--quiet); font-size: 0.82em; }
  .write { display: grid; gap: 0.6em; }
  .write textarea { min-block-size: 3.6em; max-block-size: 9em; }
  .opener { min-block-size: 3em; padding-inline: 1.2em; border-radius: 1.5em; box-shadow: 0 0.25rem 1rem rgb(0 0 0 / 0.25); display: inline-flex; align-items: center; gap: 0.5em; }
  .count { background: var(--on); color: var(--fill); border-radius: 1em; min-inline-size: 1.5em; padding: 0 0.4em; font-size: 0.85em; font-weight: 700; line-height: 1.5; text-align: center; }
  [hidden] { display: none; }
`);

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export async function mount(host, { bones }) {
  host.leaving?.abort();
  const { signal } = host.leaving = new AbortController();
  const { client, module, say, show } = await begin(host, bones, look);
  const options = module.components?.chat;
  if (!options) throw new Error("this module has no chat");
  const inline = host.hasAttribute("inline");
  const title = options.title ?? say("chat");
  // Of this tab: whether the window is open, and the words that were not sent yet.
  const tab = keep("sessionStorage", `atrium.chat.${client.key}`);
  const draft = keep("sessionStorage", `atrium.draft.${client.key}`);
  // Of this browser: that there is a chat to look after, on whatever page.
  const going = keep("localStorage", `atrium.chat.${client.key}`);

  const shown = new Map();
  let session = null;
  let chat = null;
  let unread = 0;
  let key = freshKey();
  let hearing = null;

  const log = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": say("said"), tabindex: "0" });
  const state = h("p", { class: "quiet", role: "status" });
  const wrong = h("p", { class: "wrong", role: "alert", hidden: true });
  const name = h("input", { id: "name", name: "name", autocomplete: "name", maxlength: "200", "aria-describedby": "wrong" });
  const named = h("div", { class: "field", hidden: true }, h("label", { for: "name" }, say("name")), name);
  const words = h("textarea", { id: "words", rows: "2", maxlength: "20000", "aria-label": say("your_words"), placeholder: say("write"), "aria-describedby": "wrong" });
  const button = h("button", { class: "main" }, say("send"));
  const ending = h("button", { type: "button", class: "plain", hidden: true, onclick: end }, say("end_chat"));
  const form = h("form", { class: "write", novalidate: true, onsubmit: send }, named, words, wrong, h("div", { class: "split" }, state, button));
  wrong.id = "wrong";
  words.value = draft.value ?? "";

  const heading = h("h3", { id: "title" }, title);
  const hide = !inline && h("button", { type: "button", class: "plain", onclick: () => open(false) }, say("hide_chat"));
  const panel = h("section", { id: "panel", class: "panel", role: inline ? "region" : "dialog", "aria-labelledby": "title", hidden: !inline },
    h("div", { class: "top" }, heading, h("span", { class: "split" }, ending, hide)), log, form);
  const count = h("span", { class: "count", "aria-hidden": "true", hidden: true });
  const news = h("span", { class: "unseen" });
  const opener = !inline && h("button", { type: "button", class: "main opener", "aria-expanded": "false", "aria-controls": "panel", onclick: () => open(panel.hidden) }, title, count, news);
  // The log speaks for itself while it is seen; closed, this says that an answer came.
  const aside = h("p", { class: "unseen", role: "status" });

  const isOpen = () => chat?.state === "open";
  const who = () => [...shown.values()].find((each) => each.mine)?.author;

  function draw() {
    const agent = [...shown.values()].filter((each) => !each.mine).pop()?.author;
    state.textContent = !chat ? say("ask_now") : !isOpen() ? say("chat_over") : agent ? say("chat_with", { name: agent }) : say("chat_waits");
    ending.hidden = !isOpen();
    named.hidden = !session || session.identified || Boolean(chat && who());
    count.hidden = !unread;
    count.textContent = unread;
    news.textContent = unread ? say("chat_news", { count: unread }) : "";
  }

  function add(messages) {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    const fresh = messages.filter((each) => !shown.has(each.id));
    const first = shown.size === 0;
    for (const each of fresh) shown.set(each.id, each);
    if (!fresh.length) return;
    const ordered = [...shown.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
    shown.clear();
    for (const each of ordered) shown.set(each.id, each);
    for (const each of fresh) {
      const next = ordered.slice(ordered.indexOf(each) + 1).map(({ id }) => log.querySelector(`[data-id="${id}"]`)).find(Boolean);
      log.insertBefore(bubble(each), next ?? null);
    }
    const answers = fresh.filter((each) => !each.mine);
    if (panel.hidden && !first && answers.length) {
      unread += answers.length;
      aside.textContent = `${answers.at(-1).author}: ${answers.at(-1).body.slice(0, 200)}`;
    }
    if (atEnd || first || fresh.some((each) => each.mine)) log.scrollTop = log.scrollHeight;
  }

  const bubble = ({ id, mine, author, body, at }) => h("div", { class: mine ? "said mine" : "said", "data-id": id }, h("p", {}, body),
    h("small", {}, `${mine ? say("you") : author}, ${new Date(at).toLocaleTimeString(module.locale, { hour: "numeric", minute: "2-digit" })}`));

  function take(told) {
    if (told.chat?.id !== chat?.id) { shown.clear(); log.replaceChildren(); }
    chat = told.chat;
    going.value = isOpen() ? "1" : null;
    add(told.data);
    draw();
    if (isOpen()) hear();
    else hearing?.abort();
  }

  const latest = () => [...shown.values()].pop()?.at;

  // What is there now, or what came since.
  async function look_up() {
    const before = session;
    session = await client.session();
    if (before && before.identified !== session.identified) return host.start();
    if (!session.identified && !options.anonymous) return refuse();
    if (!session.identified && !client.visitor && !chat) return draw();
    const since = latest();
    const told = await client.ask(since ? `/chat?after=${encodeURIComponent(since)}` : "/chat");
    // Another tab has begun a new one: all of it, not only the end.
    take(since && told.chat && told.chat.id !== chat?.id ? await client.ask("/chat") : told);
  }

  function refuse() {
    form.remove();
    log.replaceChildren(h("p", { class: "quiet" }, say("known_only")), document.createElement("slot"));
  }

  async function renew() {
    try { await look_up(); } catch (fault) { complain(excuse(fault, say)); }
  }

  function complain(text, control) {
    wrong.textContent = text;
    wrong.hidden = !text;
    for (const each of [name, words]) {
      if (each === control) each.setAttribute("aria-invalid", "true");
      else each.removeAttribute("aria-invalid");
    }
    control?.focus();
  }

  async function send(event) {
    event?.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    await dispatch(words.value.trim());
    button.removeAttribute("aria-disabled");
  }

  async function dispatch(body) {
    try {
      // Whom to ask for a name is known once a session has begun, which a broken line may delay.
      session ??= await client.session();
      draw();
      if (!named.hidden && !name.value.trim()) return complain(say("name_first"), name);
      if (!body) return complain(say("write_first"), words);
      complain("");
      await put(body);
      if (words.value.trim() === body) { words.value = ""; draft.value = null; }
      key = freshKey();
    } catch (fault) {
      // A refusal is about these words: the next try is another request. A lost answer is not.
      if (fault.status && fault.status < 500) key = freshKey();
      complain(fault.errors?.[0]?.message ?? excuse(fault, say));
    }
    words.focus();
  }

  async function put(body) {
    if (isOpen()) {
      try {
        return add([await client.ask("/chat/say", { method: "POST", body: { chat_id: chat.id, body }, key })]), draw();
      } catch (fault) {
        // Ended on the other side, or gone on in another tab: look, and try once where it is now.
        if (fault.status !== 409 && fault.status !== 404) throw fault;
        key = freshKey();
        const gone = chat.id;
        await look_up();
        if (isOpen() && chat.id !== gone) return put(body);
      }
    }
    const called = session.identified ? null : who() ?? name.value.trim();
    try {
      const told = await client.ask("/chat/start", { method: "POST", body: called ? { body, name: called } : { body }, key });
      if (told.visitor) client.visitor = told.visitor;
      take(told);
    } catch (fault) {
      if (fault.status !== 409) throw fault;
      key = freshKey();
      await look_up();
      if (!isOpen()) throw fault;
      await put(body);
    }
  }

  async function end() {
    try {
      chat = await client.ask("/chat/close", { method: "POST", body: { chat_id: chat.id } });
    } catch (fault) {
      if (fault.status !== 409 && fault.status !== 404) return complain(excuse(fault, say));
      await renew();
    }
    // It is over, and whoever sits here next shall not read it.
    if (!session.identified) client.visitor = null;
    going.value = null;
    hearing?.abort();
    draw();
    words.focus();
  }

  function open(wanted) {
    panel.hidden = !wanted;
    opener.setAttribute("aria-expanded", String(wanted));
    tab.value = wanted ? "1" : null;
    if (!wanted) return opener.focus();
    unread = 0;
    aside.textContent = "";
    draw();
    log.scrollTop = log.scrollHeight;
    words.focus();
    renew().then(() => { if (!named.hidden && !name.value) name.focus(); });
  }

  // One stream while a chat is open and the page is seen; what it says is only that there is news.
  async function hear() {
    if (hearing || document.hidden || signal.aborted) return;
    hearing = new AbortController();
    const here = hearing.signal;
    let wait = 1000;
    while (isOpen() && !here.aborted && !signal.aborted && host.isConnected) {
      try {
        const answer = await client.stream("/chat/live", here);
        await look_up();
        wait = 1000;
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        for (let got = await reader.read(); !got.done; got = await reader.read()) {
          if (/\b(event|data):/.test(got.value)) await look_up();
        }
      } catch { /* the line broke: wait, then look at what came meanwhile */ }
      if (!here.aborted) await pause(wait * (0.5 + Math.random()));
      wait = Math.min(wait * 2, 30_000);
    }
    if (hearing?.signal === here) hearing = null;
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { hearing?.abort(); hearing = null; } else if (isOpen()) hear();
  }, { signal });
  // Another tab has begun: be the same visitor as that one. A word that is only renewed changes nothing.
  addEventListener("storage", ({ key: place, oldValue, newValue }) => {
    if (place !== client.place || oldValue || !newValue) return;
    client.forget();
    renew();
  }, { signal });
  signal.addEventListener("abort", () => hearing?.abort());
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
  });
  words.addEventListener("input", () => { draft.value = words.value || null; complain(""); });
  name.addEventListener("input", () => complain(""));
  if (!inline) panel.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); open(false); } });

  draw();
  show(panel, opener, aside);
  if (inline || tab.value) {
    panel.hidden = false;
    if (opener) opener.setAttribute("aria-expanded", "true");
    await renew();
  } else if (going.value || client.visitor) {
    await renew();
  }
}
