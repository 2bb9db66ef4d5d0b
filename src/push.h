/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Push notification parameters of a contact URI (RFC 8599). A registrar keeps them like any other
 * parameter, for the proxy that pushes; what it must see to is that no other user gets them. */
#pragma once

#include <glib.h>
#include <rollcall/uri.h>

/**
 * roll_push_strip: puts @contact, a URI, into @out without the parameters that RFC 8599 sections
 * 4.1 and 13 forbid to show to another user: pn-provider, pn-prid, pn-param and pn-purr.
 * Returns: false if it has none of them, and can be shown as it is
 */
bool roll_push_strip(RollText contact, GString *out);
