/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

bool
roll_endpoint_from(const struct sockaddr_storage *name, RollTransport transport, RollEndpoint *out)
{
    const struct sockaddr_in *in = (const struct sockaddr_in *)name;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)name;
    *out = (RollEndpoint){.transport = (uint8_t)transport};
    if (name->ss_family == AF_INET) {
        out->family = 4;
        out->port = ntohs(in->sin_port);
        memcpy(out->address, &in->sin_addr, 4);
        return true;
    }
    if (name->ss_family != AF_INET6)
        return false;
    out->family = 6;
    out->port = ntohs(in6->sin6_port);
    memcpy(out->address, &in6->sin6_addr, 16);
    return true;
}

socklen_t
roll_endpoint_to(const RollEndpoint *self, struct sockaddr_storage *out)
{
    if (self->family == 6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
        *in6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(self->port)};
        memcpy(&in6->sin6_addr, self->address, 16);
        return sizeof *in6;
    }
    struct sockaddr_in *in = (struct sockaddr_in *)out;
    *in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(self->port)};
    memcpy(&in->sin_addr, self->address, 4);
    return sizeof *in;
}

bool
roll_endpoint_is_loopback(const RollEndpoint *self)
{
    static const uint8_t one[16] = {[15] = 1};
    return self->family == 4 ? self->address[0] == 127 : memcmp(self->address, one, 16) == 0;
}
