// Toasts, dialogs, focus and announcements; the one file that knows htmx's events (those of htmx 2).
(() => {
  "use strict";
  const READ_MS = 8000;
  const toasts = document.getElementById("toasts");
  const live = document.getElementById("live");
  const dialog = document.getElementById("confirm");

  // --- Announcements for screen readers -------------------------------------------------
  const announce = (text) => {
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 50);
  };
  document.addEventListener("announce", (event) => announce(event.detail));

  // --- Toasts: leave by themselves (not errors), wait while hovered or focused ----------
  const watch = (note) => {
    if (note.classList.contains("toast-danger")) return;
    let timer = 0;
    const start = () => { timer = setTimeout(() => note.remove(), READ_MS); };
    const stop = () => clearTimeout(timer);
    note.addEventListener("mouseenter", stop);
    note.addEventListener("mouseleave", start);
    note.addEventListener("focusin", stop);
    note.addEventListener("focusout", start);
    start();
  };
  const passing = () => [...toasts?.querySelectorAll(".toast-note:not(.toast-danger)") ?? []];
  const showFailure = (text) => {
    for (const note of toasts.querySelectorAll("p")) if (note.textContent === text) return;
    const note = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
    note.querySelector("p").textContent = text;
    toasts.append(note);
  };
  if (toasts) {
    toasts.querySelectorAll(".toast-note").forEach(watch);
    new MutationObserver((changes) => {
      const added = changes.flatMap((change) => [...change.addedNodes])
        .filter((node) => node.nodeType === Node.ELEMENT_NODE);
      if (added.length) for (const old of passing()) if (!added.includes(old)) old.remove();
      added.forEach(watch);
    }).observe(toasts, { childList: true });
    toasts.addEventListener("click", (event) => {
      const close = event.target.closest("[data-dismiss]");
      if (close) close.closest(".toast-note").remove();
    });
  }

  // --- Confirmation: our <dialog> for hx-confirm and for data-confirm on forms ----------
  const ask = (question, source, onYes) => {
    const yes = dialog.querySelector("[value=yes]");
    dialog.querySelector("#confirm-text").textContent = question;
    yes.textContent = source.dataset.confirmYes || yes.dataset.label;
    yes.className = `btn btn-${source.dataset.confirmTone || "danger"}`;
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "yes") onYes();
    }, { once: true });
    dialog.showModal();
  };
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask(event.detail.question, event.detail.elt, () => event.detail.issueRequest(true));
  });
  const confirmed = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const source = event.submitter?.dataset.confirm ? event.submitter : form;
    if (!source.dataset.confirm || confirmed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(source.dataset.confirm, source, () => {
      confirmed.add(form);
      form.requestSubmit(event.submitter);
    });
  }, true);

  // --- A second tap on a plain form's button within three seconds sends nothing ---------
  const sentAt = new WeakMap();
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method === "dialog") return;
    if (event.timeStamp - (sentAt.get(event.target) ?? -Infinity) < 3000) event.preventDefault();
    else sentAt.set(event.target, event.timeStamp);
  });

  // --- A form whose answer takes a while says what is being done, and is sent once --------
  document.addEventListener("submit", (event) => {
    const note = event.defaultPrevented ? null : event.target.querySelector("[data-busy]");
    if (!note) return;
    if (!note.hidden) return event.preventDefault();
    note.hidden = false;
    announce(note.textContent);
  });
  addEventListener("pageshow", () => {
    for (const note of document.querySelectorAll("[data-busy]")) note.hidden = true;
  });

  // --- What the keyboard reaches is seen whole: clear of sticky heads, edges and toasts ---
  // Browsers leave a stop where it is when any part of it shows, under whatever lies over it.
  let byKey = false;
  document.addEventListener("keydown", () => { byKey = true; }, true);
  for (const name of ["pointerdown", "wheel"]) {
    document.addEventListener(name, () => { byKey = false; }, { capture: true, passive: true });
  }
  const uncover = (at) => {
    const box = at.getBoundingClientRect();
    if (box.height > innerHeight / 2 || toasts?.contains(at)) return;
    at.scrollIntoView({ block: "nearest", inline: "nearest" });
    const { left, right, top, bottom } = at.getBoundingClientRect();
    for (const note of passing()) {
      const over = note.getBoundingClientRect();
      if (over.left < right && over.right > left && over.top < bottom && over.bottom > top) note.remove();
    }
  };
  const uncoverFocus = () => { if (byKey && document.activeElement !== document.body) uncover(document.activeElement); };
  document.addEventListener("focusin", uncoverFocus);
  // What comes in above pushes it away: it is brought back before that is painted.
  document.addEventListener("htmx:afterSwap", uncoverFocus);

  // --- aria-disabled buttons stay focusable and do nothing ------------------------------
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[aria-disabled=true]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  // --- After a swap: focus the error summary, speak what the fragment wants spoken ------
  const settle = () => {
    uncoverFocus();
    const summary = document.querySelector("[data-focus]");
    if (summary) {
      summary.removeAttribute("data-focus");
      summary.focus();
    }
    for (const node of document.querySelectorAll("[data-announce]")) {
      announce(node.dataset.announce);
      node.removeAttribute("data-announce");
    }
  };
  document.addEventListener("htmx:afterSettle", settle);
  settle();

  // --- Where the tabs do not fit, the page's own is in sight ------------------------------
  for (const tab of document.querySelectorAll(".tab-list [aria-current]")) {
    const list = tab.closest(".tab-list");
    list.scrollLeft = tab.offsetLeft - (list.clientWidth - tab.offsetWidth) / 2;
  }

  // --- Failures: what was typed stays, a toast says what happened -----------------------
  // An error answer with `HX-Reswap: none` carries its own toast, out of band: let it in.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status >= 400 && xhr.getResponseHeader("HX-Reswap") === "none") {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  const fail = (event) => {
    const reading = event.detail.requestConfig?.verb === "get";
    showFailure(reading ? toasts.dataset.notLoaded : toasts.dataset.notSaved);
  };
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, fail);
  }
})();
