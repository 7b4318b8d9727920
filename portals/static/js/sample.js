// What people would see of a form, drawn anew by the server while one writes it or answers in it.
const node = document.querySelector("[data-sample]");
const drawn = node.querySelector("[data-drawn]");
let asking;
let timer;

async function look() {
  asking?.abort();
  asking = new AbortController();
  const form = document.getElementById(node.dataset.sample);
  const body = new FormData(form);
  for (const [name, value] of new FormData(node)) body.append(name, value);
  body.set("do", "sample");
  const answer = await fetch(form.action, {
    method: "POST", body, signal: asking.signal, headers: { Accept: "text/html", "X-Atrium-Fetch": "1" },
  });
  if (answer.ok) swap(await answer.text());
}

function swap(html) {
  const held = drawn.contains(document.activeElement) ? document.activeElement.id : "";
  drawn.innerHTML = html;
  if (held) document.getElementById(held)?.focus({ preventScroll: true });
}

function soon(event) {
  if (!event.target.closest?.("#record-form, [data-drawn], [name='sample.locale-']")) return;
  clearTimeout(timer);
  timer = setTimeout(() => look().catch(() => {}), 300);
}

document.addEventListener("input", soon);
document.addEventListener("atrium:drawn", () => look().catch(() => {}));
node.addEventListener("submit", (event) => event.preventDefault());
