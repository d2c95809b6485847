// Small comforts on top of pages that work without them. Every module looks for its own marks in the HTML.
import "./live.js";
import "./keys.js";
import "./drafts.js";
import "./menus.js";
import "./reading.js";

document.documentElement.classList.add("has-script");

// The reader's zone, so that the server says "Today 09:31" and "tomorrow 09:00" as their clock does.
const zone = `zone=${-new Date().getTimezoneOffset()}`;
if (!document.cookie.split("; ").includes(zone)) {
  document.cookie = `${zone}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
}
