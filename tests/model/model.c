/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The steps of section 10.3 in their order, and before them what sections 8.2 and 17.2.2 ask of any
 * server. Where the RFC leaves a choice, the comment says which one is taken here. */
#include "tests/model/model.h"

#include "tests/model/uri.h"

#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000)
/* Timer J, section 17.2.2: 64 * T1 over an unreliable transport. */
#define TIMER_J (32 * SECOND)
#define ONE_HOUR 3600
/* Section 20.10: a malformed `expires` parameter counts as 3600. */
#define MALFORMED 3600
/* Section 10.2: the largest expiry, 2**32-1. */
#define LARGEST INT64_C(4294967295)

static void
copy_text(char to[MODEL_TEXT], const char *from)
{
    if (strlen(from) >= MODEL_TEXT)
        abort();
    strcpy(to, from);
}

void
model_start(Model *self, const ModelConfig *config)
{
    self->config = *config;
    self->n_users = 0;
    self->n_answered = 0;
}

/* Digits as a number, not beyond @LARGEST; -1 for what is no number of seconds. */
static int64_t
read_seconds(const char *text)
{
    int64_t number = 0;
    if (*text == '\0')
        return -1;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return -1;
        number = number * 10 + (*text - '0');
        if (number > LARGEST)
            number = LARGEST;
    }
    return number;
}

/* Thousandths; section 20.10 has no default, so what is not said counts as 1. */
static int
read_q(const char *text)
{
    return text ? (int)(strtod(text, NULL) * 1000 + 0.5) : 1000;
}

/* Step 7: the parameter, else the header field, else the default. */
static int64_t
requested_expiry(const Model *self, const ModelRequest *request, const ModelContact *contact)
{
    if (contact->expires) {
        int64_t seconds = read_seconds(contact->expires);
        return seconds < 0 ? MALFORMED : seconds;
    }
    int64_t seconds = request->expires ? read_seconds(request->expires) : -1;
    return seconds < 0 ? self->config.default_expires : seconds;
}

/* Steps 7 and 8 see bindings that are alive; one is so until the instant of its expiry. */
static void
drop_expired(ModelUser *user, int64_t now)
{
    size_t kept = 0;
    for (size_t i = 0; i < user->n_bindings; i++)
        if (user->bindings[i].expires_at > now)
            user->bindings[kept++] = user->bindings[i];
    user->n_bindings = kept;
}

static void
remove_binding(ModelUser *user, size_t which)
{
    user->n_bindings--;
    for (size_t i = which; i < user->n_bindings; i++)
        user->bindings[i] = user->bindings[i + 1];
}

/* Step 6: the star stands alone, with an Expires header field of zero. */
static int
apply_star(ModelUser *user, const ModelRequest *request)
{
    bool zero = request->expires && read_seconds(request->expires) == 0;
    if (request->n_contacts != 1 || !zero)
        return 400;
    for (size_t i = 0; i < user->n_bindings;) {
        const ModelBinding *binding = &user->bindings[i];
        bool same = strcmp(binding->call_id, request->call_id) == 0;
        if (same && request->cseq <= binding->cseq)
            return 500;
        remove_binding(user, i);
    }
    return 200;
}

/* Equality is not transitive, so several bindings may be equal to a URI; the RFC does not say which
 * one is meant. Here: the one that is written the same, else the oldest. */
static ModelBinding *
find_binding(ModelUser *user, const char *uri)
{
    for (size_t i = 0; i < user->n_bindings; i++)
        if (strcmp(user->bindings[i].uri, uri) == 0)
            return &user->bindings[i];
    for (size_t i = 0; i < user->n_bindings; i++)
        if (model_uri_equal(user->bindings[i].uri, uri))
            return &user->bindings[i];
    return NULL;
}

/* Step 7 for one contact address. 200 stands for success so far. */
static int
apply_contact(const Model *self, ModelUser *user, int64_t now, const ModelRequest *request,
              const ModelContact *contact)
{
    int64_t seconds = requested_expiry(self, request, contact);
    if (seconds > 0 && seconds < ONE_HOUR && seconds < self->config.min_expires)
        return 423;
    if (self->config.max_expires && seconds > self->config.max_expires)
        seconds = self->config.max_expires;
    ModelBinding *binding = find_binding(user, contact->uri);
    if (binding && strcmp(binding->call_id, request->call_id) == 0 &&
        request->cseq <= binding->cseq)
        return 500;
    if (binding && seconds == 0)
        remove_binding(user, (size_t)(binding - user->bindings));
    if (seconds == 0)
        return 200;
    if (!binding) {
        if (user->n_bindings == MODEL_MOST_BINDINGS)
            abort();
        binding = &user->bindings[user->n_bindings++];
    }
    copy_text(binding->uri, contact->uri);
    copy_text(binding->call_id, request->call_id);
    binding->cseq = request->cseq;
    binding->expires_at = now + seconds * SECOND;
    binding->updated_at = now;
    binding->q = read_q(contact->q);
    return 200;
}

/* Steps 6 and 7 on a copy of the user's bindings; only a success is kept. */
static int
apply(const Model *self, ModelUser *user, int64_t now, const ModelRequest *request)
{
    for (size_t i = 0; i < request->n_contacts; i++)
        if (strcmp(request->contacts[i].uri, "*") == 0)
            return apply_star(user, request);
    for (size_t i = 0; i < request->n_contacts; i++) {
        int status = apply_contact(self, user, now, request, &request->contacts[i]);
        if (status != 200)
            return status;
    }
    /* What a registrar does beyond its own bounds is not in section 10.3; 503 is section 21.5.4. */
    return request->n_contacts > 0 && user->n_bindings > self->config.max_bindings ? 503 : 200;
}

