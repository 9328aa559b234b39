// One visit on several devices: answers of all of them count, question by question, but one
// device at a time holds the form. Who holds it is an answer of its own (field "device"), so it
// travels, is ordered and is kept like any other. Going on elsewhere is a person's own choice.
window.audit = window.audit || {};
audit.device = (() => {
  "use strict";
  const FIELD = "device";
  const { form } = audit.fields;
  const notice = document.getElementById("elsewhere");
  let me = null, holder = null;

  // What a reviewer can make something of: "Chrome, Android".
  const words = () => {
    const agent = navigator.userAgent;
    const found = (names) => names.find(([mark]) => agent.includes(mark))?.[1];
    const browser = found([["Edg", "Edge"], ["Firefox", "Firefox"], ["Chrom", "Chrome"], ["Safari", "Safari"]]);
    const system = found([["iPad", "iPad"], ["iPhone", "iPhone"], ["Android", "Android"], ["Mac", "Mac"], ["Windows", "Windows"], ["Linux", "Linux"]]);
    return [browser, system].filter(Boolean).join(", ") || "?";
  };

  const elsewhere = () => holder !== null && holder !== me;
  const show = (name) => {
    holder = name;
    if (form.inert === elsewhere()) return;
    form.inert = elsewhere();
    notice.hidden = !form.inert;
  };

  return { FIELD, words, show, elsewhere, claimed: () => holder === me, know: (name) => { me = name; } };
})();
