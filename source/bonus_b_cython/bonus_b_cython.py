# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Bonus B: Cython
#
# **Objective:** turn a slow Python loop into a compiled extension module: write it as a `.pyx`
# file, give it C types, build it, and know what C does behind your back.
#
# **Time:** 30–45 minutes · **Points:** 10 (8 checked automatically, 2 read by a person)
#
# **What you need to know:** NumPy arrays and their dtype; how to start a program with
# `subprocess.run`; Exercise 7 (Numba) helps. No C, but you need a C compiler. The second code
# cell says whether this machine has one, and what to do if it has none.
#
# Cells that say *Replace these two lines* are yours. Below each task stands a check: run it as
# often as you like, it tells what it found.

# %% nbgrader={"grade_id": "given_setup", "locked": true}
import functools
import hashlib
import html
import importlib.util
import inspect
import os
import random
import re
import shlex
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
from IPython.display import HTML
from numba import njit

from helpers import plotting, timing

# What every build from here on hands to the C compiler (Microsoft's does not read it):
# -O1 takes two thirds of the time of -O2, for loops a little slower; -g0: nothing for debuggers.
os.environ["CFLAGS"] = f"-O1 -g0 -I{shlex.quote(np.get_include())}"
workshop = tempfile.TemporaryDirectory(prefix="cython-", ignore_cleanup_errors=True)

# %% nbgrader={"grade_id": "given_compiler", "locked": true}
INSTALL = (
    "on Debian and Ubuntu `apt-get install build-essential python3-dev`, on macOS "
    "`xcode-select --install`, on Windows the Visual Studio Build Tools with C++"
)
TRIAL = (
    "import sys; sys.modules['Cython'] = None; "  # or setuptools would load it, for a .c file, too
    "from setuptools import Extension, setup; "
    "setup(ext_modules=[Extension('trial', ['trial.c'])], script_args=['-q', 'build_ext', '-i'])"
)


@functools.cache
def compiler_problem() -> str:
    """Say what keeps this machine from building extension modules; "" if nothing does."""
    with tempfile.TemporaryDirectory() as folder:
        text = "#include <Python.h>\nPyMODINIT_FUNC PyInit_trial(void) { return NULL; }\n"
        Path(folder, "trial.c").write_text(text)
        command = [sys.executable, "-c", TRIAL]
        tried = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if tried.returncode == 0:
        return ""
    said = [line.strip() for line in (tried.stdout + tried.stderr).splitlines() if line.strip()]
    reason = said[-1][:200].rstrip(".") if said else f"it ended with {tried.returncode}"
    return (
        f"This machine has no C compiler that can build for this Python ({reason}). "
        f"To get one: {INSTALL}."
    )


CAN_BUILD = not compiler_problem()
if CAN_BUILD:
    print("A C compiler is here: all of this notebook can run.")
else:
    print(textwrap.fill(compiler_problem(), 95))
    print("Read on all the same: what cannot be built is left out, and each check says so.")

# %% [markdown]
# ## 1. Predict · 2 min
#
# How alike are two strands of DNA? Smith and Waterman's answer from 1981 fills a table, a row for
# each letter of the first and a column for each of the second: the best score of a stretch that
# ends just there. Each cell needs its neighbours to the left, above, and diagonally between. In
# NumPy that takes some cunning; as a loop it is plain. Read it, but **run nothing else yet**.


# %% nbgrader={"grade_id": "given_slow", "locked": true}
def local_score(first: bytes, second: bytes, scores: np.ndarray, gap: int) -> int:
    """Return the best score of any stretch of `first` beside any stretch of `second`.

    first, second: a byte for each letter, its number from 0 on.
    scores: int64, of shape (letters, letters): what it brings to have two letters side by side.
    gap: what it costs to leave a letter of one strand without a partner, 0 or more.
    Raises IndexError for a letter that has no row or column in `scores`.

    >>> local_score(bytes([0, 1, 2]), bytes([3, 1, 2]), 3 * np.eye(4, dtype=np.int64) - 1, 2)
    4
    """
    table = scores.tolist()  # indexing lists of ints is what plain Python is quickest at
    row = [0] * (len(second) + 1)
    best = 0
    for a in first:
        values, diagonal, left = table[a], 0, 0
        for j, b in enumerate(second, 1):
            score, above = diagonal + values[b], row[j]
            if above - gap > score:
                score = above - gap
            if left - gap > score:
                score = left - gap
            if score < 0:
                score = 0
            row[j], left, diagonal = score, score, above
            if score > best:
                best = score
    return best


NUMBERS = bytes.maketrans(b"ACGTN", bytes(range(5)))  # N: the machine could not read this letter
SCORES = 3 * np.eye(4, dtype=np.int64) - 1  # 2 for the same letter, -1 for different ones
GAP = 2
local_score(b"ACACACTA".translate(NUMBERS), b"AGCACACA".translate(NUMBERS), SCORES, GAP)

# %% [markdown]
# Cython translates Python into C, and a C compiler makes an extension module of that. First we will
# do so with this very text, not a letter of it changed; then with C types added. Write down **how
# many times as fast** each will be. Nobody grades your guess.

# %% nbgrader={"grade_id": "prediction", "solution": true}
# predicted_untyped = ...    how many times as fast the same text is, compiled
# predicted_typed = ...      how many times as fast it is with C types
### BEGIN SOLUTION
predicted_untyped = 5
predicted_typed = 30
### END SOLUTION

# %% [markdown]
# ## 2. Measure the given code · 2 min

# %% tags=["nbval-ignore-output"]
strands = random.Random(7)
dna_1, dna_2 = (bytes(strands.choices(range(4), k=500)) for _ in range(2))

