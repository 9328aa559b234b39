// Which question was looked at, from when and for how long, for the reviewer's audit log. Kept in
// memory, and recorded as one event when the section is left or the page goes away: no answer,
// nothing that is waited for. Loaded when the form can be used already.
(() => {
  "use strict";
  const { form, page } = audit.fields;
  const FIELD = "focus";
  const MOST = 200; // in one event
  const BREAK = 10 * 60_000; // without a touch or a key: nobody looks
  const store = new audit.Store(page.person);
  let seen = []; // [code, from (ms since 1970), ms]
  let open = null; // { code, from, last }

  // "V012", or "B" of the card "B-overall"; null elsewhere.
  const codeOf = (node) => node?.closest?.(".question")?.id.match(/^[A-Z][A-Z0-9]*(?=$|-overall$)/)?.[0] ?? null;
  const close = () => {
    if (!open) return;
    const now = Date.now();
    const lasted = (now - open.last > BREAK ? open.last : now) - open.from;
    if (lasted > 0) seen.push([open.code, open.from, lasted]); // a clock that was set back says nothing
    open = null;
  };
  const look = (code) => {
    const now = Date.now();
    if (open && open.code === code && now - open.last <= BREAK) { open.last = now; return; }
    close();
    if (code) open = { code, from: now, last: now };
    if (seen.length >= MOST) flush();
  };
  const flush = () => {
    if (!seen.length) return;
    const value = seen.slice(0, MOST);
    seen = seen.slice(MOST);
    store.record(page.visit.id, FIELD, () => value, { form: page.form_sha256, shown: false }).catch(() => {});
  };

  const screen = () => form.querySelector(".screen:not([hidden])");
  let at = screen();
  const moved = () => { // the one question of the screen, or the one that has the focus
    look(codeOf(form.querySelector("[data-current]")) ?? codeOf(document.activeElement));
    if (screen() === at) return;
    at = screen();
    flush();
  };
  const away = () => { close(); flush(); };

  for (const name of ["focusin", "pointerdown", "input"]) {
    form.addEventListener(name, ({ target }) => { if (codeOf(target)) look(codeOf(target)); });
  }
  addEventListener("hashchange", () => setTimeout(moved)); // once the form has gone there
  addEventListener("pagehide", away);
  document.addEventListener("visibilitychange", () => { if (document.hidden) away(); else moved(); });
  moved();
})();
