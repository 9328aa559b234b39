"""Measure, print the figures, and write them to var/bench.json (docs/performance.md)."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator

from bench import answers, large_set, rendered_pages, reports, served_pages, tablet
from bench.figures import Figures
from bench.stage import ROOT, SECOND_MANAGER, Stage, served, signed_in_cookie, staged

OUTPUT = ROOT / "var" / "bench.json"


def parts(stage: Stage) -> Iterator[tuple[str, Callable[[], Figures]]]:
    """What is measured, in order. Reports come last: WeasyPrint makes the process large."""
    yield "main pages on gunicorn, against the same bytes", lambda: served_pages.measure(stage)
    with served("wsgi:app", stage.env, stage.folder / "web.log") as port:
        cookies = {p.person: signed_in_cookie(port, p.person) for p in stage.pages()}
        yield (
            "main pages, against their templates from memory",
            lambda: rendered_pages.measure(stage, cookies),
        )
        large_cookie = signed_in_cookie(port, SECOND_MANAGER)
        yield (
            "a set of 2,000 standards",
            lambda: large_set.measure(stage, cookies["manager"], large_cookie),
        )
        yield (
            "saving an answer",
            lambda: answers.measure_saving(stage, port, cookies["shopper"]),
        )
        yield (
            "the form in a browser",
            lambda: tablet.measure(stage, port, cookies["shopper"]),
        )
    yield "scoring 80 questions", answers.measure_scoring
    yield "PDF job, against WeasyPrint alone", lambda: reports.measure(stage)


def main() -> int:
    """Run every part; the machine's load before and after is a figure too."""
    figures: Figures = {"load_at_start": os.getloadavg()[0]}
    print("loading demo data", flush=True)
    with staged() as stage:
        for title, measure in parts(stage):
            print(f"\n{title}", flush=True)
            found = measure()
            for name, value in found.items():
                print(f"  {name:40} {value:10.2f}", flush=True)
            figures |= found
    figures["load_at_end"] = os.getloadavg()[0]
    rounded = {name: round(value, 3) for name, value in figures.items()}
    OUTPUT.write_text(json.dumps(rounded, indent=1) + "\n")
    print(f"\nload {figures['load_at_start']:.1f} to {figures['load_at_end']:.1f}; in {OUTPUT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
