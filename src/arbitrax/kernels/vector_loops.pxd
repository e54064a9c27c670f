# Loops over a block of values in C, which the compiler makes of vectors: two values at once, and where glibc can choose
# when a module is loaded, four on a processor of AVX2. Neither fuses nor reorders, so both give the same bits. A formula
# that the form of one value needs too stands before its loop.
#
# An int64 below 2^51 and a double turn into each other without an instruction of their own (SSE2 and AVX2 have none for
# several at once): in a double from 2^52 to 2^53 the last bit of the mantissa counts one, so a sum of 1.5 * 2^52 and a
# number is that number rounded to even, as by llrint, and its bits less those of 1.5 * 2^52 are the int64.
cdef extern from *:
    """
    #include <math.h>
    #include <stdlib.h>
    #include <string.h>
    #if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__) \\
        && !defined(__SANITIZE_ADDRESS__)
    #define ARBITRAX_LOOP static __attribute__((unused, target_clones("avx2", "default")))
    #else
    #define ARBITRAX_LOOP static __attribute__((unused))
    #endif
    #define ARBITRAX_ROUNDER 6755399441055744.0 /* 1.5 * 2^52 */

    static inline long long arbitrax_bits(double x) {
        long long bits;
        memcpy(&bits, &x, sizeof bits);
        return bits;
    }
    static inline double arbitrax_of_bits(unsigned long long bits) {
        double x;
        memcpy(&x, &bits, sizeof x);
        return x;
    }
    /* The nearest double of any int64: its halves in the mantissas of 2^84 and 2^52, rounded once. */
    static inline double arbitrax_double(long long x) {
        const double upper = arbitrax_of_bits((unsigned long long)x >> 32 ^ 0x4530000080000000u);
        const double lower = arbitrax_of_bits(((unsigned long long)x & 0xffffffffu) | 0x4330000000000000u);
        return (upper - 0x1.00000801p84 /* 2^84 + 2^63 + 2^52 */) + lower;
    }
    static inline double arbitrax_wide_double(long long high, unsigned long long low) {
        /* The lower half as a signed number, so that x and -x come out alike. */
        return arbitrax_double(high + (long long)(low >> 63)) * 18446744073709551616.0 + arbitrax_double((long long)low);
    }

    ARBITRAX_LOOP int arbitrax_below(const double *restrict x, ptrdiff_t count, double bound) {
        long long beyond = 0;
        for (ptrdiff_t k = 0; k < count; k++)
            beyond |= !(fabs(x[k]) < bound);
        return !beyond;
    }
    ARBITRAX_LOOP int arbitrax_units(
        const double *restrict x, ptrdiff_t count, double scale, double bound, long long *restrict units
    ) {
        long long beyond = 0;
        for (ptrdiff_t k = 0; k < count; k++) {
            beyond |= !(fabs(x[k]) < bound);
            units[k] = arbitrax_bits(x[k] * scale + ARBITRAX_ROUNDER) - arbitrax_bits(ARBITRAX_ROUNDER);
        }
        return !beyond;
    }
    ARBITRAX_LOOP int arbitrax_factors(
        const double *restrict came, const double *restrict left, ptrdiff_t count, double scale, double bound,
        long long window, long long *restrict change, long long *restrict factor
    ) {
        long long beyond = 0;
        for (ptrdiff_t k = 0; k < count; k++) {
            const long long unit = arbitrax_bits(came[k] * scale + ARBITRAX_ROUNDER) - arbitrax_bits(ARBITRAX_ROUNDER);
            const long long oldest = arbitrax_bits(left[k] * scale + ARBITRAX_ROUNDER) - arbitrax_bits(ARBITRAX_ROUNDER);
            beyond |= !(fabs(came[k]) < bound);
            change[k] = unit - oldest;
            factor[k] = window * (unit + oldest) + (unit - oldest);
        }
        return !beyond;
    }
    ARBITRAX_LOOP void arbitrax_quotients(
        const long long *restrict x, ptrdiff_t count, double by, double *restrict out
    ) {
        for (ptrdiff_t k = 0; k < count; k++)
            out[k] = arbitrax_double(x[k]) / by;
    }
    ARBITRAX_LOOP void arbitrax_wide_doubles(
        const long long *restrict high, const unsigned long long *restrict low, ptrdiff_t count, double *restrict out
    ) {
        for (ptrdiff_t k = 0; k < count; k++)
            out[k] = arbitrax_wide_double(high[k], low[k]);
    }
    ARBITRAX_LOOP void arbitrax_bands(
        const long long *restrict sums, const long long *restrict high, const unsigned long long *restrict low,
        ptrdiff_t count, double units, double factor,
        double *restrict middle, double *restrict upper, double *restrict lower
    ) {
        for (ptrdiff_t k = 0; k < count; k++) {
            const double mean = arbitrax_double(sums[k]) / units;
            const double reach = sqrt(arbitrax_wide_double(high[k], low[k])) * factor;
            middle[k] = mean;
            upper[k] = mean + reach;
            lower[k] = mean - reach;
        }
    }
    static inline double arbitrax_smoothing(long long across, long long moved, double slow, double span) {
        const double efficiency = moved ? arbitrax_double(across) / arbitrax_double(moved) : 1.0;
        const double smoothing = efficiency * span + slow;
        return smoothing * smoothing;
    }
    ARBITRAX_LOOP void arbitrax_changes(
        long long *restrict came, long long *restrict left, ptrdiff_t count
    ) {
        for (ptrdiff_t k = 0; k < count; k++) {
            const long long across = came[k + 1] - left[k + 1];
            came[k] = llabs(came[k + 1] - came[k]) - llabs(left[k + 1] - left[k]);
            left[k] = llabs(across);
        }
    }
    ARBITRAX_LOOP void arbitrax_adapt(
        const long long *restrict across, const long long *restrict moved, const double *restrict x, ptrdiff_t count,
        double slow, double span, double *restrict state, double *restrict keep, double *restrict add,
        double *restrict out
    ) {
        double before = state[0], last = state[1];
        keep[0] = state[2];
        add[0] = state[3];
        for (ptrdiff_t k = 0; k < count; k++) {
            const double smoothing = arbitrax_smoothing(across[k], moved[k], slow, span);
            keep[k + 1] = 1.0 - smoothing;
            add[k + 1] = smoothing * x[k];
        }
        /* The products are made while the averages wait for each other. */
        for (ptrdiff_t k = 0; k < count; k++) {
            const double average = keep[k + 1] * keep[k] * before + (keep[k + 1] * add[k] + add[k + 1]);
            before = last;
            last = average;
            out[k] = average;
        }
        state[0] = before;
        state[1] = last;
        state[2] = keep[count];
        state[3] = add[count];
    }

    /* What the next four wait for stays in registers, as two pairs: a vector of four is slow where there is none. */
    typedef double arbitrax_pair __attribute__((vector_size(16), aligned(8), may_alias));
    #define ARBITRAX_PAIR(place) (*(const arbitrax_pair *)(place))
    ARBITRAX_LOOP void arbitrax_smooth(
        const double *restrict x, double *restrict out, ptrdiff_t count, double weight, double left,
        const double *restrict last, ptrdiff_t at
    ) {
        const double left_of_two = left * left, left_of_four = left_of_two * left_of_two;
        /* One by one: pairs would wait until those just written to `out` have left the store buffer. */
        arbitrax_pair first = {last[at & 3], last[(at + 1) & 3]}, second = {last[(at + 2) & 3], last[(at + 3) & 3]};
        arbitrax_pair one, two = ARBITRAX_PAIR(x - 2) + left * ARBITRAX_PAIR(x - 3);
        ptrdiff_t i;
        for (i = 0; i + 4 <= count; i += 4) {
            one = ARBITRAX_PAIR(x + i) + left * ARBITRAX_PAIR(x + i - 1);
            first = left_of_four * first + weight * (one + left_of_two * two);
            two = ARBITRAX_PAIR(x + i + 2) + left * ARBITRAX_PAIR(x + i + 1);
            second = left_of_four * second + weight * (two + left_of_two * one);
            *(arbitrax_pair *)(out + i) = first;
            *(arbitrax_pair *)(out + i + 2) = second;
        }
        for (; i < count; i++)
            out[i] = left_of_four * out[i - 4]
                + weight * ((x[i] + left * x[i - 1]) + left_of_two * (x[i - 2] + left * x[i - 3]));
    }
    ARBITRAX_LOOP void arbitrax_double_averages(
        const double *restrict one, const double *restrict two, ptrdiff_t count, double *restrict out
    ) {
        for (ptrdiff_t k = 0; k < count; k++)
            out[k] = 2.0 * one[k] - two[k];
    }
    ARBITRAX_LOOP void arbitrax_triple_averages(
        const double *restrict one, const double *restrict two, const double *restrict three, ptrdiff_t count,
        double *restrict out
    ) {
        for (ptrdiff_t k = 0; k < count; k++)
            out[k] = 3.0 * one[k] - 3.0 * two[k] + three[k];
    }

    static inline double arbitrax_true_range(double high, double low, double before) {
        return (high > before ? high : before) - (low < before ? low : before);
    }
    ARBITRAX_LOOP void arbitrax_true_ranges(
        const double *restrict high, const double *restrict low, const double *restrict close, ptrdiff_t count,
        double *restrict out
    ) {
        for (ptrdiff_t k = 0; k < count; k++)
            out[k] = arbitrax_true_range(high[k], low[k], close[k - 1]) + 0.0 * (high[k] + low[k] + close[k]);
    }

    static inline double arbitrax_score(double above, double spread, double factor) {
        /* (u - sum / n) / (sqrt(spread) / n), times sqrt((n - 1) / n) for the sample's deviation. Where all are equal both
           are 0, exactly, and the score is NaN. */
        return above / sqrt(spread) * factor;
    }
    ARBITRAX_LOOP void arbitrax_scores(
        const long long *restrict above, const double *restrict spread, ptrdiff_t count, double factor,
        double *restrict out
    ) {
        for (ptrdiff_t k = 0; k < count; k++)
            out[k] = arbitrax_score(arbitrax_double(above[k]), spread[k], factor);
    }

    static inline double arbitrax_explained(double tilt, double spread, double share) {
        const double explained = tilt * tilt * share / spread;
        return explained > 1.0 ? 1.0 : explained; /* NaN where the spread is 0: so is then the tilt */
    }
    ARBITRAX_LOOP void arbitrax_lines(
        const long long *restrict sums, const double *restrict tilt, const double *restrict spread, ptrdiff_t count,
        double units, double per_tilt, double half, double share,
        double *restrict end, double *restrict slope, double *restrict intercept, double *restrict r_squared
    ) {
        for (ptrdiff_t k = 0; k < count; k++) {
            const double mean = arbitrax_double(sums[k]) / units;
            const double rise = tilt[k] * per_tilt;
            slope[k] = rise;
            end[k] = mean + rise * half;
            intercept[k] = mean - rise * half;
            r_squared[k] = arbitrax_explained(tilt[k], spread[k], share);
        }
    }

    static inline double arbitrax_correlation(double shared, double spread_x, double spread_y) {
        /* Where one does not vary all are 0, exactly, and the correlation is NaN, which no comparison changes. */
        double r = 0.5 * shared / sqrt(spread_x * spread_y);
        r = r > 1.0 ? 1.0 : r;
        return r < -1.0 ? -1.0 : r;
    }
    ARBITRAX_LOOP void arbitrax_correlations(
        const double *restrict shared, const double *restrict spread_x, const double *restrict spread_y, ptrdiff_t count,
        double *restrict out
    ) {
        for (ptrdiff_t k = 0; k < count; k++)
            out[k] = arbitrax_correlation(shared[k], spread_x[k], spread_y[k]);
    }

    static inline double arbitrax_place(double top, double bottom, double close) {
        return top > bottom ? (top - close) / (top - bottom) * -100.0 : -50.0;
    }
    ARBITRAX_LOOP void arbitrax_places(
        const double *restrict top, const double *restrict bottom, const double *restrict close, ptrdiff_t count,
        double *restrict out
    ) {
        for (ptrdiff_t k = 0; k < count; k++)
            out[k] = arbitrax_place(top[k], bottom[k], close[k]);
    }
    ARBITRAX_LOOP void arbitrax_larger(
        const double *restrict x, const double *restrict y, ptrdiff_t count, double *restrict out
    ) {
        for (ptrdiff_t k = 0; k < count; k++)
            out[k] = x[k] > y[k] ? x[k] : y[k];
    }
    ARBITRAX_LOOP void arbitrax_smaller(
        const double *restrict x, const double *restrict y, ptrdiff_t count, double *restrict out
    ) {
        for (ptrdiff_t k = 0; k < count; k++)
            out[k] = x[k] < y[k] ? x[k] : y[k];
    }
    """
    bint all_below "arbitrax_below"(const double* x, Py_ssize_t count, double bound) noexcept nogil
    # Write x * scale rounded; return whether all |x| are below the bound, which must be 2^51 / scale or less.
    bint units_of "arbitrax_units"(
        const double* x, Py_ssize_t count, double scale, double bound, long long* units
    ) noexcept nogil
    # The same for units u that come into a window and the oldest that leave it: write how the sum changes, u - oldest, and
    # window (u + oldest) + u - oldest.
    bint factors_of "arbitrax_factors"(
        const double* came, const double* left, Py_ssize_t count, double scale, double bound, long long window,
        long long* change, long long* factor,
    ) noexcept nogil
    # Write x / by.
    void quotients "arbitrax_quotients"(const long long* x, Py_ssize_t count, double by, double* out) noexcept nogil
    # Write high * 2^64 + low as doubles.
    void wide_doubles "arbitrax_wide_doubles"(
        const long long* high, const unsigned long long* low, Py_ssize_t count, double* out
    ) noexcept nogil
    # Write the change of the sum of absolute changes to `came`, and what lies across the window to `left`; both hold the
    # units of `count + 1` values, and the last of each stays.
    void changes_of "arbitrax_changes"(long long* came, long long* left, Py_ssize_t count) noexcept nogil
    double kaufman_smoothing "arbitrax_smoothing"(
        long long across, long long moved, double slow, double span
    ) noexcept nogil
    # Write Kaufman's averages. state: the last but one and the last average, what the last bar kept and what it added.
    # keep, add: room for `count + 1`.
    void adapt "arbitrax_adapt"(
        const long long* across, const long long* moved, const double* x, Py_ssize_t count, double slow, double span,
        double* state, double* keep, double* add, double* out,
    ) noexcept nogil
    # Write sums / units, and the root of a spread times a factor above and below.
    void draw_bands "arbitrax_bands"(
        const long long* sums, const long long* high, const unsigned long long* low, Py_ssize_t count,
        double units, double factor, double* middle, double* upper, double* lower,
    ) noexcept nogil
    # Write exponential averages, from the average four values ago and the values since (see Smoothing): x holds the four
    # values before, out their averages, and so does `last`, the oldest at `at`.
    void smooth_run "arbitrax_smooth"(
        const double* x, double* out, Py_ssize_t count, double weight, double left, const double* last, Py_ssize_t at
    ) noexcept nogil
    void double_averages "arbitrax_double_averages"(
        const double* one, const double* two, Py_ssize_t count, double* out
    ) noexcept nogil
    void triple_averages "arbitrax_triple_averages"(
        const double* one, const double* two, const double* three, Py_ssize_t count, double* out
    ) noexcept nogil
    # Wilder's true high less his true low.
    double true_range "arbitrax_true_range"(double high, double low, double before) noexcept nogil
    # The same for bars after the first close; NaN where a price is not finite.
    void true_ranges "arbitrax_true_ranges"(
        const double* high, const double* low, const double* close, Py_ssize_t count, double* out
    ) noexcept nogil
    double score_of "arbitrax_score"(double above, double spread, double factor) noexcept nogil
    void scores "arbitrax_scores"(
        const long long* above, const double* spread, Py_ssize_t count, double factor, double* out
    ) noexcept nogil
    double explained_of "arbitrax_explained"(double tilt, double spread, double share) noexcept nogil
    void draw_lines "arbitrax_lines"(
        const long long* sums, const double* tilt, const double* spread, Py_ssize_t count,
        double units, double per_tilt, double half, double share,
        double* end, double* slope, double* intercept, double* r_squared,
    ) noexcept nogil
    # shared: twice what the spreads are of one series.
    double correlation_of "arbitrax_correlation"(double shared, double spread_x, double spread_y) noexcept nogil
    void correlations "arbitrax_correlations"(
        const double* shared, const double* spread_x, const double* spread_y, Py_ssize_t count, double* out
    ) noexcept nogil
    double place_of "arbitrax_place"(double top, double bottom, double close) noexcept nogil
    void places "arbitrax_places"(
        const double* top, const double* bottom, const double* close, Py_ssize_t count, double* out
    ) noexcept nogil
    void larger_of "arbitrax_larger"(const double* x, const double* y, Py_ssize_t count, double* out) noexcept nogil
    void smaller_of "arbitrax_smaller"(const double* x, const double* y, Py_ssize_t count, double* out) noexcept nogil
