/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Endpoints as the system writes them. */
#pragma once

#include <rollcall/message.h>
#include <stdbool.h>
#include <sys/socket.h>

/** roll_endpoint_from: Returns: false if @name is no IP address. */
bool roll_endpoint_from(const struct sockaddr_storage *name, RollTransport transport,
                        RollEndpoint *out);

/** roll_endpoint_to: Returns: the length of what was written. */
socklen_t roll_endpoint_to(const RollEndpoint *self, struct sockaddr_storage *out);

/** roll_endpoint_is_loopback: of 127.0.0.0/8 or ::1. */
bool roll_endpoint_is_loopback(const RollEndpoint *self);
