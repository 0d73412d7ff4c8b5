"""What is told of compiled versions."""

from __future__ import annotations

import os

import numba
import numpy as np
import pytest

from helpers import compiled


def add_up(values):
    total = 0.0
    for i in range(len(values)):
        total += values[i]
    return total


VALUES = np.ones(3)
kernel = numba.njit(add_up)


def calls_the_kernel(values):
    return kernel(values)


def test_plain_python_has_no_compiled_version():
    assert compiled.modes(add_up) == []
    assert compiled.modes(np.sum) == []
    assert compiled.modes(None) == []


def test_each_combination_of_types_is_a_version():
    function = numba.njit(add_up)
    function(VALUES), function(VALUES.astype("f4")), function(VALUES)
    assert compiled.modes(function) == ["nopython"] * 2


def test_object_mode_is_told_even_where_its_loops_are_compiled():
    for options in ({}, {"looplift": False}):
        function = numba.jit(forceobj=True, **options)(add_up)
        function(VALUES)
        assert compiled.modes(function) == ["object mode"]


def test_a_compiled_function_is_found_behind_a_python_one():
    calls_the_kernel(VALUES)
    assert compiled.modes(calls_the_kernel) == ["nopython"]


def test_a_compiled_function_is_found_in_a_closure_and_in_a_generator():
    inner = numba.njit(add_up)

    def outer(values):
        return sum(inner(values) for _ in range(2))

    outer(VALUES)
    assert compiled.modes(outer) == ["nopython"]


def test_a_ufunc_s_versions_are_found():
    double = numba.vectorize(lambda x: x + x)
    double(VALUES)
    assert compiled.modes(double) == ["nopython"]


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no system but Linux tells")
def test_threads_are_spread_over_the_cores_and_then_let_go():
    allowed = os.sched_getaffinity(0)
    with compiled.spread_threads():
        assert os.sched_getaffinity(0) == {min(allowed)}
    assert os.sched_getaffinity(0) == allowed
