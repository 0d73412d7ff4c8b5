"""Wrong: a path is not quoted for the shell, the row is not freed where an IndexError is raised,
and measurements stand for seconds.

scores: test_build=1 test_local_score_typed=4 test_seconds=0
"""


# %% build
def build(pyx: Path) -> ModuleType:
    done = subprocess.run(
        f"{sys.executable} -m Cython.Build.Cythonize -3 --annotate --inplace {pyx}",
        shell=True,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    library = next(p for p in pyx.parent.glob(pyx.stem + ".*") if p.suffix in (".so", ".pyd"))
    spec = importlib.util.spec_from_file_location(pyx.stem, library)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# %% typed_source
typed_source = """
from libc.stdint cimport int64_t, uint8_t
from libc.stdlib cimport calloc, free
import numpy as np

def local_score(const uint8_t[::1] first, const uint8_t[::1] second,
                const int64_t[:, ::1] scores, int64_t gap):
    cdef Py_ssize_t i, j, n = first.shape[0], m = second.shape[0]
    cdef int64_t score, above, left, diagonal, best = 0
    cdef int64_t* row = <int64_t*> calloc(m + 1, sizeof(int64_t))
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
    free(row)
    return best
"""


# %% seconds
seconds = {
    name: timing.measure(f, dna_1, dna_2, SCORES, GAP, repeats=3) for name, f in ways.items()
}
