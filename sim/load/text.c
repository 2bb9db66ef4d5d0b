/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Room: fixed words, five names, four domains, a realm, a challenge and a To stay below the limit
 * together, so nothing is checked while writing. */
#include "sim/load/text.h"

#include <string.h>

enum { TO_MAX = 1024, WORDS = 900 };
G_STATIC_ASSERT(WORDS + 5 * SIM_NAMES_LONGEST + 4 * SIM_TEXT_DOMAIN + SIM_TEXT_REALM +
                    SIM_USER_CHALLENGE + TO_MAX <=
                SIM_TEXT_MAX);

struct SimTexts {
    const SimLoadPlan *plan;
    char *uri;
    char **vias;
    char *contact;
    char *gone;
    char realm[SIM_TEXT_REALM + 1];
    uint8_t realms;
};

/* What stands in Via before the branch, and the contact, which names the machine and no port: so a
 * phone of the next run has the same one and replaces its record instead of adding to it. */
SimTexts *
sim_texts_new(const SimLoadPlan *plan)
{
    static const char *const names[] = {"UDP", "TCP", "TLS"};
    static const char *const parameters[] = {"", ";transport=tcp", ";transport=tls"};
    SimTexts *self = g_new0(SimTexts, 1);
    const char *port = strrchr(plan->lines[0], ':');
    int host = (int)(port - plan->lines[0]);
    self->plan = plan;
    self->uri = g_strdup_printf("sip:%.*s", (int)plan->domain.len, plan->domain.ptr);
    self->vias = g_new0(char *, plan->n_lines + 1);
    for (unsigned i = 0; i < plan->n_lines; i++)
        self->vias[i] = g_strdup_printf(" SIP/2.0\r\nVia: SIP/2.0/%s %s;rport;branch=z9hG4bK%s",
                                        names[plan->transport], plan->lines[i], plan->run);
    self->contact = g_strdup_printf("@%.*s%s>;expires=%u\r\n", host, plan->lines[0],
                                    parameters[plan->transport], plan->expires);
    self->gone = g_strdup_printf("@%.*s%s>;expires=0\r\n", host, plan->lines[0],
                                 parameters[plan->transport]);
    return self;
}

void
sim_texts_free(SimTexts *self)
{
    if (!self)
        return;
    g_free(self->uri);
    g_strfreev(self->vias);
    g_free(self->contact);
    g_free(self->gone);
    g_free(self);
}

/* Users have HA1 of the realm that was named last; a registrar has one. */
static void
set_realm(SimTexts *self, RollText realm)
{
    if (roll_text_equal(realm, roll_text(self->realm)))
        return;
    memcpy(self->realm, realm.ptr, realm.len);
    self->realm[realm.len] = '\0';
    self->realms++;
}

static void
hash_user(const SimTexts *self, uint32_t number, SimUser *user, RollAlgorithm algorithm)
{
    char name[SIM_NAMES_LONGEST], password[SIM_NAMES_LONGEST], ha1[ROLL_DIGEST_HEX];
    if (user->hashed && user->realm == self->realms && user->algorithm == algorithm)
        return;
    size_t name_len = sim_names_write(&self->plan->user, number, name);
    size_t password_len = sim_names_write(&self->plan->password, number, password);
    roll_digest_ha1(algorithm, (RollText){name, name_len}, roll_text(self->realm),
                    (RollText){password, password_len}, ha1);
    memcpy(user->ha1, ha1, sizeof user->ha1);
    user->hashed = true;
    user->realm = self->realms;
    user->algorithm = (uint8_t)algorithm;
}

/* The first of the algorithms that we may answer in: the registrar's wish (RFC 8760 section 2.4).
 */
static const RollChallenge *
choose(const SimTexts *self, const RollReply *reply)
{
    RollAlgorithm only = self->plan->algorithm;
    for (size_t i = 0; i < reply->n_challenges; i++) {
        RollAlgorithm offered = reply->challenges[i].algorithm;
        if (offered < ROLL_N_ALGORITHMS && (only == ROLL_ALGORITHM_UNKNOWN || only == offered))
            return &reply->challenges[i];
    }
    return NULL;
}

