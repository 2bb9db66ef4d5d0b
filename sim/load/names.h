/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of users by number: `u%d` is u0, u1, u2, ...; `%06d` has leading zeros. */
#pragma once

#include <glib.h>
#include <rollcall/text.h>
#include <stdint.h>

#define SIM_NAMES_ERROR sim_names_error_quark()
GQuark sim_names_error_quark(void);
typedef enum { SIM_NAMES_ERROR_FORMAT } SimNamesError;

/** SIM_NAMES_LONGEST: bytes of a name at most. */
#define SIM_NAMES_LONGEST 64

/**
 * SimNames: @before and @after the number; @width of it with leading zeros, or 0; with neither a
 * number (@plain) all names are the same. Borrowed from the format.
 */
typedef struct {
    RollText before;
    RollText after;
    unsigned width;
    bool plain;
} SimNames;

/**
 * sim_names_parse: @format must outlive @out.
 * @plain: it may go without a number
 * @error: %SIM_NAMES_ERROR_FORMAT
 */
bool sim_names_parse(const char *format, bool plain, SimNames *out, GError **error);

/** sim_names_write: name @number to @out. Returns: its length, at most %SIM_NAMES_LONGEST */
size_t sim_names_write(const SimNames *self, uint32_t number, char *out);
