"""Half right: no page of annotations; and Numba's compiling is among the times.

scores: test_build=1 test_seconds=0
"""


# %% build
def build(pyx):
    command = [sys.executable, "-m", "Cython.Build.Cythonize", "-3", "-i", pyx]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    [library] = (p for p in pyx.parent.glob(f"{pyx.stem}.*") if p.suffix in (".so", ".pyd"))
    spec = importlib.util.spec_from_file_location(pyx.stem, library)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# %% seconds
import time

seconds = {}
for name, function in ways.items():
    begin = time.perf_counter()
    function(dna_1, dna_2, SCORES, GAP)
    seconds[name] = time.perf_counter() - begin
