// The evidence panel: the document a marker opens, with the cited sentence highlighted.

import { $, $$, WIDE, element, language, words } from "./dom.js";

export const panel = {
  request: 0,
  opener: null,
  // What is shown: an address, and the answer it was opened from.
  href: null,
  message: null,

  root: () => $("#bz-panel"),
  body: () => $("#bz-evidence"),

  async show(href, message, opener, { focus = true } = {}) {
    const request = ++this.request;
    const html = await fragment(href);
    if (request !== this.request) return;
    // What leads from one thing in the panel to the next is gone with the first.
    const isWithin = Boolean(opener && this.root().contains(opener));
    if (!isWithin) this.opener = opener;
    this.href = href;
    this.message = message;
    this.draw(html, href);
    if (isWithin && focus) ($(".bz-doc", this.body()) || $("#bz-panel-title")).focus({ preventScroll: true });
    else this.open(focus);
    const mark = $("#bz-mark", this.body());
    if (mark) toPassage(mark);
  },

  async home() {
    const request = ++this.request;
    const html = await fragment("sources");
    if (request !== this.request) return;
    this.href = this.message = null;
    this.body().replaceChildren(
      this.head(words().panel, null),
      element("p", { class: "bz-hint" }, words().panel_hint),
      element("h3", { class: "bz-list-head" }, words().documents),
      parsed(html),
    );
    mark(null, null);
  },

  draw(html, href) {
    const cited = this.message ? this.citedSources(href) : null;
    const others = element("details", { class: "bz-others" }, element("summary", {}, words().other_documents));
    others.addEventListener("toggle", async () => {
      if (others.open && others.children.length === 1) others.append(parsed(await fragment("sources")));
    });
    const sources = element("nav", { "aria-label": words().sources }, ...(cited ? [cited] : []), others);
    this.body().replaceChildren(this.head(words().panel, href), sources, parsed(html));
    mark(this.message, href);
  },

  // The sources of the answer that is being read, taken from that very message.
  citedSources(href) {
    const list = $(".bz-sources", this.message)?.cloneNode(true);
    if (!list) return null;
    for (const item of $$("li", list)) {
      const here = sameSource($(".bz-open", item)?.getAttribute("href"), href);
      item.classList.toggle("bz-here", here);
      if (here) $(".bz-open", item).setAttribute("aria-current", "true");
    }
    return list;
  },

  head(title, href) {
    const close = element("button", { type: "button", class: "bz-close", "aria-label": words().close, title: words().close }, "×");
    close.addEventListener("click", () => this.close());
    const heading = element("h2", { id: "bz-panel-title", tabindex: "-1" }, title);
    const link = href && element("a", { class: "bz-page-link", href: withLanguage(href), target: "_blank", rel: "noopener" }, words().open_page);
    return element("div", { class: "bz-panel-head" }, heading, ...(link ? [link] : []), close);
  },

  open(focus) {
    // On a wide window the panel stands beside the conversation; nothing has to be opened.
    if (WIDE.matches || !focus) return;
    this.drawer(true);
    $("#bz-panel-title").focus({ preventScroll: true });
  },

  // While the drawer lies over the conversation, only the drawer can be reached.
  drawer(open) {
    document.body.classList.toggle("bz-panel-open", open);
    for (const part of $$("#bz-top, #bz-chat")) part.inert = open;
  },

  get isDrawn() {
    return document.body.classList.contains("bz-panel-open");
  },

  close() {
    this.drawer(false);
    this.opener?.focus?.();
    this.opener = null;
  },
};

// Which marker is being read, in the answer it belongs to.
function mark(message, href) {
  for (const link of $$("#bz-messages .bz-current")) link.classList.remove("bz-current");
  if (!message) return;
  for (const link of $$(".bz-cite", message)) {
    if (sameSource(link.getAttribute("href"), href)) link.classList.add("bz-current");
  }
}

export function toPassage(target) {
  const frame = $(".bz-doc", panel.body());
  const offset = target.getBoundingClientRect().top - frame.getBoundingClientRect().top;
  frame.scrollTop += offset - frame.clientHeight * 0.25;
  // An enlarged page is wider than its frame.
  const left = Math.min(...$$("#bz-mark, #bz-mark ~ rect", frame).map((part) => part.getBoundingClientRect().left));
  frame.scrollLeft += left - frame.getBoundingClientRect().left - 12;
}

function sameSource(one, other) {
  const key = (href) => {
    if (!href) return "";
    const url = new URL(href, document.baseURI);
    return `${url.pathname.replace(/\/pages\/\d+$/, "")}|${url.searchParams.get("start")}|${url.searchParams.get("end")}`;
  };
  return key(one) === key(other);
}

function withLanguage(href, more = {}) {
  const url = new URL(href, document.baseURI);
  url.searchParams.set("lang", language());
  for (const [name, value] of Object.entries(more)) url.searchParams.set(name, value);
  return url.href;
}

// The server escapes every word of it.
async function fragment(href) {
  try {
    const response = await fetch(withLanguage(href, { fragment: "1" }));
    if ((response.headers.get("content-type") || "").startsWith("text/html")) return await response.text();
  } catch (error) {
    console.warn(error);
  }
  return null;
}

function parsed(html) {
  if (html === null) return element("p", { class: "bz-notice", role: "alert" }, words().source_failed);
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}
