// What was typed, on this device: an append-only journal in IndexedDB, one database per person.
// A promise of this file resolves only when its transaction is on the disk.
window.audit = window.audit || {};
audit.Store = (() => {
  "use strict";
  const PENDING = 0, KEPT = 1, REJECTED = 2, CONFLICT = 3; // of an event
  const WAITING = 0, ARRIVED = 1, REFUSED = 2; // of a photo
  const of = (visit) => IDBKeyRange.bound([visit], [visit, []]);

  const uuid7 = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let time = Date.now();
    for (let i = 5; i >= 0; i--) { bytes[i] = time % 256; time = Math.floor(time / 256); }
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  };

  // The local time with its offset from UTC, to the second.
  const isoNow = (date = new Date()) => {
    const offset = -date.getTimezoneOffset();
    const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
    const part = (n) => String(Math.floor(Math.abs(n))).padStart(2, "0");
    return `${local}${offset < 0 ? "-" : "+"}${part(offset / 60)}:${part(offset % 60)}`;
  };

  return class Store {
    static uuid7 = uuid7;
    static isoNow = isoNow;
    static prefix = "visits-";

    constructor(person) {
      this.person = person;
      this.name = `${Store.prefix}${person}`;
      this.channel = "BroadcastChannel" in self ? new BroadcastChannel(this.name) : null;
    }

    open() { // again after the browser dropped the connection (iOS under memory pressure)
      this.opening ||= idb.openDB(this.name, 1, {
        upgrade(db) {
          db.createObjectStore("settings");
          db.createObjectStore("visits", { keyPath: "visit" });
          db.createObjectStore("events", { keyPath: "id" }).createIndex("state", ["visit", "state"]);
          db.createObjectStore("answers", { keyPath: ["visit", "field"] });
          db.createObjectStore("drafts", { keyPath: ["visit", "name"] });
          db.createObjectStore("photos", { keyPath: ["visit", "sha"] });
          db.createObjectStore("bytes"); // apart from photos: a repaint must not load megabytes
        },
        terminated: () => { this.opening = null; },
        blocking: (_now, _next, event) => { event.target.close(); this.opening = null; },
      }).catch((error) => { this.opening = null; throw error; });
      return this.opening;
    }

    async run(stores, mode, work, durability = "strict") {
      for (let attempt = 0; ; attempt++) {
        try {
          const db = await this.open();
          const tx = db.transaction(stores, mode, mode === "readwrite" ? { durability } : undefined);
          let result;
          try { result = await work(tx); } catch (error) { // a throw must not commit half
            tx.done.catch(() => {});
            try { tx.abort(); } catch { /* it has ended already */ }
            throw error;
          }
          await tx.done;
          return result;
        } catch (error) {
          if (attempt >= 3 || error.name === "QuotaExceededError") throw error;
          this.opening = null;
          await new Promise((wake) => { setTimeout(wake, 50 << attempt); });
        }
      }
    }

    tell(message) { this.channel?.postMessage(message); }

    // --- The visit: its clock, its token, its submission ----------------------------------
    async visitIn(tx, visit) {
      return (await tx.objectStore("visits").get(visit)) || { visit, seq: 0, token: null, submit: null, wanted: false };
    }

    visit(visit) { return this.run(["visits"], "readonly", (tx) => this.visitIn(tx, visit)); }

    change(visit, work) {
      return this.run(["visits"], "readwrite", async (tx) => {
        const row = await this.visitIn(tx, visit);
        work(row);
        await tx.objectStore("visits").put(row);
        return row;
      });
    }

    visits() { return this.run(["visits"], "readonly", (tx) => tx.objectStore("visits").getAll()); }

    // One name for each browser profile.
    async deviceIn(tx) {
      const settings = tx.objectStore("settings");
      let device = await settings.get("device");
      if (!device) { device = uuid7(); await settings.put(device, "device"); }
      return device;
    }

    device() { return this.run(["settings"], "readwrite", (tx) => this.deviceIn(tx)); }

    // Events that must not be lost: what was only looked at holds nothing up.
    async unsentIn(tx, visit) {
      const pending = await tx.objectStore("events").index("state").getAll([visit, PENDING]);
      return pending.filter(({ field }) => field !== "focus").length;
    }

    // What is on this device only: counts, and whether a submission waits.
    unsent(visit) {
      return this.run(["visits", "events", "photos", "drafts"], "readonly", async (tx) => {
        const [events, photos, drafts] = await Promise.all([
          this.unsentIn(tx, visit),
          tx.objectStore("photos").getAll(of(visit)),
          tx.objectStore("drafts").count(of(visit)),
        ]);
        const { wanted } = await this.visitIn(tx, visit);
        return { answers: events + drafts, photos: photos.filter((p) => p.state === WAITING).length, wanted };
      });
    }

    // --- Typing ---------------------------------------------------------------------------
    draft(visit, name, value, form) {
      return this.run(["drafts"], "readwrite", (tx) => tx.objectStore("drafts").put({ visit, name, value, form }), "relaxed");
    }

    dropDraft(visit, name) { return this.run(["drafts"], "readwrite", (tx) => tx.objectStore("drafts").delete([visit, name])); }

    drafts(visit) { return this.run(["drafts"], "readonly", (tx) => tx.objectStore("drafts").getAll(of(visit))); }

    // One event, its answer and its photo in one transaction. `next` makes the new value from
    // the answer held here (undefined when none is); what is not `shown` is no answer; `draft` names
    // the control whose text this is: whatever was drafted of it before this transaction is older.
    record(visit, field, next, about) {
      const stores = ["settings", "visits", "events", "answers"]; // the fewer, the less it waits for others
      if (about.draft) stores.push("drafts");
      if (about.photo) stores.push("photos", "bytes");
      return this.run(stores, "readwrite", (tx) => this.recordIn(tx, visit, field, next, about));
    }

    async recordIn(tx, visit, field, next, { form, draft, photo, shown = true }) {
      const [device, row, held] = await Promise.all([
        this.deviceIn(tx), this.visitIn(tx, visit), tx.objectStore("answers").get([visit, field])]);
      row.seq += 1; // counted inside the transaction: unique over tabs
      const value = next(held);
      const event = {
        id: uuid7(), visit, state: PENDING, device, seq: row.seq, field, value, ts: isoNow(), form_sha256: form,
      };
      const answer = { visit, field, value, seq: row.seq, device, event: event.id, state: PENDING };
      const puts = [["visits", row], ["events", event]];
      if (shown) puts.push(["answers", answer]);
      if (photo) {
        const { data, ...rest } = photo;
        puts.push(["bytes", data, [visit, photo.sha]], ["photos", { ...rest, visit, state: WAITING }]);
      }
      const writes = puts.map(async ([name, ...given]) => tx.objectStore(name).put(...given));
      if (draft) writes.push(tx.objectStore("drafts").delete([visit, draft]));
      await Promise.all(writes);
      return answer;
    }

    // --- Reading back ---------------------------------------------------------------------
    answers(visit) { return this.run(["answers"], "readonly", (tx) => tx.objectStore("answers").getAll(of(visit))); }

    photos(visit) { return this.run(["photos"], "readonly", (tx) => tx.objectStore("photos").getAll(of(visit))); }

    bytes(visit, sha) { return this.run(["bytes"], "readonly", (tx) => tx.objectStore("bytes").get([visit, sha])); }

    async pendingEvents(visit) {
      const found = await this.run(["events"], "readonly", (tx) => (
        tx.objectStore("events").index("state").getAll([visit, PENDING])));
      return found.sort((a, b) => a.seq - b.seq);
    }

    async waitingPhotos(visit) { return (await this.photos(visit)).filter((photo) => photo.state === WAITING); }

    // Everything this device has recorded and the server should have.
    manifest(visit) {
      return this.run(["events", "photos", "answers"], "readonly", async (tx) => {
        const index = tx.objectStore("events").index("state");
        const lists = await Promise.all([PENDING, KEPT, CONFLICT].map((state) => index.getAllKeys([visit, state])));
        const named = new Set((await tx.objectStore("answers").getAll(of(visit)))
          .filter((answer) => answer.field.endsWith(".photos")).flatMap((answer) => answer.value ?? []));
        const photos = await tx.objectStore("photos").getAll(of(visit));
        return { events: lists.flat(), photos: photos.map((p) => p.sha).filter((sha) => named.has(sha)) };
      });
    }

    // The server's answers, of whatever device: each is held where it is the newer one, or where
    // ours has arrived and does not count, because it came too late.
    merge(visit, answers, seq) {
      return this.run(["visits", "answers"], "readwrite", async (tx) => {
        await Promise.all(Object.entries(answers).map(async ([field, { value, seq: at, device }]) => {
          const held = await tx.objectStore("answers").get([visit, field]);
          const same = held?.seq === at && held.device === device;
          if (same || (held && held.state !== KEPT && (held.seq > at || (held.seq === at && held.device > device)))) return;
          await tx.objectStore("answers").put({ visit, field, value, seq: at, device, event: null, state: KEPT });
        }));
        const row = await this.visitIn(tx, visit);
        row.seq = Math.max(row.seq, seq);
        await tx.objectStore("visits").put(row);
      });
    }

    // Everything that a file must hold so that nothing of this device is lost.
    async journal(visit) {
      const events = await this.run(["events"], "readonly", (tx) => Promise.all(
        [PENDING, REJECTED, CONFLICT].map((state) => tx.objectStore("events").index("state").getAll([visit, state]))));
      return { events: events.flat().sort((a, b) => a.seq - b.seq), photos: await this.waitingPhotos(visit) };
    }

    // After the server's last word and the time of grace. What is not on the server stays.
    forget(visit) {
      const stores = ["visits", "events", "answers", "drafts", "photos", "bytes"];
      return this.run(stores, "readwrite", async (tx) => {
        const events = tx.objectStore("events");
        const typed = await tx.objectStore("drafts").count(of(visit));
        if (typed || await this.unsentIn(tx, visit)) return false;
        const photos = await tx.objectStore("photos").getAll(of(visit));
        if (photos.some((photo) => photo.state === WAITING)) return false;
        for (const key of await events.index("state").getAllKeys(of(visit))) await events.delete(key);
        for (const { sha } of photos) await tx.objectStore("bytes").delete([visit, sha]);
        for (const name of ["answers", "drafts", "photos"]) await tx.objectStore(name).delete(of(visit));
        await tx.objectStore("visits").delete(visit);
        return true;
      });
    }

    // --- What the server said: nothing is deleted, only marked -----------------------------
    acknowledge(visit, { events, rejected, conflicts, seq }) {
      return this.run(["visits", "events", "answers"], "readwrite", async (tx) => {
        const mark = async (id, state, reason) => {
          const event = await tx.objectStore("events").get(id);
          if (!event) return;
          await tx.objectStore("events").put({ ...event, state, reason });
          const answer = await tx.objectStore("answers").get([visit, event.field]);
          if (answer?.event === id) await tx.objectStore("answers").put({ ...answer, state, reason });
        };
        await Promise.all([ // all at once: as long as this lasts, no answer is saved
          ...events.map((id) => mark(id, KEPT)),
          ...conflicts.map((id) => mark(id, CONFLICT)),
          ...rejected.map(({ id, reason }) => mark(id, REJECTED, reason)),
        ]);
        const row = await this.visitIn(tx, visit);
        row.seq = Math.max(row.seq, seq);
        await tx.objectStore("visits").put(row);
      });
    }

    resend(visit, { events, photos }) { // the server does not have them after all; how many
      return this.run(["events", "photos"], "readwrite", async (tx) => {
        let count = 0;
        for (const id of events) {
          const event = await tx.objectStore("events").get(id);
          if (!event) continue;
          await tx.objectStore("events").put({ ...event, state: PENDING });
          count++;
        }
        for (const sha of photos) {
          const photo = await tx.objectStore("photos").get([visit, sha]);
          if (!photo || photo.state === REFUSED) continue;
          await tx.objectStore("photos").put({ ...photo, state: WAITING });
          count++;
        }
        return count;
      });
    }

    photoDone(visit, sha, refusal) {
      return this.run(["photos"], "readwrite", async (tx) => {
        const photo = await tx.objectStore("photos").get([visit, sha]);
        await tx.objectStore("photos").put({ ...photo, state: refusal ? REFUSED : ARRIVED, refusal });
      });
    }
  };
})();
