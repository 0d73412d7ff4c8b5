"""Lets multiprocessing's fork server work in a grader's sandbox, which keeps SIGCHLD from all.

The fork server imports this module before it begins, see `install` in checks/agent.py. It asks to
be told of the ends of its children by that signal. A timer's signal, 50 times a second, does as
well: at each it looks which have ended.
"""

import functools
import signal

_set = signal.signal


@functools.wraps(_set)
def _signal(signalnum, handler):
    try:
        return _set(signalnum, handler)
    except PermissionError:
        if signalnum != signal.SIGCHLD:
            raise
    if callable(handler):  # and not SIG_DFL, by which children go back to what was before
        _set(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
    return signal.getsignal(signalnum)


signal.signal = _signal
