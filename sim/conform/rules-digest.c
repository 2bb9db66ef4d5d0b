/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 3261 section 22, RFC 7616 and RFC 8760: who may register. */
#include "sim/conform/rules.h"
#include "sim/conform/steps.h"

#include <string.h>

#define A "sip:a@192.0.2.1"
#define B "sip:b@192.0.2.2"

/* Asks without credentials and keeps the challenge. Returns: false if there is none. */
static bool
get_challenge(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">", .plain = true);
    return sim_credentials_take(c);
}

/* A REGISTER for A with what @say says in its credentials. */
static void
try(SimCase *c, SimCredentials say)
{
    g_autofree char *line = sim_credentials_write(c, &say);
    sim_ask(c, .contact = "<" A ">", .headers = line, .plain = true);
}

static const char *
challenge(const SimCase *c, size_t i)
{
    return c->reply ? sim_message_line(c->reply, "WWW-Authenticate", i) : NULL;
}

static void
expect_stale(SimCase *c, const char *name)
{
    const char *line = challenge(c, 0);
    g_autofree char *stale = line ? sim_auth_param(line, "stale", NULL) : NULL;
    bool ok = sim_case_status(c) == 401 && stale && g_ascii_strcasecmp(stale, "true") == 0;
    sim_case_check(c, ok, name, "401 with stale=true");
}

static void
expect_not_stale(SimCase *c, const char *name)
{
    const char *line = challenge(c, 0);
    g_autofree char *stale = line ? sim_auth_param(line, "stale", NULL) : NULL;
    bool ok = sim_case_status(c) == 401 && (!stale || g_ascii_strcasecmp(stale, "true") != 0);
    sim_case_check(c, ok || sim_case_status(c) == 403, name, "401 without stale=true, or 403");
}

static void
challenges(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">", .plain = true);
    sim_expect_status(c, 401, "a REGISTER without credentials gets 401");
    sim_expect_present(c, "WWW-Authenticate", "with WWW-Authenticate");
    sim_expect_absent(c, "Proxy-Authenticate", "not with that of a proxy");
    sim_expect_bindings(c, "", "nothing is bound");
}

static void
right_password(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">");
    sim_expect_listed(c, A, "the right password registers");
    sim_ask(c, .contact = "<" A ">", .expires = "0");
    sim_expect_listed(c, "", "and removes");
}

static void
wrong_password(SimCase *c)
{
    sim_ask(c, .contact = "<" B ">");
    sim_ask(c, .contact = "<" A ">", .plain = true);
    sim_credentials_take(c);
    try(c, (SimCredentials){.password = "wrong"});
    expect_not_stale(c, "a wrong password is challenged again, and not as stale");
    get_challenge(c);
    try(c, (SimCredentials){.username = "nobody-of-this-name"});
    expect_not_stale(c, "an unknown user too");
    sim_ask(c, .contact = NULL);
    sim_expect_listed(c, B, "neither changes anything");
}

static void
other_aor(SimCase *c)
{
    sim_ask(c, .to = "<sip:not-{user}@{domain}>", .from = "<sip:not-{user}@{domain}>",
            .contact = "<" A ">");
    sim_expect_status(c, 403, "another user's address-of-record is refused with 403");
    sim_ask(c, .to = "<sip:not-{user}@{domain}>");
    sim_expect_either(c, 403, 404, "he may not list it either");
}

static void
no_basic(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">", .plain = true);
    bool basic = false;
    const char *line;
    for (size_t i = 0; (line = challenge(c, i)); i++)
        basic |= g_ascii_strncasecmp(line, "Basic", 5) == 0;
    sim_case_check(c, !basic, "Basic is not offered", "no WWW-Authenticate: Basic");
    g_autofree char *pair = g_strdup_printf("%s:%s", c->target->username, c->target->password);
    g_autofree char *code = g_base64_encode((const guchar *)pair, strlen(pair));
    g_autofree char *header = g_strdup_printf("Authorization: Basic %s", code);
    sim_ask(c, .contact = "<" A ">", .headers = header, .plain = true);
    sim_expect_refused(c, "Basic is not accepted, with the right password");
    sim_expect_bindings(c, "", "nothing is bound");
}

static void
sends_qop(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">", .plain = true);
    bool all = challenge(c, 0) != NULL, nonce = all, realm = all;
    const char *line;
    for (size_t i = 0; (line = challenge(c, i)); i++) {
        g_autofree char *q = sim_auth_param(line, "qop", NULL);
        g_autofree char *n = sim_auth_param(line, "nonce", NULL);
        g_autofree char *r = sim_auth_param(line, "realm", NULL);
        all &= q && strstr(q, "auth");
        nonce &= n && *n;
        realm &= r && *r;
    }
    sim_case_check(c, all, "each challenge has qop", "qop=\"auth\"");
    sim_case_check(c, nonce, "each has a nonce", "nonce=\"...\"");
    sim_case_check(c, realm, "each has a realm", "realm=\"...\"");
}

