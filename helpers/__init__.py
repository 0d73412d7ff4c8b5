"""What notebooks import: timing, memory, profiling, counting, plotting, checks, data, a server."""

import importlib.util
import sys
import threading
from types import ModuleType
from typing import Any

_LATER = "plotting"  # its matplotlib takes most of a second, and not every kernel draws
_loading = threading.RLock()


class _Later(ModuleType):
    """A module that is loaded when something in it is first asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # whoever goes through all modules asks each for some of these
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return getattr(_loaded(self), name)

    def __dir__(self) -> list[str]:
        return dir(_loaded(self))


def _loaded(module: ModuleType) -> ModuleType:
    with _loading:
        if isinstance(module, _Later):
            module.__spec__.loader.exec_module(module)
            module.__class__ = ModuleType
    return module


def __getattr__(name: str) -> ModuleType:
    if name != _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    spec = importlib.util.find_spec(f"{__name__}.{name}")
    module = importlib.util.module_from_spec(spec)
    module.__class__ = _Later
    globals()[name] = sys.modules[spec.name] = module
    return module
