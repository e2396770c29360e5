// The reader's conversations: a drawer with the list, and the address that names the one being shown.

import { press } from "./asking.js";
import { $, $$, element, fill, language, name, send, valueOf, words } from "./dom.js";

const ROOT = "chat/conversations";
const SEARCH_PAUSE = 250;
const address = (id) => `${ROOT}/${encodeURIComponent(id)}`;
export const current = () => valueOf("bz-conversation");
export const exportAddress = (id, format) => `${address(id)}/export?format=${format}&lang=${language()}`;

function button(label, classes, act, attributes = {}) {
  const made = element("button", { type: "button", class: classes, ...attributes }, label);
  made.addEventListener("click", act);
  return made;
}

// 14:05 today, 11月20日 this year, 2025年11月20日 before.
function shortTime(iso) {
  const time = new Date(iso), now = new Date();
  const locale = language() === "en" ? "en-GB" : "zh-CN";
  if (time.toDateString() === now.toDateString()) {
    return time.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
  }
  const year = time.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
  return time.toLocaleDateString(locale, { ...year, month: "short", day: "numeric" });
}

export const drawer = {
  dialog: null,
  asked: 0,

  open() {
    this.dialog ??= this.build();
    this.label();
    this.dialog.showModal();
    this.draw();
  },

  close() {
    this.dialog?.close();
  },

  build() {
    const dialog = element("dialog", { id: "bz-drawer", class: "bz-drawer" });
    // A press beside the drawer falls on the dialog itself.
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    document.body.append(dialog);
    return dialog;
  },

  // All of it in the language of the moment; the list follows.
  label() {
    const said = words();
    const search = element("input", { type: "search", class: "bz-search", placeholder: said.search, "aria-label": said.search, maxlength: "100", autocomplete: "off" });
    let waiting = 0;
    search.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.draw(), SEARCH_PAUSE);
    });
    this.dialog.lang = document.documentElement.lang;
    this.dialog.setAttribute("aria-labelledby", "bz-drawer-title");
    this.dialog.replaceChildren(element("div", { class: "bz-drawer-body" },
      element("div", { class: "bz-drawer-head" },
        element("h2", { id: "bz-drawer-title" }, said.conversations),
        button("×", "bz-close", () => this.close(), { "aria-label": said.close_drawer, title: said.close_drawer })),
      button(said.new_chat, "bz-start", () => { this.close(); $("#bz-new")?.click(); }),
      search,
      element("ul", { class: "bz-kept", "aria-label": said.conversations }),
      element("p", { class: "bz-hint", role: "status" }),
      this.links(),
      element("p", { class: "bz-hint bz-kept-note" }, said.kept_note)));
  },

  // On a narrow window the head has no room for the links to other pages.
  links() {
    const copies = $$(".bz-links a").map((link) => element("li", {}, link.cloneNode(true)));
    return element("ul", { class: "bz-drawer-links" }, ...copies);
  },

  async draw() {
    const asked = ++this.asked;
    const response = await send(`${ROOT}?q=${encodeURIComponent($(".bz-search", this.dialog).value)}`);
    const found = response?.ok ? await response.json() : null;
    if (asked !== this.asked) return;
    $(".bz-kept", this.dialog).replaceChildren(...(found ?? []).map((one) => this.row(one)));
    const searching = $(".bz-search", this.dialog).value.trim();
    $("[role=status]", this.dialog).textContent = !found ? words().list_failed
      : found.length ? "" : searching ? words().nothing_found : words().no_conversations;
  },

  row(one) {
    const said = words();
    const here = one.id === current();
    const open = button("", "bz-kept-open", () => { this.close(); press("open", one.id); }, here ? { "aria-current": "true" } : {});
    open.append(element("span", { class: "bz-kept-title" }, one.title), element("time", { datetime: one.updated }, shortTime(one.updated)));
    const menu = element("div", { class: "bz-kept-menu", ...(here ? {} : { hidden: "" }) },
      button(said.rename, "bz-act", () => this.rename(one, row)),
      element("a", { class: "bz-act", href: exportAddress(one.id, "docx"), download: "" }, said.export_docx),
      element("a", { class: "bz-act", href: exportAddress(one.id, "md"), download: "" }, said.export_markdown),
      button(said.delete, "bz-act bz-danger", () => this.confirm(one, row)));
    const more = button("⋯", "bz-more", () => {
      menu.hidden = !menu.hidden;
      more.setAttribute("aria-expanded", String(!menu.hidden));
    }, { "aria-expanded": String(here) });
    name(more, said.more.replace("{title}", one.title));
    const row = element("li", here ? { class: "bz-here" } : {}, element("div", { class: "bz-kept-line" }, open, more), menu);
    return row;
  },

  rename(one, row) {
    const said = words();
    const box = element("input", { type: "text", maxlength: "200", "aria-label": said.title });
    box.value = one.title;
    const form = element("form", { class: "bz-rename" }, box, element("button", { type: "submit", class: "bz-act" }, said.save),
      button(said.cancel, "bz-act", () => this.draw()));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!box.value.trim()) return box.focus();
      await this.changed(send(address(one.id), "PATCH", { title: box.value }));
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.draw();
    });
    row.replaceChildren(form);
    box.select();
  },

  confirm(one, row) {
    const said = words();
    const remove = button(said.delete, "bz-act bz-danger", async () => {
      const shown = one.id === current();
      await this.changed(send(address(one.id), "DELETE"));
      if (shown) $("#bz-new")?.click();
    });
    row.replaceChildren(element("div", { class: "bz-confirm", role: "group" },
      element("span", {}, said.delete_question.replace("{title}", one.title)), remove, button(said.cancel, "bz-act", () => this.draw())));
    remove.focus();
  },

  async changed(sent) {
    const response = await sent;
    await this.draw();
    if (!response?.ok) $("[role=status]", this.dialog).textContent = words().change_failed;
    $(".bz-search", this.dialog).focus();
  },
};

// The page's address names the conversation, so that a reload shows it again. What it names at first is left alone until
// the server has said what is shown.
let named = "";

export function followAddress() {
  if (named === current()) return;
  named = current();
  const url = new URL(location.href);
  if (named) url.searchParams.set("c", named);
  else url.searchParams.delete("c");
  history.replaceState(null, "", url);
}
