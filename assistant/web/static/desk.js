// The help desk's own behaviour: marked sentences stand out in the editor, a pause in typing has the text checked, and
// the reply can be copied. Everything else is Gradio's.

import { $, $$, keepLanguage, language, nameLanguage, pressable } from "./dom.js";

const PAUSE = 500;

const editor = () => $("#dk-editor textarea");

// ---- marked sentences -------------------------------------------------------------------------------------------

// The server counts characters, a text area counts units of UTF-16.
function unitsOf(text) {
  const starts = [0];
  for (const char of text) starts.push(starts[starts.length - 1] + char.length);
  return (at) => starts[Math.min(at, starts.length - 1)];
}

const state = { shown: "", checkedText: "", ranges: [] };

function readMarks() {
  const ranges = $$("#dk-marks button.dk-mark").map((button) => button.value.split(",").map(Number));
  state.ranges = ranges.sort((a, b) => a[0] - b[0]);
}

// A copy of the text lies under the text area; only its marks can be seen.
function drawUnder() {
  const area = editor();
  if (!area) return;
  let under = $("#dk-editor .dk-under");
  if (!under) {
    under = document.createElement("div");
    under.className = "dk-under";
    under.setAttribute("aria-hidden", "true");
    area.parentElement.classList.add("dk-paper");
    area.before(under);
    area.addEventListener("scroll", () => { under.scrollTop = area.scrollTop; });
    area.addEventListener("input", typed);
    new ResizeObserver(drawUnder).observe(area);
  }
  under.style.height = `${area.offsetHeight}px`;
  under.style.paddingRight = `${21 + area.offsetWidth - area.clientWidth - 2}px`;
  const text = area.value;
  const unit = unitsOf(text);
  const parts = [];
  let at = 0;
  for (const [start, end] of state.ranges) {
    const [from, to] = [unit(start), unit(end)];
    if (from < at) continue;
    const mark = document.createElement("mark");
    mark.textContent = text.slice(from, to);
    parts.push(text.slice(at, from), mark);
    at = to;
  }
  // A last line that is empty has a height in the text area only.
  under.replaceChildren(...parts, `${text.slice(at)}\n`);
  under.scrollTop = area.scrollTop;
}

let pause = null;

function typed() {
  state.ranges = [];
  drawUnder();
  clearTimeout(pause);
  pause = setTimeout(() => pressable("dk-check")?.click(), PAUSE);
}

function goTo(button) {
  const area = editor();
  const [start, end] = button.value.split(",").map(Number);
  const unit = unitsOf(area.value);
  area.focus();
  area.setSelectionRange(unit(start), unit(end));
  const mark = $$("#dk-editor .dk-under mark").find((part) => part.textContent === area.value.slice(unit(start), unit(end)));
  if (mark) area.scrollTop = mark.offsetTop - area.clientHeight / 3;
}

// ---- copying ----------------------------------------------------------------------------------------------------

async function copy(button) {
  const text = editor().value;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without a secure context the clipboard interface is missing; the older way still works.
    editor().select();
    document.execCommand("copy");
  }
  const label = button.textContent;
  button.textContent = button.value;
  setTimeout(() => { button.textContent = label; }, 1500);
}

document.addEventListener("click", (event) => {
  const mark = event.target.closest("button.dk-mark");
  if (mark) goTo(mark);
  const copier = event.target.closest("button.dk-copy");
  if (copier) copy(copier);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  pressable("dk-save")?.click();
});

// ---- following what Gradio draws ----------------------------------------------------------------------------------

function update() {
  if (state.language !== language() && $(".bz-brand")) {
    const first = !state.language;
    state.language = language();
    nameLanguage();
    if (!first) keepLanguage(state.language);
  }
  const drawn = `${$("#dk-marks .dk-marks")?.innerHTML ?? ""}\n${editor()?.value ?? ""}`;
  if (drawn === state.shown) return;
  state.shown = drawn;
  readMarks();
  drawUnder();
}

let scheduled = false;
new MutationObserver(() => {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => { scheduled = false; update(); });
}).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["lang"], characterData: true });
