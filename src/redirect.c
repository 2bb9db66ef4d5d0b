/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a user is, as the answer to whatever is sent to him. Nothing is remembered: the same
 * request gets the same answer, as a stateless server's should (RFC 3261 section 8.2.7). Tags in
 * Require, and even methods, that are not known here are the next server's business (section 8.3).
 *
 * A record with a Path is left out, as its contact alone leads nowhere (RFC 3327). Parameters of
 * push stay here, as a caller is another user (RFC 8599 section 13). */
#include "redirect.h"

#include "push.h"

static bool
is_method(const RollRequest *request, RollText method)
{
    return roll_text_equal(request->method, method);
}

bool
roll_redirect_applies(const RollRegistrar *self, const RollRequest *request)
{
    if (!self->config.redirect || is_method(request, ROLL_TEXT("REGISTER")) ||
        is_method(request, ROLL_TEXT("SUBSCRIBE")))
        return false;
    return request->uri.user.ptr || is_method(request, ROLL_TEXT("OPTIONS")) ||
           is_method(request, ROLL_TEXT("CANCEL"));
}

static RollText
without_push(RollRegistrar *self, RollText contact)
{
    if (!roll_push_strip(contact, self->params))
        return contact;
    return (RollText){
        g_string_chunk_insert_len(self->texts, self->params->str, (gssize)self->params->len),
        self->params->len};
}

/* Section 8.3: never back to where it was sent. */
static bool
list_target(RollRegistrar *self, const RollRequest *request, const RollLocation *location,
            RollTime now, RollContact *out)
{
    if (location->path.len > 0)
        return false;
    *out = (RollContact){
        .q = location->q,
        .expires = location->expires_at == ROLL_NEVER
                       ? ROLL_EXPIRES_NONE
                       : MAX(1, (location->expires_at - now + ROLL_SECOND - 1) / ROLL_SECOND),
    };
    return roll_uri_parse(without_push(self, location->contact), &out->uri) &&
           !roll_uri_equal(&out->uri, &request->uri);
}

static int
redirect(RollRegistrar *self, RollTime now, const RollRequest *request, RollReply *reply)
{
    const RollLocation *locations;
    size_t n;
    int status = roll_registrar_lookup_uri(self, now, &request->uri, &locations, &n);
    if (status != 200)
        return status;
    roll_registrar_room_for_contacts(self, n);
    for (size_t i = 0; i < n; i++)
        if (list_target(self, request, &locations[i], now, &self->contacts[reply->n_contacts]))
            reply->n_contacts++;
    reply->contacts = self->contacts;
    return reply->n_contacts > 0 ? 302 : 480;
}

/* Section 11.2: what a REGISTER may require. */
static RollText
list_supported(RollRegistrar *self)
{
    static const char *const options[] = {"path", "outbound", "gruu", "gin"};
    g_string_truncate(self->unsupported, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        if (roll_rules_supports(self, roll_text(options[i])))
            g_string_append_printf(self->unsupported, "%s%s", self->unsupported->len ? ", " : "",
                                   options[i]);
    return (RollText){self->unsupported->str, self->unsupported->len};
}

void
roll_redirect_answer(RollRegistrar *self, RollTime now, const RollRequest *request,
                     RollReply *reply)
{
    bool options = is_method(request, ROLL_TEXT("OPTIONS"));
    reply->redirects = true;
    /* Section 8.3: a CANCEL gets a 2xx, though what it would cancel was answered long since. */
    if (is_method(request, ROLL_TEXT("CANCEL")))
        reply->status = 200;
    else if (!roll_uri_is_sip(&request->uri))
        reply->status = 416;
    else if (!roll_rules_serves(self, request->uri.host))
        reply->status = 404;
    /* No dialog was ever made here (section 12.2.2). */
    else if (request->to_tag.ptr)
        reply->status = 481;
    /* Section 11.2: of ourselves, if it names nobody. */
    else if (options && !request->uri.user.ptr)
        reply->status = 200;
    else
        reply->status = redirect(self, now, request, reply);
    if (options && reply->status == 200)
        reply->supported = list_supported(self);
}
