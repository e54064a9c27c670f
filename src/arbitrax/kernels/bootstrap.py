"""The stationary bootstrap of returns (Politis and Romano 1994): mean, deviation, growth and drawdown in one pass.

A resample is made of blocks that start anywhere and go round at the end; their lengths are geometric. Each resample
has its own generator, xoshiro256++ (Blackman and Vigna 2019) seeded by splitmix64 from the seed and its number, so that
one does not depend on how many there are. Returns are fractions a period, (n,) float64.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.libc.math import NAN, log, log1p, sqrt
from cython.cimports.libc.stdlib import calloc, free
from cython.cimports.libc.string import memcpy

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

State = cython.struct(a=cython.ulonglong, b=cython.ulonglong, c=cython.ulonglong, d=cython.ulonglong)


@cython.cfunc
@cython.nogil
@cython.inline
@cython.overflowcheck(False)
@cython.exceptval(check=False)
def _splitmix(x: cython.ulonglong) -> cython.ulonglong:
    x = (x ^ (x >> 30)) * cython.cast(cython.ulonglong, 0xBF58476D1CE4E5B9)
    x = (x ^ (x >> 27)) * cython.cast(cython.ulonglong, 0x94D049BB133111EB)
    return x ^ (x >> 31)


@cython.cfunc
@cython.nogil
@cython.overflowcheck(False)
@cython.exceptval(check=False)
def _seeded(seed: cython.ulonglong, number: cython.ulonglong) -> State:
    state: State
    step: cython.ulonglong = 0x9E3779B97F4A7C15
    at: cython.ulonglong = _splitmix(seed + step) + number * 4 * step
    state.a = _splitmix(at + step)
    state.b = _splitmix(at + step * 2)
    state.c = _splitmix(at + step * 3)
    state.d = _splitmix(at + step * 4)
    return state


@cython.cfunc
@cython.nogil
@cython.inline
@cython.overflowcheck(False)
@cython.exceptval(check=False)
def _uniform(s: cython.pointer[State]) -> cython.double:
    """Return the next number in [0, 1), a multiple of 2^-53."""
    total: cython.ulonglong = s.a + s.d
    word: cython.ulonglong = ((total << 23) | (total >> 41)) + s.a
    kept: cython.ulonglong = s.b << 17
    s.c = s.c ^ s.a
    s.d = s.d ^ s.b
    s.b = s.b ^ s.c
    s.a = s.a ^ s.d
    s.c = s.c ^ kept
    s.d = (s.d << 45) | (s.d >> 19)
    return cython.cast(cython.double, word >> 11) * (1.0 / 9007199254740992.0)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _draw(
    round_: cython.p_double, n: cython.Py_ssize_t, scale: cython.double, state: State, out: cython.p_double
) -> cython.void:
    """Write a resample of n returns and up to 7 numbers more.

    round_: the returns twice, so that a block never goes round, and 7 numbers more. scale: 1 / log(1 - 1 / mean block).
    """
    at: cython.Py_ssize_t
    block: cython.Py_ssize_t
    done: cython.Py_ssize_t = 0
    copied: cython.Py_ssize_t
    length: cython.double
    while done < n:
        at = cython.cast(cython.Py_ssize_t, _uniform(cython.address(state)) * n)
        # P(length > k) = (1 - 1 / mean)^k, of a uniform number in (0, 1].
        length = log(1.0 - _uniform(cython.address(state))) * scale
        block = n - done
        if length < block:
            block = cython.cast(cython.Py_ssize_t, length) + 1
        # Eight at once, whatever the length: blocks are short, and a guess where each ends costs more than the copy.
        copied = 0
        while copied < block:
            memcpy(out + done + copied, round_ + at + copied, 64)
            copied += 8
        done += block


def stationary_bootstrap(
    returns: cython.const[cython.double][::1], mean_block: cython.double, seed: cython.ulonglong,
    out: cython.double[:, ::1],
) -> None:  # fmt: skip
    """Write statistics of resamples, one a row.

    returns: (n,), n >= 1. mean_block: mean length of a block, >= 1. out: (resamples, 4): mean; sample deviation (n - 1;
    NaN for n = 1); growth, the product of 1 + r; deepest drawdown from a running peak that starts at 1, <= 0.
    """
    n: cython.Py_ssize_t = returns.shape[0]
    rows: cython.Py_ssize_t = out.shape[0]
    row: cython.Py_ssize_t
    t: cython.Py_ssize_t
    k: cython.Py_ssize_t
    centre: cython.double = 0.0
    x: cython.double
    scale: cython.double = 1.0 / log1p(-1.0 / mean_block) if mean_block > 1.0 else 0.0
    total: cython.double[4]
    squares: cython.double[4]
    growth: cython.double[4]
    below: cython.double[4]
    deepest: cython.double[4]
    # Four resamples side by side: each waits for its own last product, none for the others'.
    stride: cython.Py_ssize_t = n + 8
    round_: cython.p_double = cython.cast(
        cython.p_double, calloc(cython.cast(cython.size_t, 2 * n + 8 + 4 * stride), cython.sizeof(cython.double))
    )
    drawn: cython.p_double = round_ + 2 * n + 8
    if round_ == cython.NULL:
        raise MemoryError
    with cython.nogil:
        for t in range(n):
            centre += returns[t]
            round_[t] = round_[n + t] = returns[t]
        centre /= n
        for row in range(0, rows, 4):
            for k in range(4):
                _draw(round_, n, scale, _seeded(seed, cython.cast(cython.ulonglong, row + k)), drawn + k * stride)
                total[k] = squares[k] = 0.0
                growth[k] = below[k] = deepest[k] = 1.0
            for t in range(n):
                for k in range(4):
                    x = drawn[k * stride + t] - centre
                    total[k] += x
                    squares[k] += x * x
                    x = 1.0 + drawn[k * stride + t]
                    growth[k] *= x
                    x *= below[k]
                    below[k] = x if x < 1.0 else 1.0
                    deepest[k] = below[k] if below[k] < deepest[k] else deepest[k]
            for k in range(4 if rows - row > 4 else rows - row):
                out[row + k, 0] = centre + total[k] / n
                x = squares[k] - total[k] * total[k] / n
                out[row + k, 1] = sqrt((x if x > 0.0 else 0.0) / (n - 1)) if n > 1 else NAN
                out[row + k, 2] = growth[k]
                out[row + k, 3] = deepest[k] - 1.0
    free(round_)
