"""Wrong: any word on stderr counts as a failure.

scores: test_build=1
"""


# %% build
def build(pyx: Path) -> ModuleType:
    done = subprocess.run(
        [sys.executable, "-m", "Cython.Build.Cythonize", "-3", "--annotate", "--inplace", str(pyx)],
        capture_output=True,
        text=True,
    )
    if done.stderr:
        raise RuntimeError(done.stderr)
    library = next(p for p in pyx.parent.glob(pyx.stem + ".*") if p.suffix in (".so", ".pyd"))
    spec = importlib.util.spec_from_file_location(pyx.stem, library)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
