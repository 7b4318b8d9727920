// <atrium-survey>: how a case was handled, asked of the customer who had it, once. Whoever is asked
// nothing sees nothing: the element takes no room then.
import { begin, excuse, freshKey, h } from "./kit.js";

const look = new CSSStyleSheet();
look.replaceSync(`
  legend { font-weight: 600; padding: 0; margin-block-end: 0.4em; }
  .scale { display: grid; grid-template-columns: repeat(5, minmax(2.4em, 4em)); gap: 0.4em; }
  .scale label { position: relative; display: grid; place-items: center; min-block-size: 2.6em; border: 1px solid var(--edge); border-radius: var(--corner); cursor: pointer; }
  .scale input { position: absolute; inset: 0; opacity: 0; min-block-size: 0; margin: 0; cursor: pointer; }
  .scale label:has(:checked) { background: var(--fill); color: var(--on); border-color: transparent; }
  .scale label:has(:focus-visible) { outline: 2px solid var(--word); outline-offset: 1px; }
  .ends { display: flex; justify-content: space-between; max-inline-size: calc(20em + 1.6em); }
`);

export async function mount(host, { bones }) {
  const { client, module, say, show } = await begin(host, bones, look);
  const session = await client.session();
  const { data } = session.identified ? await client.ask("/surveys") : { data: [] };
  const [asked] = data;
  if (!asked) { host.shadowRoot.replaceChildren(); return; }
  let key = freshKey();
  const wrong = (name) => h("span", { class: "wrong", id: `${name}-wrong`, hidden: true });

  // Five steps from bad to good; the arrow keys walk along them.
  const scale = (name, text, required, ends) => h("fieldset", { "data-name": name, "data-kind": "rating", "data-required": required, "aria-describedby": `${name}-wrong` },
    h("legend", {}, text),
    h("div", { class: "scale" }, [1, 2, 3, 4, 5].map((step) => h("label", {}, h("input", { type: "radio", name, value: step }), String(step)))),
    ends && h("p", { class: "quiet ends", "aria-hidden": "true" }, h("span", {}, say("very_bad")), h("span", {}, say("very_good"))),
    wrong(name));

  function question({ key: name, text, kind, required, choices, labels }) {
    if (kind === "rating") return scale(`q-${name}`, text, required, false);
    const options = kind === "yes_no" ? [["true", say("yes")], ["false", say("no")]] : choices.map((each, place) => [each, labels[place]]);
    const control = kind === "text" ? h("textarea", { rows: "2", maxlength: "5000" })
      : h("select", {}, h("option", { value: "" }, "–"), options.map(([value, label]) => h("option", { value }, label)));
    control.id = control.name = `q-${name}`;
    control.setAttribute("aria-describedby", `q-${name}-wrong`);
    return h("div", { class: "field", "data-name": `q-${name}`, "data-kind": kind, "data-required": required },
      h("label", { for: `q-${name}` }, text), control, wrong(`q-${name}`));
  }

  const comment = h("textarea", { id: "comment", name: "comment", rows: "3", maxlength: "5000" });
  const status = h("p", { role: "status", class: "quiet" });
  const button = h("button", { class: "main" }, say("send"));
  const form = h("form", { novalidate: true, class: "article", onsubmit: send, "aria-label": module.components?.survey?.title ?? asked.title },
    h("h3", {}, module.components?.survey?.title ?? asked.title),
    h("p", { class: "about" }, say("about_case", { number: asked.case_number, subject: asked.case_subject })),
    asked.intro && h("p", {}, asked.intro),
    scale("score", say("how_was_it"), true, true),
    asked.questions.map(question),
    h("div", { class: "field" }, h("label", { for: "comment" }, say("comment")), comment),
    h("div", { class: "split" }, button, status));

  function complain(name, message) {
    const place = form.querySelector(`#${CSS.escape(name)}-wrong`);
    if (!place) return false;
    place.textContent = message;
    place.hidden = !message;
    for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (message) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
    return true;
  }

  function read() {
    const given = new FormData(form);
    const answers = {};
    let first = null;
    for (const box of form.querySelectorAll("[data-name]")) {
      const { name, kind } = box.dataset;
      const value = (given.get(name) ?? "").trim();
      complain(name, box.hasAttribute("data-required") && !value ? say("choose") : "");
      if (box.hasAttribute("data-required") && !value) first ??= box.querySelector("input, select, textarea");
      if (value && name !== "score") answers[name.slice(2)] = kind === "rating" ? Number(value) : kind === "yes_no" ? value === "true" : value;
    }
    if (first) { status.textContent = say("errors"); first.focus(); return null; }
    return { score: Number(given.get("score")), comment: comment.value.trim(), answers };
  }

  async function send(event) {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return;
    const body = read();
    if (!body) return;
    button.setAttribute("aria-disabled", "true");
    status.textContent = say("sending");
    try {
      await client.ask(`/surveys/${encodeURIComponent(asked.id)}/answer`, { method: "POST", body, key });
      done(say("thanks"));
      host.dispatchEvent(new CustomEvent("atrium:survey-answered", { bubbles: true, composed: true, detail: { id: asked.id, score: body.score } }));
    } catch (fault) {
      if (fault.status === 409) { done(say("answered")); return; }
      // A refusal is about these words: the next try is another request. A lost answer is not.
      if (fault.status && fault.status < 500) key = freshKey();
      const unplaced = (fault.errors ?? []).filter(({ pointer, message }) => !complain((pointer ?? "").slice(1).replace(/^answers\//, "q-").split("/")[0], message));
      status.textContent = unplaced.length ? unplaced.map(({ message }) => message).join(" ") : fault.errors?.length ? say("errors") : excuse(fault, say);
      button.focus();
    }
    button.removeAttribute("aria-disabled");
  }

  function done(words) {
    const said = h("p", { role: "status", tabindex: "-1" }, words);
    show(said);
    said.focus();
  }

  show(form);
}