bool
sim_texts_challenge(SimTexts *self, const RollReply *reply, uint32_t number, SimUser *user)
{
    const RollChallenge *challenge = choose(self, reply);
    if (!challenge || challenge->realm.len > SIM_TEXT_REALM || challenge->nonce.len == 0 ||
        challenge->nonce.len + challenge->opaque.len > SIM_USER_CHALLENGE)
        return false;
    set_realm(self, challenge->realm);
    hash_user(self, number, user, challenge->algorithm);
    user->nonce = (uint8_t)challenge->nonce.len;
    user->opaque = (uint8_t)challenge->opaque.len;
    user->qop = challenge->qop;
    user->nc = 0;
    memcpy(user->challenge, challenge->nonce.ptr, user->nonce);
    if (user->opaque > 0)
        memcpy(user->challenge + user->nonce, challenge->opaque.ptr, user->opaque);
    return true;
}

static inline char *
put(char *at, RollText text)
{
    memcpy(at, text.ptr, text.len);
    return at + text.len;
}

#define put_literal(at, literal) put(at, ROLL_TEXT(literal))

static inline char *
put_hex(char *at, uint32_t value)
{
    for (int i = 0; i < 8; i++)
        at[i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15];
    return at + 8;
}

static char *
put_number(char *at, uint32_t value)
{
    char digits[10];
    size_t first = sizeof digits;
    do
        digits[--first] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    return put(at, (RollText){digits + first, sizeof digits - first});
}

/* All that a request begins with, up to its From; the branch is that of the transaction. */
static char *
put_head(const SimTexts *self, char *at, uint32_t number, const SimUser *user)
{
    const char *via = self->vias[(number - self->plan->first) % self->plan->n_lines];
    at = put(at, roll_text(via));
    at = put_hex(at, number - self->plan->first);
    at = put_hex(at, user->cseq);
    return put_literal(at, "\r\nMax-Forwards: 70\r\nFrom: <sip:");
}

/* The rest of From, then To, Call-ID and the number of CSeq. A phone registers with one Call-ID; a
 * call ('i') has one of its own. */
static char *
put_dialog(const SimTexts *self, char *at, const SimUser *user, RollText name, RollText to,
           char prefix)
{
    RollText domain = self->plan->domain;
    at = put(at, name);
    at = put_literal(at, "@");
    at = put(at, domain);
    at = put_literal(at, ">;tag=");
    at = put_hex(at, user->cseq * 0x9e3779b1u);
    at = put_literal(at, "\r\nTo: ");
    if (to.ptr) {
        at = put(at, to);
    } else {
        at = put_literal(at, "<sip:");
        at = put(at, name);
        at = put_literal(at, "@");
        at = put(at, domain);
        at = put_literal(at, ">");
    }
    at = put_literal(at, "\r\nCall-ID: ");
    *at++ = prefix;
    at = put(at, (RollText){self->plan->run, 8});
    at = put_literal(at, "-");
    at = put(at, name);
    if (prefix == 'i')
        at = put_hex(put_literal(at, "-"), user->cseq);
    at = put_literal(at, "\r\nCSeq: ");
    return put_number(at, user->cseq);
}

