/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a rule says in one line: ask something, expect something of the reply. The last argument of
 * an expectation is what holds, in words. */
#pragma once

#include "sim/conform/case.h"
#include "sim/conform/credentials.h"

/** sim_ask: a request with the fields of #SimAsk that are named. */
#define sim_ask(c, ...) sim_case_ask(c, &(SimAsk){__VA_ARGS__})

/** sim_post: the same without waiting. */
#define sim_post(c, ...) sim_case_post(c, &(SimAsk){__VA_ARGS__})

/** sim_expect_status: the reply has @status. */
void sim_expect_status(SimCase *c, int status, const char *name);

/** sim_expect_either: the reply has one of two. */
void sim_expect_either(SimCase *c, int status, int other, const char *name);

/** sim_expect_refused: the reply is 4xx or 5xx. */
void sim_expect_refused(SimCase *c, const char *name);

/** sim_expect_silence: no reply came. */
void sim_expect_silence(SimCase *c, const char *name);

/** sim_expect_header: a line @header has the value @value, in any case. */
void sim_expect_header(SimCase *c, const char *header, const char *value, const char *name);

/** sim_expect_token: @header lists @token. */
void sim_expect_token(SimCase *c, const char *header, const char *token, const char *name);

/** sim_expect_no_token: @header does not list @token. */
void sim_expect_no_token(SimCase *c, const char *header, const char *token, const char *name);

/** sim_expect_present, sim_expect_absent: a header line is there, or not. */
void sim_expect_present(SimCase *c, const char *header, const char *name);
void sim_expect_absent(SimCase *c, const char *header, const char *name);

/** sim_expect_listed: a 200 lists the contacts @uris (joined by blanks) and no other. */
void sim_expect_listed(SimCase *c, const char *uris, const char *name);

/** sim_expect_bindings: a fetch lists the contacts @uris and no other. */
void sim_expect_bindings(SimCase *c, const char *uris, const char *name);

/** sim_expect_count: a fetch lists @n contacts. */
void sim_expect_count(SimCase *c, size_t n, const char *name);

/** sim_expect_expires: the reply grants @uri from @low to @high seconds. */
void sim_expect_expires(SimCase *c, const char *uri, gint64 low, gint64 high, const char *name);

/** sim_contact: the value listed for @uri. Returns: (transfer full): or %NULL */
char *sim_contact(const SimCase *c, const char *uri);

/** sim_contact_param: of the value listed for @uri. Returns: (transfer full): or %NULL */
char *sim_contact_param(const SimCase *c, const char *uri, const char *name);

/** sim_granted: seconds that the reply grants @uri; -1 if it does not. */
gint64 sim_granted(const SimCase *c, const char *uri);
