/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The packets of a run as a capture file that Wireshark, tshark and sngrep open: as if taken at the
 * registrar, with simulated addresses and times. Only the wire link has packets. */
#pragma once

#include "sim/experiment/run.h"

typedef struct SimCapture SimCapture;

/** sim_capture_new: begins a file beside @path; it gets its name when it is whole. */
SimCapture *sim_capture_new(const char *path, GError **error);

/** sim_capture_packet: a callback for SimRunOptions, with the SimCapture as its data. */
void sim_capture_packet(void *self, const SimPacket *packet);

/** sim_capture_close: finishes the file and frees @self, in any case. */
bool sim_capture_close(SimCapture *self, GError **error);
