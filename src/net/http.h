/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `GET /metrics` for Prometheus and `GET /health`, for the operator; nothing can be changed. */
#pragma once

#include "server.h"

RollHttp *roll_http_new(RollServer *server, GError **error);
void roll_http_free(RollHttp *self);
uint16_t roll_http_port(const RollHttp *self);
