/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * IP addresses between text and bytes, without the socket library that the core may not name. */
#pragma once

#include <rollcall/text.h>

/** ROLL_ADDRESS_MAX: room for the longest IPv6 address that roll_address_write() makes. */
#define ROLL_ADDRESS_MAX 40

/**
 * roll_address_read_ipv6: reads an IPv6 address without brackets (RFC 4291 section 2.2).
 * Returns: false, @out undefined, if it is none.
 */
bool roll_address_read_ipv6(RollText text, uint8_t out[16]);

/**
 * roll_address_read: reads the host of a URI: an IPv4 address, or an IPv6 address in brackets.
 * @out: (out): network byte order, IPv4 in the first four bytes
 * Returns: 4 or 6, or 0 if @host is none.
 */
int roll_address_read(RollText host, uint8_t out[16]);

/**
 * roll_address_write: @address as text, IPv6 in the form of RFC 5952 and without brackets.
 * @family: 4 or 6
 * Returns: the length; no NUL is written.
 */
size_t roll_address_write(const uint8_t *address, int family, char out[ROLL_ADDRESS_MAX]);
