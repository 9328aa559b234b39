// On every page: delivers what visits left on this device, whoever is signed in; asks before
// signing out when something waits; throws local copies away some days after the server's word.
// On devices that never filled in a visit it looks for a store, finds none, and does nothing.
(() => {
  "use strict";
  const about = document.getElementById("courier");
  const GRACE_MS = 7 * 24 * 3600_000;
  const LEFT = "signed-out"; // in localStorage: who signed out here
  // A deferred script runs before the page's later ones, on which this one may build.
  const allRun = document.currentScript.defer && new Promise((go) => {
    document.addEventListener("DOMContentLoaded", go, { once: true });
  });
  const me = about.dataset.person;
  const texts = about.dataset;

  const stores = async () => {
    const found = await self.indexedDB?.databases?.() ?? [];
    return found.map((entry) => entry.name).filter((name) => name.startsWith("visits-"));
  };

  const load = (src) => new Promise((done, failed) => {
    const script = document.createElement("script");
    Object.assign(script, { src, onload: done, onerror: failed });
    document.head.append(script);
  });

  const loadAll = async () => {
    for (const src of JSON.parse(texts.scripts)) {
      const path = new URL(src, location.origin).href;
      if (![...document.scripts].some((script) => script.src === path)) await load(src);
    }
  };

  const busy = ({ answers, photos, wanted }) => answers + photos > 0 || wanted;

  // --- Signing out --------------------------------------------------------------------------
  const forms = [...document.querySelectorAll("form[data-sign-out]")];
  const warn = async (store) => {
    let answers = 0, photos = 0;
    for (const { visit } of await store.visits()) {
      const left = await store.unsent(visit);
      answers += left.answers + (left.wanted ? 1 : 0);
      photos += left.photos;
    }
    for (const form of forms) {
      if (answers + photos) {
        form.dataset.confirm = texts.ask.replace("{answers}", answers).replace("{photos}", photos);
        form.dataset.confirmYes = texts.yes;
      } else delete form.dataset.confirm;
    }
  };
  for (const form of forms) {
    form.addEventListener("submit", (event) => {
      if (!event.defaultPrevented) try { localStorage.setItem(LEFT, me); } catch { /* private window */ }
    });
  }
  // Whoever signed out leaves no readable pages and no keys behind, unless they are needed to
  // deliver. What was typed stays in any case.
  const leave = async (store) => {
    for (const { visit } of await store.visits()) {
      if (busy(await store.unsent(visit))) continue;
      await store.change(visit, (row) => { row.token = null; });
      await audit.offline.drop(store.person, visit);
    }
    await audit.offline.drop(store.person, "list");
  };

  // --- One store ----------------------------------------------------------------------------
  const serve = async (store) => {
    const own = store.person === me;
    for (const { visit, closed } of await store.visits()) {
      const waits = busy(await store.unsent(visit));
      const open = document.querySelector(`[data-keep="${CSS.escape(visit)}"]`); // it came back
      const past = closed && !open && Date.now() - closed > GRACE_MS;
      if (!waits && past && await store.forget(visit)) await audit.offline.drop(store.person, visit);
      else if (waits || (await store.pendingEvents(visit)).length) {
        if (visit === texts.visit) continue; // the page of this visit sends for itself
        const outbox = new audit.Outbox(store, visit, { own });
        if (own) outbox.addEventListener("change", () => warn(store));
        outbox.start();
      }
    }
    if (!own) return;
    await warn(store);
    store.channel?.addEventListener("message", () => warn(store));
  };

  const begin = async () => {
    const names = await stores();
    if (!names.length) return;
    await allRun;
    await loadAll();
    let left = null;
    try {
      left = localStorage.getItem(LEFT);
      localStorage.removeItem(LEFT);
    } catch { /* private window */ }
    for (const name of names) {
      const store = new audit.Store(name.slice(audit.Store.prefix.length));
      if (store.person === left && left !== me) await leave(store);
      await serve(store);
    }
  };
  begin().catch((error) => { document.documentElement.dataset.courier = error.name; });
})();
