// Live: on a tick of the server, and when the tab returns, fetch this very page and morph what is marked data-live.
// What is being written is never morphed, open details stay open, frames are left alone.
import { Idiomorph } from "../vendor/idiomorph/idiomorph-0.8.0.esm.js";

const TICK_PAUSE = 400; // milliseconds: many commits make one refresh
let source = null;
let waiting = null;
let busy = false;
let again = false;

export function isBeingWritten(node) {
  const form = node.closest?.("form[data-writing]");
  if (!form) return false;
  if (form.contains(document.activeElement)) return true;
  return [...form.querySelectorAll("textarea, input:not([type=hidden])")].some((field) =>
    field.type === "file" ? field.files.length > 0 : field.type === "checkbox" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue,
  );
}

export async function refresh() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  try {
    const answer = await fetch(location.href, { headers: { "x-live": "1" }, credentials: "same-origin" });
    if (answer.redirected && new URL(answer.url).pathname !== location.pathname) return;
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    morph(page);
  } catch {
    // The network is away; the next tick tries again.
  } finally {
    busy = false;
    if (again) {
      again = false;
      soon();
    }
  }
}

function morph(page) {
  document.title = page.title;
  for (const here of document.querySelectorAll("[data-live][id], #sidebar")) {
    const there = page.getElementById(here.id);
    if (!there) continue;
    Idiomorph.morph(here, there, {
      ignoreActiveValue: true,
      callbacks: {
        beforeNodeMorphed: (old) => !(old instanceof Element) || !(isBeingWritten(old) || old.matches("iframe, [data-still]")),
        beforeNodeRemoved: (old) => !(old instanceof Element) || !(isBeingWritten(old) || old.matches("[data-still]") || (old.matches("details, dialog") && old.contains(document.activeElement))),
        beforeAttributeUpdated: (name, node) => !(name === "open" && node.matches("details, dialog")),
      },
    });
  }
  document.dispatchEvent(new CustomEvent("page:refreshed"));
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, TICK_PAUSE);
}

function listen() {
  if (source || !document.querySelector("[data-live]")) return;
  source = new EventSource("/live");
  source.addEventListener("change", soon);
  // "ready" comes with every connection; after the first one something may have been missed in between.
  let first = true;
  source.addEventListener("ready", () => {
    if (!first) soon();
    first = false;
  });
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    source?.close();
    source = null;
  } else {
    listen();
    soon();
  }
});
if (!document.hidden) listen();

// Times and undo windows go on while nothing happens: a page says so with data-again, in seconds.
function later() {
  const seconds = Number(document.querySelector("[data-again]")?.dataset.again);
  if (seconds > 0) setTimeout(refresh, seconds * 1000 + 300);
}
document.addEventListener("page:refreshed", later);
later();