static void
quotes(SimCase *c)
{
    static const char *const quoted[] = {"realm", "nonce", "opaque", "qop", "domain"};
    static const char *const bare[] = {"algorithm", "stale"};
    sim_ask(c, .contact = "<" A ">", .plain = true);
    const char *line = challenge(c, 0) ? challenge(c, 0) : "Digest ";
    bool ok = true, in_quotes;
    for (size_t i = 0; i < G_N_ELEMENTS(quoted); i++) {
        g_autofree char *value = sim_auth_param(line, quoted[i], &in_quotes);
        ok &= !value || in_quotes;
    }
    sim_case_check(c, ok, "realm, nonce, opaque and qop stand in quotes", "quotes");
    ok = true;
    for (size_t i = 0; i < G_N_ELEMENTS(bare); i++) {
        g_autofree char *value = sim_auth_param(line, bare[i], &in_quotes);
        ok &= !value || !in_quotes;
    }
    sim_case_check(c, ok, "algorithm and stale do not", "no quotes");
}

static void
without_qop(SimCase *c)
{
    sim_case_check(c, get_challenge(c), "a challenge", "401 with a challenge");
    try(c, (SimCredentials){.qop = ""});
    sim_expect_status(c, 200, "a response without qop, as of RFC 2069, is accepted");
    get_challenge(c);
    if (!sim_credentials_take_algorithm(c, "MD5"))
        return;
    try(c, (SimCredentials){.qop = "", .algorithm = ""});
    sim_expect_status(c, 200, "also without algorithm, which then is MD5");
}

static void
no_challenge_of_cancel(SimCase *c)
{
    sim_ask(c, .method = "CANCEL", .plain = true);
    int status = sim_case_status(c);
    sim_case_check(c, status != 401 && status != 407, "a CANCEL is not challenged",
                   "no 401 or 407");
    sim_ask(c, .method = "ACK", .plain = true);
    sim_expect_silence(c, "an ACK is not challenged");
}

