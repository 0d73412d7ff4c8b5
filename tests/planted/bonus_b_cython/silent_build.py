"""Half right: a file with a mistake gets an error that does not say what is wrong.

scores: test_build=1
"""


# %% build
def build(pyx):
    subprocess.run(
        [sys.executable, "-m", "Cython.Build.Cythonize", "-3", "-a", "-i", pyx],
        check=True,
        capture_output=True,
    )
    [library] = (p for p in pyx.parent.glob(f"{pyx.stem}.*") if p.suffix in (".so", ".pyd"))
    spec = importlib.util.spec_from_file_location(pyx.stem, library)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
