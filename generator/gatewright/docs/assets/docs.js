"use strict";
// The reference page: theme, menu, search, samples, models opened in place, and parts that load as they are needed.
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // ── light and dark ────────────────────────────────────────────────────────
  document.getElementById("theme")?.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("gatewright-theme", root.dataset.theme); } catch { /* not kept, then */ }
  });

  // ── the menu of a narrow window ───────────────────────────────────────────
  const menu = document.getElementById("menu");
  const side = document.getElementById("side");
  const openMenu = (open) => {
    side?.classList.toggle("open", open);
    menu?.setAttribute("aria-expanded", String(open));
  };
  menu?.addEventListener("click", () => openMenu(!side.classList.contains("open")));
  side?.addEventListener("click", (event) => { if (event.target.closest("a")) openMenu(false); });

  // ── parts that come later: each is a script beside this page, so that it works from disk too ─────────────────
  const loading = new Map();
  window.gatewrightPart = (parts) => {
    for (const [id, html] of Object.entries(parts)) {
      const place = document.getElementById(id);
      if (!place?.dataset.chunk) continue;
      place.innerHTML = html;
      delete place.dataset.chunk;
      place.classList.remove("later");
    }
    choose(language);
  };
  const load = (place) => {
    const chunk = place?.dataset.chunk;
    if (!chunk) return Promise.resolve();
    if (!loading.has(chunk)) {
      loading.set(chunk, new Promise((done) => {
        const script = document.createElement("script");
        script.src = `parts/${chunk}.js`;
        script.onload = script.onerror = done;
        document.head.append(script);
      }));
    }
    return loading.get(chunk);
  };
  const nearby = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { nearby.unobserve(entry.target); load(entry.target); }
  }, { rootMargin: "800px" });
  all("[data-chunk]").forEach((place) => nearby.observe(place));
  document.getElementById("everything")?.addEventListener("click", async () => {
    await Promise.all(all("[data-chunk]").map(load));
    print();
  });

  // ── paper shows what is folded away ───────────────────────────────────────
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = all("main details:not([open]):not([data-model])");
    unfolded.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => unfolded.forEach((one) => { one.open = false; }));

  // ── deep links ────────────────────────────────────────────────────────────
  const arrive = async () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const place = id && document.getElementById(id);
    if (!place) return;
    await load(place);
    place.scrollIntoView();
    // What loads above it while the page settles would push it away.
    requestAnimationFrame(() => place.scrollIntoView());
  };
  addEventListener("hashchange", arrive);
  if (location.hash) arrive();

  // ── samples: the language chosen once is chosen everywhere ────────────────
  let language = null;
  try { language = localStorage.getItem("gatewright-sample"); } catch { /* the first one */ }
  function choose(name) {
    if (!name) return;
    language = name;
    all("pre[data-sample]").forEach((text) => { text.hidden = text.dataset.sample !== name; });
    all("button[data-sample]").forEach((tab) => tab.setAttribute("aria-pressed", String(tab.dataset.sample === name)));
  }
  choose(["curl", "Python", "JavaScript"].includes(language) ? language : null);
  document.addEventListener("click", async (event) => {
    const tab = event.target.closest("button[data-sample]");
    if (tab) {
      choose(tab.dataset.sample);
      try { localStorage.setItem("gatewright-sample", language); } catch { /* for this page only */ }
    }
    const copy = event.target.closest("button.copy");
    if (copy) {
      const text = copy.closest(".shown").querySelector("pre:not([hidden])").textContent;
      try { await navigator.clipboard.writeText(text); copy.textContent = "Copied"; } catch { copy.textContent = "Press Ctrl+C"; }
      setTimeout(() => { copy.textContent = "Copy"; }, 1500);
    }
  });

  // ── models opened in place: a copy of the model's own rows, as deep as a reader goes ─────────────────────────
  document.addEventListener("toggle", async (event) => {
    const opened = event.target;
    if (!opened.open || !opened.dataset?.model || opened.dataset.filled) return;
    opened.dataset.filled = "true";
    const model = document.getElementById(opened.dataset.model);
    await load(model);
    const rows = model?.querySelector(".told > .rows") ?? model?.querySelector(".told > .choices");
    if (!rows) return;
    const copy = rows.cloneNode(true);
    all("details[data-model]", copy).forEach((inner) => {
      inner.open = false;
      delete inner.dataset.filled;
      all(":scope > .rows, :scope > .choices", inner).forEach((old) => old.remove());
    });
    opened.append(copy);
  }, true);

  // ── search ────────────────────────────────────────────────────────────────
  const field = document.getElementById("search");
  if (field) {
    const entries = all(".group li", side).map((item) => {
      const link = item.querySelector("a");
      return { item, link, words: `${link.textContent} ${link.dataset.words ?? ""}`.toLowerCase() };
    });
    const groups = all(".group", side);
    const standing = new Map(groups.map((group) => [group, group.open]));
    const found = document.getElementById("found");
    const seek = () => {
      const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let hits = 0;
      for (const { item, words } of entries) {
        item.hidden = !wanted.every((word) => words.includes(word));
        if (!item.hidden) hits += 1;
      }
      for (const group of groups) {
        const any = all("li:not([hidden])", group).length > 0;
        group.hidden = !any;
        group.open = wanted.length ? any : standing.get(group);
      }
      side.classList.toggle("searching", wanted.length > 0);
      found.textContent = wanted.length ? `${hits} found` : "";
    };
    field.addEventListener("input", seek);
    const visible = () => entries.filter(({ item }) => !item.hidden).map(({ link }) => link);
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { field.value = ""; seek(); field.blur(); }
      if (event.key === "ArrowDown") { event.preventDefault(); visible()[0]?.focus(); }
      if (event.key === "Enter") visible()[0]?.click();
    });
    side.addEventListener("keydown", (event) => {
      if (event.target === field || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
      const links = visible();
      const at = links.indexOf(document.activeElement);
      if (at < 0) return;
      event.preventDefault();
      (event.key === "ArrowDown" ? links[at + 1] : links[at - 1] ?? field)?.focus();
    });
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest?.("input, textarea, [contenteditable]")) return;
      event.preventDefault();
      openMenu(true);
      field.focus();
    });
  }

  // ── where the reader is, in the contents ──────────────────────────────────
  if (side) {
    const links = new Map(all("a[href^='#']", side).map((link) => [link.getAttribute("href").slice(1), link]));
    const seen = new Set();
    let current = null;
    const mark = new IntersectionObserver((entries) => {
      for (const entry of entries) entry.isIntersecting ? seen.add(entry.target) : seen.delete(entry.target);
      const first = [...seen].sort((a, b) => a.compareDocumentPosition(b) & 4 ? -1 : 1)[0];
      const link = first && links.get(first.id);
      if (!link || link === current) return;
      current?.removeAttribute("aria-current");
      current = link;
      link.setAttribute("aria-current", "true");
      if (!side.contains(document.activeElement) && side.scrollHeight > side.clientHeight) {
        const box = link.getBoundingClientRect();
        const frame = side.getBoundingClientRect();
        if (box.top < frame.top + 80 || box.bottom > frame.bottom) side.scrollTop += box.top - frame.top - frame.height / 2;
      }
    }, { rootMargin: "-80px 0px -60% 0px" });
    all("main section[id], main article[id]").forEach((place) => mark.observe(place));
  }
})();
