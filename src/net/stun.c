/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Of a Binding request only the header is read (RFC 5389 section 6). RFC 5626 section 8 has no
 * authentication and no attribute that would have to be understood. */
#include "stun.h"

#include <string.h>

enum { HEADER = 20, BINDING_REQUEST = 0x0001, BINDING_SUCCESS = 0x0101, XOR_MAPPED = 0x0020 };

static const uint8_t COOKIE[4] = {0x21, 0x12, 0xa4, 0x42};

static void
put16(uint8_t *out, unsigned value)
{
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
}

static bool
is_binding_request(const RollPacket *in)
{
    if (in->len < HEADER || (in->data[0] << 8 | in->data[1]) != BINDING_REQUEST)
        return false;
    size_t length = (size_t)(in->data[2] << 8 | in->data[3]);
    return memcmp(in->data + 4, COOKIE, 4) == 0 && length % 4 == 0 && in->len == HEADER + length;
}

size_t
roll_stun_answer(const RollPacket *in, uint8_t out[ROLL_STUN_ANSWER])
{
    if (!is_binding_request(in))
        return 0;
    size_t bytes = in->peer.family == 6 ? 16 : 4;
    put16(out, BINDING_SUCCESS);
    put16(out + 2, (unsigned)(8 + bytes));
    /* Cookie and transaction. */
    memcpy(out + 4, in->data + 4, 16);
    put16(out + HEADER, XOR_MAPPED);
    put16(out + HEADER + 2, (unsigned)(4 + bytes));
    out[HEADER + 4] = 0;
    out[HEADER + 5] = in->peer.family == 6 ? 2 : 1;
    put16(out + HEADER + 6, in->peer.port ^ 0x2112u);
    /* Section 15.2: over the cookie and, for IPv6, the transaction behind it. */
    for (size_t i = 0; i < bytes; i++)
        out[HEADER + 8 + i] = in->peer.address[i] ^ out[4 + i];
    return HEADER + 8 + bytes;
}
