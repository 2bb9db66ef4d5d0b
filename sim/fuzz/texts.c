/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the numbers of a sequence stand for. How many there are of each is in counts.h. */
#include "sim/fuzz/counts.h"
#include "sim/fuzz/sequence.h"

#include <string.h>

static const char *const USERS[SIM_FUZZ_USERS] = {"alice", "bob", "carol"};
static const char *const AORS[SIM_FUZZ_USERS] = {
    "sip:alice@" SIM_FUZZ_DOMAIN, "sip:bob@" SIM_FUZZ_DOMAIN, "sip:carol@" SIM_FUZZ_DOMAIN};

/* One address of record in several spellings; then what is none of this registrar. */
static const char *const TOS[SIM_FUZZ_USERS][SIM_FUZZ_TOS] = {
    {NULL, "sip:%61lice@example.org", "sip:alice@EXAMPLE.org;x=1", "sip:alice@example.org:5060",
     "sip:alice@elsewhere.example", "tel:+15551234"},
    {NULL, "sip:%62ob@example.org", "SIP:bob@Example.Org;user=phone", "sip:b%6fb@example.org:5070",
     "sip:bob@elsewhere.example", "mailto:bob@example.org"},
    {NULL, "sip:caro%6C@example.org", "sip:carol@example.ORG;y", "sip:carol@example.org:1",
     "sip:carol@example.org.elsewhere.example", "tel:+15551234"},
};

/* Equal and unequal by section 19.1.4; the third and fourth are equal to the first, but not to
 * each other. */
static const char *const URIS[SIM_FUZZ_URIS] = {
    "sip:ua@10.0.0.1",
    "sip:ua@10.0.0.2",
    "sip:ua@10.0.0.1;x=1",
    "sip:ua@10.0.0.1;x=2",
    "SIP:%75a@10.0.0.1",
    "sip:ua@10.0.0.1:5060",
    "sips:ua@10.0.0.1",
    "sip:ua@host.example",
    "sip:ua@HOST.Example",
    "sip:UA@host.example",
    "sip:ua@10.0.0.1;transport=udp",
    "sip:ua@10.0.0.1;TRANSPORT=UDP;x=1",
    "sip:ua@10.0.0.2;transport=tcp",
    "sip:ua@10.0.0.1;user=phone",
    "sip:ua@10.0.0.1;maddr=10.0.0.9",
    "sip:10.0.0.1",
    "sip:u%3Ba@10.0.0.1",
    "*",
};

static const char *const EXPIRIES[SIM_FUZZ_EXPIRIES] = {
    NULL,   "0",    "60",   "59",   "61",         "1",          "300",
    "3600", "3599", "3601", "7200", "4294967295", "4294967296", "99999999999999999999999999",
    "x",
};

static const char *const QS[SIM_FUZZ_QS] = {NULL, "0.5", "0", "1", "1.0", "0.123", "0.9"};
static const char *const METHODS[SIM_FUZZ_METHODS] = {"REGISTER", "OPTIONS", "SUBSCRIPE"};
static const char *const REQUEST_URIS[SIM_FUZZ_REQUEST_URIS] = {NULL, "sip:EXAMPLE.org",
                                                                "sip:elsewhere.example", "tel:+1"};
static const char *const CALL_IDS[SIM_FUZZ_CALL_IDS] = {"a", "b", "A"};
static const char *const SHARED_TAGS[SIM_FUZZ_TAGS] = {NULL, "s", "t"};

static const unsigned DEFAULTS[SIM_FUZZ_SETTINGS] = {3600, 300, 7200};
static const unsigned MINIMA[SIM_FUZZ_SETTINGS] = {60, 0, 3600};
static const unsigned MAXIMA[SIM_FUZZ_SETTINGS] = {0, 7200, 3600};
static const unsigned LIMITS[SIM_FUZZ_SETTINGS] = {16, 3, 1};
static const unsigned PURGES[SIM_FUZZ_SETTINGS] = {0, 60, 7};

const char *
sim_fuzz_user(unsigned user)
{
    return USERS[user];
}

const char *
sim_fuzz_aor(unsigned user)
{
    return AORS[user];
}

