"""Set the course up when it is not, then run a command of it: ``python course/bootstrap.py lab``.

Needs nothing but a Python. The file parses on Python 2.7 and any 3, so that an old one gets a
sentence about what to install and not a syntax error. The environment is ``.venv``; a stamp in it
says what it was made from, so that a second run installs nothing and an interrupted one is redone.
"""

from __future__ import print_function

import hashlib
import os
import subprocess
import sys

OLDEST = (3, 12)
CANDIDATES = ("python3.13", "python3.14", "python3.12", "python3", "python")
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "made-from.txt")
LOCK = os.path.join(ROOT, "requirements.lock")
PYTHON = (
    os.path.join(VENV, "Scripts", "python.exe")
    if os.name == "nt"
    else os.path.join(VENV, "bin", "python")
)
WANTED = (
    "Python 3.12 or newer is needed%s: install Python 3.13 (python.org, your package manager, or "
    "`pyenv install 3.13`), then run the same command again."
)


def main(argv):
    """Run ``python -m course`` with these arguments in the course's environment."""
    os.chdir(ROOT)
    if not is_installed():
        python = find_python()
        if sys.version_info < OLDEST:
            # What follows is run by the Python that was found, from here again.
            return subprocess.call([python, os.path.abspath(__file__)] + argv)
        install(python)
    command = [PYTHON, "-m", "course"] + argv
    if os.name == "nt":  # exec would give the prompt back at once there
        return subprocess.call(command)
    sys.stdout.flush()
    return os.execv(PYTHON, command)


def made_from():
    """What an installed environment depends on: the pins, our own metadata, and where it lies."""
    with open(LOCK, "rb") as lock:
        pins = lock.read().replace(b"\r\n", b"\n")
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as project:
        # Settings of the tools come last in it and change nothing that is installed.
        metadata = project.read().replace(b"\r\n", b"\n").split(b"\n[tool.")[0]
    digest = hashlib.sha256(pins + b"\0" + metadata).hexdigest()
    return digest + "\n" + ROOT + "\n"


def read_stamp():
    """What the environment was made from; an empty text when it was not finished."""
    try:
        with open(STAMP, "rb") as stamp:
            return stamp.read().decode("utf-8")
    except (IOError, OSError):
        return ""


def is_installed():
    """Whether the environment is there, whole, and made from what lies here now."""
    wanted = made_from()
    if isinstance(wanted, bytes):  # Python 2
        wanted = wanted.decode("utf-8")
    return os.path.exists(PYTHON) and read_stamp() == wanted


def version_of(python):
    """The version of a Python as a tuple, or None when it does not run (pyenv's shims may not)."""
    code = "import sys; print('%d %d' % sys.version_info[:2])"
    try:
        process = subprocess.Popen(
            [python, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        said = process.communicate()[0].split()
    except (IOError, OSError):
        return None
    return tuple(int(part) for part in said) if process.returncode == 0 and said else None


def find_python():
    """The Python to make the environment with; ends with a sentence when there is none."""
    asked = os.environ.get("PYTHON")
    tried = []
    for python in [asked] if asked else (sys.executable,) + CANDIDATES:
        # Not the environment's own: it may be about to be made anew.
        version = version_of(python) if python and not python.startswith(VENV) else None
        if version and version >= OLDEST:
            return python
        if version:
            tried.append("%d.%d" % version)
    found = " (found only %s)" % ", ".join(sorted(set(tried))) if tried else ""
    sys.exit(WANTED % found)


def install(python):
    """Make the environment: every package as pinned, then the course itself in place."""
    stamp = read_stamp()
    if stamp:
        os.remove(STAMP)
    moved = stamp and stamp.split("\n")[1] != ROOT
    if moved or (version_of(PYTHON) or (0,)) < OLDEST or not has_pip():
        say("Setting up .venv with Python %d.%d ..." % version_of(python))
        if subprocess.call([python, "-m", "venv", "--clear", VENV]) != 0:
            sys.exit(
                "This Python makes no virtual environments (%s): on Debian and Ubuntu run "
                "`sudo apt-get install python3-venv`, then the same command again." % python
            )
    with open(LOCK) as lock:
        packages = sum(1 for line in lock if line[0] not in " #\n")
    say("Installing %d pinned packages (a minute or two, once) ..." % packages)
    pip("--require-hashes", "-r", "requirements.lock", packages=packages)
    # setuptools is among the pinned ones: nothing is downloaded to build the course itself.
    pip("--no-deps", "--no-build-isolation", "-e", ".")
    with open(STAMP + ".part", "wb") as part:
        part.write(made_from().encode("utf-8"))
    os.rename(STAMP + ".part", STAMP)
    say("Ready.")


def has_pip():
    """Whether the environment's pip runs; an interrupted set-up may have left none."""
    command = [PYTHON, "-m", "pip", "--version"]
    with open(os.devnull, "w") as nowhere:
        return subprocess.call(command, stdout=nowhere, stderr=nowhere) == 0


def pip(*arguments, **options):
    """Run pip's install and show how far it is; ends with what pip said when it fails."""
    packages = options.get("packages")
    options = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    process = subprocess.Popen(
        [PYTHON, "-m", "pip", "install"] + options + list(arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
    )
    said, collected = [], 0
    for line in process.stdout:
        said.append(line)
        word, _, rest = line.strip().partition(" ")
        # A word for each way a package comes: from the index, from a cache, not at all.
        if packages and word in ("Collecting", "Processing", "Requirement", "Ignoring"):
            collected += 1
            if word in ("Collecting", "Processing"):
                name = os.path.basename(rest.split(" (from")[0])
                say("  %3d/%d  %s" % (collected, packages, name), passing=True)
        elif packages and word == "Installing":
            say("  unpacking them all ...")
    if process.wait() != 0:
        sys.stderr.write("".join(said[-25:]))
        sys.exit("The packages could not be installed (see above); the same command tries again.")


def say(line, passing=False):
    """Show progress: on a terminal passing lines replace one another."""
    if not sys.stdout.isatty():
        print(line)
    else:
        print("\r\033[K" + line, end="" if passing else "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\nInterrupted: the same command goes on from here.")
