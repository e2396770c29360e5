// What a reader does with an answer: copy it, say what it was worth, take back a fact, change the question.

import { press } from "./asking.js";
import { $, $$, element, fill, send, words, wordsOf } from "./dom.js";

const NOT_COPIED = ".bz-foot, .bz-onward, .bz-suggestions, .bz-known, .bz-back, .bz-sr, .bz-glyph, .bz-voting, .bz-notice, summary";

export async function copy(button) {
  const answer = button.closest(".bz-answer").cloneNode(true);
  for (const part of $$(NOT_COPIED, answer)) part.remove();
  for (const link of $$(".bz-cite", answer)) link.replaceWith(`[${link.textContent.trim()}]`);
  const holder = element("div", { class: "bz-copying" }, answer);
  document.body.append(holder);
  const text = `${holder.innerText.replaceAll("\u2060", "").replace(/\n{3,}/g, "\n\n").trim()}\n\n${wordsOf(button).disclaimer}`;
  holder.remove();
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without a secure context the clipboard interface is missing; the older way still works.
    const area = element("textarea", { class: "bz-copying" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  const label = button.textContent;
  button.textContent = button.value;
  setTimeout(() => { button.textContent = label; }, 1500);
}

// ---- what an answer was worth -----------------------------------------------------------------------------------

function vote(button, verdict, reasons = [], note = "") {
  return send("chat/feedback", "POST", { answer: button.value, verdict, reasons, note }).then((response) => response?.status === 201);
}

function mark(answer, verdict) {
  for (const name of ["up", "down"]) $(`.bz-${name}`, answer)?.classList.toggle("bz-pressed", name === verdict);
  sayVotes();
}

// Gradio takes the state of a button out of a message; its class stays.
export function sayVotes() {
  for (const button of $$("#bz-messages :is(.bz-up, .bz-down)")) {
    const pressed = String(button.classList.contains("bz-pressed"));
    if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
  }
}

function tell(answer, text) {
  const told = $(".bz-told", answer) || element("p", { class: "bz-notice bz-told", role: "status" });
  told.textContent = text;
  if (!told.isConnected) $(".bz-foot", answer).after(told);
}

export async function up(button) {
  const answer = button.closest(".bz-answer");
  const said = wordsOf(button);
  $(".bz-voting", answer)?.remove();
  const done = await vote(button, "up");
  if (done) mark(answer, "up");
  tell(answer, done ? said.vote_thanks : said.vote_failed);
}

export function down(button) {
  const answer = button.closest(".bz-answer");
  const open = $(".bz-voting", answer);
  if (open) {
    open.remove();
    button.setAttribute("aria-expanded", "false");
    return;
  }
  $(".bz-told", answer)?.remove();
  const said = wordsOf(button);
  const reasons = Object.entries(said.vote_reasons).map(([value, label]) =>
    element("label", {}, element("input", { type: "checkbox", value }), ` ${label}`));
  const note = element("textarea", { maxlength: "1000", rows: "2", "aria-label": said.vote_note, placeholder: said.vote_note });
  const form = element("form", { class: "bz-voting" },
    element("fieldset", {}, element("legend", {}, said.vote_question), ...reasons),
    note,
    element("p", { class: "bz-hint" }, said.vote_kept),
    element("button", { type: "submit", class: "bz-send" }, said.vote_send));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = $$("input:checked", form).map((box) => box.value);
    const done = await vote(button, "down", chosen, note.value.trim());
    if (done) {
      form.remove();
      mark(answer, "down");
      button.setAttribute("aria-expanded", "false");
      button.focus({ preventScroll: true });
    }
    tell(answer, done ? said.vote_sent : said.vote_failed);
  });
  $(".bz-foot", answer).after(form);
  button.setAttribute("aria-expanded", "true");
  $("input", form).focus({ preventScroll: true });
  form.scrollIntoView({ block: "nearest" });
}

// ---- asking otherwise -------------------------------------------------------------------------------------------

// The last question again without a fact that an earlier turn stated.
export function forget(button) {
  press("forget", button.value);
  button.disabled = true;
}

// Changing the last question: what is sent next takes its place. Its id goes along, so that a question which is the
// last no longer is not replaced.
export const editing = {
  id: "",

  begin(button) {
    const question = $(".bz-question-text", button.closest(".bz-question"));
    fill("bz-question", question.innerText.trim());
    fill("bz-subject", `edit:${button.value}`);
    this.id = button.value;
    const cancel = element("button", { type: "button", class: "bz-act" }, words().cancel);
    cancel.addEventListener("click", () => { this.end(); fill("bz-question", ""); });
    $("#bz-editing")?.remove();
    $("#bz-question").before(element("p", { id: "bz-editing", role: "status" }, words().editing, " ", cancel));
    $("#bz-question textarea").focus();
  },

  end() {
    if (!this.id) return;
    this.id = "";
    $("#bz-editing")?.remove();
    fill("bz-subject", "");
  },

  // Over once the question is no longer shown.
  follow() {
    if (this.id && $$("#bz-messages .bz-edit").pop()?.value !== this.id) this.end();
  },
};