ModelConfig
sim_fuzz_config(const SimFuzzSetting *setting)
{
    /* The default has to lie between the bounds. */
    unsigned least = MINIMA[setting->min_expires];
    unsigned most = MAXIMA[setting->max_expires] ? MAXIMA[setting->max_expires] : UINT32_MAX;
    return (ModelConfig){
        .domain = SIM_FUZZ_DOMAIN,
        .default_expires = CLAMP(DEFAULTS[setting->default_expires], least, most),
        .min_expires = least,
        .max_expires = MAXIMA[setting->max_expires],
        .max_bindings = LIMITS[setting->max_bindings],
    };
}

unsigned
sim_fuzz_purge(const SimFuzzSetting *setting)
{
    return PURGES[setting->purge];
}

static char *
append(char *to, const char *text)
{
    return stpcpy(to, text);
}

/* Digits, ended by NUL. */
static void
write_number(char *to, uint32_t number)
{
    char digits[12];
    size_t n = sizeof digits;
    digits[--n] = '\0';
    do {
        digits[--n] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    strcpy(to, digits + n);
}

static void
write_contact(const SimFuzzContact *contact, char *to)
{
    const char *uri = URIS[contact->uri];
    bool star = *uri == '*';
    to = append(to, star ? "" : "<");
    to = append(to, uri);
    to = append(to, star ? "" : ">");
    if (EXPIRIES[contact->expires]) {
        to = append(to, ";expires=");
        to = append(to, EXPIRIES[contact->expires]);
    }
    if (QS[contact->q]) {
        to = append(to, ";q=");
        append(to, QS[contact->q]);
    }
}

void
sim_fuzz_step(const SimFuzzStep *step, SimFuzzTexts *texts, SimStep *out)
{
    *out = (SimStep){.at = step->at, .kind = (SimStepKind)step->kind, .who = USERS[step->user]};
    if (step->kind != SIM_STEP_SEND)
        return;
    write_number(texts->cseq, step->cseq);
    write_number(append(texts->branch, "z9hG4bK-fuzz-"), step->number);
    write_number(append(texts->from_tag, "f"), step->number);
    for (size_t i = 0; i < step->n_contacts; i++) {
        write_contact(&step->contacts[i], texts->contacts[i]);
        texts->contact_list[i] = texts->contacts[i];
    }
    texts->headers[0] = "Require: no-such-thing";
    out->method = METHODS[step->method];
    out->uri = REQUEST_URIS[step->uri];
    out->to = TOS[step->user][step->to];
    out->to_tag = step->to_tag ? "callee" : NULL;
    out->from_tag = step->from_tag ? SHARED_TAGS[step->from_tag] : texts->from_tag;
    out->call_id = CALL_IDS[step->call_id];
    out->cseq = texts->cseq;
    out->branch = texts->branch;
    out->expires = EXPIRIES[step->expires];
    out->contacts = texts->contact_list;
    out->n_contacts = step->n_contacts;
    out->headers = texts->headers;
    out->n_headers = step->require ? 1 : 0;
}

void
sim_fuzz_request(const SimFuzzStep *step, SimFuzzTexts *texts, ModelRequest *out)
{
    for (size_t i = 0; i < step->n_contacts; i++) {
        const SimFuzzContact *contact = &step->contacts[i];
        texts->model_contacts[i] =
            (ModelContact){URIS[contact->uri], EXPIRIES[contact->expires], QS[contact->q]};
    }
    *out = (ModelRequest){
        .method = METHODS[step->method],
        .uri = step->uri ? REQUEST_URIS[step->uri] : "sip:" SIM_FUZZ_DOMAIN,
        .to = step->to ? TOS[step->user][step->to] : AORS[step->user],
        .to_tag = step->to_tag ? "callee" : NULL,
        .from_tag = step->from_tag ? SHARED_TAGS[step->from_tag] : texts->from_tag,
        .call_id = CALL_IDS[step->call_id],
        .cseq = step->cseq,
        .branch = texts->branch,
        .require = step->require ? "no-such-thing" : NULL,
        .expires = EXPIRIES[step->expires],
        .contacts = texts->model_contacts,
        .n_contacts = step->n_contacts,
    };
}
