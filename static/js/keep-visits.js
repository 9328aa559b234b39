// The shopper's list and brief: keeps the forms of the visits to come on this device, and says
// for each whether it can be filled in without a network. A sign stands only for what was found.
(() => {
  "use strict";
  if (!audit.offline || !audit.file) return; // they did not arrive; the next load brings them
  const signs = [...document.querySelectorAll("[data-keep]")];
  const { person } = document.getElementById("courier").dataset;
  const store = new audit.Store(person);

  const show = (sign, state) => {
    sign.dataset.state = state;
    for (const words of sign.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== state;
  };
  const check = async (sign) => {
    const found = await audit.offline.missing(person, sign.dataset.keep, sign.dataset.form, store);
    show(sign, !found ? "ready" : found === "browser" ? "never" : "not");
    return !found;
  };

  const keep = async (sign) => {
    const visit = sign.dataset.keep;
    if (!await check(sign)) show(sign, "doing");
    try {
      await audit.offline.keep(person, visit);
      await store.change(visit, (row) => { row.closed = null; }); // it may have come back
      await new audit.Outbox(store, visit).mint();
    } catch { /* without a network it stays as it is; the sign says how that is */ }
    await check(sign);
  };

  const waiting = async () => { // files for the coordinator, where something is on this device only
    for (const { visit, gaps } of await store.visits()) {
      const word = document.querySelector(`[data-gaps="${CSS.escape(visit)}"]`);
      if (word) word.hidden = !gaps;
      const { answers, photos } = await store.unsent(visit);
      const row = document.querySelector(`[data-unsent="${CSS.escape(visit)}"]`);
      if (!row) continue;
      row.hidden = !(answers + photos);
      row.querySelector("b").textContent = row.dataset.text.replace("{answers}", answers).replace("{photos}", photos);
    }
  };
  // Handed in on another device: the server's word begins the time of grace here, too (courier.js).
  const askForFinished = async () => {
    for (const { visit, closed } of await store.visits()) {
      if (closed || signs.some((sign) => sign.dataset.keep === visit)) continue;
      await new audit.Outbox(store, visit).pull().catch(() => {});
    }
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-save-file]");
    if (button) audit.file.write(store, button.dataset.saveFile);
  });

  const start = async () => {
    if (!audit.offline.working()) { signs.forEach((sign) => show(sign, "never")); return; }
    store.channel?.addEventListener("message", waiting);
    await waiting();
    const list = location.pathname.startsWith("/s/");
    if (list) await audit.offline.keepList(person).catch(() => {});
    for (const sign of signs) await keep(sign);
    if (list) await askForFinished();
    document.documentElement.dataset.kept = "1";
  };
  start();
})();
