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

  const send = ({ id, device, seq, field, value, ts, form_sha256 }) => ({ id, device, seq, field, value, ts, form_sha256 });

  // One file or more for one visit; nothing on the device changes.
  const write = async (store, visit) => {
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
      events: index ? [] : events.map(send), photos: part,
    }, `notes-${visit.slice(0, 8)}-${saved.slice(0, 16).replace(/\D/g, "")}${index ? `-${index + 1}` : ""}.json`));
  };

  return { write };
})();
