/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/command/figures.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct SimFigures {
    GString *json; /* NULL: none is wanted */
};

SimFigures *
sim_figures_new(bool json)
{
    SimFigures *self = g_new0(SimFigures, 1);
    if (json)
        self->json = g_string_new(NULL);
    return self;
}

void
sim_figures_free(SimFigures *self)
{
    if (self == NULL)
        return;
    if (self->json != NULL)
        g_string_free(self->json, TRUE);
    g_free(self);
}

/* Four digits that count, and never an exponent. */
static char *
format_value(double value)
{
    int digits = value > 0 ? 3 - (int)floor(log10(value)) : 0;
    return g_strdup_printf("%.*f", CLAMP(digits, 0, 6), value);
}

void
sim_figures_add(SimFigures *self, double value, const char *unit, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *name = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *text = format_value(value);
    if (self->json == NULL) {
        printf("%s %s %s\n", name, text, unit);
        fflush(stdout);
        return;
    }
    g_string_append_printf(
        self->json, "%s\n    {\"name\": \"%s\", \"value\": %s, \"unit\": \"%s\"}",
        self->json->len > 0 ? "," : "", name, isfinite(value) ? text : "null", unit);
}

void
sim_figures_end(SimFigures *self)
{
    if (self->json != NULL)
        printf("{\n  \"rollcall\": \"%s\",\n  \"figures\": [%s\n  ]\n}\n", SIM_VERSION,
               self->json->str);
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

double
sim_figures_median(double *values, size_t n)
{
    if (n == 0)
        return NAN;
    qsort(values, n, sizeof *values, compare);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}
