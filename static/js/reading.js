// Reading: what was opened counts as read; the newest message is where a conversation opens; their HTML loads on demand.
function tellSeen() {
  const form = document.querySelector("form[data-seen]");
  if (!form || document.hidden) return;
  const key = `${form.action} ${form.elements.message.value}`;
  if (tellSeen.said === key) return;
  tellSeen.said = key;
  fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", headers: { "x-live": "1" } }).catch(() => {});
}
document.addEventListener("page:refreshed", tellSeen);
document.addEventListener("visibilitychange", tellSeen);
tellSeen();

const scroll = document.querySelector("[data-scroll]");
const newest = scroll?.querySelector("[data-newest]");
if (newest && !location.hash && !document.querySelector(".splitting")) {
  // On a phone the page itself scrolls, and the newest message stands below the fixed head.
  if (getComputedStyle(scroll).overflowY === "visible") newest.scrollIntoView();
  const down = newest.offsetTop - scroll.offsetTop - 16;
  if (newest.offsetTop + newest.offsetHeight - scroll.offsetTop > scroll.clientHeight) scroll.scrollTop = down;
}
document.querySelector("[data-row][aria-current]")?.scrollIntoView({ block: "nearest" });

// A status line that has been read goes away; its Undo stays in the timeline.
const SAID_FOR = 12000; // milliseconds
const said = document.querySelector("#status .said");
if (said) setTimeout(() => said.contains(document.activeElement) || said.remove(), SAID_FOR);
