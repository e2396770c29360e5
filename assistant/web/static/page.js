// The page's own behaviour: markers open the evidence panel, chips ask, answers can be copied, and screen readers get
// plain names. Everything it needs stands in the messages themselves; it keeps no list of answers.

import { $, $$, WIDE, element, isBusy, keepLanguage, language, loadLabels, name, nameLanguage, words } from "./dom.js";
import { ask, asking, press } from "./asking.js";
import { copy, down, editing, forget, sayVotes, up } from "./answers.js";
import { company, follow as followCompany } from "./company.js";
import { current, drawer, followAddress } from "./conversations.js";
import { panel, toPassage } from "./evidence.js";
import { forward, offerForwarding } from "./forward.js";

// What the buttons inside messages and in the head do; they come and go with the messages.
const ACTS = [
  [".bz-ask", (button) => ask(button.value)],
  [".bz-copy", copy],
  [".bz-up", up],
  [".bz-down", down],
  [".bz-forward", forward],
  [".bz-again", () => { press("again"); seen.asked = seen.again = true; }],
  [".bz-forget", (button) => { forget(button); seen.asked = seen.again = true; }],
  ["#bz-new", () => asking.drop()],
  [".submit-button", () => { seen.asked = true; }],
  [".bz-edit", (button) => editing.begin(button)],
  [".bz-menu", () => drawer.open()],
  [".bz-company-open", () => company.open()],
];

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (panel.isDrawn && !event.target.closest("#bz-panel")) {
    panel.close();
    return;
  }
  const link = event.target.closest("a.bz-cite, a.bz-open");
  if (link) {
    event.preventDefault();
    const message = link.closest(".bz-answer") || (link.closest("#bz-panel nav, #bz-document") ? panel.message : null);
    panel.show(link.getAttribute("href"), message, link);
    return;
  }
  if (event.target.closest("a.bz-to-mark")) {
    event.preventDefault();
    toPassage($("#bz-mark"));
    return;
  }
  const button = event.target.closest("button");
  const act = button && ACTS.find(([kind]) => button.matches(kind));
  if (act) act[1](button);
});

// What is marked stays in view when a page of an original is enlarged.
document.addEventListener("change", (event) => {
  const mark = event.target.closest?.(".bz-zoom") && $("#bz-evidence #bz-mark");
  if (mark) toPassage(mark);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && panel.isDrawn) panel.close();
  if (event.key === "Enter" && event.target.closest?.("#bz-question textarea")) seen.asked = true;
});

WIDE.addEventListener("change", () => panel.drawer(false));

// ---- following the conversation -----------------------------------------------------------------------------

const seen = { questions: 0, following: null, answers: new WeakSet(), language: "", again: false, conversation: "", asked: false };

function scroller() {
  return $("#bz-messages .bubble-wrap");
}

// The question stays at the top while its answer grows, so that it is read from its beginning; a reader who scrolls
// is left alone.
function followQuestion(rows) {
  if (rows.length > seen.questions) seen.following = rows[rows.length - 1];
  seen.questions = rows.length;
  if (!seen.following) return;
  const list = scroller();
  list.scrollTop += seen.following.getBoundingClientRect().top - list.getBoundingClientRect().top - 12;
  const answer = seen.following.nextElementSibling;
  if (answer && !$(".bz-thinking, .bz-answer:not(.bz-done)", answer)) seen.following = null;
}

for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) {
  document.addEventListener(kind, (event) => {
    if (event.target.closest?.("#bz-messages")) seen.following = null;
  }, { passive: true });
}

function openFirstSource() {
  const latest = $$("#bz-messages .bz-done").pop();
  if (!latest || seen.answers.has(latest)) return;
  seen.answers.add(latest);
  if (seen.asked) say($(".bz-body > :first-child", latest)?.textContent || words().answer);
  seen.asked = false;
  if (seen.again) {
    seen.again = false;
    // The button that had the focus is gone.
    const next = $(".bz-known", latest) || latest;
    next.tabIndex = -1;
    if (document.activeElement === document.body) next.focus({ preventScroll: true });
  }
  const first = $(".bz-body .bz-cite", latest);
  if (first && WIDE.matches) panel.show(first.getAttribute("href"), latest, first, { focus: false });
}

// A screen reader hears that an answer is being made and how it begins, not every sentence as it is written.
function say(text) {
  const live = $("#bz-live") || document.body.appendChild(element("div", { id: "bz-live", class: "bz-sr", role: "status" }));
  const plain = text.replaceAll("\u2060", "");
  if (live.textContent !== plain) live.textContent = plain;
}

// One that was opened and not asked for is not read out.
function followAsking() {
  if (isBusy() && seen.asked) say(words().thinking);
}

// Gradio names a message after its whole source text; a reader needs "answer", then the answer.
function nameParts() {
  for (const message of $$("#bz-messages [data-testid=user], #bz-messages [data-testid=bot]")) {
    name(message, message.dataset.testid === "user" ? words().question : words().answer, "group");
  }
  const log = $("#bz-messages [role=log]");
  name(log, words().chat_label);
  if (log && log.getAttribute("aria-live") !== "off") log.setAttribute("aria-live", "off");
  name($("#bz-question .submit-button"), words().send);
  name($("#bz-question .stop-button"), words().stop);
  name(panel.root(), words().panel, "complementary");
  sayVotes();
}

function update() {
  if (!panel.root() || !$("#bz-messages")) return;
  if (!panel.body()) panel.root().append(element("div", { id: "bz-evidence" }));
  nameParts();
  if (seen.language !== language()) {
    const first = !seen.language;
    seen.language = language();
    nameLanguage();
    if (!first) keepLanguage(seen.language);
    if (panel.href) panel.show(panel.href, panel.message, panel.opener, { focus: false });
    else panel.home();
  }
  const rows = $$("#bz-messages .user-row");
  if (seen.conversation !== current()) {
    // Another conversation begins at its last question; a new one is where its reader already is.
    if (seen.conversation) seen.questions = -1;
    seen.conversation = current();
  }
  followAddress();
  followCompany();
  followAsking();
  editing.follow();
  asking.follow();
  if (!rows.length && seen.questions) {
    scroller().scrollTop = 0;
    panel.drawer(false);
    panel.home();
  }
  document.body.classList.toggle("bz-talking", rows.length > 0);
  followQuestion(rows);
  openFirstSource();
}

async function start() {
  await loadLabels();
  company.start();
  offerForwarding();
  let scheduled = false;
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => { scheduled = false; update(); });
  };
  new MutationObserver(schedule).observe(document.documentElement, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["lang", "aria-label"],
  });
  schedule();
}

start();
