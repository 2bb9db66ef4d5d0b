/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Packets one behind the other in one block of memory, so that an outbox in use allocates nothing;
 * they are kept as offsets because the block moves when it grows. */
#include "outbox.h"

typedef struct {
    RollEndpoint peer;
    size_t start;
    size_t len;
} Packet;

struct RollOutbox {
    GByteArray *bytes;
    GArray *packets;
    size_t start;
};

RollOutbox *
roll_outbox_new(void)
{
    RollOutbox *self = g_new0(RollOutbox, 1);
    self->bytes = g_byte_array_new();
    self->packets = g_array_new(FALSE, FALSE, sizeof(Packet));
    return self;
}

void
roll_outbox_free(RollOutbox *self)
{
    if (!self)
        return;
    g_byte_array_unref(self->bytes);
    g_array_unref(self->packets);
    g_free(self);
}

void
roll_outbox_clear(RollOutbox *self)
{
    g_byte_array_set_size(self->bytes, 0);
    g_array_set_size(self->packets, 0);
}

size_t
roll_outbox_count(const RollOutbox *self)
{
    return self->packets->len;
}

RollPacket
roll_outbox_get(const RollOutbox *self, size_t i)
{
    const Packet *packet = &g_array_index(self->packets, Packet, i);
    return (RollPacket){packet->peer, self->bytes->data + packet->start, packet->len};
}

GByteArray *
roll_outbox_begin(RollOutbox *self)
{
    self->start = self->bytes->len;
    return self->bytes;
}

void
roll_outbox_end(RollOutbox *self, const RollEndpoint *peer)
{
    Packet packet = {*peer, self->start, self->bytes->len - self->start};
    g_array_append_val(self->packets, packet);
}
