// What must hold on every page at every size; a list of words, empty when all is well. The words
// themselves do not depend on the size: they are read once.
({ zh, words }) => {
  const found = [];
  const visible = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: false });
  const short = (node) => node.outerHTML.replace(/\s+/g, " ").slice(0, 110);

  // --- Frame ------------------------------------------------------------------------------
  const headings = [...document.querySelectorAll("h1")].filter(visible);
  const heading = headings[0]?.textContent.replace(/\s+/g, " ").trim() ?? "";
  if (headings.length !== 1) found.push(`${headings.length} h1`);
  if (document.documentElement.lang !== (zh ? "zh-CN" : "en")) found.push(`lang ${document.documentElement.lang}`);
  if (!document.title.trim()) found.push("no title");

  // --- No sideways scroll -----------------------------------------------------------------
  const over = document.documentElement.scrollWidth - innerWidth;
  if (over > 0) {
    const wide = [...document.body.querySelectorAll("*")].filter((node) => node.getBoundingClientRect().right > innerWidth + 1);
    found.push(`${over} px wider than the window: ${wide.slice(-2).map(short).join(" | ")}`);
  }

  // --- On a phone: breadcrumbs take one line, and what a row offers needs no push sideways --
  if (innerWidth < 768) {
    const crumbs = document.querySelector(".crumbs");
    if (crumbs?.offsetHeight > 40) found.push(`breadcrumbs ${crumbs.offsetHeight} px high`);
    const hidden = [...document.querySelectorAll(".data-table .row-actions :is(a, button)")].filter((node) => node.getBoundingClientRect().right > innerWidth);
    if (hidden.length) found.push(`${hidden.length} actions out of sight: ${short(hidden[0])}`);
  }

  // --- Targets: 44 px in at least the height, 24 in the width; links in running text are free
  const inText = (node) => node.matches("a, summary") && getComputedStyle(node).display === "inline"
    && !node.closest("nav, .btn");
  const hiddenChoice = (node) => node.matches("input[type=radio], input[type=checkbox]")
    || node.matches("input[type=file].visually-hidden");
  const targetOf = (node) => (hiddenChoice(node)
    ? node.closest("label") ?? document.querySelector(`label[for="${CSS.escape(node.id)}"]`) ?? node : node);
  for (const node of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    const target = targetOf(node);
    if (!visible(target) || inText(node) || node.matches(".skip-link")) continue;
    const { width, height } = target.getBoundingClientRect();
    if (width && (height < 43.5 || width < 43.5)) found.push(`${Math.round(width)}x${Math.round(height)}: ${short(target)}`);
  }

  // --- Words ------------------------------------------------------------------------------
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    if (!holder.closest("script, style, noscript, template, option:not(:checked)")) texts.push([holder, walker.currentNode.data]);
  }
  for (const node of document.querySelectorAll("[aria-label], [title], [alt], [placeholder]")) {
    for (const name of ["aria-label", "title", "alt", "placeholder"]) texts.push([node, node.getAttribute(name) ?? ""]);
  }
  const foreign = (holder, text) => {
    const other = holder.closest(zh ? "[lang=en]" : "[lang^=zh]");
    if (other && other !== document.documentElement) return "";
    if (!zh) return /[\u4e00-\u9fff]/.test(text.replaceAll("中文", "")) && !text.includes("演示") ? text.trim() : "";
    const rest = text.replace(/\S+@\S+|\b[0-9a-f-]{8,}\b/g, "").replace(/Demo[ :][A-Za-z0-9 .,:;'()-]+|demo: [a-z ]+/g, "");
    return (rest.match(/[A-Za-z][a-z]+(,? [A-Za-z][a-z]*)*/g) ?? []).filter((run) => !ALLOWED.has(run)).join(", ");
  };
  const ALLOWED = new Set(["English", "Chrome, Linux", "Form"]); // a language in its own words, a browser, XLSForm
  for (const [holder, text] of words ? texts : []) {
    const other = foreign(holder, text);
    if (other) found.push(`${zh ? "English" : "Chinese"} words "${other.slice(0, 60)}" in ${short(holder)}`);
  }
  return [...new Set(found)];
}
