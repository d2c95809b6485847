// What is being written is kept on the server while it is written; the form itself works without this.
const PAUSE = 900; // milliseconds after the last key

let timer = null;
let kept = Promise.resolve();

function draftOf(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data.entries()]) if (value instanceof File) data.delete(name);
  data.set("go", "keep");
  return data;
}

async function keep(form) {
  const note = form.querySelector("[data-kept]");
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body: draftOf(form), credentials: "same-origin", headers: { "x-live": "1" }, keepalive: true });
    if (note) note.textContent = answer.ok ? "Draft kept" : "The draft could not be kept: copy your text before you leave.";
  } catch {
    if (note) note.textContent = "No connection: the draft is kept once it is back.";
    schedule(form, 5000);
  }
}

function schedule(form, pause = PAUSE) {
  clearTimeout(timer);
  form.dataset.unkept = "";
  timer = setTimeout(() => {
    delete form.dataset.unkept;
    kept = keep(form);
  }, pause);
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (!form) return;
  if (event.target.type === "file") {
    // Files are kept at once, so that no later mistake loses them.
    if (event.target.files.length > 0) form.querySelector("[data-attach]")?.click();
    return;
  }
  schedule(form);
});

// A sent form must not be overtaken by a late draft.
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-draft]")) {
    clearTimeout(timer);
    delete event.target.dataset.unkept;
  }
});

// "Reply", "Note" and a chosen template lead to #write: one writes on at once.
function writeOn() {
  const words = document.querySelector("[data-words]");
  if (location.hash !== "#write" || !words) return;
  words.focus({ preventScroll: true });
  words.setSelectionRange(words.value.length, words.value.length);
}
// The browser goes to the fragment first, and takes the focus from whoever has it by then.
addEventListener("load", () => setTimeout(writeOn));

addEventListener("pagehide", () => {
  const form = document.querySelector("form[data-draft][data-unkept]");
  if (form) keep(form);
});
