// Notes of the covert minutes: rows of the jotter, which stand in the form like every other
// control, so that they are drafted, kept and sent like every other answer (field "jot.<id>").
// The id is a UUIDv7 without hyphens: it says when the note was begun.
window.audit = window.audit || {};
audit.jots = (() => {
  "use strict";
  const list = document.getElementById("jots");
  const template = document.getElementById("jot");
  const PREFIX = "jot.";
  const rows = new Map(); // field -> <li>

  const begun = (field) => audit.Store.isoNow(new Date(parseInt(field.slice(PREFIX.length, PREFIX.length + 12), 16)));

  const row = (field) => {
    if (rows.has(field)) return rows.get(field);
    const item = template.content.firstElementChild.cloneNode(true);
    const [text, time] = [item.querySelector("textarea"), item.querySelector("time")];
    Object.assign(item.dataset, { jot: field, at: begun(field), used: "[]" });
    Object.assign(text, { name: field, id: field });
    time.dateTime = item.dataset.at;
    time.textContent = item.dataset.at.slice(11, 19);
    text.setAttribute("aria-label", text.dataset.label.replace("{time}", time.textContent));
    item.querySelector("[data-state-of]").dataset.stateOf = field;
    rows.set(field, item);
    const older = [...list.children].find((other) => other.dataset.jot < field);
    list.insertBefore(item, older ?? null); // the newest first
    return item;
  };

  const read = (field) => {
    const { at, used, kept } = row(field).dataset;
    const text = row(field).querySelector("textarea").value;
    return text || kept ? { text, at, used: JSON.parse(used) } : null;
  };

  const write = (field, value) => {
    if (value === null) return;
    const item = row(field), text = item.querySelector("textarea"), used = item.querySelector("[data-used]");
    Object.assign(item.dataset, { at: value.at, used: JSON.stringify(value.used), kept: "1" });
    if (text.value !== value.text) text.value = value.text;
    used.hidden = !value.used.length;
    used.lastElementChild.textContent = value.used.map((name) => name.split(".")[0]).join(", ");
  };

  const give = (field, value) => audit.fields.form.dispatchEvent(new CustomEvent("given", { detail: { field, value } }));

  // --- The panel: opening it begins a note ------------------------------------------------
  const panel = document.getElementById("jotter");
  const opener = document.querySelector("[data-jotter]");
  const blank = () => [...rows.values()].find((item) => !item.dataset.kept && !item.querySelector("textarea").value);
  const begin = () => {
    const item = blank() ?? row(PREFIX + audit.Store.uuid7().replaceAll("-", ""));
    item.querySelector("textarea").focus();
    panel.scrollTo(0, 0);
  };
  opener.addEventListener("click", (event) => {
    if (panel.matches(":popover-open")) return;
    event.preventDefault(); // the focus within the tap itself, or a tablet shows no keyboard
    panel.showPopover();
    begin();
  });
  panel.addEventListener("toggle", ({ newState }) => {
    const open = newState === "open";
    opener.setAttribute("aria-expanded", String(open));
    if (open) return;
    opener.focus({ preventScroll: true });
    const item = blank(); // begun and not used: no note
    if (item) { rows.delete(item.dataset.jot); item.remove(); }
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") panel.hidePopover();
  });
  panel.addEventListener("input", ({ target }) => {
    const item = target.closest("[data-jot]");
    if (item) item.dataset.kept = "1"; // from the first letter on it is a note
  });
  panel.addEventListener("click", ({ target }) => {
    if (target.closest("[data-jot-new]")) begin();
    const timeOnly = target.closest("[data-jot-time]");
    if (!timeOnly) return;
    const item = timeOnly.closest("[data-jot]");
    item.dataset.kept = "1";
    give(item.dataset.jot, read(item.dataset.jot));
    begin();
  });

  return { owns: (name) => name.startsWith(PREFIX), row, read, write, give };
})();
