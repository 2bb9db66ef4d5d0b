/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A socket at the address that a listener names. */
#pragma once

#include <gio/gio.h>
#include <rollcall/server.h>

/**
 * roll_listen_open: bound and without blocking; the caller listens, if it is a stream's.
 * @port: set to the port it has
 * @error: says which listener
 * Returns: (transfer full): or %NULL
 */
GSocket *roll_listen_open(const RollListen *listen, uint16_t *port, GError **error);
