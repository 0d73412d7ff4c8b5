"""Right in another way: memory of its own, pointers, letters looked at before, no lock in the loop.

Built by setuptools from a setup.py, and timed by timeit.

scores: full
"""


# %% build
def build(pyx):
    setup = pyx.with_name(f"setup_{pyx.stem}.py")
    setup.write_text(
        "from Cython.Build import cythonize\n"
        "from setuptools import Extension, setup\n"
        f"extension = Extension({pyx.stem!r}, [{pyx.name!r}], extra_compile_args=['-O2'])\n"
        "setup(ext_modules=cythonize([extension], annotate=True, language_level=3))\n"
    )
    try:
        subprocess.run(
            [sys.executable, setup.name, "build_ext", "--inplace"],
            cwd=pyx.parent,
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    except subprocess.CalledProcessError as error:
        raise RuntimeError(error.stdout) from error
    sys.path.insert(0, str(pyx.parent))
    try:
        importlib.invalidate_caches()
        return importlib.import_module(pyx.stem)
    finally:
        del sys.path[0]


# %% typed_source
typed_source = """
from cpython.mem cimport PyMem_Calloc, PyMem_Free
from libc.stdint cimport int64_t
import numpy as np

cdef int64_t fill(const unsigned char* first, Py_ssize_t n, const unsigned char* second,
                  Py_ssize_t m, const int64_t* scores, Py_ssize_t width, int64_t gap,
                  int64_t* row) noexcept nogil:
    cdef Py_ssize_t i, j
    cdef int64_t score, above, left, diagonal, best = 0
    cdef const int64_t* values
    for i in range(n):
        values = scores + first[i] * width
        diagonal = left = 0
        for j in range(m):
            score = diagonal + values[second[j]]
            above = row[j + 1]
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

def local_score(bytes first, bytes second, scores, long long gap):
    cdef Py_ssize_t n = len(first), m = len(second)
    cdef const unsigned char* one = first
    cdef const unsigned char* other = second
    cdef const int64_t[:, ::1] table = scores
    if n == 0 or m == 0:
        return 0
    if max(first) >= table.shape[0] or max(second) >= table.shape[1]:
        raise IndexError("a letter has no row or column")
    if max(0, int(scores.max())) * min(n, m) >= 2**63:
        raise OverflowError("a score may leave 64 bits")
    cdef Py_ssize_t width = table.shape[1]
    cdef int64_t result
    cdef int64_t* row = <int64_t*> PyMem_Calloc(m + 1, sizeof(int64_t))
    if row == NULL:
        raise MemoryError()
    try:
        with nogil:
            result = fill(one, n, other, m, &table[0, 0], width, gap, row)
    finally:
        PyMem_Free(row)
    return result
"""

# %% seconds
import timeit

seconds = {}
for name, function in ways.items():
    function(dna_1, dna_2, SCORES, GAP)
    seconds[name] = min(
        timeit.repeat(lambda: function(dna_1, dna_2, SCORES, GAP), number=1, repeat=3)
    )
