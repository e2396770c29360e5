// "My company": what a reader tells once, kept in this browser alone and sent along with each question.

import { $, $$, element, fill, language, send, words } from "./dom.js";

const KEY = "bz-company";

// A browser may refuse to keep anything; what is told then lasts as long as the page.
let told = { name: "", facts: {} };

function load() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    if (kept && typeof kept === "object") told = { name: String(kept.name ?? ""), facts: { ...kept.facts } };
  } catch (error) {
    console.info(error);
  }
}

function keep() {
  try {
    if (told.name || Object.keys(told.facts).length) localStorage.setItem(KEY, JSON.stringify(told));
    else localStorage.removeItem(KEY);
  } catch (error) {
    console.info(error);
  }
  follow();
}

// The page's hidden field and the button in the head say what is told; only what differs is written.
export function follow() {
  const facts = Object.keys(told.facts).length ? JSON.stringify(told.facts) : "";
  fill("bz-company", facts);
  const open = $("#bz-header .bz-company-open");
  if (!open) return;
  const label = told.name || words().company;
  if (open.textContent !== label) open.textContent = label;
  open.classList.toggle("bz-told-of", Boolean(facts));
}

export const company = {
  dialog: null,
  fields: [],

  start() {
    load();
    window.addEventListener("storage", (event) => { if (event.key === KEY) { told = { name: "", facts: {} }; load(); follow(); } });
  },

  async open() {
    if (!this.dialog) {
      this.dialog = element("dialog", { id: "bz-company-panel", class: "bz-drawer bz-right", "aria-labelledby": "bz-company-title" });
      this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
      document.body.append(this.dialog);
    }
    this.dialog.lang = document.documentElement.lang;
    const response = await send(`chat/company?lang=${language()}`);
    this.fields = response?.ok ? await response.json() : [];
    this.draw(response?.ok ? words().company_no_place : words().company_failed);
    if (!this.dialog.open) this.dialog.showModal();
  },

  draw(without) {
    const said = words();
    const close = element("button", { type: "button", class: "bz-close", "aria-label": said.close_company, title: said.close_company }, "×");
    close.addEventListener("click", () => this.dialog.close());
    const clear = element("button", { type: "button", class: "bz-act" }, said.company_clear);
    clear.addEventListener("click", () => { told = { name: "", facts: {} }; keep(); this.draw(without); $("input, select", this.dialog)?.focus(); });
    const name = element("input", { type: "text", maxlength: "100", autocomplete: "organization", placeholder: said.company_name_hint });
    name.value = told.name;
    name.addEventListener("input", () => { told.name = name.value.trim(); keep(); });
    const shown = this.fields.filter((field) => !field.place || field.place === told.facts.place);
    this.dialog.replaceChildren(element("div", { class: "bz-drawer-body" },
      element("div", { class: "bz-drawer-head" }, element("h2", { id: "bz-company-title" }, said.company), close),
      element("form", { class: "bz-company-form" },
        ...(this.fields.length ? [] : [element("p", { class: "bz-hint", role: "status" }, without)]),
        ...shown.map((field) => this.field(field)),
        element("label", { class: "bz-field" }, element("span", {}, said.company_name), name)),
      clear,
      element("p", { class: "bz-hint bz-kept-note" }, said.company_kept)));
    $("form", this.dialog).addEventListener("submit", (event) => event.preventDefault());
  },

  field(field) {
    if (!field.choices.length) return this.number(field);
    if (field.name === "place") return this.select(field);
    const choices = [...field.choices, { value: undefined, label: words().company_not_said }];
    const chosen = told.facts[field.name];
    const options = choices.map((choice) => {
      const box = element("input", { type: "radio", name: `bz-${field.name}` });
      box.checked = choice.value === chosen;
      box.addEventListener("change", () => this.tell(field.name, choice.value));
      return element("label", {}, box, element("span", {}, choice.label));
    });
    return element("fieldset", { class: "bz-field" }, element("legend", {}, field.label), ...options);
  },

  select(field) {
    const select = element("select", {}, element("option", { value: "" }, words().company_not_said));
    field.choices.forEach((choice, number) => select.append(element("option", { value: String(number) }, choice.label)));
    const chosen = field.choices.findIndex((choice) => choice.value === told.facts[field.name]);
    select.value = chosen < 0 ? "" : String(chosen);
    select.addEventListener("change", () => {
      // What was told belongs to the rules of the place it was told for.
      told.facts = {};
      this.tell(field.name, select.value === "" ? undefined : field.choices[Number(select.value)].value);
      this.draw("");
      $("select", this.dialog).focus();
    });
    return element("label", { class: "bz-field" }, element("span", {}, field.label), select);
  },

  number(field) {
    const box = element("input", { type: "number", min: "0", step: "1", inputmode: "numeric" });
    box.value = told.facts[field.name] ?? "";
    box.addEventListener("input", () => this.tell(field.name, /^\d+$/.test(box.value) ? Number(box.value) : undefined));
    return element("label", { class: "bz-field" }, element("span", {}, field.label), box);
  },

  tell(name, value) {
    if (value === undefined) delete told.facts[name];
    else told.facts[name] = value;
    keep();
  },
};
