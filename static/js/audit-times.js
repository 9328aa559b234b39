// Time keys: one tap stamps now; a stamp can be set by hand or taken back.
(() => {
  "use strict";
  const { form, page } = audit.fields;
  const rows = [...form.querySelectorAll("[data-time]")];

  audit.paintTimes = (values) => {
    for (const row of rows) {
      const value = values[row.dataset.time] ?? null;
      row.toggleAttribute("data-stamped", value !== null);
      row.querySelector("output").textContent = value ? value.slice(11, 19) : page.texts.tap_now;
      const today = value?.startsWith(audit.Store.isoNow().slice(0, 10));
      row.querySelector("small").textContent = value && !today ? value.slice(0, 10) : "";
      const input = row.querySelector("input");
      if (document.activeElement !== input) input.value = value ? value.slice(0, 19) : "";
    }
  };

  form.addEventListener("click", ({ target }) => {
    const toggle = target.closest("button[data-edit-time]");
    if (!toggle) return;
    const panel = document.getElementById(toggle.getAttribute("aria-controls"));
    panel.hidden = !panel.hidden;
    toggle.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden) panel.querySelector("input").focus();
  });
  form.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-time] input") || !target.value) return;
    const detail = { code: target.closest("[data-time]").dataset.time, value: audit.Store.isoNow(new Date(target.value)) };
    form.dispatchEvent(new CustomEvent("stamped", { detail }));
  });
})();
