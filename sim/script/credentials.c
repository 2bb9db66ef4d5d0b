/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 7616 with qop=auth, as most clients do it. */
#include "sim/script/credentials.h"

void
sim_challenged_free(SimChallenged *self)
{
    if (!self)
        return;
    g_free(self->realm);
    g_free(self->nonce);
    g_free(self->opaque);
    g_free(self);
}

static char *
copy_text(RollText text)
{
    return text.ptr ? g_strndup(text.ptr, text.len) : NULL;
}

SimChallenged *
sim_challenged_read(RollMessage *message, const char *bytes, size_t len)
{
    RollReply reply;
    if (!roll_message_read_reply(message, (const uint8_t *)bytes, len, &reply) ||
        reply.n_challenges == 0)
        return NULL;
    const RollChallenge *challenge = &reply.challenges[0];
    SimChallenged *self = g_new0(SimChallenged, 1);
    self->realm = copy_text(challenge->realm);
    self->nonce = copy_text(challenge->nonce);
    self->opaque = copy_text(challenge->opaque);
    self->algorithm = challenge->algorithm;
    return self;
}

char *
sim_challenged_answer(SimChallenged *self, const char *user, const char *password,
                      const char *method, const char *uri)
{
    static const char cnonce[] = "script";
    char ha1[ROLL_DIGEST_HEX];
    char response[ROLL_DIGEST_HEX];
    roll_digest_ha1(self->algorithm, roll_text(user), roll_text(self->realm), roll_text(password),
                    ha1);
    RollDigestInput input = {
        .algorithm = self->algorithm,
        .ha1 = roll_text(ha1),
        .nonce = roll_text(self->nonce),
        .uri = roll_text(uri),
        .method = roll_text(method),
        .cnonce = roll_text(cnonce),
        .nc = ++self->nc,
        .qop = true,
    };
    roll_digest_response(&input, response);
    g_autofree char *opaque =
        self->opaque ? g_strdup_printf(", opaque=\"%s\"", self->opaque) : g_strdup("");
    return g_strdup_printf("Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", "
                           "response=\"%s\", algorithm=%s, cnonce=\"%s\", qop=auth, nc=%08x%s",
                           user, self->realm, self->nonce, uri, response,
                           roll_algorithm_name(self->algorithm), cnonce, self->nc, opaque);
}
