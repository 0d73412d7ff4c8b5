"""Right in another way: NumPy's own declarations, and cythonize and setup in this very process.

scores: full
"""

# %% build
import contextlib
import io

from Cython.Build import cythonize
from setuptools import setup


def build(pyx):
    here, said = os.getcwd(), io.StringIO()
    os.chdir(pyx.parent)
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            extensions = cythonize(str(pyx), annotate=True, language_level="3")
            setup(script_args=["-q", "build_ext", "--inplace"], ext_modules=extensions)
    except (Exception, SystemExit) as error:
        raise RuntimeError(f"{error}\n{said.getvalue()}") from None
    finally:
        os.chdir(here)
    for suffix in importlib.machinery.EXTENSION_SUFFIXES:
        if pyx.with_name(pyx.stem + suffix).exists():
            loader = importlib.machinery.ExtensionFileLoader(
                pyx.stem, str(pyx.with_name(pyx.stem + suffix))
            )
            spec = importlib.util.spec_from_loader(pyx.stem, loader)
            module = importlib.util.module_from_spec(spec)
            loader.exec_module(module)
            return module


# %% typed_source
typed_source = """
cimport cython
cimport numpy as cnp
import numpy as np

cnp.import_array()

@cython.boundscheck(False)
@cython.wraparound(False)
cdef cnp.int64_t _best(cnp.ndarray[cnp.uint8_t, ndim=1] first,
                       cnp.ndarray[cnp.uint8_t, ndim=1] second,
                       cnp.ndarray[cnp.int64_t, ndim=2] scores, cnp.int64_t gap):
    cdef cnp.ndarray[cnp.int64_t, ndim=2] cells = np.zeros(
        (first.shape[0] + 1, second.shape[0] + 1), dtype=np.int64)
    cdef Py_ssize_t i, j
    cdef cnp.int64_t best = 0
    for i in range(1, first.shape[0] + 1):
        for j in range(1, second.shape[0] + 1):
            cells[i, j] = max(0, cells[i - 1, j - 1] + scores[first[i - 1], second[j - 1]],
                              cells[i - 1, j] - gap, cells[i, j - 1] - gap)
            if cells[i, j] > best:
                best = cells[i, j]
    return best

def local_score(first, second, scores, gap):
    if not first or not second:
        return 0
    a, b = np.frombuffer(first, np.uint8).copy(), np.frombuffer(second, np.uint8).copy()
    scores[a.max(), 0], scores[0, b.max()]  # raise an IndexError for letters that are not there
    if int(scores.max()) * min(len(a), len(b)) > np.iinfo(np.int64).max:
        raise OverflowError("too large for 64 bits")
    return _best(a, b, scores, gap)
"""
