// The counts beside the inbox tell what the list tells: when the list is drawn anew, so are they.
document.addEventListener("atrium:swapped", ({ target }) => {
  const told = target.querySelector("[data-counts]");
  if (!told) return;
  const counts = JSON.parse(told.dataset.counts);
  counts.ours = counts.mine - counts.waiting;
  for (const node of document.querySelectorAll("[data-count]")) {
    const count = counts[node.dataset.count];
    node.textContent = node.textContent.replace(/\d+/, count);
    node.hidden = node.hasAttribute("data-unless-none") && count === 0;
  }
});
