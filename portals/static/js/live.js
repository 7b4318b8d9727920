// The stream of events, once per browser. A tab that holds the lock reads the stream and tells the
// others: six open tabs would otherwise use up all connections that a browser gives one host.
// Server-Sent Events are read with fetch, because EventSource hides named events from a listener
// that does not know their names, and drops its place when it is made anew. After a break we wait
// with jitter (a restarted server must not meet everybody at once) and resume after the last id.
//
// document gets "atrium:event" {id, type, data, raw} for each event, and "atrium:live" {first} when
// something may have been missed: once after the page was drawn, and after each broken line.
const URL_OF_STREAM = "/api/v1/events/stream";
const channel = "BroadcastChannel" in window ? new BroadcastChannel("atrium-live") : null;
let last = null;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const share = (name, detail) => { tell(name, detail); channel?.postMessage({ name, detail }); };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export function parse(block) {
  const event = { id: null, type: "message", raw: "" };
  const lines = [];
  for (const line of block.split(/\r\n|\r|\n/)) {
    if (!line || line.startsWith(":")) continue;
    const at = line.indexOf(":");
    const field = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? "" : line.slice(at + 1).replace(/^ /, "");
    if (field === "data") lines.push(value);
    else if (field === "id") event.id = value;
    else if (field === "event") event.type = value;
    else if (field === "retry") event.retry = Number(value);
  }
  event.raw = lines.join("\n");
  try { event.data = JSON.parse(event.raw); } catch { event.data = event.raw; }
  return event;
}

// Whether an event is about a collection ("work_items") or a record (its id, anywhere in it).
export function about(event, what) {
  const { kind, collection, type } = event.data ?? {};
  return [kind, collection].includes(what) || String(type ?? event.type).startsWith(`${what}.`) || event.raw.includes(`"${what}"`);
}

async function read(state) {
  const answer = await fetch(URL_OF_STREAM, {
    headers: { Accept: "text/event-stream", ...(last ? { "Last-Event-ID": last } : {}) },
  });
  if (answer.status === 401 || answer.status === 403 || answer.status === 404) return false;
  if (!answer.ok || !answer.body) throw new Error(`stream ${answer.status}`);
  if (state.broken) share("atrium:live", { first: false });
  state.broken = true;
  state.wait = 1000;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return true;
    rest += value;
    const blocks = rest.split(/\r\n\r\n|\n\n|\r\r/);
    rest = blocks.pop();
    for (const block of blocks) {
      const event = parse(block);
      if (event.retry) state.wait = event.retry;
      if (event.id) last = event.id;
      // The server lost our place (it keeps a bounded log): look again instead of replaying.
      if (event.type === "reset") share("atrium:live", { first: false });
      else if (event.raw) share("atrium:event", event);
    }
  }
}

async function follow() {
  const state = { wait: 1000, broken: false };
  for (;;) {
    try {
      if (!(await read(state))) return;
    } catch { /* the line broke: wait, then take up where it stopped */ }
    await pause(state.wait * (0.5 + Math.random()));
    state.wait = Math.min(state.wait * 2, 30_000);
  }
}

if (document.documentElement.hasAttribute("data-live")) {
  channel?.addEventListener("message", ({ data }) => {
    if (data.detail?.id) last = data.detail.id;
    tell(data.name, data.detail);
  });
  setTimeout(() => tell("atrium:live", { first: true }), 300);
  if (navigator.locks) navigator.locks.request("atrium-live", follow);
  else follow();
}
