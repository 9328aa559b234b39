// How this person likes the form, remembered on the device: one question or a whole section on
// the screen, and whether the place is named. Without a choice nothing on the screen tells a
// stranger what is being filled in here.
window.audit = window.audit || {};
audit.view = (() => {
  "use strict";
  const root = document.documentElement;
  const neutral = document.title;
  const heading = document.querySelector(".fill-top h1");
  const remembered = (name) => { try { return localStorage.getItem(`fill-${name}`) === "1"; } catch { return false; } };
  const remember = (name, on) => { try { localStorage.setItem(`fill-${name}`, on ? "1" : "0"); } catch { /* private window */ } };
  const view = { one: false, names: false };

  const apply = (name, on) => {
    view[name] = on;
    root.toggleAttribute(`data-${name}`, on);
    document.title = view.names ? heading.dataset.title : neutral;
  };
  for (const box of document.querySelectorAll("[data-view]")) {
    const { view: name } = box.dataset;
    box.checked = remembered(name);
    apply(name, box.checked);
    box.addEventListener("change", () => {
      remember(name, box.checked);
      apply(name, box.checked);
      audit.go();
    });
  }
  return view;
})();