static ModelUser *
find_user(Model *self, const char *aor)
{
    for (size_t i = 0; i < self->n_users; i++)
        if (strcmp(self->users[i].aor, aor) == 0)
            return &self->users[i];
    if (self->n_users == MODEL_MOST_USERS)
        abort();
    ModelUser *user = &self->users[self->n_users++];
    copy_text(user->aor, aor);
    user->n_bindings = 0;
    return user;
}

/* Section 8.2.2.2: the same request by another way. A CSeq is a number and a method; and as it is
 * the same request, neither copy has a To tag. */
static bool
is_merged(const Model *self, const ModelRequest *request)
{
    if (request->to_tag)
        return false;
    for (size_t i = 0; i < self->n_answered; i++) {
        const ModelAnswered *other = &self->answered[i];
        if (!other->has_to_tag && strcmp(other->method, request->method) == 0 &&
            strcmp(other->from_tag, request->from_tag) == 0 &&
            strcmp(other->call_id, request->call_id) == 0 && other->cseq == request->cseq)
            return true;
    }
    return false;
}

/* Sections 8.2.1 to 8.2.2.3 in their order, and steps 1 to 5 but for authentication. 0: go on. */
static int
inspect(const Model *self, const ModelRequest *request, char aor[MODEL_TEXT])
{
    char host[MODEL_TEXT];
    if (strcmp(request->method, "REGISTER") != 0)
        return model_method_known(request->method) ? 405 : 501;
    if (!model_uri_host(request->uri, host))
        return 416;
    if (strcmp(host, self->config.domain) != 0)
        return 404;
    if (is_merged(self, request))
        return 482;
    if (request->require)
        return 420;
    /* A To of another scheme is no address of record (RFC 4475 section 3.3.4). */
    if (!model_uri_host(request->to, host))
        return 400;
    if (strcmp(host, self->config.domain) != 0)
        return 404;
    model_uri_canonical(request->to, aor);
    return 0;
}

static void
decide(Model *self, int64_t now, const ModelRequest *request, ModelAnswer *answer)
{
    char aor[MODEL_TEXT];
    answer->status = inspect(self, request, aor);
    if (answer->status)
        return;
    ModelUser *user = find_user(self, aor);
    drop_expired(user, now);
    static ModelUser tentative;
    tentative.n_bindings = user->n_bindings;
    memcpy(tentative.bindings, user->bindings, user->n_bindings * sizeof user->bindings[0]);
    answer->status = apply(self, &tentative, now, request);
    if (answer->status == 423)
        answer->min_expires = self->config.min_expires;
    if (answer->status != 200)
        return;
    user->n_bindings = answer->n_bindings = tentative.n_bindings;
    memcpy(user->bindings, tentative.bindings, user->n_bindings * sizeof user->bindings[0]);
    memcpy(answer->bindings, user->bindings, user->n_bindings * sizeof user->bindings[0]);
}

/* Requests that were answered are remembered until Timer J fires. */
static void
forget_answered(Model *self, int64_t now)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->n_answered; i++) {
        if (now - self->answered[i].answer.at >= TIMER_J)
            continue;
        if (kept != i)
            self->answered[kept] = self->answered[i];
        kept++;
    }
    self->n_answered = kept;
}

static ModelAnswered *
find_answered(Model *self, const ModelRequest *request)
{
    for (size_t i = 0; i < self->n_answered; i++)
        if (strcmp(self->answered[i].branch, request->branch) == 0)
            return &self->answered[i];
    return NULL;
}

/* The grammar of section 25.1 has no parameters behind the star. */
static bool
is_malformed(const ModelRequest *request)
{
    for (size_t i = 0; i < request->n_contacts; i++)
        if (strcmp(request->contacts[i].uri, "*") == 0 &&
            (request->contacts[i].expires || request->contacts[i].q))
            return true;
    return false;
}

const ModelAnswer *
model_receive(Model *self, int64_t now, const ModelRequest *request)
{
    /* What is no SIP message is refused before it is anything else, and not remembered. */
    static const ModelAnswer malformed = {.status = 400};
    if (is_malformed(request))
        return &malformed;
    forget_answered(self, now);
    ModelAnswered *before = find_answered(self, request);
    if (before) {
        before->answer.repeats = true;
        return &before->answer;
    }
    if (self->n_answered == MODEL_MOST_ANSWERED)
        abort();
    ModelAnswered *answered = &self->answered[self->n_answered];
    answered->has_to_tag = request->to_tag != NULL;
    copy_text(answered->method, request->method);
    copy_text(answered->branch, request->branch);
    copy_text(answered->from_tag, request->from_tag);
    copy_text(answered->call_id, request->call_id);
    answered->cseq = request->cseq;
    ModelAnswer *answer = &answered->answer;
    answer->repeats = false;
    answer->min_expires = 0;
    answer->at = now;
    answer->n_bindings = 0;
    decide(self, now, request, answer);
    self->n_answered++;
    return answer;
}

size_t
model_lookup(const Model *self, int64_t now, const char *aor, ModelBinding out[MODEL_MOST_BINDINGS])
{
    size_t n = 0;
    for (size_t i = 0; i < self->n_users; i++) {
        const ModelUser *user = &self->users[i];
        if (strcmp(user->aor, aor) != 0)
            continue;
        for (size_t j = 0; j < user->n_bindings; j++)
            if (user->bindings[j].expires_at > now)
                out[n++] = user->bindings[j];
    }
    return n;
}
