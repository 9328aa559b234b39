#!/usr/bin/env bash
# What `make check` has not run yet, one pytest run for each surrounding; every run happens,
# whatever the one before it said. Ends with the closing line of each run and the sum of all.
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

# a file stays in one process, for what it keeps between its tests; tests/conftest.py says which
# files come first
files=(--dist loadfile --no-loadscope-reorder)
# three processes: each often waits for servers of its own; with a browser two fill two cores
workers=${TEST_WORKERS:-3}

run sqlite -m "not e2e and not unit" --ignore=tests/e2e --db sqlite -n "$workers" "${files[@]}"
run postgresql -m db --ignore=tests/e2e --db postgresql -n "$workers" "${files[@]}"
run browser tests/e2e tests/serving -m e2e --db sqlite -n 2 --dist worksteal

# pytest's own words about a run: the last line that ends with how long it took
closing() { # NAME
    grep -E ' in [0-9.]+s( \(.*\))?( =+)?$' "$out/$1.log" | tail -n 1 | tr -d '='
}

printf '\n'
for name in sqlite postgresql browser; do
    printf '%s: %s\n' "$name" "$(closing "$name")"
done | tee "$out/closing.log"

count() { # WORDS
    grep -oE "[0-9]+ ($1)\b" "$out/closing.log" | awk '{ sum += $1 } END { print sum + 0 }'
}
printf '%s passed, %s failed, %s skipped\n' \
    "$(count passed)" "$(count 'failed|errors?')" "$(count skipped)"
exit "$failed"