before = timing.measure(local_score, dna_1, dna_2, SCORES, GAP, repeats=5)
print(f"a call:            {timing.format_seconds(before.best)}")
print(f"one of {500 * 500:,} cells: {timing.format_seconds(before.best / 500**2)}")

# %% [markdown]
# A cell is some additions and comparisons: a few nanoseconds of work for the processor. The rest is
# Python's: an object for each number, and for each `+` and `>` the question what it means *this
# time*.

# %% [markdown]
# ## 3. Build a module · 8 min
#
# From a `.pyx` file to a module there are three steps: Cython **translates** it into a `.c` file,
# the C compiler **compiles** that into a library, and Python **imports** the library. `cythonize`
# does the first two in one command:
#
# ```
# cythonize -3 --annotate --inplace name.pyx
# ```
#
# `-3` says Python 3, `--annotate` leaves `name.html` beside it (of which more below), `--inplace`
# puts the library there, too. A notebook does the same with
# `sys.executable, "-m", "Cython.Build.Cythonize"` in place of `cythonize`: so it is this Python's.
#
# One catch: **a library is loaded once.** Python does not load a new version from the same path,
# and to overwrite a loaded one may crash the process. So `write_pyx` puts a digest of the text into
# the name: another text is another file.


# %% nbgrader={"grade_id": "given_tools", "locked": true}
def write_pyx(name: str, source: str) -> Path:
    """Write `source` to a .pyx file of its own, and return its path: another text, another name."""
    digest = hashlib.sha256(source.encode()).hexdigest()[:8]
    path = Path(workshop.name, f"{name}_{digest}.pyx")
    if not path.exists():  # or Cython would find it new, and build anew what is loaded
        path.write_text(source, encoding="utf-8")
    return path


def rounds(n: int, factor: int) -> int:
    """Return what becomes of 1 in n rounds of x -> (factor * x + 1) % 65536."""
    x = 1
    for _ in range(n):
        x = (factor * x + 1) & 0xFFFF
    return x


# %% [markdown]
# In a `.pyx` file `rounds` could look like this:
#
# ```cython
# def rounds(long long n, long long factor):
#     cdef long long x = 1, i
#     for i in range(n):
#         x = (factor * x + 1) & 0xFFFF
#     return x
# ```
#
# `cdef` gives a local variable a C type, and parameters have theirs before the name. All the rest
# is Python. Now write `build`, which takes the path of such a file and returns the module.
#
# What the check looks at, a point each: an extension module that is imported, with its page of
# annotations; a RuntimeError when the file is wrong, with Cython's own words (you will need them).

# %% [markdown]
# <details><summary>Hint 1: translate and compile</summary>
#
# `done = subprocess.run(command, capture_output=True, text=True)` runs a command given as a list,
# here `[sys.executable, "-m", "Cython.Build.Cythonize", "-3", ...]`, and does not raise. When it
# has failed, `done.returncode` is not 0, and what it said is in `done.stdout` and `done.stderr`.
# </details>
#
# <details><summary>Hint 2: find the library</summary>
#
# Its name is the stem of the path, then the version of Python and an ending that differs from
# system to system. `importlib.machinery.EXTENSION_SUFFIXES` has them; or look for what begins like
# the `.pyx` and ends in `.so` or `.pyd`.
# </details>
#
# <details><summary>Hint 3: import it from its path</summary>
#
# ```python
# spec = importlib.util.spec_from_file_location(pyx.stem, library)
# module = importlib.util.module_from_spec(spec)
# spec.loader.exec_module(module)
# ```
# </details>


# %% nbgrader={"grade_id": "build", "solution": true}
def build(pyx: Path) -> ModuleType:
    """Translate, compile and import a .pyx file: return the module.

    pyx: its path. The library, and the page <stem>.html of annotations, are left beside it.
    Raises RuntimeError, with what Cython or the C compiler said, when it cannot be built.

    >>> build(Path("rounds.pyx")).rounds(2, 3)  # doctest: +SKIP
    13
    """
    ### BEGIN SOLUTION
    command = [sys.executable, "-m", "Cython.Build.Cythonize", "-3", "--annotate", "--inplace", pyx]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{pyx.name} could not be built:\n{done.stdout}{done.stderr}")
    [library] = (p for p in pyx.parent.glob(f"{pyx.stem}.*") if p.suffix in (".so", ".pyd"))
    spec = importlib.util.spec_from_file_location(pyx.stem, library)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_build", "grade": true, "points": 2}
import random
import string

from helpers import checks

check = checks.Check("build")
learner, given = check.learner, check.given
name = "sample_" + "".join(random.choices(string.ascii_lowercase, k=8))
offset = 1
### BEGIN HIDDEN TESTS
offset = random.randint(2, 99)
### END HIDDEN TESTS
SAMPLE = f"""
def rounds(long long n, long long factor):
    cdef long long x = 1, i
    for i in range(n):
        x = (factor * x + 1) & 0xFFFF
    return x

cdef void unused() nogil:  # Cython has something to say of this, but no mistake
    pass

def moved(x):
    unused()
    return x + {offset}
"""
BROKEN = """
def fine(long x):
    return x

def broken(long x):
    return x + no_such_thing
"""
BROKEN_C = '''
cdef extern from *:
    """
    #error no_such_thing
    """

def fine(long x):
    return x
'''


