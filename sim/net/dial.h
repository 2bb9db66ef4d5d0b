/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a far end on this machine is called, over any transport. */
#pragma once

#include <gio/gio.h>
#include <rollcall/message.h>

/**
 * sim_dial_new: a client that takes whatever certificate it is shown: the registrar is the user's to
 * name, and who signed for it is not what is tried.
 * Returns: (transfer full)
 */
GSocketClient *sim_dial_new(RollTransport transport);
