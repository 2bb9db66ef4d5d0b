/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SIP text taken apart for a look at it. Written apart from the reader of libroll on purpose: what
 * judges the registrar must not share its mistakes. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/**
 * SimMessage:
 * @start: the first line
 * @status: of a reply; 0 for a request
 * @body: what follows the headers
 */
typedef struct {
    char *start;
    int status;
    GPtrArray *names;
    GPtrArray *lines;
    char *body;
} SimMessage;

/** sim_message_parse: Returns: (transfer full): never %NULL; what is no SIP has no status. */
SimMessage *sim_message_parse(const void *data, size_t len);
void sim_message_free(SimMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimMessage, sim_message_free)

/** sim_message_line: value of the @i-th header line called @name (its long form), or %NULL. */
const char *sim_message_line(const SimMessage *self, const char *name, size_t i);

/** sim_message_values: of all lines called @name, cut at commas. Returns: (transfer full). */
char **sim_message_values(const SimMessage *self, const char *name);

/** sim_message_has_token: @token is among the values of @name, in any case. */
bool sim_message_has_token(const SimMessage *self, const char *name, const char *token);

/** sim_value_uri: the URI in a name-addr or addr-spec. Returns: (transfer full). */
char *sim_value_uri(const char *value);

/**
 * sim_value_param: a parameter after the URI, without quotes.
 * Returns: (transfer full): "" if it has no value, %NULL if it is not there
 */
char *sim_value_param(const char *value, const char *name);

/**
 * sim_uri_param: a parameter of a URI. Returns: as sim_value_param().
 */
char *sim_uri_param(const char *uri, const char *name);

/**
 * sim_auth_param: a parameter of a challenge or of credentials.
 * @ret_quoted: (out) (optional): it stood in quotes
 * Returns: (transfer full): or %NULL
 */
char *sim_auth_param(const char *value, const char *name, bool *ret_quoted);
