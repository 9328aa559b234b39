// <tree-list data-level data-parent>: the items of one level below one parent. They are dragged by
// their grip, also into another list of the same level, or moved with the arrow keys while the grip
// has the focus. Each move is one small request; the answer replaces the panel around the lists.
(() => {
  "use strict";
  const itemOf = (grip) => grip.closest("[data-item]");
  const send = (item, action, values) => htmx.ajax(
    "POST", `${item.dataset.item}/${action}`, { target: "#panel", swap: "outerHTML", values },
  );

  customElements.define("tree-list", class extends HTMLElement {
    connectedCallback() {
      if (this.sortable) return;
      const level = this.dataset.level;
      const items = this.querySelector(":scope > .tree-items") ?? this;
      this.sortable = Sortable.create(items, {
        group: `tree-${level}`, handle: `.grip-${level}`, draggable: "[data-code]", animation: 120,
        delay: 120, delayOnTouchOnly: true, touchStartThreshold: 6, forceFallback: true,
        fallbackOnBody: true, ghostClass: "is-ghost", chosenClass: "is-chosen",
        onMove: (event) => event.to === event.from || !("stays" in event.dragged.dataset),
        onEnd: (event) => {
          if (event.to === event.from && event.oldIndex === event.newIndex) return;
          const { item, from, to, oldDraggableIndex } = event;
          const before = item.previousElementSibling?.closest("[data-code]");
          const sent = send(item, "place", {
            parent: to.closest("tree-list").dataset.parent,
            after: before?.dataset.code ?? "",
          });
          sent.catch(() => { // nothing reached the server: back to where it was
            const left = from.querySelectorAll(":scope > [data-code]");
            from.insertBefore(item, left[oldDraggableIndex] ?? null);
          });
        },
      });
    }

    disconnectedCallback() {
      this.sortable?.destroy();
      this.sortable = null;
    }
  });

  document.addEventListener("keydown", (event) => {
    const grip = event.target.closest?.(".grip");
    const to = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!grip || !to || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    send(itemOf(grip), "move", { to });
  });
})();
