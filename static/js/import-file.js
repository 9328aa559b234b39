// Reads files of unsent answers here, and sends them in the tablet's own small parts: batches of
// events and chunks of photos. Choosing a file again goes on where it stopped.
(() => {
  "use strict";
  const BATCH = 50;
  const CHUNK = 128 * 1024;
  const form = document.getElementById("import");
  const outcome = document.getElementById("import-outcome");
  const { dataset: about } = form;

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const say = (text) => { outcome.textContent = text; };

  const ask = async (url, method, body, headers) => {
    const response = await fetch(url, { method, body, headers: { "X-CSRFToken": about.csrf, ...headers } });
    const reply = await response.json().catch(() => null);
    if (reply?.ack === "csiapp") return reply;
    throw new Error(reply?.error?.message ?? about.failed);
  };

  const read = async (file) => {
    let content;
    try { content = JSON.parse(await file.text()); } catch { throw new Error(about.broken); }
    if (content?.format !== "csiapp-unsent" || ![content.events, content.photos].every(Array.isArray)) throw new Error(about.broken);
    if (content.visit !== about.visit) throw new Error(about.foreign);
    return content;
  };

  const bytesOf = (text) => {
    try { return Uint8Array.from(atob(text), (c) => c.charCodeAt(0)); } catch { return null; }
  };

  // Whether the server has it now. A damaged one does not hold up those after it.
  const sendPhoto = async ({ sha256, data, taken = "" }) => {
    const bytes = bytesOf(data);
    if (!bytes?.length || !/^[0-9a-f]{64}$/.test(sha256)) return false;
    const url = about.photoUrl.replace("0".repeat(64), sha256);
    let progress = { offset: 0, complete: false };
    while (!progress.complete) {
      progress = await ask(url, "PATCH", bytes.slice(progress.offset, progress.offset + CHUNK), {
        "Content-Type": "application/octet-stream", "X-Offset": progress.offset, "X-Total": bytes.length, "X-Taken": taken,
      });
      if (progress.problem === "hash") return false;
    }
    return !progress.refusal;
  };

  const bringIn = async ({ visit, saved_at, events, drafts = [], photos }, sum) => {
    sum.refused += drafts.length; // typed, but no possible answers
    for (let at = 0; at < events.length; at += BATCH) {
      const body = JSON.stringify({ visit, saved_at, events: events.slice(at, at + BATCH) });
      const reply = await ask(about.eventsUrl, "POST", body, { "Content-Type": "application/json" });
      sum.events += reply.events.length;
      sum.refused += reply.rejected.length + reply.conflicts.length;
      say(fill(about.doing, { done: at, total: events.length + photos.length }));
    }
    for (const [index, photo] of photos.entries()) {
      sum[await sendPhoto(photo) ? "photos" : "refused"] += 1;
      say(fill(about.doing, { done: events.length + index, total: events.length + photos.length }));
    }
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", async ({ target }) => {
    const sum = { events: 0, photos: 0, refused: 0 };
    target.disabled = true;
    try {
      for (const file of target.files) await bringIn(await read(file), sum);
      say(`${fill(about.done, sum)} ${sum.refused ? fill(about.refused, sum) : ""}`.trim());
    } catch (error) {
      say(error instanceof TypeError ? about.failed : error.message);
    } finally {
      target.disabled = false;
      target.value = "";
    }
  });
})();
