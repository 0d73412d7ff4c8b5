"""Wrong: the process is left in another directory, the row has room for 1,024 letters, and two are
exchanged when they are timed.

scores: test_build=1 test_local_score_typed=4 test_seconds=0
"""


# %% build
def build(pyx: Path) -> ModuleType:
    os.chdir(pyx.parent)
    done = subprocess.run(
        [sys.executable, "-m", "Cython.Build.Cythonize", "-3", "--annotate", "--inplace", pyx.name],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    library = next(Path(".").glob(pyx.stem + ".*.so")).resolve()
    spec = importlib.util.spec_from_file_location(pyx.stem, library)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# %% typed_source
typed_source = """
from libc.stdint cimport int64_t, uint8_t
import numpy as np

def local_score(const uint8_t[::1] first, const uint8_t[::1] second,
                const int64_t[:, ::1] scores, int64_t gap):
    cdef Py_ssize_t i, j, n = first.shape[0], m = second.shape[0]
    cdef int64_t score, above, left, diagonal, best = 0
    cdef int64_t[1025] row
    row[:] = [0] * 1025
    if n and m and int(np.max(scores)) * min(n, m) > 2**63 - 1:
        raise OverflowError("scores may not fit into 64 bits")
    for i in range(n):
        diagonal = left = 0
        for j in range(m):
            score = diagonal + scores[first[i], second[j]]
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
"""


# %% seconds
seconds = {
    name: timing.measure(f, dna_1, dna_2, SCORES, GAP, repeats=3).best for name, f in ways.items()
}
seconds["Cython, typed"], seconds["Cython, untyped"] = (
    seconds["Cython, untyped"],
    seconds["Cython, typed"],
)
