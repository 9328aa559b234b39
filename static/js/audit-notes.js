// A note goes into the comment of a question: dragged by its handle, or chosen from a list. The
// note stays and says where it went. Loaded when the form can be used already.
(() => {
  "use strict";
  const { form, page } = audit.fields;
  const { jots } = audit;
  const panel = document.getElementById("jotter");
  const textOf = (card) => card?.querySelector("textarea[name]:not([name^='jot.'])");
  const nameOf = (card) => {
    const named = card.querySelector("[data-name]") ?? card.closest(".screen").querySelector("h2");
    return (named.dataset.name || named.textContent).replace(/\s+/g, " ").trim();
  };
  const cardsOf = (screen) => [...screen.querySelectorAll(".question:not([hidden])")].filter(textOf);

  const putInto = (item, card) => {
    const target = textOf(card);
    const note = item.querySelector("textarea").value.trim();
    const words = `${item.dataset.at.slice(11, 16)} ${note}`.trim();
    const text = target.value ? `${target.value}\n${words}` : words;
    if (text.length > target.maxLength) { audit.announce(page.texts.too_long); return; }
    target.value = text;
    for (const name of ["input", "change"]) target.dispatchEvent(new Event(name, { bubbles: true }));
    const used = [...new Set([...JSON.parse(item.dataset.used), target.name])];
    jots.give(item.dataset.jot, { text: item.querySelector("textarea").value, at: item.dataset.at, used });
    location.hash = `#${card.id}`;
    audit.announce(page.texts.note_put.replace("{question}", nameOf(card)));
  };

  // --- By list: works with every keyboard --------------------------------------------------
  const fillList = (select) => {
    const groups = [...form.querySelectorAll(".screen")].map((screen) => {
      const group = document.createElement("optgroup");
      group.label = screen.querySelector("h2").textContent.trim();
      group.append(...cardsOf(screen).map((card) => {
        const option = document.createElement("option");
        option.value = card.id;
        option.textContent = nameOf(card).slice(0, 60);
        return option;
      }));
      return group;
    });
    select.replaceChildren(...groups.filter((group) => group.children.length));
    const near = cardsOf(form.querySelector(".screen:not([hidden])"));
    const shown = near.find((card) => card.hasAttribute("data-current")) ?? near[0];
    if (shown) select.value = shown.id;
  };
  panel.addEventListener("toggle", ({ target }) => {
    if (target.matches("details") && target.open) fillList(target.querySelector("select"));
  }, true);
  panel.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-put]");
    if (!button) return;
    const choice = button.closest("details");
    const card = document.getElementById(choice.querySelector("select").value);
    if (card) putInto(button.closest("[data-jot]"), card);
    choice.open = false;
  });

  // --- By dragging: pointer events, because tablets drag nothing by themselves ---------------
  let drag = null;
  const over = ({ clientX, clientY }) => {
    const card = document.elementFromPoint(clientX, clientY)?.closest(".question");
    return card && form.contains(card) && textOf(card) ? card : null;
  };
  const aim = (card) => {
    drag.card?.removeAttribute("data-drop");
    card?.setAttribute("data-drop", "");
    drag.card = card;
  };
  const end = (event) => {
    if (!drag) return;
    const { item, ghost, card } = drag;
    aim(null);
    ghost.remove();
    panel.removeAttribute("data-dragging");
    drag = null;
    if (event.type === "pointerup" && card) putInto(item, card);
  };
  panel.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip) return;
    event.preventDefault();
    const item = grip.closest("[data-jot]");
    const ghost = document.createElement("p");
    ghost.className = "jot-ghost";
    ghost.textContent = item.querySelector("textarea").value.slice(0, 80) || item.dataset.at.slice(11, 16);
    panel.append(ghost); // above everything, as the panel is
    panel.setAttribute("data-dragging", "");
    grip.setPointerCapture(event.pointerId);
    drag = { item, ghost, card: null };
  });
  panel.addEventListener("pointermove", (event) => {
    if (!drag) return;
    drag.ghost.style.transform = `translate(${event.clientX}px, ${event.clientY}px)`;
    const edge = innerHeight / 8;
    if (event.clientY < edge) scrollBy(0, -12); else if (event.clientY > innerHeight - edge) scrollBy(0, 12);
    aim(over(event));
  });
  for (const name of ["pointerup", "pointercancel"]) panel.addEventListener(name, end);
})();
