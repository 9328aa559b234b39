// What is wrong with the place of the focus; a list of words, empty when all is well.
() => {
  const at = document.activeElement;
  if (!at || at === document.body) return [`nothing has the focus: ${location.pathname}`];
  const found = [];
  const style = getComputedStyle(at);
  // Some controls lie invisible over or beside what shows for them: the next element.
  const unseen = style.opacity === "0" || at.matches(".visually-hidden");
  const face = unseen ? at.nextElementSibling : at;

  // Headings and the main part take the focus from scripts only: nothing there can be pressed.
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(face);
  const drawn = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && !/, 0\)$/.test(outlineColor);
  if (at.tabIndex >= 0 && !drawn && !at.closest(".chart")) found.push("no outline");

  const box = face.getClientRects()[0];
  if (!box || !box.width || !box.height) return [...found, "no size"];
  const middle = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const places = [
    middle, [middle[0], box.top + 2], [middle[0], box.bottom - 2], [box.left + 2, middle[1]], [box.right - 2, middle[1]],
  ];
  // What lies over it hides it where it is painted itself, or a part of something painted.
  const mine = (node) => node.contains(at) || at.contains(node) || face.contains(node);
  const painted = (node) => !/, 0\)$/.test(getComputedStyle(node).backgroundColor);
  const hides = (node) => !mine(node) && (painted(node) || hides(node.parentElement));
  const covers = places.map(([x, y]) => document.elementFromPoint(x, y));
  // Of what is larger than half the window (a table that scrolls) some part must show.
  const large = box.height > innerHeight / 2 || box.width > innerWidth;
  const hidden = covers.filter((node) => !node || hides(node));
  if (large ? hidden.length === covers.length : hidden.length) {
    const name = (node) => (node ? `${node.tagName}.${node.className}` : "outside the window");
    const [left, top, right, bottom] = [box.left, box.top, box.right, box.bottom].map(Math.round);
    found.push(`hidden at ${left},${top} to ${right},${bottom} by ${hidden.map(name)}`);
  }
  return found.map((text) => `${text}: ${at.outerHTML.replace(/\s+/g, " ").slice(0, 120)}`);
}
