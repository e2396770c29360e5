// The maintenance pages: which section is open, what is pressed in it, and the language. Gradio does the rest.
import { $, $$, fill, keepLanguage, language, nameLanguage, pressable } from "./dom.js";

const SECTIONS = ["documents", "change", "rules", "search", "reports", "log", "usage"];
const SURE_MS = 5000;

// --- sections: the part behind # in the address says which one is open -----------------------------------------
function section() {
  const named = location.hash.slice(1);
  return SECTIONS.includes(named) ? named : SECTIONS[0];
}

function markNavigation() {
  for (const link of $$(".bz-nav a")) {
    const here = link.hash === `#${section()}`;
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  $(".bz-nav a[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function open(focus) {
  document.body.dataset.section = section();
  markNavigation();
  pressable(`bz-show-${section()}`)?.click();
  if (!focus) return;
  scrollTo(0, 0);
  $("#bz-sections")?.scrollTo(0, 0);
  $(`#bz-head-${section()} .bz-title`)?.focus({ preventScroll: true });
}

addEventListener("hashchange", () => open(true));

// --- what is pressed in a view goes to the server through its section's hidden box -------------------------------
function send(button) {
  const place = button.closest(".bz-section").id.replace("bz-sec-", "");
  fill(`bz-act-${place}`, button.value);
  requestAnimationFrame(() => pressable(`bz-do-${place}`)?.click());
}

// What cannot be taken back lightly is pressed twice.
function sure(button) {
  const question = $(".bz-sure", button);
  if (!question || button.classList.contains("bz-asked")) return true;
  button.classList.add("bz-asked");
  question.hidden = false;
  question.setAttribute("role", "status");
  setTimeout(() => {
    button.classList.remove("bz-asked");
    question.hidden = true;
  }, SURE_MS);
  return false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button.bz-act");
  if (button) {
    event.preventDefault();
    if (sure(button)) send(button);
    return;
  }
  if (event.target.closest("#bz-switch")) {
    keepLanguage(language() === "en" ? "zh" : "en");
    location.reload();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of $$("details.bz-menu[open]")) menu.open = false;
});

// --- the page appears piece by piece -----------------------------------------------------------------------------
const ARIA = { "bz-search-go": "bz-found", "bz-log-go": "bz-log-list" };
function settle() {
  nameLanguage();
  markNavigation();
  $(".bz-nav")?.setAttribute("aria-label", $("#bz-header h1")?.textContent || "");
  for (const region of $$('[role="region"][title]')) {
    region.setAttribute("aria-label", region.title);
  }
  for (const [name, target] of Object.entries(ARIA)) pressable(name)?.setAttribute("aria-controls", target);
}

let opened = false;
const watch = new MutationObserver(() => {
  // Its views are filled by the first event, so the head is the last thing to come.
  if (!opened && $("#bz-header h1") && pressable(`bz-show-${section()}`)) {
    opened = true;
    open(false);
  }
  settle();
});
document.body.dataset.section = section();
watch.observe(document.body, { childList: true, subtree: true });
