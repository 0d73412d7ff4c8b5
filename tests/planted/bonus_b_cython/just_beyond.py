"""Wrong by a little, four times: the page is empty; letters beyond 127 are negative, as C chars are
on most machines, and count from the table's end; a score of 2**63 is said to fit; milliseconds.

scores: test_build=1 test_local_score_typed=2 test_seconds=0
"""


# %% build
def build(pyx):
    command = [sys.executable, "-m", "Cython.Build.Cythonize", "-3", "-i", pyx]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    pyx.with_suffix(".html").touch()
    [library] = (p for p in pyx.parent.glob(f"{pyx.stem}.*") if p.suffix in (".so", ".pyd"))
    spec = importlib.util.spec_from_file_location(pyx.stem, library)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# %% typed_source
typed_source = """
from libc.stdint cimport int64_t
import numpy as np

def local_score(bytes first, bytes second, const int64_t[:, ::1] scores, int64_t gap):
    cdef Py_ssize_t i, j, n = len(first), m = len(second)
    cdef signed char a, b
    cdef int64_t score, above, left, diagonal, best = 0
    cdef int64_t[::1] row = np.zeros(m + 1, dtype=np.int64)
    if n and m and int(np.max(scores)) * min(n, m) > 2**63:
        raise OverflowError
    for i in range(n):
        a = <signed char> first[i]
        diagonal = left = 0
        for j in range(m):
            b = <signed char> second[j]
            score, above = diagonal + scores[a, b], row[j + 1]
            score = max(score, above - gap, left - gap, 0)
            row[j + 1] = left = score
            diagonal = above
            best = max(best, score)
    return best
"""

# %% seconds
seconds = {
    name: 1000 * timing.measure(function, dna_1, dna_2, SCORES, GAP, repeats=3).best
    for name, function in ways.items()
}
