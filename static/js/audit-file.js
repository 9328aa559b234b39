// The last resort: what is on this device only, as a file for the coordinator (import-file.js).
window.audit = window.audit || {};
audit.file = (() => {
  "use strict";
  const PHOTO_CHARS = 30_000_000; // of one file; the rest goes into further files

  const base64 = (data) => new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(new Blob([data]));
  });

  const save = (body, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(body)], { type: "application/json" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  // --- Typed, and then the browser died: answers now, as when the form is opened (audit-form.js) ---
  const NOTE = "jot.";
  const NUMBER = ".number";
  const plain = (text) => text.normalize("NFKC").trim().replace(",", ".");
  const possible = ({ name, value }) => !name.endsWith(NUMBER) || /^(\d{1,6}(\.\d{1,2})?)?$/.test(plain(value));
  const valueOf = (name, text, held) => {
    if (name.startsWith(NOTE)) {
      const begun = parseInt(name.slice(NOTE.length, NOTE.length + 12), 16);
      return { at: audit.Store.isoNow(new Date(begun)), used: [], ...held?.value, text };
    }
    if (!name.endsWith(NUMBER)) return text || null;
    const value = plain(text);
    return value ? { value: value.includes(".") ? value : Number(value) } : null;
  };

  // In one transaction: an open form may be making an answer of the same text.
  const takeUp = (store, visit) => store.run(["settings", "visits", "events", "answers", "drafts"], "readwrite", async (tx) => {
    const typed = await tx.objectStore("drafts").getAll(IDBKeyRange.bound([visit], [visit, []]));
    for (const { name, value, form } of typed.filter(possible)) {
      const next = (held) => valueOf(name, value, held);
      await store.recordIn(tx, visit, name.replace(NUMBER, ""), next, { form, draft: name });
    }
  });

  const send = ({ id, device, seq, field, value, ts, form_sha256 }) => ({ id, device, seq, field, value, ts, form_sha256 });

  // One file or more for one visit; nothing leaves the device.
  const write = async (store, visit) => {
    await takeUp(store, visit).catch(() => {}); // a full device: the file holds what was typed as it is
    store.tell({ visit });
    const drafts = await store.drafts(visit); // no possible answers, but nothing is lost
    const { events, photos } = await store.journal(visit);
    const saved = audit.Store.isoNow();
    const parts = [[]];
    let chars = 0;
    for (const { sha, taken } of photos) {
      const data = await store.bytes(visit, sha);
      if (!data) continue;
      const text = await base64(data);
      chars += text.length;
      if (chars > PHOTO_CHARS && parts.at(-1).length) { parts.push([]); chars = text.length; }
      parts.at(-1).push({ sha256: sha, taken, data: text });
    }
    parts.forEach((part, index) => save({
      format: "csiapp-unsent", version: 1, visit, saved_at: saved,
      events: index ? [] : events.map(send), drafts: index ? [] : drafts.map(({ name, value }) => ({ name, value })), photos: part,
    }, `notes-${visit.slice(0, 8)}-${saved.slice(0, 16).replace(/\D/g, "")}${index ? `-${index + 1}` : ""}.json`));
  };

  return { write };
})();
