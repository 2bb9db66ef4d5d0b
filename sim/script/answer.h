/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An answer as text, read without libroll: what writes an answer wrong and reads it wrong in the
 * same way would otherwise look right. */
#pragma once

#include <rollcall/text.h>
#include <stdint.h>

enum { SIM_ANSWER_LISTED = 128 };

/** SimListed: a Contact of an answer. @params: from the first `;` on; @expires, @q (thousandths):
 * -1 if absent. */
typedef struct {
    RollText uri;
    RollText params;
    int64_t expires;
    int q;
} SimListed;

/**
 * SimAnswer: borrows from its bytes.
 * @status: 0 for no answer
 * @n_listed: contacts; those beyond %SIM_ANSWER_LISTED are counted only
 * @min_expires: -1 if absent
 */
typedef struct {
    int status;
    const char *bytes;
    size_t len;
    int64_t min_expires;
    size_t n_listed;
    SimListed listed[SIM_ANSWER_LISTED];
} SimAnswer;

/** sim_answer_read: Returns: false, and a status of 0, if @bytes are no final answer. */
bool sim_answer_read(SimAnswer *self, const char *bytes, size_t len);

/** sim_answer_header: the @which-th line of header field @name. Returns: false if there is none. */
bool sim_answer_header(const SimAnswer *self, const char *name, size_t which, RollText *value);

/** sim_listed_read: a Contact value in the name-addr form. Returns: false if it has none. */
bool sim_listed_read(RollText text, SimListed *out);

/** sim_listed_param: the value of parameter @name, present and empty if it has none. Returns: false
 * if @params lack it. */
bool sim_listed_param(RollText params, RollText name, RollText *value);
