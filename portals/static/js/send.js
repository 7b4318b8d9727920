// Posts a form without leaving the page. Nothing that was typed is touched: the caller clears the
// form once the answer is good. One attempt keeps one Idempotency-Key, so that pressing Send again
// after a lost answer cannot write twice.
import { say } from "./words.js";

const attempts = new WeakMap();
const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

export function send(form, { submitter, progress } = {}) {
  const body = new FormData(form, submitter?.form === form ? submitter : undefined);
  const key = attempts.get(form) ?? fresh();
  attempts.set(form, key);
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", submitter?.hasAttribute("formaction") ? submitter.formAction : form.action);
    request.setRequestHeader("X-Atrium-Fetch", "1");
    request.setRequestHeader("Idempotency-Key", key);
    request.setRequestHeader("Accept", "application/problem+json, text/html;q=0.9");
    if (progress) request.upload.onprogress = ({ loaded, total }) => progress(loaded, total);
    request.onload = () => {
      const away = new URL(request.responseURL || location.href).pathname;
      if (away.startsWith("/signin")) return done({ ok: false, message: say("signed_out") });
      if (request.status < 200 || request.status > 299) {
        if (request.status < 500) attempts.delete(form);
        return done({ ok: false, message: reason(request) });
      }
      attempts.delete(form);
      done({ ok: true, url: request.responseURL });
    };
    request.onerror = request.ontimeout = () => done({ ok: false, message: say("no_connection") });
    request.timeout = 120_000;
    request.send(body);
  });
}

// A problem document says it itself; a page says it in its error summary.
function reason(request) {
  const kind = request.getResponseHeader("Content-Type") ?? "";
  try {
    if (kind.includes("json")) {
      const problem = JSON.parse(request.responseText);
      const faults = (problem.errors ?? []).map((fault) => fault.message);
      return faults.length ? faults.join(" ") : problem.detail ?? problem.title;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const said = [...page.querySelectorAll(".error-summary li, [role=alert] p")].map((each) => each.textContent.trim());
    if (said.length) return said.join(" ");
  } catch { /* the answer was cut short: the general sentence below is true of it */ }
  return say(request.status === 429 ? "slow_down" : "not_sent");
}

// <form data-send data-then="#thread"> posts in place, then swaps that fragment and says data-done.
export function complain(form, message) {
  const said = form.querySelector("[data-said]");
  if (said) { said.textContent = message; said.hidden = !message; }
}
