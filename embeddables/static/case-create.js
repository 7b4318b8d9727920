// <atrium-case-create>: open a case with what the page knows (its device, its address) in it. What was
// typed stays until the server has it; a lost answer is asked for again under the same key, so one
// press of Send is one case.
import { begin, excuse, freshKey, h } from "./kit.js";

export async function mount(host, { bones, context }) {
  const { client, module, say, show } = await begin(host, bones);
  const session = await client.session();
  const options = module.components?.case_create ?? {};
  // This site takes cases of people it knows only; what its page wrote inside the element leads on.
  if (!session.identified && !options.anonymous) {
    show(h("p", { class: "quiet" }, say("known_only")), document.createElement("slot"));
    return;
  }
  const products = session.identified ? (await client.ask("/products").catch(() => ({ data: [] }))).data : [];
  // What else the tenant asks: without it the form still takes a case.
  const asked = (await client.ask("/cases/fields").catch(() => ({ data: [] }))).data;
  let key = freshKey();

  function field(name, control, hint, label) {
    const wrong = h("span", { class: "wrong", id: `${name}-wrong`, hidden: true });
    control.id = name;
    control.name = name;
    control.setAttribute("aria-describedby", `${hint ? `${name}-hint ` : ""}${name}-wrong`);
    control.addEventListener("input", () => complain(name, ""));
    return h("div", { class: "field" }, h("label", { for: name }, label ?? say(name === "sold_product_id" ? "product" : name)),
      hint && h("span", { class: "quiet", id: `${name}-hint` }, hint), wrong, control);
  }

  const input = (name, attributes) => h("input", { value: host.getAttribute(name) ?? options.prefilled?.[name], required: true, ...attributes });
  // A field of the tenant's own; `custom-color` here is `custom.color` there.
  function own({ name, label, hint, input: kind, required, value, choices, attributes }) {
    const option = (each, text) => h("option", { value: each, selected: [value].flat().includes(each) }, text);
    const options = kind === "yes_no" ? [option("true", say("yes")), option("false", say("no"))] : choices.map((each) => option(each.value, each.label));
    const control = kind === "textarea" ? h("textarea", { rows: "3", required, ...attributes })
      : kind === "many" ? h("select", { multiple: true, required }, options)
      : kind === "select" || kind === "yes_no" ? h("select", { required }, h("option", { value: "" }, "–"), options)
      : h("input", { type: kind, required, value, ...attributes });
    if (kind === "textarea") control.value = value;
    return field(name.replace(".", "-"), control, hint, label);
  }

  const description = h("textarea", { rows: "4", required: true, maxlength: "20000" });
  description.value = host.getAttribute("description") ?? options.prefilled?.description ?? "";
  const { device, device_serial, serial_number, device_name } = context();
  const serial = device_serial ?? serial_number ?? device?.serial_number ?? device?.serial;
  const named = [device_name ?? device?.name ?? (typeof device === "string" ? device : null), serial].filter((part) => typeof part === "string");
  const about = host.getAttribute("about") ?? named.join(", ");
  const chosen = products.find((each) => each.id === host.getAttribute("product") || (each.serial_number && each.serial_number === serial));
  const status = h("p", { role: "status", class: "quiet" }, session.identified && session.name ? say("signed_in", { name: session.name }) : "");
  const button = h("button", { class: "main" }, say("send"));

  const form = h("form", { novalidate: true, class: "article", onsubmit: send, "aria-label": options.title ?? say("ask_us") },
    options.title && h("h3", {}, options.title),
    about && !chosen && h("p", { class: "about" }, `${say("about")} ${about}`),
    !session.identified && field("name", input("name", { autocomplete: "name", maxlength: "200" })),
    !session.identified && field("email", input("email", { type: "email", autocomplete: "email" }), say("email_hint")),
    products.length > 0 && field("sold_product_id", h("select", {}, h("option", { value: "" }, say("other")),
      products.map((each) => h("option", { value: each.id, selected: each === chosen }, [each.name, each.serial_number].filter(Boolean).join(", "))))),
    field("subject", input("subject", { autocomplete: "off", maxlength: "200" })),
    field("description", description, say("description_hint")),
    asked.map(own),
    h("div", { class: "split" }, button, status));

  function complain(name, message) {
    const control = form.elements[name];
    const wrong = form.querySelector(`#${name}-wrong`);
    if (!control || !wrong) return false;
    wrong.textContent = message;
    wrong.hidden = !message;
    if (message) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    return true;
  }

  // All faults at once, and the first of them gets the focus.
  function checked() {
    for (const control of form.querySelectorAll("input, textarea, select")) {
      const { valueMissing, typeMismatch } = control.validity;
      complain(control.name, valueMissing || (control.required && !control.value.trim()) ? say("required") : typeMismatch ? say("bad_email") : "");
    }
    const first = form.querySelector("[aria-invalid]");
    if (first) { status.textContent = say("errors"); first.focus(); }
    return !first;
  }

  async function send(event) {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true" || !checked()) return;
    button.setAttribute("aria-disabled", "true");
    status.textContent = say("sending");
    const body = { context: context(), custom: {} };
    // "Something else" is an answer too: then the page's device is not what this is about.
    for (const [name, value] of new FormData(form)) {
      if (!name.startsWith("custom-")) { if (value || name === "sold_product_id") body[name] = value || null; continue; }
      const control = form.elements[name], to = name.slice(7);
      if (control.multiple) (body.custom[to] ??= []).push(value);
      // The page's clock is its reader's: the moment goes with its offset.
      else if (value) body.custom[to] = control.type === "datetime-local" ? new Date(value).toISOString() : value;
    }
    try {
      const made = await client.ask("/cases", { method: "POST", body, key });
      done(made);
    } catch (fault) {
      // A refusal is about these words: the next try is another request. A lost answer is not.
      if (fault.status && fault.status < 500) key = freshKey();
      const unplaced = (fault.errors ?? []).filter(({ pointer, message }) => !complain((pointer ?? "").slice(1).replace(/^custom\//, "custom-").split("/")[0], message));
      const first = form.querySelector("[aria-invalid]");
      status.textContent = unplaced.length ? unplaced.map(({ message }) => message).join(" ") : first ? say("errors") : excuse(fault, say);
      (first ?? button).focus();
    }
    button.removeAttribute("aria-disabled");
  }

  function done({ id, number, state }) {
    key = freshKey();
    const said = h("div", { class: "article", role: "status", tabindex: "-1" }, h("h3", {}, say("done", { number })), h("p", {}, say("done_hint")),
      h("p", {}, h("button", { type: "button", onclick: again }, say("another"))));
    show(said);
    said.focus();
    host.dispatchEvent(new CustomEvent("atrium:case-created", { bubbles: true, composed: true, detail: { id, number, state } }));
  }

  function again() {
    form.reset();
    form.elements.subject.value = "";
    description.value = "";
    status.textContent = "";
    show(form);
    form.elements.subject.focus();
  }

  // The search beside us found nothing: take over the question.
  document.addEventListener("atrium:ask", ({ detail }) => {
    if (!host.isConnected || !form.isConnected) return;
    form.elements.subject.value ||= detail.subject;
    host.scrollIntoView({ block: "nearest", behavior: "smooth" });
    form.elements.subject.focus();
  });
  show(form);
}
