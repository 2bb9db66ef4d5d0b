/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SIP and SIPS URIs: cut into parts without unescaping, compared as RFC 3261 section 19.1.4 says,
 * and reduced to the address-of-record under which a registrar files bindings (section 10.3).
 * The parts keep their escapes because an unescaped copy cannot tell `%00` from nothing
 * (RFC 4475 section 3.1.1.4). */
#pragma once

#include <rollcall/text.h>

#define ROLL_PORT_NONE (-1)

/**
 * RollUri:
 * @text: the whole URI, without angle brackets
 * @scheme: before the first colon
 * @user: absent without `@`; escapes kept
 * @password: absent without `:` in the userinfo; escapes kept
 * @host: name, IPv4 address, or IPv6 reference with its brackets
 * @port: 0..65535, or %ROLL_PORT_NONE
 * @params: from the first `;` of the parameters on, that `;` included; absent without
 * @headers: from `?` on, that `?` included; absent without
 *
 * Every part borrows from the bytes the URI was read from. For a scheme other than sip and sips
 * only @text and @scheme are set.
 */
typedef struct {
    RollText text;
    RollText scheme;
    RollText user;
    RollText password;
    RollText host;
    int32_t port;
    RollText params;
    RollText headers;
} RollUri;

/** roll_uri_parse: cuts @text into @out. Returns: false, @out untouched, if it is no URI. */
bool roll_uri_parse(RollText text, RollUri *out);

/** roll_uri_is_sip: the scheme is sip or sips, in any case. */
bool roll_uri_is_sip(const RollUri *uri);

/**
 * roll_uri_equal: RFC 3261 section 19.1.4. Symmetric and reflexive; not transitive, as the RFC's
 * own examples show.
 */
bool roll_uri_equal(const RollUri *a, const RollUri *b);

/**
 * roll_uri_find_param: whether @uri has a parameter @name, in any case and escaped or not.
 * @value: (out) (optional): its value, escapes kept; absent without `=`
 */
bool roll_uri_find_param(const RollUri *uri, RollText name, RollText *value);

/** ROLL_AOR_MAX: room for the longest address-of-record the core files, with its NUL. */
#define ROLL_AOR_MAX 512

/**
 * roll_uri_write_aor:
 * @uri: a To URI
 * @out: room for %ROLL_AOR_MAX bytes
 *
 * Writes the address-of-record of @uri: scheme and host in lower case, user unescaped as far as
 * the result stays unambiguous, every URI parameter, header, password and port dropped
 * (RFC 3261 section 10.3 step 5; a port in To is not allowed, section 19.1.1 table 1).
 *
 * Returns: the length without the NUL, or 0 if @uri is no SIP URI or its AOR is too long.
 */
size_t roll_uri_write_aor(const RollUri *uri, char out[ROLL_AOR_MAX]);
