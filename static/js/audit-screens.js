// One section or one question at a time, as the person likes (audit-view.js): the address says
// which (#s-C, #V012, #finish), so that links, the back key and the list of gaps work. The
// finish page, submitting, and the connection.
(() => {
  "use strict";
  const { form, page, put } = audit.fields;
  const { texts, visit } = page;
  const screens = [...form.querySelectorAll(".screen")];
  const chips = [...document.querySelectorAll("[data-chip]")];
  const memory = `at-${visit.id}`;
  let fromServer = [];

  // --- Going from section to section ------------------------------------------------------
  const remembered = () => { try { return sessionStorage.getItem(memory); } catch { return null; } };
  const remember = (id) => { try { sessionStorage.setItem(memory, id); } catch { /* private window */ } };

  const PART = ".question, .times";
  const partsOf = (screen) => [...screen.querySelectorAll(`:scope > :is(${PART})`)].filter((part) => !part.hidden);
  const steps = () => screens.flatMap((screen) => (audit.view.one ? partsOf(screen) : [screen]));
  let current = null; // the section or question that is on the screen

  audit.paintSteps = () => {
    const all = steps(), at = all.indexOf(current);
    for (const [name, next] of [["previous", all[at - 1]], ["next", all[at + 1]]]) {
      const link = document.getElementById(name);
      link.hidden = !next;
      if (next) link.href = `#${next.id}`;
    }
  };

  const place = (target) => { // the section of this element, and which part of it is shown
    const screen = target?.closest(".screen") ?? screens[0];
    const parts = partsOf(screen);
    const part = parts.find((one) => one.contains(target)) ?? parts[0];
    for (const other of screens) other.hidden = other !== screen;
    for (const other of form.querySelectorAll("[data-current]")) other.removeAttribute("data-current");
    current = audit.view.one && part ? part : screen;
    if (!part) return screen;
    part.setAttribute("data-current", "");
    part.tabIndex = -1;
    return screen;
  };

  const placeOf = (id) => {
    const at = id ? document.getElementById(id) : null;
    return at?.closest(".screen") ? at : null;
  };

  audit.go = (moved = false) => {
    const asked = placeOf(decodeURIComponent(location.hash.slice(1)));
    if (moved && location.hash && !asked) return; // "Skip to main content": the section stays
    const target = asked ?? placeOf(remembered()) ?? screens[0];
    const screen = place(target);
    for (const chip of chips) {
      if (chip.dataset.chip === screen.id) chip.setAttribute("aria-current", "step");
      else chip.removeAttribute("aria-current");
    }
    audit.paintSteps();
    document.querySelector("[aria-current=step]")?.scrollIntoView({ block: "nearest", inline: "center" });
    remember(current.id);
    if (!moved) {
      if (target !== screen) target.scrollIntoView({ block: "start", behavior: "instant" });
      return;
    }
    if (current !== screen && target === current) { // step by step: the question is read out
      scrollTo(0, 0);
      current.focus({ preventScroll: true });
    } else if (target !== screen) {
      target.scrollIntoView({ block: "start" });
      (target.querySelector("input:not([type=file]), textarea, button") ?? target).focus({ preventScroll: true });
    } else {
      scrollTo(0, 0);
      screen.querySelector("h2").focus({ preventScroll: true });
    }
  };
  addEventListener("hashchange", () => audit.go(true));

  // --- The finish page --------------------------------------------------------------------
  const nameOf = (field) => { // in the words of the page itself
    const [code, part] = field.split(".");
    const holder = document.getElementById(part === "narrative" ? `h-${code}` : code);
    const named = holder?.matches("[data-name]") ? holder : holder?.querySelector("[data-name]");
    return named ? named.dataset.name || named.textContent.replace(/\s+/g, " ").trim() : field;
  };
  const anchorOf = (field) => {
    const [code, part] = field.split(".");
    return part === "narrative" || !document.getElementById(code) ? `s-${code}` : code;
  };
  const wordsOf = ({ reason, detail }) => (texts[`gap_${reason}`] ?? reason)
    .replace("{detail}", detail.map(nameOf).join(texts.comma))
    .replace("{last}", nameOf(detail.at(-1) ?? ""));

  const gapItem = (gap) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const words = document.createElement("span");
    link.href = `#${anchorOf(gap.field)}`;
    link.textContent = nameOf(gap.field);
    words.textContent = wordsOf(gap);
    item.append(link, words);
    return item;
  };

  const gapGroup = ([section, gaps]) => {
    const group = document.createElement("section");
    const title = document.createElement("h3");
    const list = document.createElement("ul");
    title.textContent = `${section ? nameOf(`${section}.narrative`) : texts.overall} (${gaps.length})`;
    list.append(...gaps.map(gapItem));
    group.append(title, list);
    return group;
  };

  let listed = "";
  const paintGaps = (groups) => { // the same list stays, and with it the focus in it
    const next = JSON.stringify(groups);
    if (next === listed) return;
    listed = next;
    document.getElementById("gaps").replaceChildren(...groups.map(gapGroup));
  };

  audit.paintFinish = (gaps, states) => {
    const known = new Set(gaps.map((gap) => `${gap.field} ${gap.reason}`));
    const extra = fromServer.filter((gap) => !known.has(`${gap.field} ${gap.reason}`));
    const all = [...gaps, ...extra];
    const bySection = new Map();
    for (const gap of all) bySection.set(gap.section, [...(bySection.get(gap.section) ?? []), gap]);
    paintGaps([...bySection]);
    put(document.getElementById("gap-count"), all.length ? texts.gaps_some.replace("{count}", all.length) : texts.gaps_none);
    document.getElementById("finish-card").toggleAttribute("data-complete", !all.length);
    const waiting = Object.values(states).filter((state) => ["typing", "saving", "device"].includes(state)).length;
    put(document.getElementById("unsent"), waiting ? texts.unsent.replace("{count}", waiting) : texts.all_sent);
    waitingCount = waiting;
    paintNet();
  };

  const submit = document.getElementById("submit");
  submit.addEventListener("click", async () => {
    if (submit.getAttribute("aria-disabled") === "true") return;
    fromServer = [];
    audit.paint();
    if (document.querySelector("#gaps li")) {
      audit.announce(document.getElementById("gap-count").textContent);
      document.querySelector("#gaps a").focus();
      return;
    }
    audit.paintConnection("submitting");
    await audit.submit();
  });
  audit.showGaps = (gaps) => { // the server knows better
    fromServer = gaps;
    submitting = false;
    submit.removeAttribute("aria-disabled");
    audit.paint();
    location.hash = "#finish";
    audit.announce(document.getElementById("gap-count").textContent);
  };

  // --- The connection ---------------------------------------------------------------------
  const net = document.getElementById("net");
  net.addEventListener("click", () => audit.sendNow());
  let status = "delivered", waitingCount = 0, submitting = false;
  const paintNet = () => {
    const kind = status.split(":")[0];
    const shown = kind === "delivered" && waitingCount ? "sending" : kind === "waiting" && !waitingCount ? "delivered" : kind;
    net.dataset.state = shown;
    const text = kind === "refused" ? status.slice(8) : texts[`net_${shown}`].replace("{count}", waitingCount);
    put(net.lastElementChild, text);
    document.getElementById("sign-in").hidden = kind !== "sign-in";
    document.getElementById("submit-waits").hidden = !(submitting && kind !== "delivered");
  };
  audit.paintConnection = (next) => {
    if (next === "submitting") {
      submitting = true;
      submit.setAttribute("aria-disabled", "true");
    } else {
      if (next !== status && next === "sign-in") audit.announce(texts["net_sign-in"]);
      status = next;
    }
    paintNet();
  };
})();