@check.beside
def what_your_build_makes_of_a_pyx_file(build, workshop, name, source):
    import os
    import sys
    import time
    from importlib.machinery import EXTENSION_SUFFIXES
    from pathlib import Path

    from helpers import compiled

    pyx = Path(workshop.name, "another folder", f"{name}.pyx")
    pyx.parent.mkdir(exist_ok=True)
    pyx.write_text(source)
    for number in range(8):  # as another module leaves there, built by another cell, and later
        library = pyx.with_name(f"another_module_{number}{EXTENSION_SUFFIXES[0]}")
        library.touch()
        os.utime(library, (time.time() + 3600,) * 2)
    page, here = pyx.with_suffix(".html"), os.getcwd()
    module = build(pyx)
    there = os.getcwd()
    os.chdir(here)
    function = getattr(module, "rounds", None)
    sys.modules[name] = module  # for what comes next
    file = compiled.module_file(function)
    return {
        "kind": type(module).__name__,
        "has it": function is not None,
        "compiled": Path(file).name.startswith(name) and file.endswith(tuple(EXTENSION_SUFFIXES)),
        "moved": module.moved(1000) if function else None,
        "stayed": there == here,
        "page": page.exists() and "cython line" in page.read_text(encoding="utf-8"),
    }


@check.beside
def rounds_of_your_module(n, factor):
    import sys

    return sys.modules[name].rounds(n, factor)


@check.beside
def what_your_build_says_of_a_pyx_file_with_a_mistake(build, workshop, name, source):
    from pathlib import Path

    pyx = Path(workshop.name, f"{name}.pyx")
    pyx.write_text(source)
    try:
        made = build(pyx)
    except NotImplementedError:
        raise
    except (Exception, SystemExit) as error:
        kinds = [kind.__name__ for kind in type(error).__mro__]
        return kinds, "no_such_thing" in str(error) or str(error)[-300:]
    return [], repr(made)


with check.part("An extension module, imported, with its page of annotations", points=1):
    check.needs(given.compiler_problem())
    made = what_your_build_makes_of_a_pyx_file(name=name, source=SAMPLE)
    check.true(
        made["kind"] == "module" and made["has it"],
        f"build returned a {made['kind']}{'' if made['has it'] else ' without the function'}.",
        think="Does it end with `return module`, after exec_module has filled it?",
    )
    check.equal(made["moved"], 1000 + offset, think="Which file was built and imported?")
    check.true(
        made["compiled"],
        "Its functions do not come from a library named like the .pyx file.",
        think="--inplace compiles as well; without it Cython only translates.",
    )
    check.true(
        made["page"],
        "There is no page of annotations beside the .pyx file.",
        think="--annotate makes one, with the ending .html.",
    )
    check.true(
        made["stayed"],
        "After a call of build the process is in another directory.",
        think="subprocess.run has a parameter `cwd`, which leaves this process where it is.",
    )
    check.faster(
        rounds_of_your_module,
        than=given.rounds,
        on=lambda: (random.randint(20_000, 30_000), random.randrange(5, 9999, 4)),
        at_least=10,
        think="Is it the compiled module that you import?",
    )

with check.part("A RuntimeError that tells what is wrong with the file", points=1):
    kinds, told = what_your_build_says_of_a_pyx_file_with_a_mistake(name="broken", source=BROKEN)
    check.true(
        bool(kinds),
        f"A .pyx file with a name that nothing defines was built all the same: {told!s:.200}",
        think="Look at `returncode`: a command that fails does not raise.",
    )
    check.true(
        "RuntimeError" in kinds,
        f"A .pyx file with a mistake made build raise {kinds[0]}; expected RuntimeError.",
        think="Look at `returncode` before you look for the library: where it is not 0, raise a "
        "RuntimeError with what the command said.",
    )
    check.true(
        told is True,
        f"The error does not name the mistake (`no_such_thing`); it ends: {told}",
        think="What the command said is in its stdout and its stderr: pass both on.",
    )
    ### BEGIN HIDDEN TESTS
    kinds, _ = what_your_build_says_of_a_pyx_file_with_a_mistake(name="broken_c", source=BROKEN_C)
    check.true(
        "RuntimeError" in kinds,
        "A .pyx file that Cython translates, but the C compiler refuses, made build "
        f"{f'raise {kinds[0]}' if kinds else 'return'}; expected RuntimeError.",
        think="Translated is not compiled: is the `returncode` of each step looked at?",
    )
    ### END HIDDEN TESTS

check.score()

# %% [markdown]
# ## 4. Compiled, but not typed · 4 min
#
# Here is the text of `local_score` with nothing added but a line that makes Cython overlook its
# annotations, and a few small functions that we need later. Building takes seconds,
# Cython's and the C compiler's.


# %% nbgrader={"grade_id": "given_untyped", "locked": true}
def built(name: str, source: str) -> ModuleType | None:
    """Return the module that `build` makes of this source; None where there is no compiler."""
    pyx = write_pyx(name, source)
    return build(pyx) if CAN_BUILD else None


UNTYPED = f"""# cython: annotation_typing=False
cimport cython

{inspect.getsource(local_score)}

def add(int a, int b):
    return a + b

def divide(int a, int b):
    return a // b, a % b

@cython.cdivision(True)
def divide_as_c_does(int a, int b):
    return a // b, a % b

def letter(bytes text, Py_ssize_t index):
    return text[index]

@cython.boundscheck(False)
@cython.wraparound(False)
def letter_unchecked(bytes text, Py_ssize_t index):
    return text[index]
"""

# %% tags=["nbval-ignore-output"]
untyped = built("untyped", UNTYPED)
if untyped:
    after = timing.measure(untyped.local_score, dna_1, dna_2, SCORES, GAP, repeats=5)
    assert after.result == before.result
    print(f"Python:          {timing.format_seconds(before.best)}")
    print(f"Cython, untyped: {timing.format_seconds(after.best)}")
    print(f"times as fast:   {before.best / after.best:.1f}, predicted {predicted_untyped}")
else:
    print("Without a C compiler there is nothing to call, here and in section 5.")

# %% [markdown]
# The loop is C now, but it works on Python objects: still an object for every number, still the
# question what `+` means. Cython's page of annotations shows where. The more a line has to do with
# Python, the yellower it is; the number is Cython's score for that. Click a line with a + to see
# its C.


