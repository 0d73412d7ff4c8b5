"""Slow: build compiles, but takes all types off before, as if compiling made the gain.

scores: test_build=1 test_local_score_typed=3
"""


# %% build
def build(pyx):
    text = pyx.read_text()
    plain = re.sub(r"^(\s*)cdef .*\bx = 1.*$", r"\1x = 1", text, flags=re.MULTILINE)
    plain = re.sub(r"\blong long (\w+)", r"\1", plain)
    pyx.write_text(plain)
    command = [sys.executable, "-m", "Cython.Build.Cythonize", "-3", "-a", "-i", pyx]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    pyx.write_text(text)
    [library] = (p for p in pyx.parent.glob(f"{pyx.stem}.*") if p.suffix in (".so", ".pyd"))
    spec = importlib.util.spec_from_file_location(pyx.stem, library)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# %% typed_source
typed_source = inspect.getsource(local_score)
