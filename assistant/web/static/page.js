// The page's own behaviour: markers open the evidence panel, chips ask, answers can be copied, and screen readers get
// plain names. Everything it needs stands in the messages themselves; it keeps no list of answers.
(() => {
  "use strict";

  const WIDE = window.matchMedia("(min-width: 1000px)");
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const language = () => ($(".bz-brand")?.lang.startsWith("en") ? "en" : "zh");
  let labels = null;
  const words = () => labels[language()];

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  // ---- the evidence panel -------------------------------------------------------------------------------------

  const panel = {
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
      this.opener = opener;
      this.href = href;
      this.message = message;
      this.draw(html, href);
      this.open(focus);
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

  function toPassage(target) {
    const frame = $(".bz-doc", panel.body());
    const offset = target.getBoundingClientRect().top - frame.getBoundingClientRect().top;
    frame.scrollTop += offset - frame.clientHeight * 0.25;
  }

  function sameSource(one, other) {
    const key = (href) => {
      if (!href) return "";
      const url = new URL(href, document.baseURI);
      return `${url.pathname}|${url.searchParams.get("start")}|${url.searchParams.get("end")}`;
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

  // ---- asking -------------------------------------------------------------------------------------------------

  function ask(text) {
    const box = $("#bz-question textarea");
    if (!box || $("#bz-question .stop-button")) return;
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => $("#bz-question .submit-button")?.click());
  }

  // The last question again without a fact that an earlier turn stated.
  function forget(button) {
    const box = $("#bz-fact :is(textarea, input)");
    if (!box || $("#bz-question .stop-button")) return;
    seen.forgot = button.disabled = true;
    box.value = button.value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => ($("button#bz-forget") || $("#bz-forget button"))?.click());
  }

  async function copy(button) {
    const answer = button.closest(".bz-answer").cloneNode(true);
    for (const part of $$(".bz-foot, .bz-suggestions, .bz-known, .bz-back, .bz-sr, .bz-glyph, .bz-flagging, .bz-notice, summary", answer)) part.remove();
    for (const link of $$(".bz-cite", answer)) link.replaceWith(`[${link.textContent.trim()}]`);
    const holder = element("div", { class: "bz-copying" }, answer);
    document.body.append(holder);
    const said = labels[answer.lang.startsWith("en") ? "en" : "zh"].disclaimer;
    const text = `${holder.innerText.replaceAll("\u2060", "").replace(/\n{3,}/g, "\n\n").trim()}\n\n${said}`;
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

  // ---- saying that an answer is wrong ---------------------------------------------------------------------------

  let forms = 0;

  // The user's turns up to an answer, the last one being what it answers.
  function turnsBefore(answer) {
    const rows = $$("#bz-messages .user-row, #bz-messages .bz-answer");
    const before = rows.slice(0, rows.indexOf(answer)).filter((row) => !row.matches(".bz-answer"));
    return before.map((row) => ($(".bz-question", row) || row).innerText.trim());
  }

  function flag(button) {
    const answer = button.closest(".bz-answer");
    const open = $(".bz-flagging", answer);
    if (open) {
      open.remove();
      button.setAttribute("aria-expanded", "false");
      return;
    }
    const said = labels[answer.lang.startsWith("en") ? "en" : "zh"];
    const group = `bz-flag-${++forms}`;
    const reasons = Object.entries(said.flag_reasons).map(([value, label]) =>
      element("label", {}, element("input", { type: "radio", name: group, value, required: "" }), ` ${label}`));
    const note = element("textarea", { maxlength: "1000", rows: "2", "aria-label": said.flag_note, placeholder: said.flag_note });
    const form = element("form", { class: "bz-flagging" },
      element("fieldset", {}, element("legend", {}, said.flag_question), ...reasons),
      note,
      element("p", { class: "bz-hint" }, said.flag_kept),
      element("button", { type: "submit", class: "bz-send" }, said.flag_send));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const turns = turnsBefore(answer);
      const body = {
        question: turns[turns.length - 1],
        history: turns.slice(0, -1),
        forget: button.value ? button.value.split(",") : [],
        reason: $("input:checked", form).value,
        note: note.value.trim(),
      };
      let done = false;
      try {
        const sent = await fetch("v1/flag", {
          method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
        });
        done = sent.status === 201;
      } catch (error) {
        console.warn(error);
      }
      const told = element("p", { class: "bz-notice", role: "status" }, done ? said.flag_sent : said.flag_failed);
      if (done) {
        form.replaceWith(told);
        button.disabled = true;
      } else {
        $(".bz-notice", form)?.remove();
        form.append(told);
      }
    });
    button.closest(".bz-foot").after(form);
    button.setAttribute("aria-expanded", "true");
    $("input", form).focus({ preventScroll: true });
    form.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (panel.isDrawn && !event.target.closest("#bz-panel")) {
      panel.close();
      return;
    }
    const link = event.target.closest("a.bz-cite, a.bz-open");
    if (link) {
      event.preventDefault();
      const message = link.closest(".bz-answer") || (link.closest("#bz-panel nav") ? panel.message : null);
      panel.show(link.getAttribute("href"), message, link);
      return;
    }
    if (event.target.closest("a.bz-to-mark")) {
      event.preventDefault();
      toPassage($("#bz-mark"));
      return;
    }
    const fact = event.target.closest("button.bz-forget");
    if (fact) forget(fact);
    const chip = event.target.closest("button.bz-ask");
    if (chip) ask(chip.value);
    const copier = event.target.closest("button.bz-copy");
    if (copier) copy(copier);
    const flagger = event.target.closest("button.bz-flag");
    if (flagger) flag(flagger);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.isDrawn) panel.close();
  });

  WIDE.addEventListener("change", () => panel.drawer(false));

  // ---- following the conversation -----------------------------------------------------------------------------

  const seen = { questions: 0, following: null, answers: new WeakSet(), language: "", forgot: false };

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
    if (seen.forgot) {
      seen.forgot = false;
      // The button that had the focus is gone.
      const next = $(".bz-known", latest) || latest;
      next.tabIndex = -1;
      if (document.activeElement === document.body) next.focus({ preventScroll: true });
    }
    const first = $(".bz-body .bz-cite", latest);
    if (first && WIDE.matches) panel.show(first.getAttribute("href"), latest, first, { focus: false });
  }

  // Gradio names a message after its whole source text; a reader needs "answer", then the answer.
  function nameParts() {
    for (const message of $$("#bz-messages [data-testid=user], #bz-messages [data-testid=bot]")) {
      name(message, message.dataset.testid === "user" ? words().question : words().answer, "group");
    }
    name($("#bz-messages [role=log]"), words().chat_label);
    name($("#bz-question .submit-button"), words().send);
    name($("#bz-question .stop-button"), words().stop);
    name(panel.root(), words().panel, "complementary");
  }

  // Only what differs is written: every write wakes the observer below.
  function name(part, label, role = null) {
    if (part && part.getAttribute("aria-label") !== label) part.setAttribute("aria-label", label);
    if (part && role && part.getAttribute("role") !== role) part.setAttribute("role", role);
  }

  function update() {
    if (!panel.root() || !$("#bz-messages")) return;
    if (!panel.body()) panel.root().append(element("div", { id: "bz-evidence" }));
    nameParts();
    if (seen.language !== language()) {
      const first = !seen.language;
      seen.language = language();
      document.documentElement.lang = seen.language === "en" ? "en" : "zh-CN";
      if (!first) document.cookie = `bz-language=${seen.language}; max-age=31536000; path=/; SameSite=Strict`;
      if (panel.href) panel.show(panel.href, panel.message, panel.opener, { focus: false });
      else panel.home();
    }
    const rows = $$("#bz-messages .user-row");
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
    labels = await (await fetch("web/words.json")).json();
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
})();
