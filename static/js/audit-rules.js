// What an answer is worth, which durations follow from time stamps, and what still blocks the
// submission: the server's rules (filled_form.py, missing.py) for a tablet without a network.
// Pure. The server decides in the end; a browser test compares the two.
window.audit = window.audit || {};
audit.rules = (() => {
  "use strict";
  const MS = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

  const score = (question, answer) => {
    if ("never" in answer) return 0;
    const rule = question.scoring;
    if (rule.method === "boolean") return answer.value === rule.good_answer ? 1 : 0;
    if (rule.method === "rating") return Number(answer.value) / Number(rule.scale_max);
    if (rule.method === "choice") return Number(question.options[answer.value]);
    const [value, full, zero] = [answer.value, rule.full_at, rule.zero_at].map(Number);
    const sign = rule.op === "<=" ? 1 : -1;
    if ((value - full) * sign <= 0) return 1;
    if ((value - zero) * sign >= 0) return 0;
    return (zero - value) / (zero - full);
  };

  // --- Durations: "T05 - T04", "max(0, T06 - max(T20, T04))", "calendar_days(T18, T19)" ----
  const stampsOf = (formula) => formula.match(/T\d{2}/g);
  const elapsed = (formula, values) => {
    const words = formula.match(/T\d{2}|max|calendar_days|[0(),-]/g);
    let place = 0;
    const dayOf = (code) => Date.parse(values[code].slice(0, 10));
    const term = () => {
      const word = words[place++];
      if (word === "0") return 0;
      if (word === "calendar_days") {
        const [from, to] = [words[place + 1], words[place + 3]];
        place += 5;
        return dayOf(to) - dayOf(from);
      }
      if (word !== "max") return Date.parse(values[word]);
      place++;
      const first = difference();
      place++;
      const second = difference();
      place++;
      return Math.max(first, second);
    };
    const difference = () => {
      const left = term();
      if (words[place] !== "-") return left;
      place++;
      return left - term();
    };
    return difference();
  };

  // Whole units, or null where a stamp is missing or the stamps are out of order.
  const duration = (question, values) => {
    if (!question.derive || stampsOf(question.derive.formula).some((code) => !values[code])) return null;
    const ms = elapsed(question.derive.formula, values);
    return ms < 0 ? null : Math.floor(ms / MS[question.derive.unit]);
  };

  // The answer that counts: a computed duration wins over a typed one.
  const effective = (question, values) => {
    const given = values[question.code] ?? null;
    const computed = duration(question, values);
    return computed !== null && (given === null || "value" in given) ? { value: computed } : given;
  };

  // --- Follow-ups: asked only where an earlier answer calls for them ------------------------
  const calls = (condition, given) => {
    if (given === null || given === "") return false;
    const answer = typeof given === "object" ? given : { value: given };
    const word = "value" in answer ? answer.value : Object.keys(answer)[0];
    if (condition.any_of?.includes(String(word))) return true;
    const { at_least: lowest, at_most: highest } = condition;
    if ((lowest ?? highest) === undefined || !/^\d+(\.\d+)?$/.test(answer.value ?? "")) return false;
    const number = Number(answer.value);
    return number >= Number(lowest ?? -Infinity) && number <= Number(highest ?? Infinity);
  };

  // The codes that nothing calls for. What is not asked itself calls for nothing.
  const notAsked = (form, values) => {
    const found = new Set();
    const given = new Map(form.unscored.map(({ code }) => [code, values[code] ?? null]));
    const ask = ({ code, shown_if: condition }) => {
      const answer = found.has(condition?.field) ? null : given.get(condition?.field) ?? null;
      if (condition && !calls(condition, answer)) found.add(code);
      return !found.has(code);
    };
    for (const question of form.sections.flatMap((section) => section.questions)) {
      if (ask(question)) given.set(question.code, effective(question, values));
    }
    form.unscored.forEach(ask);
    return found;
  };

  const length = (values, field) => [...(values[field] ?? "").trim()].length;

  const outOfOrder = (form, values) => {
    const found = [];
    for (const rule of form.timing_rules) {
      const chains = [...rule.chains];
      const unless = rule.unless_comment;
      if (unless && !length(values, `${unless.question}.comment`)) chains.push(unless.chain);
      for (const chain of chains) {
        const present = chain.filter((code) => form.stamps[code] && values[code]);
        for (let i = 1; i < present.length; i++) {
          const [earlier, later] = [present[i - 1], present[i]];
          const gap = Date.parse(values[later]) - Date.parse(values[earlier]);
          if (gap < 0 || (rule.strict && gap === 0)) found.push({ rule: rule.code, earlier, later });
        }
      }
    }
    return found;
  };

  const commentNeeded = (question, values) => {
    const answer = effective(question, values);
    const below = answer !== null && !("na" in answer) && score(question, answer) < 1;
    return below ? question.comment_chars : 0;
  };

  const evidenceNeeded = (form, question, values) => {
    const answer = effective(question, values);
    if (answer === null || "na" in answer || "never" in answer || !question.critical) return false;
    if (question.evidence === "none" || answer.value === question.uncalled) return false;
    if (score(question, answer) >= Number(form.critical_below)) return false;
    return !(question.evidence === "timestamp" && duration(question, values) !== null);
  };

  const questionGaps = (form, section, question, values, refused) => {
    const gap = (field, reason, ...detail) => ({ field, section: section.code, reason, detail });
    const answer = effective(question, values);
    if (answer === null) {
      if (question.stage !== "stage1") return [];
      const absent = question.derive
        ? [...new Set(stampsOf(question.derive.formula))].filter((code) => !values[code]).sort() : [];
      return [gap(question.code, absent.length ? "stamps_missing" : "blank", ...absent)];
    }
    const photosField = `${question.code}.photos`;
    const photos = values[photosField] ?? [];
    const lost = photos.filter((sha) => refused.has(sha));
    const gaps = lost.length ? [gap(photosField, "photo_missing", ...lost)] : [];
    const comment = `${question.code}.comment`;
    const needed = commentNeeded(question, values);
    const written = length(values, comment);
    if (written < needed) gaps.push(gap(comment, written ? "comment_short" : "comment_missing", String(needed)));
    if (evidenceNeeded(form, question, values) && !photos.length) gaps.push(gap(photosField, "evidence_missing"));
    return gaps;
  };

  const narrativeGaps = (section, values) => {
    if (!section.narrative || section.stage !== "stage1") return [];
    const field = `${section.code}.narrative`;
    const written = length(values, field);
    if (written >= section.narrative) return [];
    const reason = written ? "narrative_short" : "narrative_missing";
    return [{ field, section: section.code, reason, detail: [String(section.narrative)] }];
  };

  // All that blocks stage one, in the order of the form. `refused`: photos that were no photos.
  const gaps = (form, values, refused = new Set()) => {
    const hidden = notAsked(form, values);
    const asked = ({ code }) => !hidden.has(code);
    return [
      ...form.sections.flatMap((section) => [
        ...section.questions.filter(asked).flatMap((question) => questionGaps(form, section, question, values, refused)),
        ...narrativeGaps(section, values),
      ]),
      ...outOfOrder(form, values).map(({ rule, earlier, later }) => (
        { field: later, section: form.stamps[later], reason: "stamp_order", detail: [rule, earlier] })),
      ...form.unscored.filter(asked).filter(({ code }) => (values[code] ?? "") === "")
        .map(({ code }) => ({ field: code, section: "", reason: "blank", detail: [] })),
    ];
  };

  return { duration, effective, commentNeeded, evidenceNeeded, notAsked, gaps, length };
})();
