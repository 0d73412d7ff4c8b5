"""How nbval runs the worked notebooks: ``pytest --nbval notebooks/`` needs no other options.
And what may run side by side where several processes share the tests (``--numprocesses``).

Every output is compared with the one in the file, but for

- cells tagged ``nbval-ignore-output``: they are run, what they measured is not compared;
- ``<span class="measured">…</span>`` in HTML: the figure inside is not compared, the rest is;
- the machine-readable bundle of a check, which holds the same figures.
"""

from __future__ import annotations

import tempfile

import pytest

PLANTED = "tests/exercise/"

CHECKS = "application/vnd.performance-practice.checks+json"
MEASURED = (r'(<span class="measured"[^>]*>)[\s\S]*?(</span>)', r"\1measured\2")


def pytest_configure(config):
    if not config.getoption("nbval", False):
        return
    import nbval.plugin

    class ScratchKernel(nbval.plugin.RunningKernel):
        """Runs in an empty folder, as the build does: what a notebook writes is not left behind."""

        def __init__(self, *args, **kwargs):
            self.scratch = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
            super().__init__(*args, **kwargs | {"cwd": self.scratch.name})

        def stop(self):
            super().stop()
            self.scratch.cleanup()

    nbval.plugin.RunningKernel = ScratchKernel


@pytest.hookimpl(tryfirst=True)
def pytest_collectstart(collector):
    # By name: plain pytest runs where nbval is not installed.
    if type(collector).__name__ == "IPyNbFile":
        collector.skip_compare += (CHECKS,)
        collector.sanitize_patterns[MEASURED[0]] = MEASURED[1]


@pytest.hookimpl(optionalhook=True)  # without xdist nobody asks
def pytest_xdist_make_scheduler(config, log):
    """A file's tests stay in one process, for what they share; planted answers share nothing."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return nodeid if nodeid.startswith(PLANTED) else nodeid.partition("::")[0]

    return ByFile(config, log)
