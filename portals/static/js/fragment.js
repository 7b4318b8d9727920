// Swaps in a piece of page that the server drew. Equal pieces are left alone, so nothing flickers;
// focus comes back to the same control by its id or name.
const seen = new WeakMap();

export async function fetchFragment(url, signal) {
  const answer = await fetch(url, { signal, headers: { Accept: "text/html", "X-Atrium-Fetch": "1" } });
  if (!answer.ok || (answer.redirected && new URL(answer.url).pathname.startsWith("/signin"))) {
    throw new Error(`fragment ${answer.status}`);
  }
  return answer.text();
}

export function put(node, html) {
  if (seen.get(node) === html) return false;
  // Somebody is writing in there (a resolution, say): what they type is worth more than freshness.
  if (node.querySelector("details[open] form, textarea:focus")) return false;
  const first = !seen.has(node);
  seen.set(node, html);
  const held = node.contains(document.activeElement) ? document.activeElement : null;
  const piece = document.createElement("template");
  piece.innerHTML = html;
  if (first && same(node, piece.content)) return false;
  node.replaceChildren(piece.content);
  if (held) refocus(node, held);
  node.dispatchEvent(new CustomEvent("atrium:swapped", { bubbles: true }));
  return true;
}

export async function refresh(node, url = node.dataset.fragment, signal) {
  return put(node, await fetchFragment(url, signal));
}

// The first fragment usually repeats what the page was served with; countdowns and times may differ.
function same(node, content) {
  const bare = (root) => root.textContent.replace(/[\d\s]+/g, "") + root.querySelectorAll("*").length;
  return bare(node) === bare(content);
}

function refocus(node, held) {
  const again = held.id ? node.querySelector(`#${CSS.escape(held.id)}`)
    : held.name ? node.querySelector(`[name="${CSS.escape(held.name)}"][value="${CSS.escape(held.value)}"]`) : null;
  again?.focus({ preventScroll: true });
}
