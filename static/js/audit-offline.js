// Keeps the pages of a visit on the device for the time without a network, and says whether it
// is really all there. One cache for each visit: its form, its brief, and every file they name.
window.audit = window.audit || {};
audit.offline = (() => {
  "use strict";
  const CACHE = "visit-"; // visit-<person>-<visit>, visit-<person>-list
  const ASKED = { cache: "no-store", credentials: "same-origin", headers: { "X-Requested-With": "csiapp" } };
  const HASHED = /\.[0-9a-f]{12}\.\w+$/;
  const nameOf = (person, visit) => `${CACHE}${person}-${visit}`;
  const listOf = (visit) => `/v/${visit}/kept.json`; // no page: what the cache must hold

  const working = () => "serviceWorker" in navigator && "caches" in self;

  const worker = async () => {
    await navigator.serviceWorker.register("/worker.js");
    return navigator.serviceWorker.ready;
  };

  // Our own files that a page names, in its tags and in its JSON.
  const filesOf = (html) => {
    const found = new DOMParser().parseFromString(html, "text/html");
    const named = [...found.querySelectorAll("script[src], img[src], link[href], use[href]")]
      .map((node) => node.getAttribute("src") ?? node.getAttribute("href"));
    const data = found.getElementById("audit-data");
    if (data) named.push(...JSON.parse(data.textContent).later);
    const paths = named.map((url) => new URL(url, location.origin))
      .filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/"))
      .map((url) => url.pathname);
    return [...new Set(paths)];
  };

  const askPage = async (url, wanted) => {
    const response = await fetch(url, ASKED);
    if (!response.ok || response.redirected) throw new Error("not kept");
    const mark = response.headers.get("X-Form-Page") ?? "";
    if (!mark.startsWith(wanted)) throw new Error("not ours");
    const copy = response.clone();
    return { url, mark, copy, files: filesOf(await response.text()) };
  };

  const putFiles = async (cache, files) => {
    for (const path of files) {
      if (HASHED.test(path) && await cache.match(path)) continue;
      const copy = HASHED.test(path) && await caches.match(path, { ignoreVary: true });
      if (copy) await cache.put(path, copy);
      else await cache.add(path);
    }
  };

  // A page goes in after every file that it names: until then the one that was kept before stays.
  const putPages = async (cache, pages) => {
    const files = [...new Set(pages.flatMap((page) => page.files))];
    await putFiles(cache, files);
    for (const { url, copy } of pages) await cache.put(url, copy);
    return files;
  };

  const keep = async (person, visit) => {
    await worker();
    const cache = await caches.open(nameOf(person, visit));
    const form = await askPage(`/v/${visit}/fill`, `${visit}@`);
    const brief = await askPage(`/v/${visit}/`, `${visit}@`);
    const files = await putPages(cache, [form, brief]);
    await cache.put(listOf(visit), Response.json({ mark: form.mark, files, pages: [form.url, brief.url] }));
    navigator.storage?.persist?.();
  };

  // Everybody's list has the same address: the one that is kept is that of who was here last.
  const keepList = async (person) => {
    await worker();
    const name = nameOf(person, "list");
    await putPages(await caches.open(name), [await askPage(location.pathname, "list@")]);
    for (const other of await caches.keys()) {
      if (other.startsWith(CACHE) && other.endsWith("-list") && other !== name) await caches.delete(other);
    }
  };

  // Nothing is taken on trust: the worker runs, every page and file is in the cache, the form is
  // of the version that the server names, the store can be written, and a token is there.
  const missing = async (person, visit, form, store) => {
    if (!working()) return "browser";
    const registration = await navigator.serviceWorker.getRegistration("/");
    if (registration?.active?.state !== "activated") return "worker";
    if (!await caches.has(nameOf(person, visit))) return "pages";
    const cache = await caches.open(nameOf(person, visit));
    const list = await (await cache.match(listOf(visit)))?.json();
    if (!list || (form && list.mark !== `${visit}@${form}`)) return "pages";
    for (const path of [...list.pages, ...list.files]) {
      if (!await cache.match(path, { ignoreVary: true })) return "pages";
    }
    try {
      const row = await store.change(visit, () => {});
      return row.token ? "" : "token";
    } catch { return "storage"; }
  };

  const drop = async (person, visit) => { if (working()) await caches.delete(nameOf(person, visit)); };

  return { working, keep, keepList, missing, drop };
})();
