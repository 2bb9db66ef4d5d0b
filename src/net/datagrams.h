/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One UDP socket. Datagrams are taken and sent by dozens in one call each: the calls cost more than
 * what the registrar does with a message. */
#pragma once

#include "server.h"

RollDatagrams *roll_datagrams_new(RollServer *server, uint16_t id, const RollListen *listen,
                                  GError **error);
void roll_datagrams_free(RollDatagrams *self);

/** roll_datagrams_stop: takes nothing more, sends on. */
void roll_datagrams_stop(RollDatagrams *self);

uint16_t roll_datagrams_port(const RollDatagrams *self);

/** roll_datagrams_reaches: @peer is of its address family, over UDP. */
bool roll_datagrams_reaches(const RollDatagrams *self, const RollEndpoint *peer);

/** roll_datagrams_queue: sends @packet with the next roll_datagrams_flush(), until when its bytes
 * are borrowed. */
void roll_datagrams_queue(RollDatagrams *self, const RollPacket *packet);
void roll_datagrams_flush(RollDatagrams *self);

/** roll_datagrams_send: now. */
void roll_datagrams_send(RollDatagrams *self, const RollPacket *packet);
