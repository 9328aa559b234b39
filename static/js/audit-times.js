// Time keys: one tap stamps now. A key that is stamped is never stamped over: what is set by
// hand, changed or taken back needs a reason, and the journal keeps both values.
(() => {
  "use strict";
  const { form, page, put } = audit.fields;
  const rows = [...form.querySelectorAll("[data-time]")];
  const dialog = document.getElementById("stamp");
  const [time, reason, refusal] = ["input", "textarea", "[role=alert]"].map((part) => dialog.querySelector(part));
  let values = {};
  let row = null; // whose stamp is being set
  let zone; // in which it was tapped

  audit.paintTimes = (next) => {
    values = next;
    for (const item of rows) {
      const code = item.dataset.time;
      const value = values[code] ?? null;
      item.toggleAttribute("data-stamped", value !== null);
      put(item.querySelector("output"), value ? value.slice(11, 19) : page.texts.tap_now);
      const today = value?.startsWith(audit.Store.isoNow().slice(0, 10));
      const byHand = values[`${code}.reason`] ? page.texts.by_hand : "";
      put(item.querySelector("small"), [value && !today ? value.slice(0, 10) : "", byHand].filter(Boolean).join(" · "));
    }
  };

  const give = (field, value) => form.dispatchEvent(new CustomEvent("given", { detail: { field, value } }));

  const edit = (item) => {
    row = item;
    const value = values[item.dataset.time] ?? null;
    dialog.querySelector("h2").textContent = item.querySelector("[data-name]").textContent;
    time.value = (value ?? audit.Store.isoNow()).slice(0, 19);
    zone = value?.slice(19);
    reason.value = values[`${item.dataset.time}.reason`] ?? "";
    refusal.hidden = true;
    dialog.querySelector("[data-take-back]").hidden = value === null;
    dialog.showModal();
  };

  // The reason goes first: whatever happens between, no change stands without one.
  const set = (value) => {
    const code = row.dataset.time;
    refusal.hidden = Boolean(reason.value.trim());
    if (!refusal.hidden) { reason.focus(); return; }
    give(`${code}.reason`, reason.value.trim());
    give(code, value);
    dialog.close();
  };

  form.addEventListener("click", ({ target }) => {
    const item = target.closest("[data-time]");
    if (!item || !target.closest("button")) return;
    const code = item.dataset.time;
    if (target.closest("[data-stamp]") && (values[code] ?? null) === null) {
      values = { ...values, [code]: audit.Store.isoNow() }; // a second tap comes before the repaint
      give(code, values[code]);
    } else edit(item);
  });
  dialog.addEventListener("click", ({ target }) => {
    const quick = target.closest("[data-reason]");
    if (quick) reason.value = quick.textContent.trim();
    if (target.closest("[data-set]") && time.value) {
      set(zone ? new Date(`${time.value}Z`).toISOString().slice(0, 19) + zone : audit.Store.isoNow(new Date(time.value)));
    }
    if (target.closest("[data-take-back]")) set(null);
  });
})();
