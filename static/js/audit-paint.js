// What the page shows of values and states: per question what is answered, computed, needed
// and where it is kept; per section how far it is.
(() => {
  "use strict";
  const { form, page, questions, put } = audit.fields;
  const { texts } = page;
  const rules = audit.rules;
  const WORST_FIRST = ["failed", "rejected", "conflict", "invalid", "typing", "saving", "device", "server"];
  const opened = new Set(); // comments that were opened by hand
  const urls = new Map(); // sha -> address of the picture shown
  let view = { values: {}, states: {}, reasons: {}, photos: new Map() };

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const refusedPhotos = () => {
    const mine = [...view.photos.values()].filter((photo) => photo.state === 2).map((photo) => photo.sha);
    const theirs = Object.entries(page.evidence).filter(([, state]) => state === "refused").map(([sha]) => sha);
    return new Set([...mine, ...theirs]);
  };

  // --- Where it is kept -------------------------------------------------------------------
  const stateOf = (fields) => {
    const present = fields.map((field) => {
      const waiting = field.endsWith(".photos") && (view.values[field] ?? []).some((sha) => view.photos.get(sha)?.state === 0);
      return waiting && view.states[field] === "server" ? "device" : view.states[field];
    });
    return WORST_FIRST.find((state) => present.includes(state)) ?? "";
  };
  const paintState = (node, fields) => {
    const state = stateOf(fields);
    const field = fields.find((name) => view.states[name] === state);
    const reason = texts[view.reasons[field]] ?? "";
    const text = state ? `${texts[`state_${state}`]}${reason ? ` ${reason}` : ""}` : "";
    if (node.dataset.state !== state) node.dataset.state = state;
    put(node, text);
  };
  const partsOf = (code) => {
    if (questions.has(code)) return [code, `${code}.comment`, `${code}.photos`];
    return code in page.form.stamps ? [code, `${code}.reason`] : [code];
  };

  // --- One question -----------------------------------------------------------------------
  const paintQuestion = (card) => {
    const question = questions.get(card.dataset.question);
    const { code } = question;
    const answer = rules.effective(question, view.values);
    const computed = rules.duration(question, view.values);
    const how = card.querySelector(`[name="${code}"]:checked`)?.value; // in the card: the form has thousands of nodes
    card.toggleAttribute("data-answered", answer !== null);
    const reasons = card.querySelector("[data-reasons]");
    if (reasons) reasons.hidden = how !== "na";
    const number = card.querySelector("[data-number]");
    if (number) number.hidden = computed !== null || (how !== undefined && how !== "number");
    const shown = card.querySelector("[data-computed]");
    if (shown) {
      shown.hidden = computed === null || how === "na" || how === "never";
      put(shown.querySelector("b"), String(computed ?? ""));
    }
    card.querySelector("[data-clear]").hidden = !(code in view.values) || view.values[code] === null;
    paintComment(card, question);
    paintPhotos(card, question);
  };

  const paintComment = (card, question) => {
    const field = `${question.code}.comment`;
    const needed = rules.commentNeeded(question, view.values);
    const panel = card.querySelector("[data-comment-panel]");
    panel.hidden = !needed && !opened.has(question.code) && !view.values[field] && view.states[field] !== "typing";
    card.querySelector("[data-comment]").setAttribute("aria-expanded", String(!panel.hidden));
    const hint = panel.querySelector("[data-hint]");
    hint.hidden = !needed;
    paintLength(hint, needed, rules.length(view.values, field));
    const evidence = card.querySelector("[data-evidence-hint]");
    evidence.hidden = !rules.evidenceNeeded(page.form, question, view.values)
      || (view.values[`${question.code}.photos`] ?? []).length > 0;
  };

  const paintLength = (node, needed, length) => {
    const text = fill(needed > 1 ? texts.comment_needed_long : texts.comment_needed, { needed, length });
    put(node, text);
    node.toggleAttribute("data-enough", length >= needed);
  };

  // --- Photos -----------------------------------------------------------------------------
  const addressOf = async (sha) => {
    if (!urls.has(sha)) {
      const data = view.photos.has(sha) && await audit.photoBytes(sha);
      const there = page.evidence[sha] === "ready" ? `${page.photo_url}/${sha}?size=small` : "";
      urls.set(sha, data ? URL.createObjectURL(new Blob([data])) : there);
    }
    return urls.get(sha);
  };
  const paintPhotos = (card, { code }) => {
    const list = card.querySelector("[data-thumbs]");
    const wanted = view.values[`${code}.photos`] ?? [];
    for (const item of [...list.children]) if (!wanted.includes(item.dataset.sha)) item.remove();
    wanted.forEach((sha, index) => {
      let item = [...list.children].find((node) => node.dataset.sha === sha);
      if (!item) {
        item = document.getElementById("thumb").content.firstElementChild.cloneNode(true);
        item.dataset.sha = sha;
        const [image, button] = [item.querySelector("img"), item.querySelector("button")];
        image.alt = fill(texts.photo_of, { number: index + 1, question: code });
        Object.assign(button.dataset, { sha, removePhoto: code });
        addressOf(sha).then((url) => { if (url) image.src = url; }); // else its words stand there
        list.append(item);
      }
      const mine = view.photos.get(sha);
      const refused = refusedPhotos().has(sha);
      item.dataset.state = refused ? "rejected" : mine?.state === 0 ? "device" : "server";
      put(item.querySelector("figcaption"), refused ? texts[mine?.refusal] ?? texts.not_an_image : "");
    });
  };

  // --- Sections, narratives, all ----------------------------------------------------------
  const answered = (code) => {
    const question = questions.get(code);
    return question ? rules.effective(question, view.values) !== null : (view.values[code] ?? "") !== "";
  };
  const conditional = [...questions.values(), ...page.form.unscored].filter((question) => question.shown_if);
  let hidden = new Set(); // follow-ups that nothing calls for
  const paintFollowUps = () => {
    if (!conditional.length) return;
    hidden = rules.notAsked(page.form, view.values);
    for (const { code } of conditional) document.getElementById(code).hidden = hidden.has(code);
  };
  const paintSection = (screen) => {
    const codes = screen.dataset.codes.split(" ").filter((code) => code && !hidden.has(code));
    const done = codes.filter(answered).length;
    const chip = document.querySelector(`[data-chip="${screen.id}"]`);
    chip.style.setProperty("--done", codes.length ? done / codes.length : 1);
    chip.toggleAttribute("data-done", codes.length > 0 && done === codes.length);
    const text = fill(texts.progress, { done, total: codes.length });
    chip.setAttribute("aria-label", `${chip.dataset.label}, ${text}`);
    put(screen.querySelector("[data-progress]"), text);
    return [done, codes.length];
  };
  const paintTotal = (pairs) => {
    const [done, total] = pairs.reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
    const bar = document.getElementById("total");
    bar.max = total;
    bar.value = done;
    put(document.getElementById("total-text"), `${done} / ${total}`);
  };

  audit.paint = (next) => {
    const focused = document.activeElement, around = focused?.closest("[data-question]");
    view = next ?? view;
    paintFollowUps();
    for (const card of form.querySelectorAll("[data-question]")) paintQuestion(card);
    for (const node of form.querySelectorAll("[data-state-of]")) paintState(node, partsOf(node.dataset.stateOf));
    for (const node of form.querySelectorAll("[data-count-of]")) {
      paintLength(node, Number(node.dataset.needed), rules.length(view.values, node.dataset.countOf));
    }
    paintTotal([...form.querySelectorAll("[data-codes]")].map(paintSection));
    audit.paintTimes?.(view.values);
    if (conditional.length) audit.paintSteps?.();
    audit.paintFinish?.(rules.gaps(page.form, view.values, refusedPhotos()), view.states);
    keepFocus(focused, around);
  };

  // A button may go with what it did: the focus stays at its question.
  const keepFocus = (focused, card) => {
    if (!card || focused.checkVisibility()) return;
    [...card.querySelectorAll("input, textarea, button")].find((node) => node.checkVisibility())?.focus();
  };

  // While typing: only the state and the count of this one field.
  audit.paintField = (field, states, text) => {
    view.states = states;
    const owner = field.replace(/\.(comment|photos)$/, "");
    for (const node of form.querySelectorAll(`[data-state-of="${CSS.escape(owner)}"], [data-state-of="${CSS.escape(field)}"]`)) {
      paintState(node, partsOf(node.dataset.stateOf));
    }
    const length = [...text.trim()].length;
    const count = form.querySelector(`[data-count-of="${CSS.escape(field)}"]`);
    if (count) paintLength(count, Number(count.dataset.needed), length);
    const question = questions.get(owner);
    if (question && field.endsWith(".comment")) {
      const needed = rules.commentNeeded(question, view.values);
      paintLength(document.querySelector(`#${CSS.escape(owner)} [data-hint]`), needed, length);
    }
  };

  form.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-comment]");
    if (!button) return;
    const code = button.dataset.comment;
    if (opened.has(code)) opened.delete(code); else opened.add(code);
    audit.paint();
    const panel = document.querySelector(`#${CSS.escape(code)} [data-comment-panel]`);
    if (!panel.hidden) panel.querySelector("textarea").focus();
  });

  audit.announce = (text) => { document.getElementById("live").textContent = text; };
})();
