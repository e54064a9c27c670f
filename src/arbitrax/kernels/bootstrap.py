"""The stationary bootstrap of returns (Politis and Romano 1994): mean, deviation, growth and drawdown in one pass.

A resample is made of blocks that start anywhere and go round at the end; their lengths are geometric. Each resample
has its own generator, xoshiro256++ (Blackman and Vigna 2019) seeded by splitmix64 from the seed and its number, so that
one does not depend on how many there are. Returns are fractions a period, (n,) float64.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.libc.math import NAN, floor, log, log1p, sqrt

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


def stationary_bootstrap(
    returns: cython.const[cython.double][::1], mean_block: cython.double, seed: cython.ulonglong,
    out: cython.double[:, ::1],
) -> None:  # fmt: skip
    """Write statistics of resamples, one a row.

    returns: (n,), n >= 1. mean_block: mean length of a block, >= 1. out: (resamples, 4): mean; sample deviation (n - 1;
    NaN for n = 1); growth, the product of 1 + r; deepest drawdown from a running peak that starts at 1, <= 0.
    """
    n: cython.Py_ssize_t = returns.shape[0]
    row: cython.Py_ssize_t
    i: cython.Py_ssize_t
    t: cython.Py_ssize_t
    done: cython.Py_ssize_t
    block: cython.Py_ssize_t
    end: cython.Py_ssize_t
    length: cython.double
    centre: cython.double = 0.0
    x: cython.double
    total: cython.double
    squares: cython.double
    growth: cython.double
    below: cython.double
    deepest: cython.double
    stay: cython.double = log1p(-1.0 / mean_block)
    state: State
    with cython.nogil:
        for i in range(n):
            centre += returns[i]
        centre /= n
        for row in range(out.shape[0]):
            state = _seeded(seed, cython.cast(cython.ulonglong, row))
            total = squares = 0.0
            growth = below = deepest = 1.0
            done = 0
            while done < n:
                i = cython.cast(cython.Py_ssize_t, _uniform(cython.address(state)) * n)
                # P(length > k) = (1 - 1 / mean)^k, of a uniform number in (0, 1].
                length = floor(log(1.0 - _uniform(cython.address(state))) / stay)
                block = n - done if length >= n - done else cython.cast(cython.Py_ssize_t, length) + 1
                if block > n - done:
                    block = n - done
                done += block
                while block > 0:
                    end = i + block if block < n - i else n
                    block -= end - i
                    for t in range(i, end):
                        x = returns[t] - centre
                        total += x
                        squares += x * x
                        growth *= 1.0 + returns[t]
                        below *= 1.0 + returns[t]
                        below = below if below < 1.0 else 1.0
                        deepest = below if below < deepest else deepest
                    i = 0
            out[row, 0] = centre + total / n
            out[row, 1] = sqrt(max(squares - total * total / n, 0.0) / (n - 1)) if n > 1 else NAN
            out[row, 2] = growth
            out[row, 3] = deepest - 1.0
