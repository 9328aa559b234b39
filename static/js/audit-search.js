// Finds questions by their words or their code. Loaded when the form can be used already.
(() => {
  "use strict";
  const { form, page } = audit.fields;
  const panel = document.getElementById("search");
  const [input, list, count] = [panel.querySelector("input"), panel.querySelector("ul"), panel.querySelector("[role=status]")];
  const SHOWN = 30;
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
  const places = [...form.querySelectorAll(".question[id], .time")].filter((node) => node.querySelector("[data-name]")).map((node) => ({
    node,
    name: node.querySelector("[data-name]").textContent.replace(/\s+/g, " ").trim(),
    text: plain([node.id, ...[...node.querySelectorAll("[data-name], .judge p")].map((part) => part.textContent)].join(" ")),
  }));

  const show = () => {
    const words = plain(input.value).split(" ").filter(Boolean);
    const found = words.length
      ? places.filter(({ node, text }) => !node.hidden && words.every((word) => text.includes(word))) : [];
    list.replaceChildren(...found.slice(0, SHOWN).map(({ node, name }) => {
      const [item, link] = [document.createElement("li"), document.createElement("a")];
      Object.assign(link, { href: `#${node.id}`, className: "menu-item", textContent: name });
      item.append(link);
      return item;
    }));
    count.textContent = words.length ? page.texts.found.replace("{count}", found.length) : "";
  };
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") list.querySelector("a")?.click();
  });
  list.addEventListener("click", ({ target }) => { if (target.closest("a")) panel.hidePopover(); });
  show();
})();
