/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "binding.h"

#include <stddef.h>
#include <string.h>

static size_t
plain_len(const RollBinding *self)
{
    return (size_t)self->contact_len + self->params_len + self->call_id_len;
}

bool
roll_binding_extension(const RollBinding *self, RollExtension *out)
{
    if (!self->extended)
        return false;
    const char *at = self->text + plain_len(self);
    memcpy(out, at, sizeof *out);
    at += sizeof *out;
    out->instance.ptr = out->instance.len ? at : NULL;
    out->path.ptr = out->path.len ? at + out->instance.len : NULL;
    return true;
}

void
roll_binding_set_gruu(RollBinding *self, uint64_t gruu)
{
    memcpy(self->text + plain_len(self) + offsetof(RollExtension, gruu), &gruu, sizeof gruu);
}

/* Bytes of an address that its family does not use may hold anything. */
RollEndpoint
roll_binding_clean_flow(const RollEndpoint *flow)
{
    RollEndpoint clean = {.family = flow->family, .transport = flow->transport, .port = flow->port};
    memcpy(clean.address, flow->address, flow->family == 4 ? 4 : sizeof clean.address);
    return clean;
}

bool
roll_binding_has_flow(const RollBinding *self, const RollEndpoint *flow)
{
    RollExtension extension;
    RollEndpoint clean = roll_binding_clean_flow(flow);
    return roll_binding_extension(self, &extension) && extension.flow.family != 0 &&
           memcmp(&extension.flow, &clean, sizeof clean) == 0;
}

void
roll_binding_write_extension(char *at, const RollExtension *extension)
{
    RollExtension copy = *extension;
    copy.flow = roll_binding_clean_flow(&extension->flow);
    memcpy(at, &copy, sizeof copy);
    at += sizeof copy;
    if (copy.instance.len > 0)
        memcpy(at, copy.instance.ptr, copy.instance.len);
    if (copy.path.len > 0)
        memcpy(at + copy.instance.len, copy.path.ptr, copy.path.len);
}
