#!/bin/sh
# Install what this project needs: `setup.sh venv` creates .venv; `setup.sh browser` finds or installs a browser
# for the tests. The Makefile calls both, and both can be repeated.
set -eu

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else echo "This needs root: $*" >&2; return 1
  fi
}

apt_install() {
  command -v apt-get >/dev/null || return 1
  as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  for python in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
    if command -v "$python" >/dev/null && new_enough "$python"; then echo "$python"; return; fi
  done
  echo "No Python 3.11 or newer found. Install one, or name it: make local PYTHON=/path/to/python3" >&2
  return 1
}

make_venv() {
  python=$(find_python)
  if ! "$python" -m venv .venv 2>/dev/null; then  # Debian has venv in a package of its own
    rm -rf .venv
    apt_install python3-venv
    "$python" -m venv .venv
  fi
  sed -n '/^uv==/,/[^\\]$/p' requirements-dev.txt > .venv/uv.txt
  pip_install .venv/uv.txt
  # uv takes a tenth of pip's time. Only pip reads pip's own settings, such as a mirror, so pip is the second try.
  .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements-dev.txt ||
    pip_install requirements-dev.txt
}

pip_install() {
  .venv/bin/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r "$1"
}

# The headless shell halves the processor time of the browser tests. It is installed only for root, because it
# is not worth a password prompt.
quick_browser() {
  command -v chromium-headless-shell >/dev/null || { [ "$(id -u)" = 0 ] && apt_install chromium-headless-shell 2>/dev/null; }
}

find_browser() {
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null; then return; fi
  done
  ls "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium-*/chrome-linux*/chrome >/dev/null 2>&1
}

case ${1:-} in
  venv) make_venv ;;
  browser) quick_browser || find_browser || apt_install chromium || .venv/bin/python -m playwright install --with-deps chromium ;;
  *) echo "usage: setup.sh venv|browser" >&2; exit 2 ;;
esac
