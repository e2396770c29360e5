// Sending a question on to the office, where there is a help desk that takes it.

import { $, $$, element, send, wordsOf } from "./dom.js";

export async function offerForwarding() {
  const response = await send("chat/inquiries");
  const open = response?.ok && (await response.json()).open;
  document.body.classList.toggle("bz-office", Boolean(open));
}

// The reader's turns up to an answer, the last one being what it answers.
function turnsBefore(answer) {
  const parts = $$("#bz-messages .bz-question-text, #bz-messages .bz-answer");
  const before = parts.slice(0, parts.indexOf(answer)).filter((part) => !part.matches(".bz-answer"));
  return before.map((part) => part.innerText.trim());
}

export function forward(button) {
  const answer = button.closest(".bz-answer");
  const open = $(".bz-forwarding", answer);
  if (open) {
    open.remove();
    button.setAttribute("aria-expanded", "false");
    return;
  }
  const said = wordsOf(button);
  const contact = element("textarea", { maxlength: "200", rows: "2", "aria-label": said.forward_contact, placeholder: said.forward_contact });
  const form = element("form", { class: "bz-voting bz-forwarding" },
    element("p", {}, said.forward_question),
    contact,
    element("p", { class: "bz-hint" }, said.forward_kept),
    element("button", { type: "submit", class: "bz-send" }, said.forward_send));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const turns = turnsBefore(answer);
    const body = { question: turns[turns.length - 1], history: turns.slice(0, -1), contact: contact.value.trim() };
    const done = (await send("chat/inquiries", "POST", body))?.status === 201;
    const told = element("p", { class: "bz-notice", role: "status" }, done ? said.forward_sent : said.forward_failed);
    $(".bz-notice", form)?.remove();
    if (done) {
      form.replaceWith(told);
      button.disabled = true;
    } else {
      form.append(told);
    }
  });
  $(".bz-foot", answer).after(form);
  button.setAttribute("aria-expanded", "true");
  contact.focus({ preventScroll: true });
  form.scrollIntoView({ block: "nearest" });
}
