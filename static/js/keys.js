// Keys: each is declared in HTML as data-key beside the control it presses. Never while typing, never with a modifier,
// and off when the agent said so.
const off = document.body.dataset.keys === "off";

function isTyping(target) {
  return target.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]") != null;
}

function press(control) {
  if (control.matches("summary")) {
    control.parentElement.open = !control.parentElement.open;
    control.parentElement.querySelector("input:not([type=hidden]), button, a")?.focus();
  } else if (control.matches("input:not([type=submit]), textarea")) {
    control.focus();
    control.select?.();
  } else if (control.matches(".tab[aria-current]")) {
    const words = control.form.querySelector("[data-words]");
    words?.focus();
    words?.setSelectionRange(words.value.length, words.value.length);
  } else {
    control.focus();
    control.click();
  }
}

// What a closed menu holds may be pressed, and a way back; what else this width of the page does not show may not.
function canBePressed(control) {
  if (control.matches("a")) return true;
  return (control.parentElement.closest("details:not([open])") ?? control).checkVisibility?.() ?? true;
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")].filter((row) => row.checkVisibility?.() ?? true);
  if (rows.length === 0) return;
  const at = rows.indexOf(document.activeElement.closest?.("[data-row]"));
  const from = at >= 0 ? at : rows.findIndex((row) => row.matches("[aria-current]"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, from < 0 ? 0 : from + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function showAll() {
  let dialog = document.getElementById("all-keys");
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.id = "all-keys";
    dialog.setAttribute("aria-labelledby", "all-keys-title");
    const title = Object.assign(document.createElement("h2"), { id: "all-keys-title", textContent: "Keys on this page" });
    const list = Object.assign(document.createElement("dl"), { className: "keys" });
    const close = Object.assign(document.createElement("button"), { className: "button", textContent: "Close", onclick: () => dialog.close() });
    dialog.append(title, list, close);
    document.body.append(dialog);
  }
  const list = dialog.querySelector("dl");
  list.replaceChildren();
  const add = (key, words) => {
    const name = document.createElement("dt");
    name.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    list.append(name, Object.assign(document.createElement("dd"), { textContent: words }));
  };
  if (document.querySelector("[data-row]")) {
    add("j", "Next row");
    add("k", "Row before");
    add("Enter", "Open it");
  }
  for (const control of document.querySelectorAll("[data-key]")) {
    if (control.closest("dialog")) continue;
    const words = control.dataset.keyWords ?? control.getAttribute("aria-label") ?? control.textContent.replace(control.querySelector("kbd")?.textContent ?? "", "");
    add(control.dataset.key, words.trim());
  }
  if (document.querySelector("[data-send]")) add("Ctrl Enter", "Send");
  add("?", "All keys");
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
    const send = event.target.closest?.("form")?.querySelector("[data-send]");
    if (send) {
      event.preventDefault();
      send.click();
    }
    return;
  }
  if (event.key === "Escape" && isTyping(event.target)) {
    event.target.blur();
    return;
  }
  if (off || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    step(event.key === "j" ? 1 : -1);
  } else if (event.key === "?") {
    event.preventDefault();
    showAll();
  } else {
    const control = [...document.querySelectorAll("[data-key]")].find((c) => c.dataset.key === event.key && canBePressed(c));
    if (control) {
      event.preventDefault();
      press(control);
    }
  }
});
