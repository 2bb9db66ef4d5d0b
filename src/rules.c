/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The answer to a request, in the order of RFC 3261 sections 8.2 and 10.3: each step is a function
 * that returns 0 to go on or the status to stop with. No step before the last changes the table,
 * but that records found expired are deleted. */
#include "registrar.h"

#include "auth.h"
#include "contact.h"
#include "gruu.h"
#include "option.h"
#include "outbound.h"
#include "path.h"
#include "rebase.h"

/* Section 8.2.1: methods that a server knows but a registrar does not serve. */
static bool
is_known_method(RollText method)
{
    static const char *const known[] = {"INVITE",  "ACK",       "OPTIONS", "CANCEL", "BYE",
                                        "INFO",    "PRACK",     "UPDATE",  "NOTIFY", "REFER",
                                        "MESSAGE", "SUBSCRIBE", "PUBLISH"};
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (roll_text_equal(method, roll_text(known[i])))
            return true;
    return false;
}

/* Section 8.2.1. Methods are case-sensitive (section 7.1). */
static int
check_method(const RollRequest *request)
{
    if (roll_text_equal(request->method, ROLL_TEXT("REGISTER")))
        return 0;
    return is_known_method(request->method) ? 405 : 501;
}

bool
roll_rules_serves(const RollRegistrar *self, RollText host)
{
    for (char **domain = self->domains; *domain; domain++)
        if (roll_text_equal_nocase(host, roll_text(*domain)))
            return true;
    return false;
}

/* Section 8.2.2.1 and section 10.3 step 1. We are no proxy that could forward the request. */
static int
check_target(const RollRegistrar *self, const RollRequest *request)
{
    if (!roll_uri_is_sip(&request->uri))
        return 416;
    return roll_rules_serves(self, request->uri.host) ? 0 : 404;
}

/* Section 8.2.2.2: the same request on another path. */
static int
check_merge(const RollRegistrar *self, const RollTransactionId *id)
{
    return roll_transactions_is_merged(self->transactions, id) ? 482 : 0;
}

