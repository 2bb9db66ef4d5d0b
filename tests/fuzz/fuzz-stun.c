/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * STUN on the SIP port. The first byte says whether the far end has an IPv6 address; whatever the
 * rest is, an answer has the transaction of its question and gives back the address. */
#include "src/net/stun.h"

#include <string.h>

#include "tests/fuzz/replay.h"

static void
check_answer(const RollPacket *in, const uint8_t *out, size_t len)
{
    size_t bytes = in->peer.family == 6 ? 16 : 4;
    g_assert_cmpuint(len, ==, 28 + bytes);
    g_assert_cmpmem(out + 4, 16, in->data + 4, 16);
    for (size_t i = 0; i < bytes; i++)
        g_assert_cmpuint(out[28 + i] ^ out[4 + i], ==, in->peer.address[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    RollPacket in = {
        .peer = {.family = data[0] & 1 ? 6 : 4, .port = 5060}, .data = data + 1, .len = size - 1};
    for (size_t i = 0; i < sizeof in.peer.address; i++)
        in.peer.address[i] = (uint8_t)(7 * i + size);
    uint8_t out[ROLL_STUN_ANSWER];
    size_t len = roll_stun_answer(&in, out);
    if (len > 0)
        check_answer(&in, out, len);
    return 0;
}

#ifdef FUZZ_REPLAY
int
main(void)
{
    return replay_folder(TEST_SOURCE "/tests/fuzz/corpus-stun");
}
#endif
