/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server.h"

/** roll_metrics_write: everything that is counted, in Prometheus' text format 0.0.4. */
void roll_metrics_write(const RollServer *server, GString *out);