static char *
put_credentials(const SimTexts *self, char *at, const SimUser *user, RollText name)
{
    char response[ROLL_DIGEST_HEX], cnonce[8];
    RollText nonce = {user->challenge, user->nonce};
    size_t hex = user->algorithm == ROLL_ALGORITHM_MD5 ? 32 : 64;
    put_hex(cnonce, user->cseq ^ 0x5bd1e995u);
    const RollDigestInput input = {.algorithm = user->algorithm,
                                   .ha1 = {user->ha1, hex},
                                   .nonce = nonce,
                                   .uri = roll_text(self->uri),
                                   .method = ROLL_TEXT("REGISTER"),
                                   .cnonce = {cnonce, user->qop ? sizeof cnonce : 0},
                                   .nc = user->nc,
                                   .qop = user->qop};
    roll_digest_response(&input, response);
    at = put_literal(at, "Authorization: Digest username=\"");
    at = put(at, name);
    at = put_literal(at, "\", realm=\"");
    at = put(at, roll_text(self->realm));
    at = put_literal(at, "\", nonce=\"");
    at = put(at, nonce);
    at = put_literal(at, "\", uri=\"");
    at = put(at, roll_text(self->uri));
    at = put_literal(at, "\", response=\"");
    at = put(at, (RollText){response, hex});
    at = put_literal(at, "\", algorithm=");
    at = put(at, roll_text(roll_algorithm_name(user->algorithm)));
    if (user->qop) {
        at = put_literal(at, ", qop=auth, nc=");
        at = put_hex(at, user->nc);
        at = put_literal(at, ", cnonce=\"");
        at = put(at, (RollText){cnonce, sizeof cnonce});
        at = put_literal(at, "\"");
    }
    if (user->opaque > 0) {
        at = put_literal(at, ", opaque=\"");
        at = put(at, (RollText){user->challenge + user->nonce, user->opaque});
        at = put_literal(at, "\"");
    }
    return put_literal(at, "\r\n");
}

static char *
put_contact(char *at, RollText name, const char *rest)
{
    at = put_literal(at, "Contact: <sip:");
    at = put(at, name);
    return put(at, roll_text(rest));
}

static char *
put_register(const SimTexts *self, char *at, uint32_t number, const SimUser *user, RollText name)
{
    at = put_literal(at, "REGISTER ");
    at = put(at, roll_text(self->uri));
    at = put_head(self, at, number, user);
    at = put_dialog(self, at, user, name, (RollText){NULL, 0}, 'r');
    at = put_literal(at, " REGISTER\r\n");
    if (user->kind == SIM_LOAD_UNREGISTER)
        at = put_contact(at, name, self->gone);
    else if (user->kind != SIM_LOAD_FETCH)
        at = put_contact(at, name, self->contact);
    return user->proves ? put_credentials(self, at, user, name) : at;
}

/* The start of an INVITE and of its ACK. */
static char *
put_call(const SimTexts *self, char *at, RollText method, uint32_t number, const SimUser *user,
         RollText name, RollText to)
{
    at = put(at, method);
    at = put_literal(at, " sip:");
    at = put(at, name);
    at = put_literal(at, "@");
    at = put(at, self->plan->domain);
    at = put_head(self, at, number, user);
    at = put_dialog(self, at, user, name, to, 'i');
    at = put_literal(at, " ");
    at = put(at, method);
    return put_literal(at, "\r\n");
}

static size_t
finish(char *at, const char *out)
{
    at = put_literal(at, "Content-Length: 0\r\n\r\n");
    return (size_t)(at - out);
}

size_t
sim_texts_request(const SimTexts *self, uint32_t number, const SimUser *user,
                  char out[SIM_TEXT_MAX])
{
    char text[SIM_NAMES_LONGEST];
    RollText name = {text, sim_names_write(&self->plan->user, number, text)};
    if (user->kind != SIM_LOAD_LOOKUP)
        return finish(put_register(self, out, number, user, name), out);
    char *at = put_call(self, out, ROLL_TEXT("INVITE"), number, user, name, (RollText){NULL, 0});
    return finish(put_contact(at, name, "@invalid>\r\n"), out);
}

size_t
sim_texts_ack(const SimTexts *self, uint32_t number, const SimUser *user, RollText to,
              char out[SIM_TEXT_MAX])
{
    char text[SIM_NAMES_LONGEST];
    RollText name = {text, sim_names_write(&self->plan->user, number, text)};
    to.len = MIN(to.len, TO_MAX);
    return finish(put_call(self, out, ROLL_TEXT("ACK"), number, user, name, to), out);
}
