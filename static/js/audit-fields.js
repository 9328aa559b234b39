// Between the controls of the page and the values of fields: what is asked stands in the
// page's JSON (audit.page), what is typed in the controls. No storage here.
window.audit = window.audit || {};
audit.fields = (() => {
  "use strict";
  const form = document.getElementById("visit-form");
  const page = JSON.parse(document.getElementById("audit-data").textContent);
  const questions = new Map(page.form.sections.flatMap((s) => s.questions).map((q) => [q.code, q]));
  const named = (name) => form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
  const { jots } = audit;
  const one = (name) => (jots.owns(name) ? jots.row(name).querySelector("textarea") : named(name)[0]);
  const chosen = (name) => form.querySelector(`[name="${CSS.escape(name)}"]:checked`)?.value;
  const choose = (name, value) => { for (const radio of named(name)) radio.checked = radio.value === value; };
  const setText = (input, text) => { if (input && input.value !== text) input.value = text; };
  const put = (node, text) => { if (node.textContent !== text) node.textContent = text; }; // else a layout for nothing
  const INVALID = Symbol("invalid");

  // "１２，５ " as "12.5"; INVALID when it is no number that can be sent.
  const number = (text) => {
    const plain = text.normalize("NFKC").trim().replace(",", ".");
    if (!plain) return null;
    if (!/^\d{1,6}(\.\d{1,2})?$/.test(plain)) return INVALID;
    return plain.includes(".") ? plain : Number(plain);
  };

  const readQuestion = (question) => {
    const how = chosen(question.code) ?? (question.numeric ? "number" : undefined);
    if (how === undefined) return null;
    if (how === "never") return { never: true };
    if (how === "na") {
      const reason = chosen(`${question.code}.na`);
      return reason ? { na: reason } : null;
    }
    if (how !== "number") return { value: question.scoring.method === "rating" ? Number(how) : how };
    const value = number(one(`${question.code}.number`).value);
    return value === INVALID || value === null ? value : { value };
  };

  const writeQuestion = (question, answer) => {
    const { code, numeric } = question;
    choose(`${code}.na`, answer?.na);
    if (numeric) setText(one(`${code}.number`), answer && "value" in answer ? String(answer.value) : "");
    const how = answer === null ? (numeric ? "number" : null)
      : "na" in answer ? "na" : "never" in answer ? "never" : numeric ? "number" : String(answer.value);
    choose(code, how);
  };

  // The field that a control belongs to: "V012.number" and "V012.na" belong to "V012".
  const fieldOf = (name) => name.replace(/\.(number|na)$/, "");

  const read = (field) => {
    const question = questions.get(field);
    if (question) return readQuestion(question);
    if (jots.owns(field)) return jots.read(field);
    const input = one(field);
    if (input.type === "radio") {
      const value = chosen(field);
      return value === undefined ? null : Number(value);
    }
    return input.value === "" ? null : input.value;
  };

  const write = (field, value) => {
    if (field.endsWith(".photos") || field in page.form.stamps) return; // shown by others
    const question = questions.get(field);
    if (question) { writeQuestion(question, value); return; }
    if (jots.owns(field)) { jots.write(field, value); return; }
    const input = one(field);
    if (!input) return;
    if (input.type === "radio") choose(field, value === null ? null : String(value));
    else setText(input, value ?? "");
  };

  return { form, page, questions, read, write, choose, put, fieldOf, one, INVALID };
})();
