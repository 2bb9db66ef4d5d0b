/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * No input may take longer than a registrar can give to one packet. Processor time is measured,
 * and an input that was slow is given twice more, so that a busy machine is no finding. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LIMIT_MS = 10, LIMIT_TRIES = 3 };

static inline int64_t
limit_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

/** limit_run: gives @data to @run; aborts if it takes longer than 10 ms every time. */
static inline int
limit_run(void (*run)(const uint8_t *data, size_t size), const uint8_t *data, size_t size)
{
    int64_t took = 0;
    for (int i = 0; i < LIMIT_TRIES; i++) {
        int64_t start = limit_now();
        run(data, size);
        took = limit_now() - start;
        if (took <= LIMIT_MS * 1000)
            return 0;
    }
    fprintf(stderr, "an input of %zu bytes took %lld us\n", size, (long long)took);
    abort();
}
