// Search as you type: the same answers that pressing the button gives, drawn by the server, in the
// place the form names (data-into). The address follows, so what is found can be sent as a link.
import { fetchFragment, put } from "./fragment.js";

for (const form of document.querySelectorAll("form[data-search]")) {
  const input = form.querySelector("input[type=search]");
  const into = document.querySelector(form.dataset.into);
  let timer = null;
  let asked = null;

  const find = async () => {
    const words = input.value.trim();
    asked?.abort();
    if (words.length < 2) return put(into, "");
    asked = new AbortController();
    const fields = new URLSearchParams(new FormData(form));
    try {
      put(into, await fetchFragment(`${form.dataset.search}?${fields}`, asked.signal));
      if (form.hasAttribute("data-address")) history.replaceState(null, "", `${form.action.split("?")[0]}?${fields}`);
    } catch (fault) {
      if (fault.name !== "AbortError") clearTimeout(timer);
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(find, 150);
  });
}
