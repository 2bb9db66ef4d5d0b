/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers and names as the reports print them: the same in every locale, escaped for where they
 * go. Each function appends to a GString. */
#pragma once

#include "sim/measure/result.h"
#include <glib.h>

/** sim_text_number: the shortest decimal that reads back equal; nothing for NaN and infinity. */
void sim_text_number(GString *out, double value);

/** sim_text_share: of units of 1e-12, as sim_result_shares() gives them: exact. */
void sim_text_share(GString *out, int64_t share);

/** sim_text_count: 1234567 as `1,234,567`. */
void sim_text_count(GString *out, uint64_t count);

/** sim_text_duration: `1 d 2 h`, `90 s`, `0.5 s`. */
void sim_text_duration(GString *out, RollTime duration);

/** sim_text_unit: of a metric as a reader wants it: `%` for a share, `/s` for 1/s. */
const char *sim_text_unit(SimMetric metric);

/** sim_text_scale: what a value is multiplied with to be in sim_text_unit(). */
double sim_text_scale(SimMetric metric);

/**
 * sim_text_decimals: how many decimals an estimate deserves in sim_text_unit(): two figures of the
 * half-width of its interval, or four figures of the value if there is no interval.
 */
int sim_text_decimals(SimMetric metric, const SimEstimate *estimate);

/** sim_text_value: in sim_text_unit() with @decimals; `-` for NaN. */
void sim_text_value(GString *out, SimMetric metric, double value, int decimals);

/** sim_text_interval: `98.9 to 99.3`; `-` where there is none. */
void sim_text_interval(GString *out, SimMetric metric, const SimEstimate *estimate, int decimals);

/**
 * sim_text_measured: what an expectation was judged by, with its unit: four figures, and as many
 * more as it takes to tell it from the bound.
 */
void sim_text_measured(GString *out, const SimVerdict *verdict);

/** sim_text_json: a string with its quotation marks. */
void sim_text_json(GString *out, const char *text);

/** sim_text_html: for content and for attributes in double quotes. */
void sim_text_html(GString *out, const char *text);

/** sim_text_gnuplot: a string in single quotes on one line. */
void sim_text_gnuplot(GString *out, const char *text);

/** sim_text_csv: a cell, quoted if it must be. */
void sim_text_csv(GString *out, const char *text);

/** sim_text_section: the heading a metric starts in tables, or %NULL if it continues one. */
const char *sim_text_section(SimMetric metric);
