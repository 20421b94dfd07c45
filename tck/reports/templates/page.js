"use strict";
(() => {
  const form = document.getElementById("filters");
  const rows = [...document.querySelectorAll(".matrix tbody tr")].map((row) => ({
    row,
    table: row.closest("table"),
    text: row.textContent.toLowerCase(),
  }));
  const counter = document.getElementById("shown");

  function filter() {
    const wanted = form.elements;
    const words = wanted.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const used = new Set();
    let count = 0;
    for (const { row, table, text } of rows) {
      const fits =
        (!wanted.outcome.value || row.dataset.outcome === wanted.outcome.value) &&
        (!wanted.level.value || row.dataset.level === wanted.level.value) &&
        (!wanted.operation.value || table.dataset.operation === wanted.operation.value) &&
        words.every((word) => text.includes(word));
      row.hidden = !fits;
      if (fits) {
        count += 1;
        used.add(table);
      }
    }
    for (const table of document.querySelectorAll(".matrix")) table.hidden = !used.has(table);
    counter.textContent = `${count} of ${rows.length}`;
  }

  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      form.elements.text.focus();
    } else if (event.key === "Escape" && typing) {
      form.reset();
    }
  });

  function reveal() {
    const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!row || row.tagName !== "TR") return;
    if (row.hidden) {
      form.reset();
      setTimeout(() => row.scrollIntoView());
    }
    row.querySelector("details").open = true;
  }
  addEventListener("hashchange", reveal);
  reveal();

  function copied(text) {
    if (navigator.clipboard) {
      return navigator.clipboard.writeText(text).then(() => true, () => copiedByHand(text));
    }
    return Promise.resolve(copiedByHand(text));
  }

  function copiedByHand(text) {
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    const done = await copied(button.parentElement.querySelector("code").textContent);
    button.textContent = done ? "Copied" : "Select it by hand";
    button.focus();
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });

  let opened = [];
  addEventListener("beforeprint", () => {
    const told = ".case > .exchange details:not([open]), #not-tested details:not([open])";
    opened = [...document.querySelectorAll(told)].slice(0, 500);
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
  });
})();