# %% nbgrader={"grade_id": "given_annotated", "locked": true}
def annotated(name: str, source: str) -> HTML:
    """Return Cython's annotations of this source: a line each, and its C folded below."""
    pyx = write_pyx(name, source)
    page = pyx.with_suffix(".html")
    if not page.exists():  # not built yet, but to translate needs no compiler
        command = [sys.executable, "-m", "Cython.Build.Cythonize", "-3", "-f", "--annotate", pyx]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{pyx.name} could not be translated:\n{done.stderr}")
    lines = re.findall(
        r'<pre class="cython line score-(\d+)".*?>(.*?)</pre>\s*'
        r"(?:<pre class='cython code.*?>(.*?)</pre>)?",
        page.read_text(encoding="utf-8"),
        re.DOTALL,
    )
    shown = []
    for score, line, c_code in lines:
        blue = 255 - min(200, int(42 * np.log2(1 + int(score))))
        look = f"display: block; white-space: pre; background: rgb(255,255,{blue})"
        text = html.unescape(re.sub("<[^>]*>", "", line)).lstrip("+\xa0")
        head = html.escape(f"{'+' if c_code else ' '} {int(score) or '':>3}  {text}")
        c_lines = re.sub("<[^>]*>", "", c_code).strip().splitlines()
        more = [f"… and {len(c_lines) - 25} lines more"] if len(c_lines) > 25 else []
        folded = "\n".join(c_lines[:25] + more)
        shown.append(
            f'<details><summary style="{look}">{head}</summary>'
            f'<pre style="margin: 0 4em; color: #555">{folded}</pre></details>'
            if c_code
            else f'<div style="{look}">{head}</div>'
        )
    look = "font: 12px/1.5 monospace; background: white; color: black; overflow-x: auto"
    return HTML(f'<div style="{look}">{"".join(shown)}</div>')


# %% tags=["nbval-ignore-output"]
annotated("untyped", UNTYPED)

# %% [markdown]
# Every line of the loop is yellow. So is `add`, further down, even with its C types. Its yellow is
# the border: two numbers come in from Python, one goes back. Click its second line: the `+` itself
# is C's.

# %% [markdown]
# ## 5. What C does otherwise · 4 min
#
# The small functions know their types, and what comes with them. Guess each line before you run it:

# %%
questions = [
    ("add", 2_000_000_000, 2_000_000_000),
    ("add", 4_000_000_000, 0),
    ("divide", -7, 2),
    ("divide_as_c_does", -7, 2),
    ("divide", 7, 0),
    ("letter", b"ACG", 3),
    ("letter_unchecked", b"ACG", 3),
]
for name, *arguments in questions if untyped else []:
    try:
        answer = getattr(untyped, name)(*arguments)
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    print(f"{name}({', '.join(map(str, arguments))}): {answer}")

# %% [markdown]
# - **Overflow.** A C `int` has 32 bits, `int64_t` has 64. Passing in a number that does not fit
#   raises an OverflowError. *Computing* one does not: the C standard leaves open what happens then,
#   and it wraps around because Python has its modules compiled so. With the line
#   `# cython: overflowcheck=True` on top, `+`, `-` and `*` raise one, too.
# - **`cdivision`.** Python rounds down, C towards zero. Cython does it Python's way, and looks for
#   zero, unless you say `cdivision=True`: then dividing by 0 may end the process.
# - **`boundscheck`, `wraparound`.** Checked, an index out of range is an IndexError, and negative
#   ones count from the end. Unchecked, the function reads what lies behind the text: here a 0,
#   elsewhere a stranger's data, or a crash.
#
# A directive holds for a file (`# cython: wraparound=False` on top) or, as a decorator, for a
# function. Turn a check off where you have made sure *before* the loop, and measure whether it
# gains anything.

# %% [markdown]
# ## 6. Give it types · 14 min
#
# Write the text of a `.pyx` file with a function `local_score` that takes the same arguments and
# returns the same result as the given one, its loop all in C. Arrays come in as **typed
# memoryviews**: `const int64_t[:, ::1] scores` is a two-dimensional buffer of 64-bit integers whose
# rows lie one after the other (`::1`), which we only read (`const`). Whether the argument fits is
# looked at once, in the call. `bytes` are such a buffer, too, of `uint8_t`. (No `cimport numpy`:
# that needs NumPy's headers, memoryviews do not.)
#
# | points | for |
# |---|---|
# | 1 | the same scores (each an int), for empty strands, too |
# | 1 | scores beyond 32 bits; beyond 64 bits an OverflowError, never a wrong number |
# | 1 | an IndexError for a letter that `scores` does not know, such as N |
# | 1 | 10 times the speed of the given function, or more |
# | 1 | compiled: in a fresh Python, too, a cell is 4 times as fast as a turn of a Python loop |
#
# "Beyond 64 bits": no cell can be more than the largest of `scores` times the number of letters of
# the shorter strand (or 0, where all are negative). Where that fits into 63 bits and the sign, be
# right; where the result itself does not fit, raise. `gap` always fits. And unknown letters beside
# an empty strand: 0 or an IndexError, either will do.

