// Asks the server which questions follow as answers change; without this, a button does the same.
import { put } from "./fragment.js";

const node = document.querySelector("[data-questions]");
let asking;

async function look() {
  asking?.abort();
  asking = new AbortController();
  const body = new FormData(node.closest("form"));
  body.set("do", "look");
  body.delete("files");
  const answer = await fetch(node.dataset.questions, {
    method: "POST", body, signal: asking.signal, headers: { Accept: "text/html", "X-Atrium-Fetch": "1" },
  });
  if (answer.ok) swap(await answer.text());
}

// What is written stays: only questions that come or go change the page.
function swap(html) {
  const piece = document.createElement("template");
  piece.innerHTML = html;
  const names = (root) => [...root.querySelectorAll("[name]")].map((each) => `${each.name}${each.required}`).join();
  if (names(piece.content) !== names(node)) put(node, html);
}

node?.addEventListener("change", () => look().catch(() => {}));
