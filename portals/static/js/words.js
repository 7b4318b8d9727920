// The page's language, for the few words that scripts say themselves (base.html writes #words).
const island = document.getElementById("words");
const words = island ? JSON.parse(island.textContent) : {};

// say("files", { count: 3 }) fills {count}; a missing word shows its key, never nothing.
export const say = (key, values = {}) =>
  (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
