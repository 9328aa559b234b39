// The service worker: the shopper's list, briefs and forms when there is no network. It answers
// page loads and built files only; what is typed never passes here (audit-outbox.js sends it).
// A new worker waits until every page of the old one is closed: nothing changes under an open
// form. `self.SHELL`, the addresses of the built files, is written above by the server.
"use strict";
const PATIENCE = 2500; // ms for the network when a kept page is there
const KEPT = "visit-"; // caches visit-<person>-<visit> and visit-<person>-list, filled by pages
const SHELL_CACHE = "shell";
const FORM = /^\/v\/([0-9a-f-]{36})\/fill$/;
const BRIEF = /^\/v\/([0-9a-f-]{36})\/$/;
const START = /^(\/v\/[0-9a-f-]{36})\/start$/;
const LIST = /^\/s\/[^/]+\/visits$/;
const HASHED = /\.[0-9a-f]{12}\.\w+$/;

// --- Built files: the name holds the content's hash, so a kept copy is never an old one -----
const install = async () => {
  const cache = await caches.open(SHELL_CACHE);
  for (const url of self.SHELL) {
    if (!HASHED.test(url) || !await cache.match(url)) await cache.add(url);
  }
};

// Files that no worker names any more. Every kept page has copies of its own.
const tidy = async () => {
  const cache = await caches.open(SHELL_CACHE);
  const named = new Set(self.SHELL.map((url) => new URL(url, location.origin).href));
  for (const request of await cache.keys()) if (!named.has(request.url)) await cache.delete(request);
};

const kept = async (url) => {
  for (const name of await caches.keys()) {
    if (!name.startsWith(KEPT) && name !== SHELL_CACHE) continue;
    const found = await (await caches.open(name)).match(url, { ignoreVary: true });
    if (found) return found;
  }
  return undefined;
};

const file = async (request) => {
  const copy = await kept(request.url);
  if (copy && HASHED.test(new URL(request.url).pathname)) return copy;
  try {
    const fresh = await asked(request, copy);
    const foreign = (fresh.headers.get("Content-Type") ?? "").startsWith("text/html"); // no file of ours
    return copy && (foreign || !fresh.ok) ? copy : fresh;
  } catch (error) {
    if (copy) return copy;
    throw error;
  }
};

// --- Pages: from the network when it answers in time and the answer is ours ------------------
const asked = (request, copy) => {
  const control = new AbortController();
  const timer = copy && setTimeout(() => control.abort(), PATIENCE);
  return fetch(request, { signal: control.signal }).finally(() => clearTimeout(timer));
};

const ofOurs = (response) => response.headers.has("X-Form-Page");

const page = async (url, wanted) => {
  const copy = await kept(url.origin + url.pathname);
  let response;
  try {
    response = await asked(new Request(url, { credentials: "same-origin", cache: "no-store" }), copy);
  } catch {
    return copy ?? Response.error(); // the browser's own words for "no connection"
  }
  const mark = response.headers.get("X-Form-Page") ?? "";
  if (response.ok && !response.redirected && mark.startsWith(wanted)) return response;
  if (response.redirected && sameSite(response)) { // the visit has moved on; or signed out
    const path = new URL(response.url).pathname;
    if (ofOurs(response)) return Response.redirect(response.url, 303);
    if (path === "/sign-in" && !(copy && FORM.test(url.pathname))) return Response.redirect(response.url, 303);
  } else if (ofOurs(response) && response.status < 500) return response; // our own refusal
  return copy ?? (response.redirected ? Response.redirect(response.url, 303) : response);
};

const sameSite = (response) => new URL(response.url).origin === location.origin;

// The Home Screen opens "/": without a network that is the kept list.
const home = async (request) => {
  const lists = (await caches.keys()).filter((name) => name.startsWith(KEPT) && name.endsWith("-list"));
  const files = lists.length ? await (await caches.open(lists[0])).keys() : [];
  const list = files.find(({ url }) => LIST.test(new URL(url).pathname));
  try { return await asked(request, list); } catch {
    return list ? Response.redirect(list.url, 303) : Response.error();
  }
};

// Starting needs the server. Without it the form asks the same questions itself.
const start = async (request, visit) => {
  try { return await fetch(request); } catch {
    return Response.redirect(`${visit}/fill#s-before`, 303);
  }
};

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(tidy().then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    const visit = (FORM.exec(url.pathname) ?? BRIEF.exec(url.pathname))?.[1];
    const starts = START.exec(url.pathname);
    if (request.method === "POST" && starts) event.respondWith(start(request, starts[1]));
    else if (request.method !== "GET") return;
    else if (visit) event.respondWith(page(url, `${visit}@`));
    else if (LIST.test(url.pathname)) event.respondWith(page(url, "list@"));
    else if (url.pathname === "/") event.respondWith(home(request));
  } else if (request.method === "GET" && url.pathname.startsWith("/static/")) {
    event.respondWith(file(request));
  }
});
