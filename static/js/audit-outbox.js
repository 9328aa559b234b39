// Delivers what the store holds: events in batches, photos in chunks, one submission. Only an
// answer with our mark counts as received; anything else (a hotel's sign-in page, a redirect,
// an error) changes nothing and is tried again. Events: "status", "change", "gaps", "submitted",
// and "news" with what the server holds of the visit.
window.audit = window.audit || {};
audit.Outbox = (() => {
  "use strict";
  const ACK = "csiapp";
  const BATCH = 50;
  const BATCH_CHARS = 200_000;
  const CHUNK = 128 * 1024;
  const AFTER_SAVE = 300;
  const IDLE = 60_000;
  const HASH_TRIES = 3;

  class SignInNeeded extends Error {}
  class Refused extends Error { // our server's own no; asking again would not help
    constructor(status, message) { super(message); this.status = status; }
  }
  const ours = (status, body) => {
    if (body?.ack === ACK) return body;
    if (status >= 400 && status < 500 && body?.error?.status === status) throw new Refused(status, body.error.message);
    throw new Error("not our server");
  };

  return class Outbox extends EventTarget {
    static timeout = 20_000; // ms for one request; tests have less patience

    // `own`: a visit of whoever is signed in. Set `follow` to hear of other devices, too.
    constructor(store, visit, { own = true } = {}) {
      super();
      Object.assign(this, { store, visit, own, tries: 0, timer: 0, due: 0, batch: BATCH });
      Object.assign(this, { running: false, again: false, follow: false, others: false, known: "" });
    }

    start() {
      const now = () => { this.tries = 0; this.soon(0); };
      addEventListener("online", now);
      addEventListener("pageshow", now);
      document.addEventListener("visibilitychange", () => { if (!document.hidden) now(); });
      now();
    }

    // After so long, or when it is due anyway. What was saved while a flush ran waits for the
    // next one, but never for the minute that follows on a flush.
    soon(ms = AFTER_SAVE) {
      const due = performance.now() + ms;
      if (this.timer && this.due <= due) return;
      clearTimeout(this.timer);
      this.due = due;
      this.timer = setTimeout(() => { this.timer = 0; this.flush(); }, ms);
    }

    say(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }

    async changed() {
      this.store.tell({ visit: this.visit });
      this.say("change");
    }

    // --- One flush at a time, over all tabs -----------------------------------------------
    async flush() {
      if (this.running) { this.again = true; return; }
      this.running = true;
      try {
        const work = () => this.deliver();
        const outcome = navigator.locks
          ? await navigator.locks.request(`outbox-${this.visit}`, { ifAvailable: true }, (lock) => (lock ? work() : "elsewhere"))
          : await work();
        this.tries = 0;
        this.say("status", outcome === "elsewhere" ? "waiting" : "delivered");
        this.soon(outcome === "elsewhere" ? 3000 : IDLE);
      } catch (error) {
        this.failed(error);
      } finally {
        this.running = false;
        if (this.again) { this.again = false; this.soon(50); }
      }
    }

    failed(error) {
      if (error instanceof SignInNeeded) this.say("status", "sign-in");
      else if (error instanceof Refused) this.say("status", `refused:${error.message}`);
      else this.say("status", "waiting");
      const most = Math.min(60_000, 1000 * 2 ** this.tries++); // full jitter
      this.soon(200 + Math.random() * most);
    }

    async deliver() {
      const events = await this.store.pendingEvents(this.visit);
      const photos = await this.store.waitingPhotos(this.visit);
      const { wanted } = await this.store.visit(this.visit);
      if (!events.length && !photos.length && !wanted) {
        if (this.follow) await this.pull().catch(() => {}); // nothing of ours waits for it
        return "idle";
      }
      await this.mint();
      await this.sendEvents();
      for (let next = photos; next.length; next = await this.store.waitingPhotos(this.visit)) {
        await this.sendPhoto(next[0]); // also those taken while another one was sent
      }
      if ((await this.store.visit(this.visit)).wanted) await this.sendSubmission();
      if (this.follow && this.others) await this.pull();
      return "sent";
    }

    // What the server holds by now: a page kept for hours has old answers, and another device
    // may have gone on with the visit.
    async pull() {
      await this.mint();
      const news = await this.call(`answers?known=${this.known}`);
      this.others = false;
      this.known = news.digest;
      if (news.unchanged) return;
      if (!news.open) await this.store.change(this.visit, (row) => { row.closed ||= Date.now(); });
      await this.store.merge(this.visit, news.answers, news.seq);
      this.say("news", news);
      await this.changed();
    }

    // --- Asking the server ----------------------------------------------------------------
    async ask(url, options) {
      const control = new AbortController();
      const timer = setTimeout(() => control.abort(), Outbox.timeout);
      try {
        const response = await fetch(url, { ...options, signal: control.signal, cache: "no-store" });
        if (response.type === "opaqueredirect") throw new SignInNeeded();
        return { status: response.status, body: await response.json().catch(() => null) };
      } finally {
        clearTimeout(timer);
      }
    }

    async mint() { // the signed-in session is traded for a token of this visit, once
      if ((await this.store.visit(this.visit)).token) return;
      if (!this.own) throw new SignInNeeded();
      const { status, body } = await this.ask(`/v/${this.visit}/token`, {
        method: "POST", redirect: "manual", credentials: "same-origin", headers: { "X-Requested-With": ACK },
      });
      if ([401, 403, 404].includes(status)) throw new SignInNeeded();
      const { token } = ours(status, body);
      await this.store.change(this.visit, (row) => { row.token = token; });
    }

    async call(path, options = {}) {
      const { token } = await this.store.visit(this.visit);
      if (!token) throw new Error("no token");
      const { status, body } = await this.ask(`/api/v/${this.visit}/${path}`, {
        ...options, credentials: "omit", redirect: "error",
        headers: { ...options.headers, "Authorization": `Bearer ${token}`, "Accept-Language": document.documentElement.lang },
      });
      if (status === 401) {
        await this.store.change(this.visit, (row) => { if (row.token === token) row.token = null; });
        this.again = this.tries === 0; // once at once, then as any failure
        throw new Error("token");
      }
      const reply = ours(status, body);
      this.tries = 0;
      return { status, ...reply };
    }

    // --- Events ---------------------------------------------------------------------------
    async sendEvents() {
      for (;;) {
        const batch = this.nextBatch(await this.store.pendingEvents(this.visit));
        if (!batch.length) return;
        const reply = await this.sendBatch(batch);
        const heard = new Set([...reply.events, ...reply.conflicts, ...reply.rejected.map((r) => r.id)]);
        if (!batch.some((event) => heard.has(event.id))) throw new Error("no progress");
        const newer = reply.form_sha256 && batch.some((event) => event.form_sha256 !== reply.form_sha256);
        if (newer || reply.open === false || reply.seq > (await this.store.visit(this.visit)).seq) this.others = true;
        await this.store.acknowledge(this.visit, reply);
        await this.changed();
      }
    }

    nextBatch(events) {
      let chars = 0;
      const fits = (event) => { chars += JSON.stringify(event.value ?? null).length; return chars <= BATCH_CHARS; };
      return events.slice(0, this.batch).filter((event, index) => fits(event) || index === 0);
    }

    async sendBatch(batch) {
      const events = batch.map(({ id, device, seq, field, value, ts, form_sha256 }) => (
        { id, device, seq, field, value, ts, form_sha256 }));
      try {
        const reply = await this.call("events", {
          method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ events }),
        });
        this.batch = BATCH;
        return reply;
      } catch (error) { // the one event that the server cannot read must not hold up the rest
        if (!(error instanceof Refused) || ![400, 413, 422].includes(error.status)) throw error;
        if (batch.length === 1) {
          return { events: [], conflicts: [], rejected: [{ id: batch[0].id, reason: "refused" }], seq: 0 };
        }
        this.batch = Math.ceil(batch.length / 2);
        return this.sendBatch(batch.slice(0, this.batch));
      }
    }

    // --- Photos ---------------------------------------------------------------------------
    async sendPhoto({ sha, taken = "" }) {
      const data = await this.store.bytes(this.visit, sha);
      if (!data) return this.store.photoDone(this.visit, sha, "lost");
      let progress = await this.call(`photos/${sha}`);
      for (let wrong = 0; !progress.complete;) {
        await this.sendEvents(); // a typed answer never waits behind a photo
        try {
          progress = await this.call(`photos/${sha}`, {
            method: "PATCH", body: data.slice(progress.offset, progress.offset + CHUNK),
            headers: { "Content-Type": "application/octet-stream", "X-Offset": progress.offset, "X-Total": data.byteLength, "X-Taken": taken },
          });
        } catch (error) {
          if (!(error instanceof Refused) || ![413, 422].includes(error.status)) throw error;
          progress = { complete: true, refusal: "refused" };
        }
        if (progress.problem === "hash" && ++wrong === HASH_TRIES) progress = { complete: true, refusal: "broken" };
      }
      await this.store.photoDone(this.visit, sha, progress.refusal || "");
      return this.changed();
    }

    // --- Submission: the id is made once and kept ------------------------------------------
    async submit() {
      await this.store.change(this.visit, (row) => {
        row.submit ||= audit.Store.uuid7();
        Object.assign(row, { wanted: true, gaps: null });
      });
      this.tries = 0;
      this.soon(0);
    }

    async sendSubmission() {
      const { submit } = await this.store.visit(this.visit);
      const manifest = await this.store.manifest(this.visit);
      const reply = await this.call("submit", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ submit_id: submit, ...manifest }),
      });
      if (reply.status === 409) {
        // Gaps are judged by what the server has: first send what it lacks and we still hold.
        const lacked = await this.store.resend(this.visit, reply.missing);
        if (lacked || !reply.missing.gaps.length) throw new Error("sent again");
        const { gaps } = reply.missing;
        await this.store.change(this.visit, (row) => { Object.assign(row, { wanted: false, gaps }); });
        await this.changed();
        this.say("gaps", gaps);
        return;
      }
      await this.store.change(this.visit, (row) => {
        Object.assign(row, { wanted: false, submitted: reply.submitted_at, closed: Date.now() });
      });
      await this.changed();
      this.say("submitted", reply);
    }
  };
})();
