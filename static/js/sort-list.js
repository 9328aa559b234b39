// <sort-list>: drag by the handle; a drop submits the form around it, which holds every id in
// order. Up and down are plain submit buttons. Both are spoken: "moved to position 3 of 7".
(() => {
  "use strict";
  let movedId = null;
  const speak = (list, item) => {
    const items = [...list.querySelectorAll("[data-sort-id]")];
    const text = list.getAttribute("moved-text")
      .replace("{position}", String(items.indexOf(item) + 1))
      .replace("{total}", String(items.length));
    document.dispatchEvent(new CustomEvent("announce", { detail: text }));
  };

  customElements.define("sort-list", class extends HTMLElement {
    connectedCallback() {
      const items = this.querySelector(".sort-items");
      if (!items || this.sortable) return;
      this.sortable = Sortable.create(items, {
        handle: ".sort-handle", draggable: "[data-sort-id]", animation: 120,
        delay: 120, delayOnTouchOnly: true, touchStartThreshold: 6, forceFallback: true,
        ghostClass: "is-ghost", chosenClass: "is-chosen",
        onEnd: (event) => {
          if (event.oldIndex === event.newIndex) return;
          speak(this, event.item);
          this.closest("form").requestSubmit();
        },
      });
      this.addEventListener("click", (event) => {
        const button = event.target.closest("button[name=move]");
        if (button) movedId = button.closest("[data-sort-id]").dataset.sortId;
      });
      // This list has just replaced the one whose button was pressed.
      const moved = movedId && this.querySelector(`[data-sort-id="${CSS.escape(movedId)}"]`);
      movedId = null;
      if (moved) speak(this, moved);
    }

    disconnectedCallback() {
      this.sortable?.destroy();
      this.sortable = null;
    }
  });
})();