static void
unknown_nonce(SimCase *c)
{
    if (!get_challenge(c))
        return;
    try(c, (SimCredentials){.nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093"});
    expect_stale(c, "a nonce it never issued is stale");
    g_autofree char *nonce = sim_auth_param(c->challenge, "nonce", NULL);
    nonce[strlen(nonce) / 2] ^= 1;
    try(c, (SimCredentials){.nonce = nonce});
    sim_expect_refused(c, "a nonce with one bit changed is not accepted");
    sim_credentials_take(c);
    try(c, (SimCredentials){0});
    sim_expect_status(c, 200, "the same password with the new nonce is");
}

static void
old_nonce(SimCase *c)
{
    if (!get_challenge(c))
        return;
    if (!sim_case_advance(c, 2 * ROLL_DAY))
        return;
    try(c, (SimCredentials){0});
    if (sim_case_status(c) != 200)
        expect_stale(c, "a nonce of the day before yesterday is stale");
    sim_credentials_take(c);
    try(c, (SimCredentials){0});
    sim_expect_status(c, 200, "with the new one the client goes on");
}

static void
new_nonces(SimCase *c)
{
    get_challenge(c);
    g_autofree char *first = c->challenge ? sim_auth_param(c->challenge, "nonce", NULL) : NULL;
    get_challenge(c);
    g_autofree char *second = c->challenge ? sim_auth_param(c->challenge, "nonce", NULL) : NULL;
    sim_case_check(c, first && second && strcmp(first, second) != 0,
                   "each 401 has a nonce of its own", "another nonce");
}

static void
replay(SimCase *c)
{
    if (!get_challenge(c))
        return;
    try(c, (SimCredentials){.nc = 1});
    sim_expect_status(c, 200, "a first count is accepted");
    try(c, (SimCredentials){.nc = 1});
    sim_expect_status(c, 401, "the same nonce and count again are a replay");
}

static void
next_count(SimCase *c)
{
    if (!get_challenge(c))
        return;
    try(c, (SimCredentials){.nc = 1});
    try(c, (SimCredentials){.nc = 2});
    sim_expect_status(c, 200, "a nonce may be used again with the next count");
    try(c, (SimCredentials){.nc = 0x10});
    sim_expect_status(c, 200, "or with a higher one");
}

static void
improper(SimCase *c)
{
    static const char *const needed[] = {"username", "realm", "nonce", "uri", "response"};
    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
        g_autofree char *name = g_strdup_printf("credentials without %s get 4xx", needed[i]);
        get_challenge(c);
        try(c, (SimCredentials){.without = needed[i]});
        int status = sim_case_status(c);
        sim_case_check(c, status >= 400 && status < 500, name, "4xx");
    }
    static const char *const counted[] = {"nc", "cnonce"};
    for (size_t i = 0; i < G_N_ELEMENTS(counted); i++) {
        g_autofree char *name = g_strdup_printf("qop without %s gets 4xx", counted[i]);
        get_challenge(c);
        try(c, (SimCredentials){.without = counted[i]});
        int status = sim_case_status(c);
        sim_case_check(c, status >= 400 && status < 500, name, "4xx");
    }
    sim_expect_bindings(c, "", "nothing is bound");
}

static void
improper_count(SimCase *c)
{
    static const char *const bad[] = {"1", "0000000g", "000000001"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *name = g_strdup_printf("nc=%s is improper and gets 4xx", bad[i]);
        get_challenge(c);
        try(c, (SimCredentials){.nc_text = bad[i]});
        int status = sim_case_status(c);
        sim_case_check(c, status >= 400 && status < 500, name, "4xx");
    }
}

static void
username_star(SimCase *c)
{
    if (!get_challenge(c))
        return;
    try(c, (SimCredentials){.more = "username*=UTF-8''alice"});
    int status = sim_case_status(c);
    sim_case_check(c, status >= 400 && status < 500, "username and username* together get 4xx",
                   "4xx");
}

static void
other_realm(SimCase *c)
{
    if (!get_challenge(c))
        return;
    try(c, (SimCredentials){.realm = "elsewhere.invalid"});
    sim_expect_refused(c, "credentials of another realm are not ours");
    get_challenge(c);
    try(c, (SimCredentials){.response = "00000000000000000000000000000000"});
    sim_expect_refused(c, "a response of zeros is wrong");
    get_challenge(c);
    try(c, (SimCredentials){.response = ""});
    sim_expect_refused(c, "an empty one too");
    sim_expect_bindings(c, "", "nothing is bound");
}

static void
wrong_qop(SimCase *c)
{
    if (!get_challenge(c))
        return;
    g_autofree char *offered = sim_auth_param(c->challenge, "qop", NULL);
    if (offered && strstr(offered, "auth-int")) {
        c->skipped = "auth-int is offered";
        return;
    }
    try(c, (SimCredentials){.qop = "auth-int"});
    int status = sim_case_status(c);
    sim_case_check(c, status >= 400 && status < 500, "auth-int, not offered, gets 4xx", "4xx");
    get_challenge(c);
    try(c, (SimCredentials){.qop = "auth-xyz"});
    status = sim_case_status(c);
    sim_case_check(c, status >= 400 && status < 500, "an unknown qop gets 4xx", "4xx");
}

static void
several_algorithms(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">", .plain = true);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool distinct = true;
    unsigned n = 0;
    const char *line;
    for (; (line = challenge(c, n)); n++) {
        char *name = sim_auth_param(line, "algorithm", NULL);
        distinct &= g_hash_table_add(seen, g_ascii_strup(name ? name : "MD5", -1));
        g_free(name);
    }
    sim_case_check(c, n > 0 && distinct, "no two challenges have the same algorithm",
                   "one challenge for each algorithm");
    if (n < 2)
        return;
    const char *top = challenge(c, 0);
    g_autofree char *first = sim_auth_param(top, "algorithm", NULL);
    sim_case_check(c, first && g_str_has_prefix(first, "SHA"), "the strongest stands on top",
                   "SHA-256 or SHA-512-256 above MD5");
}

static void
each_algorithm(SimCase *c)
{
    static const char *const names[] = {"MD5", "SHA-256", "SHA-512-256"};
    unsigned n = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        sim_ask(c, .contact = "<" A ">", .plain = true);
        if (!sim_credentials_take_algorithm(c, names[i]))
            continue;
        g_autofree char *name = g_strdup_printf("%s is offered and accepted", names[i]);
        try(c, (SimCredentials){0});
        sim_expect_status(c, 200, name);
        n++;
    }
    sim_case_check(c, n > 0, "one algorithm at least", "MD5, SHA-256 or SHA-512-256");
}

static void
sha_512_256(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">", .plain = true);
    if (!sim_credentials_take_algorithm(c, "SHA-512-256")) {
        sim_case_lacks(c, "SHA-512-256 is not offered");
        return;
    }
    try(c, (SimCredentials){0});
    sim_expect_status(c, 200, "SHA-512-256 is offered and accepted");
}

static void
unknown_algorithm(SimCase *c)
{
    if (!get_challenge(c))
        return;
    try(c, (SimCredentials){.algorithm = "ROT13"});
    sim_expect_refused(c, "an algorithm nobody offered is refused");
    sim_expect_bindings(c, "", "nothing is bound");
}

static void
parameters_of_uri(SimCase *c)
{
    if (!get_challenge(c))
        return;
    try(c, (SimCredentials){.uri = "sip:{domain};transport=tcp"});
    sim_expect_status(c, 200, "a uri that differs from the Request-URI by a parameter is accepted");
}

