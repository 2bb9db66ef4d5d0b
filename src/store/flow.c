/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flow.h"

#include "src/address.h"

/* In the order of RollTransport. */
static const char *const NAMES[] = {"udp", "tcp", "tls", "ws", "wss"};

size_t
roll_flow_write(const RollEndpoint *flow, char out[ROLL_FLOW_MAX])
{
    char address[ROLL_ADDRESS_MAX];
    if (flow->family == 0 || flow->transport >= G_N_ELEMENTS(NAMES))
        return 0;
    int len = (int)roll_address_write(flow->address, flow->family, address);
    return (size_t)g_snprintf(out, ROLL_FLOW_MAX, flow->family == 6 ? "%s:[%.*s]:%u" : "%s:%.*s:%u",
                              NAMES[flow->transport], len, address, flow->port);
}

static bool
read_transport(RollText name, uint8_t *out)
{
    for (size_t i = 0; i < G_N_ELEMENTS(NAMES); i++)
        if (roll_text_equal(name, roll_text(NAMES[i]))) {
            *out = (uint8_t)i;
            return true;
        }
    return false;
}

static bool
read_port(RollText digits, uint16_t *out)
{
    unsigned port = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (!g_ascii_isdigit(digits.ptr[i]) || i == 5)
            return false;
        port = port * 10 + (unsigned)(digits.ptr[i] - '0');
    }
    *out = (uint16_t)port;
    return digits.len > 0 && port <= UINT16_MAX;
}

bool
roll_flow_read(RollText text, RollEndpoint *out)
{
    RollEndpoint flow = {0};
    if (text.len > 0) {
        const char *end = text.ptr + text.len;
        const char *first = memchr(text.ptr, ':', text.len),
                   *last = memrchr(text.ptr, ':', text.len);
        if (!first || first == last)
            return false;
        RollText host = {first + 1, (size_t)(last - first - 1)};
        flow.family = (uint8_t)roll_address_read(host, flow.address);
        if (flow.family == 0 ||
            !read_transport((RollText){text.ptr, (size_t)(first - text.ptr)}, &flow.transport) ||
            !read_port((RollText){last + 1, (size_t)(end - last - 1)}, &flow.port))
            return false;
    }
    *out = flow;
    return true;
}
