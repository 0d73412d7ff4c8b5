"""Right in other ways: Cython and setuptools in turn; every addition is looked at in the loop.

scores: full
"""


# %% build
def build(pyx):
    import importlib.machinery
    import sysconfig

    def run(*command):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=pyx.parent,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if done.returncode:
            raise RuntimeError(f"{pyx.name} was not built:\n{done.stdout}")

    run("-m", "cython", "-3", "-a", pyx.name)
    program = (
        "from setuptools import Extension, setup; "
        f"setup(ext_modules=[Extension({pyx.stem!r}, [{pyx.stem + '.c'!r}])], "
        "script_args=['-q', 'build_ext', '-i'])"
    )
    run("-c", program)
    library = pyx.with_name(pyx.stem + sysconfig.get_config_var("EXT_SUFFIX"))
    loader = importlib.machinery.ExtensionFileLoader(pyx.stem, str(library))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(pyx.stem, loader))
    loader.exec_module(module)
    return module


# %% typed_source
typed_source = """# cython: wraparound=False
from libc.stdint cimport INT64_MAX, int64_t, uint8_t
import array

def local_score(const uint8_t[:] first, const uint8_t[:] second,
                const int64_t[:, :] scores, int64_t gap):
    cdef Py_ssize_t i, j
    cdef bint fits = True
    cdef int64_t value, score, above, left, diagonal, best = 0
    cdef int64_t[::1] row = array.array("q", bytes(8 * (len(second) + 1)))
    with nogil:
        for i in range(first.shape[0]):
            diagonal = left = 0
            for j in range(second.shape[0]):
                value, above = scores[first[i], second[j]], row[j + 1]
                if value > INT64_MAX - diagonal:
                    fits = False
                    value = 0
                score = max(diagonal + value, above - gap, left - gap, 0)
                row[j + 1] = left = score
                diagonal = above
                best = max(best, score)
    if not fits:
        raise OverflowError("a score does not fit into 64 bits")
    return best
"""
