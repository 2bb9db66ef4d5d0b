/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The head of a SIP message as raw text: its lines, header fields, lists, addresses and parameters
 * (RFC 3261 sections 7.3 and 20.10). It exists beside libosip2 because that one unescapes user
 * parts while it parses and cannot tell a header parameter from a URI header, so what a registrar
 * files must be taken from the bytes. */
#pragma once

#include <rollcall/text.h>

/** RollHeader: the header fields that a registrar or its client reads. */
typedef enum {
    ROLL_HEADER_OTHER,
    ROLL_HEADER_VIA,
    ROLL_HEADER_FROM,
    ROLL_HEADER_TO,
    ROLL_HEADER_CALL_ID,
    ROLL_HEADER_CSEQ,
    ROLL_HEADER_CONTACT,
    ROLL_HEADER_EXPIRES,
    ROLL_HEADER_AUTHORIZATION,
    ROLL_HEADER_WWW_AUTHENTICATE,
    ROLL_HEADER_REQUIRE,
    ROLL_HEADER_SUPPORTED,
    ROLL_HEADER_UNSUPPORTED,
    ROLL_HEADER_USER_AGENT,
    ROLL_HEADER_CONTENT_LENGTH,
    ROLL_HEADER_CONTENT_TYPE,
    ROLL_HEADER_CONTENT_DISPOSITION,
    ROLL_HEADER_MIN_EXPIRES,
    ROLL_HEADER_RETRY_AFTER,
    ROLL_HEADER_PATH,
    ROLL_HEADER_PROXY_REQUIRE,
    ROLL_HEADER_SERVICE_ROUTE,
    ROLL_HEADER_FLOW_TIMER,
    ROLL_HEADER_EVENT,
    ROLL_HEADER_ACCEPT,
    ROLL_HEADER_RECORD_ROUTE,
    ROLL_N_HEADERS,
} RollHeader;

/** RollHead: a walk over the lines of a message in memory that may be changed. */
typedef struct {
    char *at;
    char *end;
} RollHead;

/** RollLine: what roll_head_next() found. */
typedef enum {
    ROLL_LINE_TEXT,
    /** The empty line; @at is at the body. */
    ROLL_LINE_BLANK,
    /** The bytes end before an empty line. */
    ROLL_LINE_CUT,
} RollLine;

/**
 * roll_head_next: the next line, without its line end; continuation lines are joined to it with
 * blanks and tabs become blanks (RFC 3261 section 7.3.1).
 * @clean: (out): false if the line has a control character
 */
RollLine roll_head_next(RollHead *self, RollText *line, bool *clean);

/** roll_header_cut: takes a header line apart. Returns: false, outputs untouched, if it is none. */
bool roll_header_cut(RollText line, RollHeader *kind, RollText *value);

/**
 * roll_head_read_status: the code of a status line (RFC 3261 section 7.2).
 * Returns: false, @status untouched, if @line is none.
 */
bool roll_head_read_status(RollText line, int *status);

/** roll_header_is_list: several fields of this kind may stand in one message. */
bool roll_header_is_list(RollHeader kind);

/** roll_text_is_clean: no byte below the blank, and thus no line end. */
bool roll_text_is_clean(RollText text);

/** roll_text_is_token: one or more characters that need no quotes (RFC 3261 section 25.1). */
bool roll_text_is_token(RollText text);

/** roll_text_trim: @text without the blanks around it. */
RollText roll_text_trim(RollText text);

/** roll_text_unquote: @text without the quotes around it, if it has them; escapes stay. */
RollText roll_text_unquote(RollText text);

/**
 * roll_text_number: an unsigned decimal number.
 * Returns: false, @out untouched, if @text is none; a number beyond @max becomes @max + 1.
 */
bool roll_text_number(RollText text, uint64_t max, uint64_t *out);

/**
 * roll_header_next_item: cuts the next value of a comma-separated list off @rest; commas in quotes
 * and angle brackets do not count. Values may be empty. Returns: false at the end of the list.
 */
bool roll_header_next_item(RollText *rest, RollText *item);

/** RollParam: a parameter of a header field; @value is absent without `=`; @text is all of it. */
typedef struct {
    RollText name;
    RollText value;
    RollText text;
} RollParam;

/**
 * roll_header_next_param: cuts the next parameter, led by `;`, off @rest.
 * Returns: 1; 0 at the end; -1 if what stands there is no parameter.
 */
int roll_header_next_param(RollText *rest, RollParam *out);

/** RollAddress: a name-addr or addr-spec with its header parameters, from the first `;` on. */
typedef struct {
    RollText display;
    RollText uri;
    RollText params;
} RollAddress;

/**
 * roll_header_cut_address: takes the value of From, To or Contact apart. Without angle brackets
 * what follows a `;` belongs to the header field, and a `?` or a comma is an error
 * (RFC 3261 section 20.10). Returns: false, @out untouched, if it is no address.
 */
bool roll_header_cut_address(RollText value, RollAddress *out);
