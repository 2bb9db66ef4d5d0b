/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Path values are kept as the text they came in, in their order: a proxy that routes to the binding
 * puts them into Route as they are. */
#include "path.h"

#include "header.h"
#include "option.h"

/* RFC 3327 section 4: a path-value is a name-addr. What is no SIP URI in angle brackets could not
 * be put into a Route later. */
static bool
read_value(RollText value, RollUri *out)
{
    RollAddress address;
    return roll_header_cut_address(value, &address) && memchr(value.ptr, '<', value.len) &&
           roll_uri_parse(address.uri, out) && roll_uri_is_sip(out);
}

RollText
roll_path_kept(const RollRegistrar *self, const RollRequest *request)
{
    return self->config.policy.path == ROLL_PATH_OFF ? (RollText){0} : request->path;
}

int
roll_path_check(const RollRegistrar *self, const RollRequest *request, RollReply *reply)
{
    RollText rest = roll_path_kept(self, request), value;
    if (!rest.ptr)
        return 0;
    /* Section 5.3: a proxy added a Path that the client did not say it can bear. */
    if (self->config.policy.path == ROLL_PATH_STRICT &&
        !roll_option_has(request->supported, ROLL_TEXT("path"))) {
        reply->unsupported = ROLL_TEXT("path");
        return 420;
    }
    if (rest.len > ROLL_BINDING_TEXT_MAX)
        return 400;
    RollUri uri;
    while (roll_header_next_item(&rest, &value))
        if (!read_value(value, &uri))
            return 400;
    return 0;
}

void
roll_path_reply(const RollRegistrar *self, const RollRequest *request, RollReply *reply)
{
    /* RFC 3261 section 8.2.4: no extension that the client did not say it supports. */
    if (request->path.ptr && roll_option_has(request->supported, ROLL_TEXT("path")))
        reply->path = roll_path_kept(self, request);
}

bool
roll_path_starts_outbound(RollText path)
{
    RollText value;
    RollUri uri;
    return roll_header_next_item(&path, &value) && read_value(value, &uri) &&
           roll_uri_find_param(&uri, ROLL_TEXT("ob"), NULL);
}