static void
second_credentials(SimCase *c)
{
    if (!get_challenge(c))
        return;
    g_autofree char *ours = sim_credentials_write(c, &(SimCredentials){0});
    g_autofree char *both = g_strdup_printf(
        "Authorization: Digest username=\"x\", realm=\"elsewhere.invalid\", nonce=\"1\", "
        "uri=\"sip:{domain}\", response=\"00000000000000000000000000000000\"\n%s",
        ours);
    sim_ask(c, .contact = "<" A ">", .headers = both, .plain = true);
    sim_expect_status(c, 200, "credentials of another realm beside ours do no harm");
}

#define AUTH                                                                                       \
    {                                                                                              \
        .authenticate = true                                                                       \
    }

const SimRule sim_rules_digest[] = {
    {"22.2-challenge", 3261, "22.2", SIM_LEVEL_MUST, "401 has WWW-Authenticate", challenges, AUTH},
    {"22.4-right", 3261, "22.4", SIM_LEVEL_MUST, "the right password is accepted", right_password,
     AUTH},
    {"22.1-wrong", 3261, "22.1", SIM_LEVEL_MUST, "a wrong one is not", wrong_password, AUTH},
    {"10.3.4-403", 3261, "10.3 step 4", SIM_LEVEL_MUST, "a user may not change what is not his",
     other_aor, AUTH},
    {"22.4-basic", 3261, "22.4", SIM_LEVEL_MUST, "Basic is neither offered nor accepted", no_basic,
     AUTH},
    {"22.4-qop", 3261, "22.4 item 8", SIM_LEVEL_MUST, "every challenge has qop", sends_qop, AUTH},
    {"22.4-without-qop", 3261, "22.4 item 8", SIM_LEVEL_MUST, "qop stays optional to receive",
     without_qop, AUTH},
    {"22.1-cancel", 3261, "22.1", SIM_LEVEL_MUST, "ACK and CANCEL are never challenged",
     no_challenge_of_cancel, AUTH},
    {"22.3-credentials", 3261, "22.1", SIM_LEVEL_MUST, "the realm says which credentials are ours",
     second_credentials, AUTH},
    {"3.3-quotes", 7616, "3.3", SIM_LEVEL_MUST,
     "parameters of the challenge are quoted, or not, as they have to be", quotes, AUTH},
    {"3.3-stale", 7616, "3.3", SIM_LEVEL_SHOULD, "an unknown nonce is stale", unknown_nonce, AUTH},
    {"3.3-old-nonce", 7616, "3.3", SIM_LEVEL_SHOULD, "an old nonce is stale", old_nonce, AUTH},
    {"3.3-new-nonce", 7616, "3.3", SIM_LEVEL_SHOULD, "a nonce is made for each 401", new_nonces,
     AUTH},
    {"3.4-replay", 7616, "3.4", SIM_LEVEL_MAY, "a nonce count seen before is refused", replay,
     AUTH},
    {"3.4-next-nonce-count", 7616, "3.3", SIM_LEVEL_MAY,
     "a nonce may be used again with a higher count", next_count, AUTH},
    {"3.4-improper", 7616, "3.4", SIM_LEVEL_MUST, "missing parameters get 4xx", improper, AUTH},
    {"3.4-count-form", 7616, "3.4", SIM_LEVEL_MUST,
     "a count that is not eight hexadecimal digits gets 4xx", improper_count, AUTH},
    {"3.4-username", 7616, "3.4", SIM_LEVEL_MUST, "username and username* exclude each other",
     username_star, AUTH},
    {"3.4-response", 7616, "3.4.1", SIM_LEVEL_MUST, "another realm or another response is refused",
     other_realm, AUTH},
    {"3.4-qop", 7616, "3.4", SIM_LEVEL_MUST, "a qop that was not offered gets 4xx", wrong_qop,
     AUTH},
    {"2.3-algorithms", 8760, "2.3", SIM_LEVEL_MUST,
     "challenges of one realm differ in their algorithm, best first", several_algorithms, AUTH},
    {"2.3-accepted", 8760, "2.3", SIM_LEVEL_MUST, "what is offered is accepted", each_algorithm,
     AUTH},
    {"2.1-sha-512-256", 8760, "2.1", SIM_LEVEL_MAY, "SHA-512-256 is known", sha_512_256, AUTH},
    {"2.3-unknown", 8760, "2.3", SIM_LEVEL_MUST, "an algorithm that was not offered is refused",
     unknown_algorithm, AUTH},
    {"2.6-uri", 8760, "2.6 item 6", SIM_LEVEL_MAY, "the uri may differ from the Request-URI",
     parameters_of_uri, AUTH},
    {NULL},
};