# %% [markdown]
# <details><summary>Hint 1: the frame</summary>
#
# ```cython
# from libc.stdint cimport int64_t, uint8_t
# import numpy as np
#
# def local_score(const uint8_t[::1] first, const uint8_t[::1] second,
#                 const int64_t[:, ::1] scores, int64_t gap):
# ```
# Without `const`, a memoryview refuses `bytes`: they are read-only.
# </details>
#
# <details><summary>Hint 2: the row</summary>
#
# A list holds objects. `cdef int64_t[::1] row = np.zeros(second.shape[0] + 1, dtype=np.int64)` is
# made once, and then read and written without Python. `cdef` lines may not stand inside a loop or
# an `if`: put them at the top.
# </details>
#
# <details><summary>Hint 3: loops that become C</summary>
#
# `for i in range(first.shape[0])` with `cdef Py_ssize_t i` is a C loop. Give *every* variable of
# the inner loop a type: a single one without may make its lines yellow.
# </details>
#
# <details><summary>Hint 4: overflow</summary>
#
# Before the loop, once, in Python's own integers, which never overflow:
# `if int(np.max(scores)) * min(n, m) > 2**63 - 1: raise ...`. (Careful: the largest of nothing is
# an error.) Or let `overflowcheck=True` look at every addition, and see what that costs.
# </details>
#
# <details><summary>Hint 5: nearly the answer</summary>
#
# ```cython
#     cdef Py_ssize_t i, j, n = first.shape[0], m = second.shape[0]
#     cdef int64_t score, above, left, diagonal, best = 0
#     cdef int64_t[::1] row = ...
#     for i in range(n):
#         diagonal = left = 0
#         for j in range(m):
#             score = diagonal + scores[first[i], ...]
#             above = row[j + 1]
#             ...                           # as in the given function
#     return best
# ```
# </details>

# %% nbgrader={"grade_id": "typed_source", "solution": true}
# typed_source = '''...'''    the text of a .pyx file with
#
#     def local_score(first, second, scores, gap):
#         first, second: bytes; scores: int64 array, its rows one after the other; gap: 0 or more.
#         Returns what the given local_score returns.
#         Raises IndexError for a letter without a row or column in scores, and OverflowError
#         where a score does not fit into 64 bits.
### BEGIN SOLUTION
typed_source = '''# cython: wraparound=False
from libc.stdint cimport INT64_MAX, int64_t, uint8_t

import numpy as np


def local_score(
    const uint8_t[::1] first, const uint8_t[::1] second, const int64_t[:, ::1] scores, int64_t gap
):
    """Return the best score of any stretch of `first` beside any stretch of `second`.

    Raises IndexError for a letter that `scores` does not know, and OverflowError where a score
    might not fit into 64 bits.
    """
    cdef Py_ssize_t i, j, n = first.shape[0], m = second.shape[0]
    cdef int64_t score, above, left, diagonal, best = 0
    cdef int64_t[::1] row = np.zeros(m + 1, dtype=np.int64)
    # Python's integers, once: then nothing in the loop can overflow.
    if n and m and int(np.max(scores)) * min(n, m) > INT64_MAX:
        raise OverflowError("a score might not fit into 64 bits")
    for i in range(n):
        diagonal = left = 0
        for j in range(m):
            # Still with boundscheck: a letter that `scores` does not know is an IndexError.
            score, above = diagonal + scores[first[i], second[j]], row[j + 1]
            if above - gap > score:
                score = above - gap
            if left - gap > score:
                score = left - gap
            if score < 0:
                score = 0
            row[j + 1] = left = score
            diagonal = above
            if score > best:
                best = score
    return best
'''
### END SOLUTION

# %% tags=["nbval-ignore-output"]
typed = built("typed", typed_source)
local_score_typed = typed and typed.local_score
annotated("typed", typed_source)

# %% [markdown]
# Is the inner loop white, but for indices? Click such a line: what calls Python there is the
# IndexError, which never comes while all is well. Lines before the loop may be as yellow as they
# like: they run once. (A loop that is white, but for such indices, could stand in a block
# `with nogil:`. It needs no Python, so other threads may have the interpreter meanwhile.)

# %% nbgrader={"grade_id": "test_local_score_typed", "grade": true, "points": 5}
import hashlib
import random

import numpy as np

from helpers import checks

check = checks.Check("typed_source", "local_score_typed")
learner, given = check.learner, check.given
problem = given.compiler_problem()
again = problem and "No C compiler, as above."


def strand(length, letters=4):
    return bytes(random.choices(range(letters), k=length))


def table(letters=4, scale=1, lowest=-9):
    values = random.choices(range(lowest, 10), k=letters * letters)
    return scale * np.array(values, dtype=np.int64).reshape(letters, letters)


def same(first, second, scores, gap, think):
    expected = given.local_score(first, second, scores, gap)
    check.equal(learner.local_score_typed(first, second, scores, gap), expected, think=think)


@check.beside
def memory_that_60_calls_keep(local_score_typed, first, second, scores):
    import contextlib

    import psutil

    sizes = []
    for calls in (5, 60):
        for _ in range(calls):
            with contextlib.suppress(IndexError):
                local_score_typed(first, second, scores, 1)
        sizes.append(psutil.Process().memory_info().rss)
    return sizes[1] - sizes[0]


with check.part("The same scores", points=1):
    check.needs(problem)
    think = "Which neighbour is which? `diagonal` is what stood at j in the row before."
    plus = 3 * np.eye(4, dtype=np.int64) - 1
    for first, second, gap in [
        (bytes([0, 1, 2, 3]), bytes([0, 1, 2, 3]), 2),
        (bytes([0, 1, 1, 2, 3]), bytes([0, 1, 2, 3]), 1),
        (bytes([0, 0, 0]), bytes([1, 1, 1]), 2),
        (bytes([3]), bytes([3]), 0),
    ]:
        same(first, second, plus, gap, think)
    think = "Without letters there is nothing to compare: 0. What do you look at before the loop?"
    for first, second in [(b"", bytes([1])), (bytes([1]), b""), (b"", b"")]:
        same(first, second, plus, 2, think)
    ### BEGIN HIDDEN TESTS
    for _ in range(8):
        letters = random.randint(1, 20)
        first, second = (strand(random.randint(1, 60), letters) for _ in range(2))
        think = "scores may be any numbers, and need not be the same in both directions."
        same(first, second, table(letters), random.randint(0, 4), think)
    same(strand(40), strand(30), table(lowest=-90), 0, "A gap may cost nothing.")
    same(strand(30), b"", table(letters=256), 1, think)
    for letters in (200, 256):
        think = "256 letters fit into a byte."
        same(strand(50, letters), strand(50, letters), table(letters), 1, think)
    same(b"", b"", np.zeros((0, 0), dtype=np.int64), 1, "The largest of nothing is an error.")
    ### END HIDDEN TESTS

