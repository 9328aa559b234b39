// The page of a visit: keeps what is typed (store), shows what is where (paint), sends it
// (outbox). Nothing here waits for the network.
window.audit = window.audit || {};
(() => {
  "use strict";
  const { form, page, questions, read, write, fieldOf, INVALID } = audit.fields;
  const { visit, texts } = page;
  const IDLE_MS = 400;
  const SLOW_MS = 50;
  const LATER_MS = 1000; // the person's first answer goes before all that can wait
  const store = new audit.Store(page.person);
  const outbox = new audit.Outbox(store, visit.id);
  const { device } = audit;
  const values = {}; // field -> value, as shown
  const states = {}; // field -> typing, saving, device, server, failed, rejected
  const reasons = {}; // field -> why it was rejected
  const photos = new Map(); // sha -> what this device knows of it
  const saving = new Set();
  const inFlight = new Map(); // field -> saves that are not on the disk yet
  const unkept = new Set(); // fields that stand on the screen only: nothing older replaces them
  const timers = new Map(); // control name -> idle timer
  const drafting = new Map(); // control name -> newest text that is to be on the disk

  // --- What is shown: the server's values, and this device's where they are newer --------
  const newer = (mine, theirs) => !theirs || mine.seq > theirs.seq
    || (mine.seq === theirs.seq && mine.device >= theirs.device);
  const SERVER = "server", DEVICE = "device";
  const STATE_OF_EVENT = [DEVICE, SERVER, "rejected", "conflict"];

  // What stands in the control is newer than what any of the two sides knows.
  const changing = (field) => inFlight.has(field) || [...timers.keys()].some((name) => fieldOf(name) === field);

  const refresh = async () => {
    for (const photo of await store.photos(visit.id)) photos.set(photo.sha, photo);
    for (const answer of await store.answers(visit.id)) {
      if (!newer(answer, page.answers[answer.field])) continue;
      if (changing(answer.field) || unkept.has(answer.field)) continue;
      if (answer.field === device.FIELD) hold(answer.device);
      else show(answer.field, answer.value, STATE_OF_EVENT[answer.state], answer.reason);
    }
    paint();
  };

  const hold = (name) => {
    const before = device.elsewhere();
    device.show(name);
    if (device.elsewhere() && !before) {
      commitTyping(); // what was typed here is an answer, too
      audit.announce(document.querySelector("#elsewhere .notice").textContent.trim());
    }
  };

  const show = (field, value, state, reason) => {
    const same = JSON.stringify(values[field] ?? null) === JSON.stringify(value ?? null);
    values[field] = value ?? null;
    states[field] = state;
    reasons[field] = reason;
    if (!same) write(field, values[field]);
  };

  // Once a frame, whatever came in meanwhile.
  let frame = 0;
  const paintNow = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    audit.paint({ values, states, reasons, photos });
  };
  const paint = () => { frame ||= requestAnimationFrame(paintNow); };

  // --- Keeping: every key stroke as a draft, every pause and change as an event -----------
  const track = (promise) => {
    saving.add(promise);
    return promise.finally(() => saving.delete(promise));
  };

  let claiming = null;
  const claim = () => {
    claiming ||= store.record(visit.id, device.FIELD, () => device.words(), { form: page.form_sha256 })
      .then((answer) => device.show(answer.device))
      .finally(() => { claiming = null; });
    return claiming;
  };

  const keep = (field, next, extra = {}) => {
    if (!device.claimed() && !device.elsewhere()) track(claim().catch(() => {})); // the first answer
    inFlight.set(field, (inFlight.get(field) ?? 0) + 1);
    states[field] = "saving";
    const slow = setTimeout(paint, SLOW_MS); // saving goes before painting, a slow disk does not
    const landed = () => {
      if (inFlight.get(field) > 1) inFlight.set(field, inFlight.get(field) - 1);
      else inFlight.delete(field);
    };
    const work = store.record(visit.id, field, next, { form: page.form_sha256, ...extra })
      .finally(landed)
      .then((answer) => {
        unkept.delete(field);
        if (!changing(field)) show(field, answer.value, DEVICE);
        store.tell({ visit: visit.id });
        outbox.soon();
      })
      .catch((error) => {
        unkept.add(field);
        states[field] = "failed";
        reasons[field] = error.name;
        audit.announce(`${texts.failed} ${field}`);
      })
      .then(() => { clearTimeout(slow); paint(); });
    return track(work);
  };

  const commit = (name) => {
    clearTimeout(timers.get(name));
    timers.delete(name);
    const field = fieldOf(name), value = read(field);
    const control = audit.fields.one(name);
    drafting.delete(name); // a later write of it would outlive the event
    const invalid = value === INVALID;
    control.toggleAttribute("aria-invalid", invalid);
    if (invalid) { unkept.add(field); states[field] = "invalid"; paint(); return; }
    if (!unkept.has(field) && JSON.stringify(value) === JSON.stringify(values[field] ?? null)) {
      if (states[field] === "typing") states[field] = page.answers[field] ? SERVER : "";
      track(store.dropDraft(visit.id, name).catch(() => {}));
      refresh();
      return;
    }
    values[field] = value;
    keep(field, () => value, { draft: name });
  };

  const commitTyping = () => { for (const name of [...timers.keys()]) commit(name); };

  const draft = async (name, text) => { // one write in flight per control, the newest text wins
    if (drafting.has(name)) { drafting.set(name, text); return; }
    drafting.set(name, text);
    try {
      for (let written; drafting.has(name) && written !== drafting.get(name);) {
        written = drafting.get(name);
        await store.draft(visit.id, name, written, page.form_sha256);
      }
    } finally { drafting.delete(name); }
  };

  form.addEventListener("input", ({ target }) => {
    if (!target.matches("textarea, input[type=text]") || !target.name) return;
    const field = fieldOf(target.name);
    if (target.name.endsWith(".number")) audit.fields.choose(field, "number");
    states[field] = "typing";
    clearTimeout(timers.get(target.name));
    timers.set(target.name, setTimeout(commit, IDLE_MS, target.name));
    draft(target.name, target.value).catch((error) => { states[field] = "failed"; reasons[field] = error.name; paint(); });
    audit.paintField(field, states, target.value);
  });
  form.addEventListener("change", ({ target }) => {
    if (target.matches("[data-photos]")) {
      addPhotos(target.dataset.photos, [...target.files]).finally(() => { target.value = ""; });
    } else if (target.name && (target.type === "radio" || timers.has(target.name))) commit(target.name);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("pagehide", commitTyping);
  document.addEventListener("visibilitychange", () => { if (document.hidden) commitTyping(); });

  // --- Buttons ----------------------------------------------------------------------------
  const step = (button) => {
    const input = document.getElementById(button.dataset.step);
    const now = Number(input.value.normalize("NFKC")) || 0;
    audit.fields.choose(fieldOf(input.name), "number");
    input.value = String(Math.max(0, Math.floor(now) + Number(button.dataset.by)));
    commit(input.name);
  };
  const clear = (code) => {
    write(code, null);
    keep(code, () => null);
  };
  const ACTIONS = {
    step,
    clear: (button) => clear(button.dataset.clear),
    removePhoto: (button) => keepPhotos(`${button.dataset.removePhoto}.photos`,
      (list) => list.filter((sha) => sha !== button.dataset.sha)),
  };
  form.addEventListener("click", (event) => {
    if (event.target.closest("label[for$='-file']")) commitTyping(); // a camera may end this page
    for (const [name, act] of Object.entries(ACTIONS)) {
      const button = event.target.closest(`[data-${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}]`);
      if (button?.tagName === "BUTTON") act(button);
    }
  });
  form.addEventListener("given", ({ detail }) => keep(detail.field, () => detail.value)); // times, notes

  // From the newest list, be it another tab's or the server's.
  const keepPhotos = (field, change, extra) => keep(field, (held) => {
    const newest = held && newer(held, page.answers[field]) ? held : page.answers[field];
    return change(newest?.value ?? []);
  }, extra);

  const addPhotos = async (code, files) => {
    const field = `${code}.photos`;
    for (const file of files) {
      states[field] = "typing";
      paint();
      try {
        const photo = await audit.photos.prepare(file);
        photos.set(photo.sha, { ...photo, data: null, state: 0 });
        if ((values[field] ?? []).length >= page.photos_max) throw new Error("too_many_photos");
        await keepPhotos(field, (list) => [...new Set([...list, photo.sha])], { photo });
      } catch (error) {
        states[field] = "failed";
        reasons[field] = texts[error.message] ? error.message : error.name;
        paint();
      }
    }
  };

  // --- Submitting -------------------------------------------------------------------------
  audit.submit = async () => {
    commitTyping();
    await Promise.allSettled([...saving]);
    await outbox.submit();
  };
  audit.sendNow = () => {
    commitTyping();
    outbox.tries = 0;
    outbox.soon(0);
  };
  audit.photoBytes = (sha) => store.bytes(visit.id, sha);

  document.getElementById("take-over").addEventListener("click", async () => {
    await claim();
    store.tell({ visit: visit.id });
    outbox.soon();
    (form.querySelector(".screen:not([hidden]) h2") ?? form).focus();
  });

  // What the server holds by now. Answers went into the store; here is the rest of it.
  const hear = ({ open, evidence, form_sha256: form }) => {
    Object.assign(page.evidence, evidence);
    if (form && form !== page.form_sha256) tellNewer();
    if (!open) leave();
  };
  const tellNewer = () => { // what was sent by this version stays; the page has to be loaded anew
    const notice = document.getElementById("newer-form");
    if (!notice.hidden) return;
    notice.hidden = false;
    audit.announce(notice.querySelector("p").textContent.trim());
  };
  const tellGaps = (gaps) => { // said here, so no page has to say it any more
    audit.showGaps(gaps);
    return store.change(visit.id, (row) => { row.gaps = null; });
  };
  const leave = async () => { // handed in, perhaps from another device
    commitTyping();
    await Promise.allSettled([...saving]);
    location.assign(visit.receipt_url);
  };

  // --- Start ------------------------------------------------------------------------------
  const recover = async () => { // typed, and then the browser died
    for (const { name, value } of await store.drafts(visit.id)) {
      const control = audit.fields.one(name);
      if (!control) continue;
      control.value = value;
      if (name.endsWith(".number")) audit.fields.choose(fieldOf(name), "number");
      commit(name);
    }
    await Promise.all([...saving]);
  };

  const start = async () => {
    for (const [field, answer] of Object.entries(page.answers)) {
      if (field !== device.FIELD) show(field, answer.value, SERVER);
    }
    try {
      device.know(await store.device());
      if (page.answers[device.FIELD]) device.show(page.answers[device.FIELD].device);
      await store.change(visit.id, (row) => {
        row.seq = Math.max(row.seq, page.last_seq);
        if (!visit.reopened) return;
        row.closed = null; // also where it was handed in on another device, or by rule
        if (row.submit === visit.submit_id) Object.assign(row, { submit: null, wanted: false, submitted: null });
      });
    } catch {
      document.getElementById("no-storage").hidden = false;
      form.hidden = true;
      return;
    }
    store.channel?.addEventListener("message", ({ data }) => { if (data.visit === visit.id) refresh(); });
    outbox.addEventListener("change", refresh);
    outbox.addEventListener("status", ({ detail }) => audit.paintConnection(detail));
    outbox.addEventListener("gaps", ({ detail }) => tellGaps(detail));
    outbox.addEventListener("submitted", () => location.assign(visit.receipt_url));
    outbox.addEventListener("news", ({ detail }) => hear(detail));
    await refresh();
    await recover();
    paintNow();
    const { wanted, gaps } = await store.visit(visit.id);
    if (wanted) audit.paintConnection("submitting");
    document.documentElement.dataset.ready = "1";
    audit.go();
    if (gaps) await tellGaps(gaps); // found while the person was elsewhere
    outbox.start();
    setTimeout(later, LATER_MS);
  };

  // What the form can do without: keeping itself for the time without a network, files, the
  // visits of other days, and what other devices sent.
  const later = () => {
    for (const src of page.later) {
      const script = document.createElement("script");
      Object.assign(script, { src, async: false });
      document.head.append(script);
    }
    outbox.follow = true;
    outbox.soon();
  };
  start();
})();
