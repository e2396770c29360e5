"use strict";
(() => {
  const form = document.getElementById("filters");
  const shown = document.getElementById("shown");
  const nothing = document.getElementById("nothing");
  const cases = [...document.querySelectorAll("details.case")];

  // What a text search looks at: not the labels. Read when the first search is made.
  const looked = ".asked, .tags code, .turns, .faults, .answer, .expected dd, .quote blockquote";
  const texts = new Map();
  const text = (one) => {
    if (!texts.has(one)) {
      texts.set(one, [...one.querySelectorAll(looked)].map((part) => part.textContent).join(" ").toLowerCase());
    }
    return texts.get(one);
  };

  const filter = () => {
    const wanted = [...new FormData(form)].filter(([, value]) => value.trim());
    let count = 0;
    for (const one of cases) {
      one.hidden = !wanted.every(([name, value]) =>
        name === "text"
          ? value.toLowerCase().trim().split(/\s+/).every((word) => text(one).includes(word))
          : one.dataset[name].split(" ").includes(value));
      if (!one.hidden) count += 1;
    }
    shown.textContent = `${count} of ${cases.length} cases`;
    nothing.hidden = count > 0;
  };

  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  // A browser keeps what was chosen when the page is loaded again.
  filter();
})();