with check.part("Large scores: the right one, or an OverflowError", points=1):
    check.needs(again)
    think = "`int` has 32 bits: int64_t, or long long, has 64. Which of yours holds a score?"
    first = bytes([0, 1, 2, 3])
    largest = np.full((4, 4), 2**63 - 1, dtype=np.int64)
    inputs = [(first, first, 2**31 * plus, 2**32), (first[:1], first[:1], largest, 1)]
    tall = [(first, first, largest // 2 + 1, 1)]
    ### BEGIN HIDDEN TESTS
    for scale in (2**28, 2**31, 2**33, 2**40, 2**52):
        scores, gap = table(scale=scale) + table(), random.randint(0, 3 * scale)
        inputs.append((strand(40), strand(40), scores, gap))
    inputs.append((strand(5), strand(5), table(), 2**62))
    inputs.append((first[:1], first, largest, 2**63 - 1))
    for least in (-(2**62), -(2**63)):  # in 64 bits the second is its own absolute value
        inputs.append((first, first, np.where(plus > 0, plus, least), 1))
    tall.append((first[:2], first[:2], largest // 2 + 1, 1))  # 2**63, the first that is too large
    for scale in (2**58, 2**59):
        scores = scale * (5 * np.eye(4, dtype=np.int64) - 1)
        tall.append((strand(3) + 30 * first + strand(4), 30 * first, scores, 2**60))
    ### END HIDDEN TESTS
    for arguments in inputs:
        try:
            same(*arguments, think)
        except Exception as error:
            check.true(
                "OverflowError" not in getattr(error, "kinds", ()),
                f"This fits into 64 bits, with strands of {len(arguments[0])} and "
                f"{len(arguments[1])} letters, scores from {arguments[2].min():,} to "
                f"{arguments[2].max():,} and a gap of {arguments[3]:,}; and yet: {error}.",
                think="`int` has 32 bits, for a parameter too: int64_t, or long long, has 64. The "
                "shorter strand is what counts, 2**63 - 1 is a score that still fits, and a "
                "negative one makes no stretch better.",
            )
            raise
    for arguments in tall:
        try:
            found = learner.local_score_typed(*arguments)
        except Exception as error:
            check.true(
                "OverflowError" in getattr(error, "kinds", ()),
                f"A score beyond 64 bits raised {error}; expected an OverflowError.",
            )
        else:
            expected = given.local_score(*arguments)
            check.true(
                found == expected,
                f"A score of {expected:,} came back as {found!r}, without a word.",
                think="What bound could you compute before the loop, in Python's integers?",
            )

with check.part("A letter that the table does not know raises an IndexError", points=1):
    check.needs(again)
    unknown = [(bytes([0, 4, 1]), bytes([0, 1])), (bytes([0, 1]), bytes([0, 1, 4]))]
    ### BEGIN HIDDEN TESTS
    for letter in (4, 5, random.randint(6, 60), 252, 255):
        first, second = strand(random.randint(1, 20)), strand(random.randint(1, 20))
        at = random.randint(0, len(first))
        unknown.append((first[:at] + bytes([letter]) + first[at:], second))
        unknown.append((second, first + bytes([letter])))
    ### END HIDDEN TESTS
    for first, second in unknown:
        check.raises(
            IndexError,
            learner.local_score_typed,
            first,
            second,
            plus,
            2,
            think="With boundscheck off, C reads whatever lies behind the table: leave it on, or "
            "look at all letters before the loop. A letter from 128 on is negative as a `char`, "
            "and what is raised in a `noexcept` function is lost.",
        )

with check.part("Ten times as fast, or more", points=1) as fast:
    check.needs(again)
    check.faster(
        learner.local_score_typed,
        than=given.local_score,
        on=lambda: (strand(800), strand(150), table(), random.randint(1, 5)),
        at_least=10,
        think="Which lines of the inner loop are yellow? Is a list in it, or a name without cdef?",
    )


@check.beside
def your_module_in_a_fresh_python(local_score_typed, first, second, scores, gap):
    import json
    import subprocess
    import sys
    from pathlib import Path

    from helpers import compiled

    program = """
import importlib.util, json, sys, time
sys.modules["numba"] = None  # cannot be imported
import numpy as np
name, path, first, second, scores, gap = json.loads(sys.stdin.read())
spec = importlib.util.spec_from_file_location(name, path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
arguments = bytes(first), bytes(second), np.array(scores, dtype=np.int64), gap

def steps():
    x = 0
    for i in range(len(first) * len(second)):
        x = x * 5 + i & 255

clock = time.perf_counter if sys.platform == "win32" else time.process_time

def seconds(function, *arguments):
    begin = clock()
    function(*arguments)
    return clock() - begin

both = [(seconds(steps), seconds(module.local_score, *arguments)) for _ in range(4)]
in_python, in_module = map(min, zip(*both))
print(json.dumps([module.local_score(*arguments), in_python / max(in_module, 1e-9)]))
"""
    file = compiled.module_file(local_score_typed)
    if not file:
        return "", None, 0, type(local_score_typed).__name__
    name = Path(file).name.split(".")[0]
    handed = [name, file, list(first), list(second), scores.tolist(), gap]
    run = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(handed), capture_output=True, text=True
    )
    if run.returncode:
        return name, None, 0, run.stderr[-300:]
    return name, *json.loads(run.stdout), ""


with check.part("A compiled module, fast in a fresh Python, too", points=1):
    check.needs(again)
    source = check.value("typed_source")
    check.true(type(source) is str, f"typed_source is of type {type(source).__name__}, not a text.")
    check.true(
        fast.verdict == "passed",
        "That it is compiled shows from outside by its speed: first the part above.",
    )
    arguments = strand(400), strand(400), table(), 3
    first, second, scores, gap = arguments
    name, found, ratio, said = your_module_in_a_fresh_python(
        first=first, second=second, scores=scores, gap=gap
    )
    check.true(
        bool(name),
        f"local_score_typed is of type {said}: it does not come from an extension module.",
        think="It is `built` from typed_source in the cell above this one.",
    )
    digest = hashlib.sha256(source.encode()).hexdigest()[:8]
    check.true(
        name == f"typed_{digest}",
        f"local_score_typed comes from the module {name}, not from your typed_source.",
        think="Run the cell that builds it again.",
    )
    check.true(found is not None, f"A fresh Python could not import and call it: {said}")
    check.equal(found, given.local_score(*arguments))
    check.at_least(
        ratio,
        4,
        what="times as fast, cell by cell, as a small loop in Python",
        think="The library itself is slow: what makes local_score_typed fast in this notebook?",
    )
    ### BEGIN HIDDEN TESTS
    # Here, and not above: for who has too little room for it, memory is overwritten.
    same(strand(2), strand(100_000), table(), 1, "A strand may be long.")
    for last, what in (b"", "that return"), (bytes([4]), "that raise an IndexError"):
        kept = memory_that_60_calls_keep(
            first=strand(1), second=strand(200_000) + last, scores=plus
        )
        check.true(
            kept < 2**25,
            f"60 calls {what}, with a strand of 200,000 letters, left the process "
            f"{checks.measured(kept // 2**20)} MiB larger.",
            think="What malloc gives is yours until you free it, in a `finally`, too. A "
            "memoryview of a NumPy array frees itself.",
        )
    ### END HIDDEN TESTS

check.score()

# %% [markdown]
# ## 7. Four ways, one table · 4 min
#
# Numba is another way to a compiled loop: no build, no file, but a compiler inside each process.
# Here are the same loops for it, and all four side by side. Fill `seconds` with the time of **one
# warm call** of each on `dna_1` and `dna_2`. Numba compiles in its first call: that one does not
# count (1 point).


# %% nbgrader={"grade_id": "given_numba", "locked": true}
@njit
def local_score_numba(first: bytes, second: bytes, scores: np.ndarray, gap: int) -> int:
    """Return what `local_score` returns, by loops that Numba has compiled."""
    row = np.zeros(len(second) + 1, dtype=np.int64)
    best = 0
    for i in range(len(first)):
        diagonal = left = 0
        for j in range(len(second)):
            score, above = diagonal + scores[first[i], second[j]], row[j + 1]
            if above - gap > score:
                score = above - gap
            if left - gap > score:
                score = left - gap
            if score < 0:
                score = 0
            row[j + 1] = left = score
            diagonal = above
            if score > best:
                best = score
    return best


# %%
ways = {
    "Python": local_score,
    "Cython, untyped": untyped and untyped.local_score,
    "Cython, typed": local_score_typed,
    "Numba": local_score_numba,
}
ways = {name: function for name, function in ways.items() if function}  # those that are there
if not CAN_BUILD:
    print("Without a C compiler there is no Cython in this comparison.")

# %% [markdown]
# <details><summary>Hint</summary>
#
# `timing.measure(function, dna_1, dna_2, SCORES, GAP, repeats=3)` drops a first call; its `.best`
# is in seconds for one call. The names of `seconds` are those of `ways`.
# </details>

# %% nbgrader={"grade_id": "seconds", "solution": true}
# seconds = ...    {name: seconds of one warm call}, for each name in ways
### BEGIN SOLUTION
seconds = {
    name: timing.measure(function, dna_1, dna_2, SCORES, GAP, repeats=3).best
    for name, function in ways.items()
}
### END SOLUTION

# %% nbgrader={"grade_id": "test_seconds", "grade": true, "points": 1}
import random
import time

import numpy as np

from helpers import checks

check = checks.Check("seconds")
given = check.given


@check.beside
def seconds_of_the_same_calls_now(ways, first, second, scores):
    """The best of three by the CPU's clock, after a first that may compile, of all but Python."""
    import sys
    import time

    clock = time.perf_counter if sys.platform == "win32" else time.process_time
    best = dict.fromkeys(ways.keys() - {"Python"}, 60.0)
    for turn in range(4):
        for name in best:
            begin = clock()
            ways[name](first, second, scores, 2)
            if turn:
                best[name] = min(best[name], clock() - begin)
    return best


with check.part("A warm call of each", points=1):
    names = ["Python", "Cython, untyped", "Cython, typed", "Numba"]
    if given.compiler_problem():
        names = ["Python", "Numba"]
    found = check.value("seconds")
    check.true(
        type(found) is dict and set(found) == set(names),
        f"seconds is {found!r:.200}; a dict with the names {', '.join(names)} is wanted.",
    )
    for name in names:
        check.true(
            isinstance(found[name], int | float),
            f"seconds[{name!r}] is {found[name]!r:.80}, not a number.",
            think="`.best` of what timing.measure returns is a number, of seconds.",
        )
        check.true(
            0 < found[name] < 30,
            f"seconds[{name!r}] is {found[name]!r:.50}, which no machine takes.",
        )
    first, second = (bytes(random.choices(range(4), k=500)) for _ in range(2))
    plus = 3 * np.eye(4, dtype=np.int64) - 1
    took = 60.0
    for _ in range(4):  # the best: one alone may fall into a busy moment
        begin = time.perf_counter()
        given.local_score(first, second, plus, 2)
        took = min(took, time.perf_counter() - begin)
    check.true(
        took / 20 < found["Python"] < took * 20,
        f"Python is said to take {checks.measured(f'{found["Python"]:.2g}')} s a call; just now "
        f"one took {checks.measured(f'{took:.2g}')} s.",
        think="Are these seconds, not milliseconds, and those of one call, not of all you made?",
    )
    for name, factor in {"Python": 5, "Cython, untyped": 2}.items():
        if name in names:
            check.true(
                found[name] > factor * found["Numba"],
                f"{name} is said to take {checks.measured(f'{found[name]:.2g}')} s, and Numba "
                f"{checks.measured(f'{found["Numba"]:.2g}')} s.",
                think="Is Numba's first call, in which it compiles, among those that you timed? "
                "And is each function timed under its own name?",
            )
    now = seconds_of_the_same_calls_now(first=first, second=second, scores=plus)
    for name, took in now.items():
        check.true(
            found[name] > took / 10,  # what disturbs makes a call longer, never shorter
            f"{name} is said to take {checks.measured(f'{found[name]:.2g}')} s a call; just now "
            f"one took {checks.measured(f'{took:.2g}')} s.",
            think="Is it timed on dna_1 and dna_2, of 500 letters each, and are these seconds?",
        )
    without, with_types = "Cython, untyped", "Cython, typed"
    gain = now[without] / now[with_types] if len(names) > 2 else 1.0
    if gain > 10:  # or it is not so fast, which has cost points above
        check.true(
            found[without] > gain ** (1 / 3) * found[with_types],
            f"Typed is said to take {checks.measured(f'{found[with_types]:.2g}')} s a call, "
            f"untyped {checks.measured(f'{found[without]:.2g}')} s; just now typed was "
            f"{checks.measured(f'{gain:.2g}')} times as fast.",
            think="Is each function timed under its own name?",
        )

check.score()

# %% tags=["nbval-ignore-output"]
comparison = pd.DataFrame({"a call": {n: timing.format_seconds(s) for n, s in seconds.items()}})
comparison["a cell"] = [timing.format_seconds(s / 500**2) for s in seconds.values()]
comparison["times as fast"] = [f"{seconds['Python'] / s:.1f}" for s in seconds.values()]
if "Cython, typed" in seconds:
    factor = seconds["Python"] / seconds["Cython, typed"]
    print(f"typed: {factor:.0f} times as fast, predicted {predicted_typed}")
comparison

# %% tags=["nbval-ignore-output"]
plotting.bars(seconds, title="One comparison of two strands of 500 letters")

# %% [markdown]
# And where a score does not fit into 64 bits? Each way has an answer of its own:

# %%
enormous = np.full((4, 4), 3 * 2**61)
for name, function in ways.items():
    try:
        answer = f"{function(bytes(4), bytes(4), enormous, 1):,}"
    except OverflowError as error:
        answer = f"OverflowError: {error}"
    print(f"{name:16} {answer}")

# %% [markdown]
# Numba computes with 64 bits and says nothing when they do not suffice: the sum for two letters
# wrapped to a negative number, so that the score of a single one was the best. So does Cython, if
# nobody has thought of it. And a letter outside the table? Cython checks indices until you turn
# that off. Numba does not, so the comparison above is not quite even.

# %% [markdown]
# ## 8. Report · 4 min
#
# A colleague says: "Cython makes Python fast, let us rename all our `.py` files to `.pyx`." Answer
# in 100 to 150 words, with figures from *your* table (2 points, read by a person):
#
# 1. **Evidence:** what did compiling alone gain, what did types gain, and why? How does Numba
#    compare?
# 2. **Trade-offs:** what does it cost or risk, and when would you take Cython, when Numba, when
#    neither?

# %% [markdown] nbgrader={"grade_id": "report_answer", "grade": true, "solution": true, "points": 2}
# ### BEGIN SOLUTION
# *Evidence* (on the author's machine). Renaming alone made it 1.5 times as fast: the loop became C,
# but each number stayed a Python object. With types it was some 60 times (1.6 ns a cell), as then
# the inner loop has no Python in it: its lines are white, but for the checks of indices. Numba came
# to the same, 60 times, from the same loops, without a build. I had guessed 5 and 30.
#
# *Trade-offs.* A build for each platform and Python version, or users who need a compiler; and
# C's integers, which wrap around in silence: I had to add a bound, and left boundscheck on. I would
# take Cython for a library that I ship, or to call C; Numba for numerical loops of my own; neither
# where the time goes into waiting, or NumPy has it already.
# ### END SOLUTION
# === BEGIN MARK SCHEME ===
# **Mark scheme, 2 points.** Half points are fine. Figures differ from machine to machine: take any
# that agree with the learner's own table. A wrong prediction costs nothing. Where there was no
# compiler, Numba's figure and what the annotations show will do.
#
# - **1** for the evidence: the gain without and with types, with figures (½), and the reason, that
#   objects stay objects until they are typed (½).
# - **1** for the trade-offs: one cost or risk that is real here, as overflow, unchecked indices, a
#   build for each platform (½); a case for Cython and one for something else, with reasons (½).
#
# The sample answer gets 2. "Cython is faster because C is faster" gets 0.
# === END MARK SCHEME ===

# %% [markdown]
# ## What to remember
#
# - **Types make the gain, not compiling.** Look at the annotations: the inner loop is to be white,
#   but for the checks of indices.
# - **A type is a promise.** C integers wrap around, unchecked indices read strangers' memory. Prove
#   before the loop what you switch off inside it.
# - Arrays and `bytes` come in as typed memoryviews: looked at once a call, then C reads them.
# - A loop without Python can run `with nogil:`, while other threads do something else.
# - Cython for modules that are shipped, or that call C; Numba for loops of your own; NumPy where it
#   has it already.
