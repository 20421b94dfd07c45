"use strict";
(() => {
  const root = document.documentElement;
  const form = document.getElementById("filters");
  const table = document.getElementById("matrix");
  const body = table.tBodies[0];
  const counter = document.getElementById("shown");
  const viewer = document.getElementById("viewer");
  const rows = [...body.rows].map((row, place) => ({ row, place, text: row.textContent.toLowerCase() }));
  const FINDINGS = 25;
  root.classList.add("js");

  // --- what is packed -------------------------------------------------------------------------

  let unpacking;
  function unpacked() {
    unpacking ??= unpack().catch((error) => {
      unpacking = undefined;
      throw error;
    });
    return unpacking;
  }

  async function unpack() {
    const text = document.getElementById("packed").textContent;
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const { texts, exchanges, findings, copies } = JSON.parse(await new Response(stream).text());
    return {
      copy: (name) => texts[copies[name]],
      exchange: (id) => (Object.hasOwn(exchanges, id) ? exchangeOf(id, exchanges[id], texts) : null),
      findings: (name) => (findings[name] ?? []).map((one) => findingOf(one, texts)),
    };
  }

  function exchangeOf(id, row, texts) {
    const [method, path, url, words, status, answer, began, took, retries, check, sent, got, asked, told, logged] = row;
    const lines = (numbers) => numbers.map((number) => texts[number]);
    const bodyOf = ([text, size, note]) =>
      text === undefined ? null : { text: texts[text], size: texts[size], note: note === undefined ? "" : texts[note] };
    return {
      id, status, began, took, retries,
      method: texts[method], path: texts[path], url: texts[url], words: texts[words], answer: texts[answer],
      check: texts[check], logged: lines(logged),
      request: { headers: lines(sent), body: bodyOf(asked) },
      reply: { headers: lines(got), body: bodyOf(told) },
    };
  }

  function findingOf([check, outcome, exchanges, judged, said], texts) {
    const names = (text) => (text ? text.split(" ") : []);
    const [reason, expected, seen, deviation] = (said ?? []).map((number) => (number < 0 ? "" : texts[number]));
    return { check: texts[check], outcome, exchanges: names(exchanges), judged: names(judged), reason, expected, seen, deviation };
  }

  const UNREADABLE = "This browser cannot unpack the exchanges that the page holds; exchanges.har has them all.";

  // --- making elements: every text is set as text, never as markup --------------------------------

  function made(name, classes, ...parts) {
    const element = document.createElement(name);
    if (classes) element.className = classes;
    element.append(...parts.filter((part) => part !== null && part !== ""));
    return element;
  }

  const code = (text, classes) => made("code", classes, text);

  function lazily(details, fill) {
    details.addEventListener("toggle", () => {
      if (details.open && !details.dataset.filled) {
        details.dataset.filled = "yes";
        details.append(...fill());
      }
    });
    return details;
  }

  function laidOut(text) {
    if (text[0] !== "{" && text[0] !== "[") return text;
    try {
      const value = JSON.parse(text);
      return JSON.stringify(value) === text ? JSON.stringify(value, null, 2) : text;
    } catch {
      return text;
    }
  }

  function messagePart(title, first, { headers, body }) {
    const part = made("div", "side-of", made("h3", "", title), made("p", "", first));
    if (headers.length) {
      const list = made("details", "headers", made("summary", "", `Headers (${headers.length})`));
      part.append(lazily(list, () => [made("pre", "", headers.join("\n"))]));
    }
    if (!body) {
      part.append(made("p", "note", "No body."));
    } else {
      const size = body.size + (body.note ? ` (${body.note})` : "");
      const shown = made("pre", "", laidOut(body.text));
      shown.tabIndex = 0;
      shown.setAttribute("aria-label", `${title} body`);
      part.append(made("div", "body", made("p", "note", `Body, ${size}`), shown));
    }
    return part;
  }

  function answerOf(one) {
    return made("span", `answer s${String(one.status)[0]}`, one.answer);
  }

  function took(one) {
    const again = one.retries ? `, ${one.retries} retries` : "";
    return `${one.took.toLocaleString("en")} ms${again}, ${one.id}`;
  }

  function wholeExchange(one) {
    const request = messagePart("Request", code(`${one.method} ${one.url}`), one.request);
    const reply = messagePart("Reply", answerOf(one), one.reply);
    const parts = [made("div", "pair", request, reply)];
    if (one.logged.length) parts.push(made("p", "note", "In the target's logs: ", code(one.logged.join(" · "))));
    return parts;
  }

  function exchangeItem(one, judged) {
    const head = made("summary", "", code(`${one.method} ${one.path}`), " ");
    if (one.words) head.append(made("span", "words", one.words), " ");
    head.append(answerOf(one), " ");
    if (judged) head.append(made("span", "tag", "judged"), " ");
    head.append(made("span", "took", took(one)));
    const item = lazily(made("details", "", head), () => wholeExchange(one));
    return made("li", judged ? "step judged" : "step", item);
  }

  function findingItem(one, packed) {
    const known = one.exchanges.map((id) => packed.exchange(id)).filter(Boolean);
    const sign = document.querySelector(`.matrix .badge.${one.outcome}`);
    const [file, ...name] = one.check.split("::");
    const check = name.length ? name.join("::") : file;
    const head = made("summary", "", sign ? sign.cloneNode(true) : one.outcome, " ", code(check), " ");
    head.title = one.check;
    head.append(made("span", "took", `${one.exchanges.length} exchange${one.exchanges.length === 1 ? "" : "s"}`));
    const fill = () => {
      const parts = [];
      for (const [label, text] of [["Reason", one.reason], ["Expected", one.expected], ["Seen", one.seen], ["Deviates", one.deviation]]) {
        if (text) parts.push(made("p", "said", made("span", "note", `${label} `), code(text, label.toLowerCase())));
      }
      parts.push(made("ol", "steps", ...known.map((each) => exchangeItem(each, one.judged.includes(each.id)))));
      const gone = one.exchanges.length - known.length;
      if (gone) parts.push(made("p", "note", `${gone} more are in no exchanges.har that this page was made from.`));
      return parts;
    };
    return made("li", "finding", lazily(made("details", "", head), fill));
  }

  // --- a requirement that is opened ----------------------------------------------------------------

  async function fillRow(row) {
    const details = row.querySelector("details");
    if (details.dataset.filled) return;
    details.dataset.filled = "yes";
    const button = made("button", "markdown", "Copy as Markdown");
    button.type = "button";
    button.dataset.text = row.id;
    details.children[1].after(made("p", "buttons", button));
    const list = details.querySelector(".checks");
    let packed;
    try {
      packed = await unpacked();
    } catch {
      list.append(made("li", "note", UNREADABLE));
      return;
    }
    const found = packed.findings(row.id);
    if (!found.length) return;
    const pressing = (one) => (one.outcome === "passed" && !one.deviation ? 1 : 0);
    found.sort((one, other) => pressing(one) - pressing(other));
    list.replaceChildren();
    showMore(list, found, packed);
    if (found.length === 1) list.querySelector("details").open = true;
  }

  function showMore(list, found, packed) {
    const start = list.querySelectorAll(".finding").length;
    list.querySelector(".more")?.remove();
    const items = found.slice(start, start + FINDINGS).map((one) => findingItem(one, packed));
    list.append(...items);
    const left = found.length - start - items.length;
    if (left > 0) {
      const button = made("button", "", `Show ${Math.min(left, FINDINGS)} of ${left} more`);
      button.type = "button";
      button.addEventListener("click", () => {
        showMore(list, found, packed);
        list.querySelectorAll(".finding > details > summary")[start + items.length].focus();
      });
      list.append(made("li", "more", button));
    }
    if (start) return;
    list.setAttribute("aria-label", `${found.length} findings`);
  }

  function showMarks(cause) {
    for (const mark of cause.querySelectorAll("pre mark:first-of-type")) {
      mark.parentElement.scrollTop = mark.offsetTop - mark.parentElement.offsetTop - 40;
    }
  }
  for (const cause of document.querySelectorAll(".cause")) cause.addEventListener("toggle", () => showMarks(cause));

  for (const { row } of rows) {
    row.querySelector("details").addEventListener("toggle", (event) => event.target.open && fillRow(row));
  }

  // --- filtering and sorting -------------------------------------------------------------------------

  function filter() {
    const wanted = form.elements;
    const words = wanted.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { row, text } of rows) {
      const { outcome, level, operation } = row.dataset;
      row.hidden = !(
        (!wanted.outcome.value || outcome === wanted.outcome.value) &&
        (!wanted.level.value || level === wanted.level.value) &&
        (!wanted.operation.value || operation === wanted.operation.value) &&
        words.every((word) => text.includes(word))
      );
      count += row.hidden ? 0 : 1;
    }
    counter.textContent = `${count} of ${rows.length}`;
  }

  const visible = () => [...body.rows].filter((row) => !row.hidden);

  function open(row) {
    row.querySelector("details").open = true;
    row.querySelector("summary").focus();
  }

  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [first] = visible();
    if (first) open(first);
  });

  const ORDERS = ["outcome", "level", "operation"].map((name) => [name, [...form.elements[name].options].map((one) => one.value)]);
  const PLACES = Object.fromEntries(ORDERS);
  function sortKey(one, by) {
    if (by === "requests") return -Number(one.row.lastElementChild.textContent);
    return by === "id" ? one.row.id : PLACES[by].indexOf(one.row.dataset[by]);
  }

  function sort(header) {
    const by = header.dataset.sort;
    const down = header.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const keyed = rows.map((one) => ({ ...one, key: sortKey(one, by) }));
    keyed.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : one.place - other.place));
    if (down) keyed.reverse();
    body.append(...keyed.map((one) => one.row));
  }

  for (const header of table.tHead.rows[0].cells) {
    const button = made("button", "", header.textContent);
    button.type = "button";
    header.replaceChildren(button);
    button.addEventListener("click", () => sort(header));
  }

  // --- keyboard ----------------------------------------------------------------------------------------

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey || viewer.open) return;
    if (event.key === "/" && !typing) {
      event.preventDefault();
      form.elements.text.focus();
      form.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Escape" && typing) {
      form.reset();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const row = event.target.closest(".matrix tbody tr");
      if (!row && event.target !== form.elements.text) return;
      const shown = visible();
      const next = shown[row ? shown.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1) : 0];
      if (!next || (row && event.target.closest("summary") !== row.querySelector("summary"))) return;
      event.preventDefault();
      next.querySelector("summary").focus();
    }
  });

  // --- links to a place of the page ----------------------------------------------------------------------

  const FILTER = "filter:", EXCHANGE = "exchange-";

  function follow() {
    let name;
    try {
      name = decodeURIComponent(location.hash.slice(1));
    } catch {
      return;
    }
    if (name.startsWith(FILTER)) return followFilter(name.slice(FILTER.length));
    if (name.startsWith(EXCHANGE)) return showExchange(name.slice(EXCHANGE.length));
    const place = document.getElementById(name);
    if (!place) return;
    if (place.closest(".matrix") && place.hidden) {
      form.reset();
      filter();
    }
    const details = place.tagName === "TR" ? place.querySelector("details") : place;
    if (details.tagName !== "DETAILS") return;
    details.open = true;
    place.scrollIntoView();
    details.querySelector("summary").focus({ preventScroll: true });
  }

  function followFilter(text) {
    form.reset();
    for (const pair of text.split(",")) {
      const [name, value] = pair.split("=");
      const field = form.elements.namedItem(name);
      if (field && value !== undefined) field.value = value;
    }
    filter();
    document.getElementById("all").scrollIntoView();
    form.elements.text.focus({ preventScroll: true });
  }

  async function showExchange(id) {
    const place = viewer.lastElementChild;
    let parts;
    try {
      const one = (await unpacked()).exchange(id);
      parts = one
        ? [made("p", "", code(one.check)), made("p", "note", one.words, one.words ? "; " : "", took(one)), ...wholeExchange(one)]
        : [made("p", "note", `exchanges.har, from which this page was made, has no exchange ${id}.`)];
    } catch {
      parts = [made("p", "note", UNREADABLE)];
    }
    place.replaceChildren(...parts);
    document.getElementById("viewer-title").textContent = `Exchange ${id}`;
    if (!viewer.open) viewer.showModal();
  }

  viewer.addEventListener("close", () => {
    if (decodeURIComponent(location.hash).startsWith(`#${EXCHANGE}`)) history.replaceState(null, "", location.pathname + location.search);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) follow();
  });
  addEventListener("hashchange", follow);
  addEventListener("load", follow); // not before: the browser itself goes to the place last of all

  // --- copying -----------------------------------------------------------------------------------------------

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
    const button = event.target.closest("button.copy, button.markdown");
    if (!button) return;
    const label = (button.dataset.label ??= button.textContent);
    let done = false;
    try {
      const text = button.dataset.text
        ? (await unpacked()).copy(button.dataset.text)
        : button.parentElement.querySelector("code").textContent;
      done = await copied(text);
    } catch {
      done = false;
    }
    button.textContent = done ? "Copied" : "Could not be copied";
    button.focus();
    setTimeout(() => (button.textContent = label), 2000);
  });

  // --- print: causes are printed whole ------------------------------------------------------------------------

  const opened = [];
  addEventListener("beforeprint", () => {
    const told = ".cause:not([open]), .cause .steps .judged > details:not([open]), #not-tested details:not([open])";
    const closed = [...document.querySelectorAll(told)].slice(0, 500);
    for (const one of closed) one.open = true;
    opened.push(...closed);
  });
  addEventListener("afterprint", () => {
    for (const one of opened.splice(0)) one.open = false;
  });
})();
