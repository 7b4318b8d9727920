// Live offers of work. The card floats over the page, so it never moves what somebody is reading;
// the key "a" accepts because the card's button says so (data-key).
import { about } from "./live.js";
import { refresh } from "./fragment.js";
import { say } from "./words.js";

const slot = document.getElementById("offers");

if (slot) {
  const title = document.title;
  let timer = null;
  const look = () => {
    const waiting = slot.querySelectorAll(".offer:not([data-gone])").length;
    document.title = waiting ? `(${waiting}) ${title}` : title;
  };
  const soon = (ms = 0) => {
    clearTimeout(timer);
    timer = setTimeout(() => refresh(slot).then(look).catch(() => {}), ms);
  };
  document.addEventListener("atrium:event", ({ detail }) => { if (about(detail, "work_items")) soon(30); });
  document.addEventListener("atrium:live", () => soon(0));
  // The server decides when an offer moves on; the card only says so, and then asks.
  slot.addEventListener("ended", ({ target }) => {
    const offer = target.closest(".offer");
    if (!offer) return;
    offer.dataset.gone = "";
    offer.querySelector(".why").textContent = say("offer_gone");
    for (const button of offer.querySelectorAll("button")) button.disabled = true;
    look();
    soon(2500);
  });
  look();
}
