// <side-sheet>: opens links marked data-sheet in a dialog beside the page. Without scripts, with
// a modifier key or in a new tab they are ordinary links. An answer that holds an element marked
// data-sheet-done closes the dialog; focus goes back to the link, also when it was replaced, or,
// when the link is gone, to what is marked data-sheet-return.
(() => {
  "use strict";
  customElements.define("side-sheet", class extends HTMLElement {
    connectedCallback() {
      const dialog = this.querySelector("dialog");
      const body = dialog.querySelector(".sheet-body");
      const toasts = document.getElementById("toasts");
      let opener = "";

      const open = async (link) => {
        opener = link.id;
        body.replaceChildren();
        link.setAttribute("aria-busy", "true");
        await htmx.ajax("GET", link.href, { target: body, swap: "innerHTML" });
        link.removeAttribute("aria-busy");
        if (!body.firstElementChild) return; // refused: a toast has said why
        dialog.append(toasts); // what is said meanwhile must not lie behind the dialog
        dialog.showModal();
        body.querySelector("h2")?.focus();
      };

      document.addEventListener("click", (event) => {
        const link = event.target.closest("a[data-sheet]");
        if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        open(link);
      });
      new MutationObserver(() => {
        if (body.querySelector("[data-sheet-done]")) dialog.close();
      }).observe(body, { childList: true });
      dialog.addEventListener("close", () => {
        document.body.append(toasts);
        body.replaceChildren();
        const back = document.getElementById(opener) ?? document.querySelector("[data-sheet-return]");
        back?.focus();
      });
    }
  });
})();
