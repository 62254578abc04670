# Sourced by ./run, ./test and .ci/run: sets PYTHON to a Python of at least 3.11, and stops where there is none.
PYTHON=
for candidate in "${SONGHE_PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        PYTHON=$candidate
        break
    fi
done
if [ -z "$PYTHON" ]; then
    echo "Songhe needs Python 3.11 or newer (set SONGHE_PYTHON to where it is)." >&2
    exit 1
fi
