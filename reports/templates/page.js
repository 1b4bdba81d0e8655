"use strict";
/* Search, filters, sort, paging and evidence over the data in the page. Text goes in by textContent alone. */
(() => {
  const PAGE = 100;
  /* Hexadecimal digits of a finding id. */
  const DIGITS = 12;
  /* States that do not count: they are shown when asked for. */
  const APART = ["settling", "accepted"];
  const RANK = { critical: 0, high: 1, medium: 2, low: 3 };
  const root = document.documentElement;
  const at = (id) => document.getElementById(id);
  root.classList.add("js");

  const make = (name, className, ...inside) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    element.append(...inside);
    return element;
  };
  const count = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many || one + "s"}`;
  const span = (minutes) => {
    if (minutes < 1) return "< 1 min";
    if (minutes < 60) return `${minutes} min`;
    return minutes < 2880 ? `${Math.floor(minutes / 60)} h` : count(Math.floor(minutes / 1440), "day");
  };
  const two = (n) => String(n).padStart(2, "0");
  const moment = (minutes) => {
    const when = new Date(minutes * 60000);
    const day = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][when.getUTCDay()];
    const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const date = `${when.getUTCDate()} ${months[when.getUTCMonth()]} ${when.getUTCFullYear()}`;
    return `${day} ${date}, ${two(when.getUTCHours())}:${two(when.getUTCMinutes())} UTC`;
  };
  const MARK = /(⟨(?:U\+[0-9A-F]{4,6}|\d+ more accents)⟩)/;
  const marked = (text) => text.split(MARK).map((piece, n) => (n % 2 ? make("span", "odd", piece) : piece));
  const bdi = (text) => make("bdi", "", ...marked(text));
  const fold = (text) => {
    const low = text.toLowerCase();
    return /^[\x00-\x7f]*$/.test(low) ? low : low.normalize("NFD").replace(/\p{M}/gu, "");
  };

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = at(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(source);
        button.textContent = "Selected";
      }
    });
  }

  const sections = new Map();
  for (const link of document.querySelectorAll("nav a")) sections.set(link.hash.slice(1), link);
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of sections.values()) link.removeAttribute("aria-current");
      sections.get(entry.target.id).setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-15% 0px -75% 0px" });
  for (const id of sections.keys()) if (id !== "main" && at(id)) seen.observe(at(id));

  /* A link to an entry that is folded opens it. */
  const unfold = (hash) => {
    const entry = hash.length > 1 && at(hash.slice(1));
    if (entry && entry.tagName === "DETAILS") entry.open = true;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link) unfold(link.hash);
  });
  unfold(location.hash);

  const unpack = async (id) => {
    const block = at(id);
    const text = block.textContent;
    block.textContent = "";
    if (!block.hasAttribute("data-packed")) return JSON.parse(text);
    const raw = atob(text);
    const bytes = new Uint8Array(raw.length);
    for (let n = 0; n < raw.length; n++) bytes[n] = raw.charCodeAt(n);
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Response(plain).json();
  };
  const column = (from, size) => {
    if ("c" in from) return new Array(size).fill(from.c);
    return "d" in from ? from.i.map((n) => from.d[n]) : from.v;
  };

  const start = async () => {
    const body = at("lines");
    if (!body) {
      root.dataset.ready = "";
      return;
    }
    const settings = JSON.parse(at("settings").textContent);
    const data = await unpack("rows");
    const size = data.size;
    const row = {};
    for (const name of ["kind", "severity", "state", "name", "group", "minutes", "cause", "accepted"]) row[name] = column(data[name], size);
    const idOf = (n) => "F-" + data.ids.slice(n * DIGITS, (n + 1) * DIGITS);
    const placeOf = (id) => {
      if (!/^F-[0-9a-f]{12}$/.test(id)) return -1;
      let from = data.ids.indexOf(id.slice(2));
      while (from > 0 && from % DIGITS) from = data.ids.indexOf(id.slice(2), from + 1);
      return from < 0 ? -1 : from / DIGITS;
    };
    const kinds = new Map(settings.kinds.map(([slug, title, mend]) => [slug, { title, mend }]));
    const titleOf = (n) => (kinds.get(row.kind[n]) || { title: row.kind[n] }).title;
    const groupsOf = (n) => row.group[n].map((g) => data.groups[g][1]);
    const isFolded = (n) => n >= settings.folded[0] && n < settings.folded[1];

    const groupText = data.groups.map(([, name]) => fold(name));
    const nameText = row.name.map(fold);
    /* What a word finds: kinds, severities and groups are looked up once, so that a row costs one search in its name. */
    const finder = (word) => {
      const inKind = new Set([...kinds].filter(([slug, { title }]) => fold(`${slug} ${title}`).includes(word)).map(([slug]) => slug));
      const inSeverity = new Set(Object.keys(RANK).filter((name) => name.includes(word)));
      const inGroup = groupText.map((name) => name.includes(word));
      const anyGroup = inGroup.includes(true);
      const id = /^f?-?[0-9a-f]{1,12}$/.test(word);
      return (n) => nameText[n].includes(word) || inKind.has(row.kind[n]) || inSeverity.has(row.severity[n])
        || (anyGroup && row.group[n].some((g) => inGroup[g])) || (id && idOf(n).toLowerCase().includes(word));
    };

    const still = new Map();
    const emptyCard = () => {
      const cell = make("td");
      cell.colSpan = 6;
      return make("tr", "card", cell);
    };
    [...body.querySelectorAll("tr[id]")].forEach((tr, n) => {
      const next = tr.nextElementSibling;
      still.set(n, [tr, next && next.className === "card" ? next : emptyCard()]);
    });

    /* --- what is asked for ---------------------------------------------------------------------------------- */
    const q = at("q");
    const folding = at("fold");
    const choice = { severity: at("severity"), kind: at("kind"), state: at("state"), group: at("group") };
    let cause = -1;
    let sort = null;
    let page = 0;
    let found = [];
    const option = (select, value, words) => {
      const added = make("option", "", words);
      added.value = value;
      select.append(added);
    };
    const tally = (values) => {
      const by = new Map();
      for (const value of values) by.set(value, (by.get(value) || 0) + 1);
      return by;
    };
    const severities = tally(row.severity);
    for (const name of Object.keys(RANK)) if (severities.has(name)) option(choice.severity, name, name);
    const kindCount = tally(row.kind);
    for (const [slug, { title }] of kinds) if (kindCount.has(slug)) option(choice.kind, slug, title);
    for (const name of tally(row.state).keys()) if (name !== "open") option(choice.state, name, name);
    data.groups.forEach(([id, name]) => option(choice.group, id, name));
    if (settings.folded[0] === settings.folded[1]) at("folding").hidden = true;

    const select = () => {
      const words = fold(q.value).split(/\s+/).filter(Boolean).map(finder);
      const { severity, kind, state, group } = choice;
      const groups = new Set();
      if (group.value) data.groups.forEach(([id], n) => id === group.value && groups.add(n));
      const narrow = words.length || kind.value || group.value || state.value || cause >= 0;
      const folded = folding.checked && !narrow;
      found = [];
      for (let n = 0; n < size; n++) {
        if (state.value ? row.state[n] !== state.value : APART.includes(row.state[n])) continue;
        if (folded && isFolded(n)) continue;
        if (severity.value && row.severity[n] !== severity.value) continue;
        if (kind.value && row.kind[n] !== kind.value) continue;
        if (cause >= 0 && row.cause[n] !== cause) continue;
        if (groups.size && !row.group[n].some((g) => groups.has(g))) continue;
        if (words.length && !words.every((finds) => finds(n))) continue;
        found.push(n);
      }
      if (sort) order();
      return folded;
    };
    const order = () => {
      const by = {
        severity: (n) => RANK[row.severity[n]],
        name: (n) => nameText[n],
        title: titleOf,
        group: (n) => (row.group[n].length ? groupText[row.group[n][0]] : "\uffff"),
        minutes: (n) => row.minutes[n],
      }[sort.by];
      const key = new Array(size);
      for (const n of found) key[n] = by(n);
      const way = sort.down ? -1 : 1;
      found.sort((a, b) => (key[a] < key[b] ? -way : key[a] > key[b] ? way : a - b));
    };

    /* --- rows and cards --------------------------------------------------------------------------------------- */
    const chip = (state) => (["new", "back again", ...APART].includes(state) ? [" ", make("span", "chip " + state.split(" ")[0], state)] : []);
    const toFinding = (n, inside) => {
      const link = make("a", "", inside);
      link.href = "#" + idOf(n);
      return link;
    };
    const toKind = (slug) => {
      const link = make("a", "", "Step by step");
      link.href = "#kind-" + slug;
      return link;
    };
    const toFilter = (what, words) => {
      const link = make("a", "", words);
      link.href = "#findings";
      link.dataset.filter = what;
      return link;
    };
    const build = (n) => {
      const tr = make("tr");
      tr.id = idOf(n);
      const head = make("th", "", toFinding(n, bdi(row.name[n])), ...chip(row.state[n]));
      head.scope = "row";
      const problem = make("td", "", titleOf(n));
      if (data.explains[n]) {
        const [findings, people] = data.explains[n];
        problem.append(make("small", "cause", `◆ explains ${count(findings, "finding")}, ${count(people, "person", "people")}`));
      }
      if (data.flaps[n]) problem.append(make("small", "flaps", `comes and goes: ${data.flaps[n]} times in 30 days`));
      if (row.cause[n] >= 0) problem.append(make("small", "", "explained by ", toFinding(row.cause[n], bdi(row.name[row.cause[n]]))));
      const groups = make("td");
      groupsOf(n).slice(0, 3).forEach((name, k) => groups.append(k ? ", " : "", bdi(name)));
      if (!groups.childNodes.length) {
        groups.className = "zero";
        groups.append("–");
      }
      if (row.group[n].length > 3) groups.append(` and ${row.group[n].length - 3} more`);
      tr.append(make("td", "", make("span", "sev " + row.severity[n], row.severity[n])), head, problem, groups,
        make("td", "n", row.state[n] === "first sight" ? row.state[n] : span(row.minutes[n])), make("td", "", make("code", "", idOf(n))));
      return [tr, emptyCard()];
    };

    let proof = null;
    const evidence = () => (proof ||= unpack("evidence").then((from) => {
      const rows = settings.evidence;
      const kept = {};
      for (const name of ["key", "sentence", "confirm", "plan", "first", "last", "run", "times", "shape"]) kept[name] = column(from[name], rows);
      const position = [];
      const used = from.shapes.map(() => 0);
      for (let n = 0; n < rows; n++) position[n] = used[kept.shape[n]]++;
      const values = from.values.map((columns, s) => columns.map((one) => column(one, used[s])));
      return { ...kept, shapes: from.shapes, values, position };
    }));
    const named = (key) => Object.fromEntries(key.split(" ").map((part) => [part.slice(0, part.indexOf(":")), part.slice(part.indexOf(":") + 1)]));
    const told = (said, n) => said.split(/([\x01\x02])/).map((piece) => (
      piece === "\x01" ? bdi(row.name[n]) : piece === "\x02" ? bdi(groupsOf(n)[0]) : make("span", "", ...marked(piece))));
    const out = (words, address) => {
      const link = make("a", "", ...marked(words));
      if (!address.startsWith("https://")) return "";
      link.href = address;
      link.target = "_blank";
      link.rel = "noreferrer";
      return link;
    };
    const consoles = (n, key) => {
      const who = named(key);
      const found = [];
      if (settings.admin && who.user) found.push(out("Open the person in Okta", `${settings.admin}/admin/user/profile/view/${encodeURIComponent(who.user)}`));
      if (settings.admin && !who["kandji-group"]) {
        for (const g of row.group[n].slice(0, 6)) {
          const [id, name] = data.groups[g];
          found.push(out(`Open ${name} in Okta`, `${settings.admin}/admin/group/${encodeURIComponent(id)}`));
        }
      }
      if (settings.console && (who.user || who.account)) found.push(out("Open Users in Kandji", `${settings.console}/users`));
      return found;
    };
    const fill = async (n, cell) => {
      if (cell.childNodes.length) return;
      const all = await evidence().catch(() => null);
      if (cell.childNodes.length) return;
      const e = n - settings.cards;
      if (!all || e >= settings.evidence) {
        cell.append(make("p", "cut", all ? `The evidence of this finding does not fit in this page. It is in ${settings.files.json}.` : `This browser can’t unpack the evidence. It is in ${settings.files.json}.`));
        return;
      }
      const who = named(all.key[e]);
      const group = groupsOf(n)[0] || "";
      const spell = (value) => value.replace(/[\x01-\x04]/g, (mark) => [row.name[n], group, who.user, who.account][mark.charCodeAt(0) - 1]);
      const facts = all.shapes[all.shape[e]].map(([side, label, good], k) => ({ side, label, good, value: spell(all.values[all.shape[e]][k][all.position[e]]) }));
      const line = (fact) => [make("dt", "", fact.label), make("dd", fact.good === false ? "no" : "", fact.value ? bdi(fact.value) : "–")];
      cell.append(make("p", "said", ...told(all.sentence[e], n), "."));
      if (all.confirm[e]) cell.append(make("p", "ask", ...told(all.confirm[e], n)));
      const sides = make("div", "sides");
      for (const [side, title] of [["okta", "Okta says"], ["kandji", "Kandji says"]]) {
        const said = facts.filter((fact) => fact.side === side);
        if (said.length) sides.append(make("section", "", make("h3", "", title), make("dl", "", ...said.flatMap(line))));
      }
      cell.append(sides);
      const links = facts.filter((fact) => fact.side === "chain").map((fact) => {
        const verdict = fact.good ? "yes" : fact.good === false ? "no" : "open";
        const item = make("li", verdict, make("b", "", { yes: "✓", no: "✗", open: "·" }[verdict]), " " + fact.label);
        if (fact.value) item.append(make("small", "", bdi(fact.value)));
        return item;
      });
      if (links.length) cell.append(make("section", "", make("h3", "", "The chain"), make("ol", "chain", ...links)));
      const life = make("dl", "life");
      const add = (words, ...value) => life.append(make("dt", "", words), make("dd", "", ...value));
      add("First seen", `${moment(all.first[e])}, run ${all.run[e]}`);
      add("Last seen", moment(all.last[e]));
      add("Times seen", all.times[e].toLocaleString("en"));
      if (data.flaps[n]) add("Comes and goes", `seen fixed ${data.flaps[n]} times in 30 days: find out who undoes it before you mend it again`);
      if (row.accepted[n]) add("Accepted", settings.accepted[row.accepted[n]] ? bdi(settings.accepted[row.accepted[n]]) : "", ` (${row.accepted[n]})`);
      for (const fact of facts) if (fact.side === "run") life.append(...line(fact));
      if (row.cause[n] >= 0) add("Explained by", toFinding(row.cause[n], bdi(row.name[row.cause[n]])), ": " + titleOf(row.cause[n]));
      if (data.explains[n]) add("Explains", toFilter("cause:" + idOf(n), `${count(data.explains[n][0], "finding")} about ${count(data.explains[n][1], "person", "people")}`));
      if (all.plan[e]) add("In a plan", ...told(all.plan[e], n));
      const kind = kinds.get(row.kind[n]);
      add("How to mend", ...(kind ? [kind.mend, " ", toKind(row.kind[n])] : []));
      cell.append(life);
      const addresses = consoles(n, all.key[e]);
      if (addresses.length) cell.append(make("p", "links", ...addresses.flatMap((link) => [link, " "])));
    };

    /* --- the table ------------------------------------------------------------------------------------------------ */
    const built = new Map(still);
    const pair = (n) => built.get(n) || built.set(n, build(n)).get(n);
    const draw = () => {
      const folded = select();
      const pages = Math.max(1, Math.ceil(found.length / PAGE));
      page = Math.min(page, pages - 1);
      const from = page * PAGE;
      const shown = found.slice(from, from + PAGE);
      body.replaceChildren(...shown.flatMap(pair));
      at("back").disabled = page === 0;
      at("on").disabled = page >= pages - 1;
      at("where").textContent = `page ${(page + 1).toLocaleString("en")} of ${pages.toLocaleString("en")}`;
      at("back").parentElement.hidden = pages === 1;
      const hidden = folded && !choice.severity.value ? settings.folded[1] - settings.folded[0] : 0;
      const range = shown.length ? `${(from + 1).toLocaleString("en")}–${(from + shown.length).toLocaleString("en")} of ` : "";
      at("status").textContent = range + count(found.length, "finding")
        + (hidden ? `; ${hidden.toLocaleString("en")} more are folded under their cause` : "")
        + (cause >= 0 ? `, explained by ${row.name[cause]}` : "");
      for (const tile of document.querySelectorAll(".tile")) {
        if (tile.dataset.filter === "severity:" + choice.severity.value) tile.setAttribute("aria-current", "true");
        else tile.removeAttribute("aria-current");
      }
    };
    const again = () => { page = 0; draw(); };
    const toggle = async (n, wanted) => {
      const [tr, card] = pair(n);
      const open = wanted ?? !tr.classList.contains("open");
      tr.classList.toggle("open", open);
      tr.querySelector("th a").setAttribute("aria-expanded", String(open));
      if (open) await fill(n, card.firstElementChild);
    };
    const clear = () => {
      q.value = "";
      cause = -1;
      for (const one of Object.values(choice)) one.value = "";
    };
    const go = async () => {
      const n = placeOf(location.hash.slice(1));
      if (n < 0) return;
      if (!found.includes(n)) {
        clear();
        if (isFolded(n)) folding.checked = false;
        if (APART.includes(row.state[n])) choice.state.value = row.state[n];
        select();
      }
      page = Math.floor(found.indexOf(n) / PAGE);
      draw();
      await toggle(n, true);
      const [tr] = pair(n);
      tr.scrollIntoView({ block: "start" });
      tr.querySelector("th a").focus({ preventScroll: true });
    };

    for (const th of document.querySelectorAll("[data-sort]")) {
      const button = make("button", "", th.textContent);
      button.type = "button";
      th.replaceChildren(button);
      button.addEventListener("click", () => {
        const by = th.dataset.sort;
        sort = sort && sort.by === by ? (sort.down ? null : { by, down: true }) : { by, down: false };
        for (const other of document.querySelectorAll("[data-sort]")) other.removeAttribute("aria-sort");
        if (sort) th.setAttribute("aria-sort", sort.down ? "descending" : "ascending");
        again();
      });
    }
    q.addEventListener("input", again);
    for (const one of [...Object.values(choice), folding]) one.addEventListener("change", again);
    q.form.addEventListener("submit", (event) => event.preventDefault());
    at("clear").addEventListener("click", () => { clear(); folding.checked = true; again(); q.focus(); });
    const turn = (by) => () => { page += by; draw(); at("findings").scrollIntoView(); };
    at("back").addEventListener("click", turn(-1));
    at("on").addEventListener("click", turn(1));
    body.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      const tr = event.target.closest("tr[id]");
      if (!tr || (link && link.hash !== "#" + tr.id) || String(getSelection()).length) return;
      event.preventDefault();
      const n = placeOf(tr.id);
      toggle(n);
      history.replaceState(null, "", tr.classList.contains("open") ? "#" + tr.id : "#findings");
    });
    document.addEventListener("click", (event) => {
      const link = event.target.closest("[data-filter]");
      if (!link) return;
      const [, what, value] = /^(\w+):(.*)$/.exec(link.dataset.filter);
      const off = what === "severity" && choice.severity.value === value;
      clear();
      if (what === "cause") cause = placeOf(value);
      else if (!off) choice[what].value = value;
      again();
      event.preventDefault();
      at("findings").scrollIntoView();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !event.target.closest("input, select, textarea") && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        q.focus();
        q.select();
      } else if (event.key === "Escape" && event.target === q) {
        clear();
        again();
      }
    });
    addEventListener("hashchange", go);
    draw();
    if (placeOf(location.hash.slice(1)) >= 0) {
      /* The browser's own jump to the fragment comes with "load" and would take the focus away again. */
      if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done, { once: true }));
      await new Promise(requestAnimationFrame);
      await go();
    }
    root.dataset.ready = "";
  };
  start().catch(() => {
    const status = at("status");
    if (status) status.textContent = "This browser can’t unpack the findings: the first of them stand here, all are in the CSV file of this run.";
    root.classList.remove("js");
    root.dataset.ready = "failed";
  });
})();
