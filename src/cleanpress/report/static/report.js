"use strict";
// The report works without this: links lead both ways. The script adds hovering, keys, filters and languages.
// Text is only ever set as text; nothing is fetched.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  root.classList.add("js");

  // A file:// page may be denied storage: then a choice lasts as long as the page.
  const remembered = (key) => { try { return localStorage.getItem("cleanpress." + key); } catch { return null; } };
  const remember = (key, value) => { try { localStorage.setItem("cleanpress." + key, value); } catch { /* not kept */ } };

  // Languages and light
  let tongue = 0;
  const say = (pair, values = {}) =>
    pair[tongue].replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));
  const script = (key, values) => say(data.words[key], values);
  const table = (name, key) => (data[name] && data[name][key] ? say(data[name][key]) : key);
  function speak(language) {
    tongue = language === "zh" ? 1 : 0;
    const short = tongue ? "zh" : "en";
    root.lang = tongue ? "zh-Hans" : "en";
    root.dataset.lang = short;
    for (const element of $$("[data-en]")) element.textContent = element.dataset[short];
    for (const name of ["aria-label", "title", "placeholder"])
      for (const element of $$(`[data-${name}-en]`)) element.setAttribute(name, element.getAttribute(`data-${name}-${short}`));
  }
  function shine(theme) {
    if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
  }
  speak(remembered("language") || ((navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en"));
  shine(remembered("theme"));
  const otherLanguage = () => { speak(tongue ? "en" : "zh"); remember("language", tongue ? "zh" : "en"); };
  const otherTheme = () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    shine(dark ? "light" : "dark");
    remember("theme", root.dataset.theme);
  };
  $("#language").addEventListener("click", otherLanguage);
  $("#theme").addEventListener("click", otherTheme);
  const keys = $("#keys");
  $("#help").addEventListener("click", () => keys.showModal());

  // Pieces: the same span of the page on both sides
  const said = $("#said");
  const source = $("#source"), articles = $("#articles");
  const thread = $("#thread path");
  const sides = (piece) => $$(`.p[data-p="${piece}"]`);
  const first = (side, piece) => $(`span.p[data-p="${piece}"]`, side);
  let held = null, shown = [];

  function clear() {
    for (const element of shown) element.classList.remove("on", "kin", "held");
    shown = [];
    if (thread) thread.setAttribute("d", "");
  }
  function mark(element, ...names) { element.classList.add(...names); shown.push(element); }
  function kin(piece) {
    const [kind, owner] = data.pieces[piece];
    return kind === "repeat" ? data.repeats[owner].kept : [];
  }
  function show(piece, hold = false) {
    clear();
    for (const element of sides(piece)) mark(element, "on", ...(hold ? ["held"] : []));
    for (const other of kin(piece)) for (const element of sides(other)) mark(element, "kin");
    tie(piece);
    tell(piece);
  }
  function tie(piece) {
    const left = first(source, piece), right = first(articles, kin(piece)[0] ?? piece) || first(articles, piece);
    if (!left || !right || !thread) return;
    const a = left.getClientRects()[0], b = right.getClientRects()[0];
    const box = articles.getBoundingClientRect(), top = articles.getBoundingClientRect().top;
    if (!a || !b || [a, b].some((r) => r.bottom < top || r.top > box.bottom)) { thread.setAttribute("d", ""); return; }
    const edge = Math.min(source.getBoundingClientRect().right, a.right);
    const y1 = a.top + a.height / 2, y2 = b.top + b.height / 2, x2 = b.left - 4, bend = Math.max(30, (x2 - edge) / 2);
    thread.setAttribute("d", `M${edge + 2},${y1} C${edge + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`);
  }
  function line(...parts) {
    if (said) said.replaceChildren(...parts.map((part) => part ?? ""));
  }
  function made(tag, text) {
    const element = document.createElement(tag);
    element.textContent = text;
    return element;
  }
  function tell(piece) {
    const [kind, owner, role, at, column] = data.pieces[piece];
    const where = script("at", { line: at, column });
    if (kind === "article") {
      const title = $(`#a${owner} .r-headline`);
      const name = title ? " " + [...title.querySelectorAll(".p")].map((p) => p.textContent).join("") : "";
      line(where, " → ", made("b", script("article", { n: owner + 1 }) + name), " · ", table("roles", role));
    } else if (kind === "repeat") {
      const repeat = data.repeats[owner];
      line(where, " → ", made("b", script("copy", { relation: table("relations", repeat.relation), p: repeat.alike, line: repeat.line })), " · ", table("reasons", repeat.reason));
    } else {
      line(where, " → ", made("b", script("leftover")), " · ", table("roles", role));
    }
  }
  const text = (tag, value) => made(tag, value === "" ? script("nothing") : value.replace(/\r\n|\r|\n/g, "↵"));
  function tellMark(element) {
    if (element.matches(".e")) {
      const edit = data.edits[element.dataset.e];
      line(script("edit"), " ", made("b", edit.rule), ": ", text("del", edit.before), " → ", text("ins", edit.after), ` · ${edit.sure}`, edit.reason ? ` · ${table("reasons", edit.reason)}` : "");
    } else if (element.matches(".s[data-s]")) {
      const suspect = data.suspects[element.dataset.s];
      line(script("suspect", { p: suspect.sure }), ": ", made("b", suspect.text), suspect.instead.length ? " → " + suspect.instead.join(" / ") : "", " · ", suspect.rule, suspect.reason ? ` · ${table("reasons", suspect.reason)}` : "");
    } else if (element.matches(".join")) {
      line(script("join", { p: element.dataset.sure }));
    } else if (element.matches(".gap")) {
      line(made("b", element.textContent), " · ", element.title);
    }
  }
  function into(element) {
    if (element) element.scrollIntoView({ block: "center", behavior: "auto" });
  }
  function hold(piece, from = null) {
    held = piece;
    offer(piece);
    for (const side of [source, articles]) {
      if (from && side.contains(from)) continue;
      const target = side === articles ? first(articles, kin(piece)[0] ?? piece) : first(source, piece);
      into(target);
    }
    show(piece, true);
  }
  const offered = $("#piece-entries");
  function offer(piece) {
    if (!offered) return;
    const quote = piece === null ? null : data.pieces[piece][5];
    offered.replaceChildren();
    for (const kind of quote ? ["begins", "furniture"] : []) {
      const entry = made("span", ""), button = made("button", script(kind));
      entry.className = "entry";
      button.dataset.en = data.words[kind][0];
      button.dataset.zh = data.words[kind][1];
      const code = made("code", `[[decision]]\npage = ${data.page}\n${kind} = ${quote}\n`);
      code.hidden = true;
      button.title = code.textContent;
      entry.append(button, code);
      offered.append(entry, " ");
    }
  }
  function release() {
    held = null;
    offer(null);
    clear();
    line("");
    for (const element of $$(".q.on")) element.classList.remove("on");
  }
  if (source) {
    const main = $("main");
    main.addEventListener("mouseover", (event) => {
      const detail = event.target.closest(".e, .s, .join, .gap");
      const piece = event.target.closest(".p");
      if (held === null) { if (piece) show(+piece.dataset.p); else clear(); }
      if (detail) tellMark(detail);
    });
    main.addEventListener("mouseleave", () => { if (held === null) { clear(); line(""); } });
    main.addEventListener("click", (event) => {
      if (String(getSelection())) return;
      const link = event.target.closest("a");
      if (link && link.matches(".ask")) { event.preventDefault(); ask(+link.dataset.q); return; }
      if (link) { follow(link, event); return; }
      const piece = event.target.closest(".p");
      if (piece) hold(+piece.dataset.p, piece); else release();
    });
    for (const side of [source, articles])
      side.addEventListener("scroll", () => { if (shown.length) tie(+shown[0].dataset.p); }, { passive: true });
    addEventListener("resize", () => { if (shown.length) tie(+shown[0].dataset.p); });
  }
  function follow(link, event) {
    const doubted = "mark" in link.dataset ? $(`article .s[data-s="${link.dataset.mark}"]`) : null;
    if (doubted) {
      event.preventDefault();
      point(doubted);
      return;
    }
    const target = link.hash && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    const piece = target.matches(".p") ? target : $(".p", target);
    if (piece && !target.matches("article")) hold(+piece.dataset.p);
    into(target);
  }

  // Questions
  const questions = $$(".q");
  let current = -1;
  function ask(number) {
    if (!questions.length) return;
    current = (number + questions.length) % questions.length;
    for (const element of questions) element.classList.toggle("on", element === questions[current]);
    const piece = questions[current].dataset.piece;
    if (piece !== "") hold(+piece);
    questions[current].focus({ preventScroll: true });
  }
  for (const question of questions)
    question.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      if (link) follow(link, event);
    });
  const on = () => ask(current + 1), back = () => ask(current < 0 ? -1 : current - 1);
  $("#on")?.addEventListener("click", on);
  $("#back")?.addEventListener("click", back);

  // Copying a decision
  async function copy(button) {
    const code = $("code", button.closest(".entry"));
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = script("copied");
    } catch {
      // No clipboard without a secure context: the entry is selected instead.
      code.hidden = false;
      getSelection().selectAllChildren(code);
      button.textContent = document.execCommand("copy") ? script("copied") : script("select");
    }
    setTimeout(() => { button.textContent = button.dataset[tongue ? "zh" : "en"]; }, 1600);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".entry button");
    if (button) copy(button);
  });

  // Filters
  const marks = { questions: ".ask", joins: ".join", edits: ".e:not(.brk)", folded: ".e.brk", gaps: ".gap", suspects: "article .s", repeats: ".sheet .p.repeat", leftovers: ".sheet .p.leftover", decisions: ".decided", links: ".jump" };
  function filter(chip, pressed) {
    chip.setAttribute("aria-pressed", String(pressed));
    document.body.classList.toggle("hide-" + chip.dataset.kind, !pressed);
  }
  const steps = {};
  function step(name, found) {
    if (!found.length) return;
    if (steps[name]) steps[name].classList.remove("on");
    const k = (found.indexOf(steps[name]) + 1) % found.length;
    steps[name] = found[k];
    point(found[k]);
  }
  function point(element) {
    const piece = element.closest(".p");
    if (piece) hold(+piece.dataset.p, element);
    mark(element, "on");
    into(element);
    if (element.matches(".e, .s, .join, .gap")) tellMark(element);
  }
  for (const chip of $$(".chip")) {
    filter(chip, !document.body.classList.contains("hide-" + chip.dataset.kind));
    chip.addEventListener("click", () => filter(chip, chip.getAttribute("aria-pressed") !== "true"));
  }
  for (const button of $$("[data-step]"))
    button.addEventListener("click", () => {
      const chip = $(`.chip[data-kind="${button.dataset.step}"]`);
      if (chip.getAttribute("aria-pressed") !== "true") filter(chip, true);
      if (button.dataset.step === "questions") on(); else step(button.dataset.step, $$(marks[button.dataset.step], $("main")));
    });
  for (const button of $$("[data-rule]"))
    button.addEventListener("click", () => {
      step(button.dataset.rule, $$(".e", source).filter((e) => data.edits[e.dataset.e].rule.split("+").includes(button.dataset.rule)));
    });
  const filters = () => {
    if ($(".chip")) document.body.classList.toggle("no-filters");
  };

  // Search: in lines of the scan and blocks of the articles, without touching the page
  const search = $("#search"), hits = $("#hits");
  const rows = $$("#pages tbody tr");
  let found = [], at = -1;
  function ranges(element, wanted) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const nodes = [];
    let whole = "";
    while (walker.nextNode()) {
      if (walker.currentNode.parentElement.closest(".ask, .from, .gap")) continue;
      nodes.push([whole.length, walker.currentNode]);
      whole += walker.currentNode.data;
    }
    whole = whole.toLowerCase();
    const place = (offset, end) => {
      const [start, node] = nodes.findLast(([begin]) => (end ? begin < offset : begin <= offset));
      return [node, offset - start];
    };
    const result = [];
    for (let k = whole.indexOf(wanted); k >= 0; k = whole.indexOf(wanted, k + wanted.length)) {
      const range = new Range();
      range.setStart(...place(k, false));
      range.setEnd(...place(k + wanted.length, true));
      result.push(range);
    }
    return result;
  }
  function look() {
    const wanted = search.value.trim().toLowerCase();
    if (rows.length) {
      let left = 0;
      for (const row of rows) {
        row.hidden = !$("th", row).textContent.toLowerCase().includes(wanted);
        left += !row.hidden;
      }
      for (const row of $$("#across tbody tr")) row.hidden = !row.textContent.toLowerCase().includes(wanted);
      hits.textContent = wanted ? String(left) : "";
      return;
    }
    found = wanted ? $$(".line code, .block, .aside .p").flatMap((element) => ranges(element, wanted)) : [];
    at = -1;
    if (window.CSS && CSS.highlights) {
      CSS.highlights.set("found", new Highlight(...found));
      CSS.highlights.delete("found-here");
    }
    hits.textContent = !wanted ? "" : found.length ? script("hits", { k: 0, n: found.length }) : script("none");
  }
  function jump(by) {
    if (!found.length) return;
    at = (at + by + found.length) % found.length;
    if (window.CSS && CSS.highlights) CSS.highlights.set("found-here", new Highlight(found[at]));
    into(found[at].startContainer.parentElement);
    hits.textContent = script("hits", { k: at + 1, n: found.length });
  }
  search?.addEventListener("input", look);
  search?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); jump(event.shiftKey ? -1 : 1); }
    if (event.key === "Escape") { search.value = ""; look(); search.blur(); }
  });

  // The index: sort by a column
  const body = $("#pages tbody");
  for (const button of $$("[data-sort]"))
    button.addEventListener("click", () => {
      const column = +button.dataset.sort, head = button.closest("th");
      const up = head.getAttribute("aria-sort") === (column < 2 ? "none" : "descending");
      for (const other of $$("#pages [aria-sort]")) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const value = (row) => {
        const content = row.cells[column] && !row.matches(".failed") ? row.cells[column].textContent : column ? "" : row.cells[0].textContent;
        return column ? (content === "" ? (column === 1 ? 999 : 0) : parseFloat(content)) : content;
      };
      const sorted = [...rows].sort((a, b) => { const x = value(a), y = value(b); return x < y ? -1 : x > y ? 1 : 0; });
      body.append(...(up ? sorted : sorted.reverse()));
    });

  // The map: small above the text, or as wide as its side
  const enlarge = () => { document.body.classList.remove("no-map"); document.body.classList.toggle("large-map"); };
  $("#enlarge")?.addEventListener("click", enlarge);

  // Keys
  const go = (id) => { const link = document.getElementById(id); if (link) location.href = link.href; };
  const bound = {
    j: on, n: on, k: back, p: back, f: filters, m: () => document.body.classList.toggle("no-map"), z: enlarge, t: otherTheme, l: otherLanguage,
    "/": () => { search?.focus(); search?.select(); },
    "]": () => go("following"), "[": () => go("previous"), i: () => go("index"),
    c: () => { const button = $(".q.on .entry button"); if (button) copy(button); },
    "?": () => keys.showModal(), Escape: release,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open || event.target.closest("input, textarea")) return;
    const act = bound[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  // A link from elsewhere to a place of this page
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target && target.matches(".q")) ask(questions.indexOf(target));
  else if (target && target.matches(".p")) hold(+target.dataset.p);
})();
