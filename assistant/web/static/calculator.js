// The calculator without waiting for its button: each change asks the server for the page of the new address and shows
// its parts. Without this script the button does the same. Nothing is computed here.
(() => {
  "use strict";

  const PARTS = ["result", "bzc-fields", "bzc-details"];
  const form = document.getElementById("bzc-form");
  document.body.classList.add("bzc-live");
  if (!form) return;

  const main = document.querySelector(".bzc-main");
  let latest = 0;

  function query(submitter) {
    const data = new FormData(form);
    if (submitter?.name) data.append(submitter.name, submitter.value);
    return new URLSearchParams([...data].filter(([, value]) => value !== ""));
  }

  // Folds that a reader opened or closed stay so.
  const folds = () => new Map([...document.querySelectorAll("details[id]")].map((fold) => [fold.id, fold.open]));

  function show(page, focused) {
    const kept = folds();
    for (const id of PARTS) document.getElementById(id).replaceWith(page.getElementById(id));
    const buttons = (root) => root.querySelector(".bzc-input > .bzc-buttons");
    buttons(document).replaceWith(buttons(page));
    for (const [id, open] of kept) {
      const fold = document.getElementById(id);
      if (fold) fold.open = open;
    }
    const switched = page.getElementById("bzc-switch");
    document.getElementById("bzc-switch").setAttribute("href", switched.getAttribute("href"));
    main.dataset.share = page.querySelector(".bzc-main").dataset.share;
    history.replaceState(null, "", main.dataset.share);
    watch();
    const target = focused && document.getElementById(focused);
    if (!target) return;
    target.closest("details:not([open])")?.setAttribute("open", "");
    target.focus({ preventScroll: true });
  }

  // Where the total is out of sight, a small one floats at the window's edge.
  const sight = new IntersectionObserver(([seen]) => document.body.classList.toggle("bzc-away", !seen.isIntersecting));
  function watch() {
    sight.disconnect();
    const sum = document.querySelector("#result .bzc-sum");
    if (sum) sight.observe(sum);
  }

  async function update(submitter, focus) {
    const request = ++latest;
    const asked = query(submitter).toString();
    const before = query().toString();
    let response;
    try {
      response = await fetch(`${form.getAttribute("action")}?${asked}`, { headers: { Accept: "text/html" } });
    } catch {
      form.submit();
      return;
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    // What was typed meanwhile would be lost: its own change asks again.
    if (request !== latest || query().toString() !== before) return;
    if (!PARTS.every((id) => page.getElementById(id))) {
      form.submit();
      return;
    }
    show(page, focus ?? document.activeElement?.id);
  }

  watch();
  form.addEventListener("change", () => update(null));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    const added = button?.name === "add" ? `f-${form.querySelectorAll(".bzc-item").length + 1}-activity` : null;
    update(button, added ?? (button?.name === "remove" ? "bzc-add" : null));
  });

  document.addEventListener("click", async (event) => {
    const fill = event.target.closest?.("a.bzc-fill");
    if (fill) {
      event.preventDefault();
      document.querySelector(fill.getAttribute("href"))?.focus();
    } else if (event.target.id === "bzc-copy") {
      const button = event.target;
      const text = button.textContent;
      await navigator.clipboard.writeText(new URL(main.dataset.share, location.href).href);
      button.textContent = button.dataset.done;
      setTimeout(() => (button.textContent = text), 2000);
    } else if (event.target.id === "bzc-print") {
      window.print();
    }
  });
})();