bool
roll_rules_supports(const RollRegistrar *self, RollText option)
{
    const RollPolicy *policy = &self->config.policy;
    const struct {
        RollText name;
        bool on;
    } options[] = {
        {ROLL_TEXT("path"), policy->path != ROLL_PATH_OFF},
        {ROLL_TEXT("outbound"), policy->outbound != ROLL_OUTBOUND_OFF},
        {ROLL_TEXT("gruu"), policy->gruu},
        /* RFC 6140 section 5.2: a registrar that does it supports Path too. */
        {ROLL_TEXT("gin"), policy->bulk && self->config.numbers && policy->path != ROLL_PATH_OFF},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        if (options[i].on && roll_text_equal_nocase(option, options[i].name))
            return true;
    return false;
}

/* Section 8.2.2.3, which is section 10.3 step 2. */
static int
check_require(RollRegistrar *self, const RollRequest *request, RollReply *reply)
{
    if (!request->require.ptr)
        return 0;
    RollText rest = request->require, option;
    g_string_truncate(self->unsupported, 0);
    while (roll_option_next(&rest, &option)) {
        if (option.len == 0 || roll_rules_supports(self, option))
            continue;
        if (self->unsupported->len > 0)
            g_string_append_c(self->unsupported, ',');
        g_string_append_len(self->unsupported, option.ptr, (gssize)option.len);
    }
    if (self->unsupported->len == 0)
        return 0;
    reply->unsupported = (RollText){self->unsupported->str, self->unsupported->len};
    return 420;
}

/* Section 8.2.3. No body means anything to a registrar. */
static int
check_body(const RollRegistrar *self, const RollRequest *request)
{
    return request->body && !self->config.policy.ignore_body ? 415 : 0;
}

/* Section 22.2: one challenge for each algorithm, all with one nonce. */
static int
challenge(RollRegistrar *self, RollTime now, bool stale, RollReply *reply)
{
    uint64_t serial = roll_nonces_issue(self->nonces, now);
    for (size_t i = 0; i < self->config.n_algorithms; i++)
        self->challenges[i] = (RollChallenge){
            .algorithm = self->config.algorithms[i],
            .stale = stale,
            .qop = true,
            .realm = roll_text(self->realm),
            .serial = serial,
        };
    reply->challenges = self->challenges;
    reply->n_challenges = self->config.n_algorithms;
    return 401;
}

/* Step 4: a user may change the address-of-record whose user part, unescaped, he owns. */
static bool
is_owned(RollText owns, RollText user)
{
    size_t n = 0;
    for (size_t i = 0; i < user.len; i++) {
        int byte = (unsigned char)user.ptr[i];
        if (byte == '%' && i + 2 < user.len && g_ascii_isxdigit(user.ptr[i + 1]) &&
            g_ascii_isxdigit(user.ptr[i + 2])) {
            byte =
                g_ascii_xdigit_value(user.ptr[i + 1]) << 4 | g_ascii_xdigit_value(user.ptr[i + 2]);
            i += 2;
        }
        if (n >= owns.len || (unsigned char)owns.ptr[n++] != byte)
            return false;
    }
    return user.ptr && n == owns.len;
}

/* Steps 3 and 4. */
static int
check_user(RollRegistrar *self, RollTime now, const RollRequest *request, RollReply *reply)
{
    if (!self->config.authenticate)
        return 0;
    RollUser user;
    switch (roll_auth_check(&self->config, self->nonces, now, request, &user)) {
    case ROLL_VERDICT_NONE:
        return challenge(self, now, false, reply);
    case ROLL_VERDICT_STALE:
        return challenge(self, now, true, reply);
    case ROLL_VERDICT_MALFORMED:
        return 400;
    case ROLL_VERDICT_GOOD:
        self->known = true;
        break;
    }
    /* A To that is no SIP URI has no user; step 5 has the better answer to it. */
    if (!roll_uri_is_sip(&request->to) || is_owned(user.owns, request->to.user))
        return 0;
    /* Somebody else's address: a third party registers (section 10.2). */
    char aor[ROLL_AOR_MAX];
    RollText key = {aor, roll_uri_write_aor(&request->to, aor)};
    return self->config.may_register &&
                   self->config.may_register(self->config.may_register_data, user.username, key)
               ? 0
               : 403;
}

/* Step 5. The domains form one administrative set: any of them is valid in any Request-URI of
 * ours, so that clients may be sent to the registrar under another of its names. */
static int
check_aor(const RollRegistrar *self, const RollRequest *request, const RollSubject *subject)
{
    if (subject->aor.len == 0)
        return 400;
    return roll_rules_serves(self, request->to.host) ? 0 : 404;
}

static int64_t
seconds_left(RollTime now, RollTime expires_at)
{
    if (expires_at == ROLL_NEVER)
        return UINT32_MAX;
    /* What counts by the late margin has nothing left; 0 would say that it is gone. */
    return expires_at > now ? (expires_at - now + ROLL_SECOND - 1) / ROLL_SECOND : 1;
}

/* A binding that this request wrote has its URI in parts in the request. */
static void
cut_contact(const RollRequest *request, RollText text, RollUri *out)
{
    if (request->n_contacts == 1 && roll_text_equal(request->contacts[0].uri.text, text)) {
        *out = request->contacts[0].uri;
        roll_uri_rebase(out, text.ptr);
    } else if (!roll_uri_parse(text, out)) {
        out->text = text;
    }
}

void
roll_registrar_room_for_contacts(RollRegistrar *self, size_t n)
{
    if (n <= self->contacts_size)
        return;
    self->contacts_size = MAX(n, 16);
    self->contacts = g_renew(RollContact, self->contacts, self->contacts_size);
}

/* Step 8: every current binding, with the seconds it has left. */
static void
list_bindings(RollRegistrar *self, RollTime now, const RollRequest *request, RollRow *row,
              RollReply *reply)
{
    size_t n = row ? roll_row_count(row) : 0;
    roll_registrar_room_for_contacts(self, n);
    bool gruu = roll_option_has(request->supported, ROLL_TEXT("gruu"));
    if (gruu)
        g_string_chunk_clear(self->texts);
    for (size_t i = 0; i < n; i++) {
        const RollBinding *binding = roll_row_binding(row, i);
        RollContact *contact = &self->contacts[i];
        RollExtension extension;
        *contact = (RollContact){
            .params = roll_binding_params(binding),
            .expires = seconds_left(now, binding->expires_at),
            .q = binding->q,
        };
        cut_contact(request, roll_binding_contact(binding), &contact->uri);
        if (!roll_binding_extension(binding, &extension))
            continue;
        roll_contact_scan(contact);
        if (gruu)
            roll_gruu_list(self, row, &extension, contact);
    }
    reply->contacts = self->contacts;
    reply->n_contacts = n;
}

static int
decide(RollRegistrar *self, RollTime now, const RollTransactionId *id, const RollRequest *request,
       RollSubject *subject, RollReply *reply)
{
    int status = check_method(request);
    if (!status)
        status = check_target(self, request);
    if (!status)
        status = check_merge(self, id);
    if (!status)
        status = check_require(self, request, reply);
    if (!status)
        status = check_body(self, request);
    if (!status)
        status = roll_path_check(self, request, reply);
    if (!status)
        status = check_user(self, now, request, reply);
    if (!status)
        status = check_aor(self, request, subject);
    if (status)
        return status;
    subject->row = roll_table_find(self->table, subject->aor, subject->hash);
    if (subject->row)
        roll_registrar_expire(self, now, roll_registrar_horizon(self, now), subject->row);
    /* Step 6: a request without Contact asks and changes nothing. */
    status = roll_outbound_check(self, request, subject, reply);
    if (!status && request->n_contacts > 0)
        status = roll_update_check(self, now, request, subject, reply);
    if (status)
        return status;
    if (request->n_contacts > 0)
        roll_update_commit(self, now, request, subject);
    list_bindings(self, now, request, subject->row, reply);
    roll_path_reply(self, request, reply);
    roll_outbound_reply(self, request, subject, reply);
    return 200;
}

int
roll_rules_admit(RollRegistrar *self, RollTime now, const RollTransactionId *id,
                 const RollRequest *request, const RollUri *owner, RollReply *reply)
{
    int status = check_target(self, request);
    if (!status)
        status = check_merge(self, id);
    if (!status)
        status = check_require(self, request, reply);
    if (!status)
        status = check_body(self, request);
    if (status)
        return status;
    RollRequest asked = *request;
    asked.to = *owner;
    return check_user(self, now, &asked, reply);
}

void
roll_rules_answer(RollRegistrar *self, RollTime now, const RollTransactionId *id,
                  const RollRequest *request, RollSubject *subject, RollReply *reply)
{
    reply->status = decide(self, now, id, request, subject, reply);
    if (subject->row)
        roll_table_tidy(self->table, subject->row);
}
