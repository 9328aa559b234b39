#!/usr/bin/env bash
# The whole suite, one pytest run for each surrounding; every run happens, whatever the one
# before it said. Ends with the closing line of each run and the sum of all.
set -uo pipefail
cd "$(dirname "$0")/.."

out=var/test
rm -rf "$out"
mkdir -p "$out"
failed=0

run() { # NAME PYTEST-ARGUMENT...
    local name=$1
    shift
    printf '\n== %s: pytest %s\n' "$name" "$*"
    .venv/bin/python -m pytest --quiet --color=no --durations=5 "$@" 2>&1 | tee "$out/$name.log"
    # a run that finds no test has lost them: that is a failure too (pytest's exit code 5)
    [ "${PIPESTATUS[0]}" -eq 0 ] || failed=1
}

# two processes at most: each brings servers of its own
workers=${TEST_WORKERS:-2}

run sqlite -m "not e2e" --db sqlite -n "$workers"
run postgresql -m db --db postgresql -n "$workers"
run browser -m e2e --db sqlite

printf '\n'
for name in sqlite postgresql browser; do
    printf '%s: %s\n' "$name" "$(grep -E '^(=+ )?([0-9]+ [a-z]+,? ?)+.* in [0-9.]+s|^(=+ )?no tests ran' \
        "$out/$name.log" | tail -n 1)"
done
total() { grep -hE ' in [0-9.]+s' "$out"/*.log | grep -oE "[0-9]+ ($1)" | awk '{ n += $1 } END { print n + 0 }'; }
printf '%s passed, %s failed, %s skipped\n' \
    "$(total passed)" "$(total 'failed|errors?')" "$(total skipped)"
exit "$failed"
