"""What is told of compiled functions."""

from __future__ import annotations

import os
from pathlib import Path

import msgpack._cmsgpack
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


def test_what_is_compiled_without_a_loop_is_passed_over():
    @numba.njit
    def fits(one, other):
        if one.shape[1] != other.shape[0]:
            raise ValueError("no")

    def multiply(one, other):
        fits(one, other)
        return one @ other

    by_blas = numba.jit(forceobj=True)(lambda one, other: one @ other)
    square = np.ones((2, 2))
    multiply(square, square), by_blas(square, square)
    assert fits.signatures
    assert by_blas.signatures
    assert compiled.modes(multiply) == compiled.modes(by_blas) == []


def test_a_loop_is_one_with_while_in_a_second_function_or_made_of_array_functions():
    @numba.njit
    def halvings(number):
        count = 0
        while number > 1:
            number, count = number // 2, count + 1
        return count

    @numba.njit
    def through_another(number):
        return halvings(number)

    @numba.njit
    def by_arrays(n):
        return np.sum(np.ones(n) <= 1)

    for function in (through_another, by_arrays):
        function(8)
        assert compiled.modes(function) == ["nopython"]


def test_a_ufunc_s_versions_are_found():
    double = numba.vectorize(lambda x: x + x)
    double(VALUES)
    assert compiled.modes(double) == ["nopython"]


def test_a_function_of_an_extension_module_is_found_in_its_library():
    by_cython, in_c = msgpack._cmsgpack.unpackb, np.empty
    assert type(by_cython).__name__ == "cython_function_or_method"
    assert Path(compiled.module_file(by_cython)) == Path(msgpack._cmsgpack.__file__)
    assert compiled.module_file(in_c).endswith((".so", ".pyd"))


def test_what_comes_from_no_extension_module_has_no_library():
    kernel(VALUES)
    for function in (add_up, kernel, len, np.add, Path, None):
        assert compiled.module_file(function) == ""


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no system but Linux tells")
def test_threads_are_spread_over_the_cores_and_then_let_go():
    allowed = os.sched_getaffinity(0)
    with compiled.spread_threads():
        assert os.sched_getaffinity(0) == {min(allowed)}
    assert os.sched_getaffinity(0) == allowed
