// <at-countdown seconds="6120" of="14400" soon="7200"> around the words the server already wrote.
// It keeps the words and the ring in step; without script the written time stays true enough.
import { say } from "./words.js";

const words = (seconds) => {
  const past = seconds < 0;
  const minutes = Math.floor(Math.abs(seconds) / 60);
  if (!past && seconds < 120) return `${seconds} ${say("s")}`;
  const text = minutes < 60 ? `${minutes} ${say("min")}`
    : minutes < 2880 ? `${Math.floor(minutes / 60)} ${say("h")} ${minutes % 60} ${say("min")}`
      : `${Math.floor(minutes / 1440)} ${say("d")} ${Math.floor((minutes % 1440) / 60)} ${say("h")}`;
  return past ? `${text} ${say("over")}` : text;
};

class Countdown extends HTMLElement {
  connectedCallback() {
    this.end ??= Date.now() + Number(this.getAttribute("seconds")) * 1000;
    this.timer = setInterval(() => this.draw(), 1000);
    this.draw();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  draw() {
    const left = Math.round((this.end - Date.now()) / 1000);
    const share = Math.max(0, Math.min(1, left / Number(this.getAttribute("of"))));
    this.querySelector(".run")?.setAttribute("stroke-dasharray", `${share * 100} 100`);
    const shown = this.querySelector("[data-left]");
    const text = shown?.hasAttribute("data-bare") ? String(Math.max(0, left)) : words(left);
    if (shown && shown.textContent !== text) shown.textContent = text;
    const soon = Number(this.getAttribute("soon") ?? 0);
    if (left < 0) this.dataset.due = "over";
    else if (left < soon) this.dataset.due = "soon";
    if (left <= 0 && !this.ended) {
      this.ended = true;
      this.dispatchEvent(new CustomEvent("ended", { bubbles: true }));
    }
  }
}
customElements.define("at-countdown", Countdown);
