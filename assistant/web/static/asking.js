// Asking, and pressing Gradio's hidden buttons. Gradio takes one turn at a time and drops what is pressed before it has
// closed the turn, and what it shows when a page has loaded takes the place of a question that came before. Here that
// waits, and what is typed meanwhile stays in the box.

import { $, $$, fill, isBusy, pressable, valueOf } from "./dom.js";

const BOX = "bz-question";
const sender = () => $(`#${BOX} .submit-button`);
const isReady = () => !isBusy() && Boolean(sender() && $("#bz-header .bz-loaded"));
// What is drawn of a text is not its every character.
const letters = (text) => text.replace(/[^\p{L}\p{N}]+/gu, "");

export const asking = {
  // What the reader wants asked and the conversation does not show yet.
  question: "",
  // Whether it was sent a second time, by this script.
  again: false,
  // What else is done once the turn is closed.
  waiting: null,
  // The turn that is shown last.
  turn: "",
  ready: false,

  // Whether Gradio may have what is in the box now; if not, it is sent after the turn, unless it is changed until then.
  take() {
    this.question = valueOf(BOX).trim();
    return isReady();
  },

  drop() {
    this.question = "";
    this.waiting = null;
  },

  // A question leaves the box once it is shown; a turn that is closed makes way for what waits.
  follow() {
    const last = $$("#bz-messages .bz-question").pop();
    const turn = (last && $(".bz-edit", last)?.value) || "";
    if (turn && turn !== this.turn && this.question) {
      const shown = letters($(".bz-question-text", last).textContent);
      if (letters(this.question) === shown) {
        if (valueOf(BOX).trim() === this.question) fill(BOX, "");
        this.question = "";
      }
    }
    this.turn = turn;
    const wasReady = this.ready;
    this.ready = isReady();
    if (this.ready && !wasReady) this.goOn();
  },

  goOn() {
    const act = this.waiting;
    this.waiting = null;
    if (act) {
      act();
    } else if (this.question && !this.again && valueOf(BOX).trim() === this.question) {
      this.again = true;
      sender().click();
    }
  },
};

// Fills what an action is about and presses its hidden button; after the turn that is being answered, if there is one.
export function press(action, subject = "") {
  const act = () => {
    fill("bz-subject", subject);
    requestAnimationFrame(() => pressable(`bz-${action}`)?.click());
  };
  if (isReady()) act();
  else asking.waiting = act;
}

export function ask(text) {
  fill(BOX, text);
  asking.again = false;
  if (asking.take()) requestAnimationFrame(() => sender()?.click());
}

// Stands before Gradio's own listeners.
function hear(event) {
  if (event.isTrusted) asking.again = false;
  if (asking.take()) return;
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("keydown", (event) => {
  const typed = event.key === "Enter" && !event.shiftKey && !event.isComposing;
  if (typed && event.target.closest?.(`#${BOX} textarea`)) hear(event);
}, true);

document.addEventListener("click", (event) => {
  if (event.target.closest?.(`#${BOX} .submit-button`)) hear(event);
}, true);
