/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers go through g_ascii_formatd(), never printf's %f or %g, which follow the locale. */
#include "sim/report/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_DECIMALS 9

void
sim_text_number(GString *out, double value)
{
    if (!isfinite(value))
        return;
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    static const char *const formats[] = {"%.15g", "%.16g", "%.17g"};
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_ascii_formatd(text, sizeof text, formats[i], value);
        if (g_ascii_strtod(text, NULL) == value)
            break;
    }
    g_string_append(out, text);
}

void
sim_text_share(GString *out, int64_t share)
{
    const int64_t unit = INT64_C(1000000000000);
    g_string_append_printf(out, "%" PRId64, share / unit);
    if (share % unit == 0)
        return;
    g_string_append_printf(out, ".%012" PRId64, share % unit);
    while (out->str[out->len - 1] == '0')
        g_string_truncate(out, out->len - 1);
}

void
sim_text_count(GString *out, uint64_t count)
{
    g_autofree char *digits = g_strdup_printf("%" PRIu64, count);
    size_t n = strlen(digits);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            g_string_append_c(out, ',');
        g_string_append_c(out, digits[i]);
    }
}

void
sim_text_duration(GString *out, RollTime duration)
{
    static const struct {
        RollTime length;
        RollTime from; /* a day is said as 24 h, a minute as 60 s */
        const char *name;
    } units[] = {{ROLL_DAY, 2 * ROLL_DAY, "d"},
                 {ROLL_HOUR, ROLL_HOUR, "h"},
                 {ROLL_MINUTE, 2 * ROLL_MINUTE, "min"}};
    const char *before = "";
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (duration < (*before ? units[i].length : units[i].from))
            continue;
        g_string_append_printf(out, "%s%" PRId64 " %s", before, duration / units[i].length,
                               units[i].name);
        duration %= units[i].length;
        before = " ";
    }
    if (duration == 0 && *before)
        return;
    g_string_append(out, before);
    sim_text_number(out, (double)duration / ROLL_SECOND);
    g_string_append(out, " s");
}

const char *
sim_text_unit(SimMetric metric)
{
    const char *unit = sim_metric_info(metric)->unit;
    if (strcmp(unit, "1") == 0)
        return "%";
    return g_str_has_prefix(unit, "1/") ? unit + 1 : unit;
}

double
sim_text_scale(SimMetric metric)
{
    return strcmp(sim_metric_info(metric)->unit, "1") == 0 ? 100 : 1;
}

/* The power of ten of the first figure once rounded to a number of figures, read off the text:
 * log10() may differ between systems. */
static int
magnitude(double value, int figures)
{
    char format[8];
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    g_snprintf(format, sizeof format, "%%.%de", figures - 1);
    g_ascii_formatd(text, sizeof text, format, value);
    return atoi(strchr(text, 'e') + 1);
}

int
sim_text_decimals(SimMetric metric, const SimEstimate *estimate)
{
    double scale = sim_text_scale(metric);
    double half = (estimate->high - estimate->low) / 2 * scale;
    double value = fabs(estimate->value) * scale;
    if (isfinite(half) && half > 0)
        return CLAMP(1 - magnitude(half, 2), 0, MOST_DECIMALS);
    if (isfinite(value) && value > 0)
        return CLAMP(3 - magnitude(value, 4), 0, MOST_DECIMALS);
    return 0;
}

void
sim_text_value(GString *out, SimMetric metric, double value, int decimals)
{
    if (isnan(value)) {
        g_string_append_c(out, '-');
        return;
    }
    char format[16];
    char text[400]; /* the longest double in %f has 309 digits before the point */
    g_snprintf(format, sizeof format, "%%.%df", decimals);
    g_ascii_formatd(text, sizeof text, format, value * sim_text_scale(metric));
    g_string_append(out, text);
}

void
sim_text_interval(GString *out, SimMetric metric, const SimEstimate *estimate, int decimals)
{
    if (isnan(estimate->low) || isnan(estimate->high)) {
        g_string_append_c(out, '-');
        return;
    }
    sim_text_value(out, metric, estimate->low, decimals);
    g_string_append(out, " to ");
    sim_text_value(out, metric, estimate->high, decimals);
}

void
sim_text_measured(GString *out, const SimVerdict *verdict)
{
    SimMetric metric = verdict->expectation->metric;
    SimEstimate bare = {verdict->measured, NAN, NAN, NAN};
    if (isnan(verdict->measured)) {
        g_string_append(out, "not observed");
        return;
    }
    g_autoptr(GString) value = g_string_new(NULL);
    g_autoptr(GString) bound = g_string_new(NULL);
    int decimals = sim_text_decimals(metric, &bare);
    do {
        g_string_truncate(value, 0);
        g_string_truncate(bound, 0);
        sim_text_value(value, metric, verdict->measured, decimals);
        sim_text_value(bound, metric, verdict->expectation->value, decimals);
    } while (g_string_equal(value, bound) && verdict->measured != verdict->expectation->value &&
             decimals++ < MOST_DECIMALS);
    g_string_append_printf(out, "%s %s", value->str, sim_text_unit(metric));
}

void
sim_text_json(GString *out, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_string_append_c(out, '"');
    for (const char *c = valid; *c; c++) {
        if (*c == '"' || *c == '\\')
            g_string_append_printf(out, "\\%c", *c);
        else if ((unsigned char)*c < 0x20)
            g_string_append_printf(out, "\\u%04x", (unsigned char)*c);
        else
            g_string_append_c(out, *c);
    }
    g_string_append_c(out, '"');
}

void
sim_text_html(GString *out, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *escaped = g_markup_escape_text(valid, -1);
    g_string_append(out, escaped);
}

void
sim_text_gnuplot(GString *out, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_string_append_c(out, '\'');
    for (const char *c = valid; *c; c++) {
        if (*c == '\'')
            g_string_append(out, "''");
        else
            g_string_append_c(out, (unsigned char)*c < 0x20 ? ' ' : *c);
    }
    g_string_append_c(out, '\'');
}

void
sim_text_csv(GString *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        g_string_append(out, text);
        return;
    }
    g_string_append_c(out, '"');
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *c);
    }
    g_string_append_c(out, '"');
}

const char *
sim_text_section(SimMetric metric)
{
    switch (metric) {
    case SIM_METRIC_LOCATION_ACCURACY:
        return "Location";
    case SIM_METRIC_STALE_RECORD_RATE:
        return "Records";
    case SIM_METRIC_REGISTER_RATE:
        return "Signalling";
    case SIM_METRIC_REGISTRATION_DELAY:
        return "Service";
    case SIM_METRIC_CALL_SUCCESS:
        return "Calls";
    case SIM_METRIC_OFFERED_RATE:
        return "Station";
    default:
        return NULL;
    }
}
