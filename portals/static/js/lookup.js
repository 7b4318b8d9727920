// A field that names another record offers what may be meant while one types. Without this script
// the server reads the same words, and asks where they mean several.
import { say } from "./words.js";

let count = 0;

function offer(input) {
  if (input.list) return;
  const list = document.createElement("datalist");
  list.id = `lookup-${++count}`;
  input.after(list);
  input.setAttribute("list", list.id);
  let timer = null;
  let asked = null;

  const find = async () => {
    asked?.abort();
    if (input.value.trim().length < 2) return;
    asked = new AbortController();
    const query = new URLSearchParams({ of: input.dataset.lookup, q: input.value });
    try {
      const answer = await fetch(`/workspace/lookup?${query}`, {
        signal: asked.signal, headers: { Accept: "application/json", "X-Atrium-Fetch": "1" },
      });
      if (!answer.ok || answer.redirected) return;
      list.replaceChildren(...(await answer.json()).map((each) => new Option(each.label, each.label)));
    } catch (fault) {
      if (fault.name !== "AbortError") input.title = say("no_connection");
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(find, 150);
  });
}

const offerAll = () => document.querySelectorAll("input[data-lookup]").forEach(offer);
offerAll();
document.addEventListener("atrium:drawn", offerAll);
