// What the pages share: finding and making elements, the language and labels, and Gradio's hidden fields and buttons.

export const WIDE = window.matchMedia("(min-width: 1000px)");
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

let labels = null;

export async function loadLabels() {
  labels = await (await fetch("web/words.json")).json();
}

export const language = () => ($(".bz-brand")?.lang.startsWith("en") ? "en" : "zh");
export const nameLanguage = () => { document.documentElement.lang = language() === "en" ? "en" : "zh-CN"; };
export const keepLanguage = (chosen) => { document.cookie = `bz-language=${chosen}; max-age=31536000; path=/; SameSite=Strict`; };
export const words = () => labels[language()];
// An answer keeps the language of its question, whatever the page is switched to.
export const wordsOf = (node) => labels[node.closest("[lang]").lang.startsWith("en") ? "en" : "zh"];

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// Only what differs is written: every write wakes the page's observer.
export function name(part, label, role = null) {
  if (part && part.getAttribute("aria-label") !== label) part.setAttribute("aria-label", label);
  if (part && role && part.getAttribute("role") !== role) part.setAttribute("role", role);
}

const field = (id) => $(`#${id} :is(textarea, input)`);

export const isBusy = () => Boolean($("#bz-question .stop-button"));
export const valueOf = (id) => field(id)?.value ?? "";

// Gradio hears of a value only by the event.
export function fill(id, value) {
  const box = field(id);
  if (!box || box.value === value) return;
  box.value = value;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

export const pressable = (id) => $(`button#${id}`) || $(`#${id} button`);

// What the server says to a request of the page's own; null where it could not be asked.
export async function send(address, method = "GET", body = null) {
  const given = body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  try {
    return await fetch(address, { method, ...given });
  } catch (error) {
    console.warn(error);
    return null;
  }
}
