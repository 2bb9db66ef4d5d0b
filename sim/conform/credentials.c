/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers to challenges. The hash is libroll's, which the examples of the RFCs test. */
#include "sim/conform/credentials.h"

#include <string.h>

static RollAlgorithm
algorithm_of(const char *challenge)
{
    g_autofree char *name = sim_auth_param(challenge, "algorithm", NULL);
    return roll_algorithm_parse(roll_text(name));
}

static bool
take(SimCase *c, const char *algorithm)
{
    const char *line;
    for (size_t i = 0; (line = sim_message_line(c->reply, "WWW-Authenticate", i)); i++) {
        g_autofree char *name = sim_auth_param(line, "algorithm", NULL);
        if (g_ascii_strncasecmp(line, "Digest ", 7) != 0 ||
            algorithm_of(line) == ROLL_ALGORITHM_UNKNOWN ||
            (algorithm && g_ascii_strcasecmp(algorithm, name ? name : "MD5") != 0))
            continue;
        g_free(c->challenge);
        c->challenge = g_strdup(line);
        c->nc = 0;
        return true;
    }
    return false;
}

bool
sim_credentials_take(SimCase *c)
{
    return take(c, NULL);
}

bool
sim_credentials_take_algorithm(SimCase *c, const char *algorithm)
{
    return take(c, algorithm);
}

typedef struct {
    char *realm;
    char *nonce;
    char *opaque;
    char *algorithm;
    char *uri;
    char response[ROLL_DIGEST_HEX];
    bool qop;
} Answer;

static char *
given_or(const char *given, char *otherwise)
{
    if (!given)
        return otherwise;
    g_free(otherwise);
    return g_strdup(given);
}

static void
compute(SimCase *c, const SimCredentials *say, const char *method, Answer *out)
{
    const char *challenge = c->challenge ? c->challenge : "";
    g_autofree char *qop = sim_auth_param(challenge, "qop", NULL);
    *out = (Answer){
        .realm = given_or(say->realm, sim_auth_param(challenge, "realm", NULL)),
        .nonce = given_or(say->nonce, sim_auth_param(challenge, "nonce", NULL)),
        .opaque = sim_auth_param(challenge, "opaque", NULL),
        .algorithm = sim_auth_param(challenge, "algorithm", NULL),
        .qop = say->qop ? *say->qop != '\0' : qop != NULL,
    };
    out->uri =
        say->uri ? sim_case_expand(c, say->uri) : g_strdup_printf("sip:%s", c->target->domain);
    RollAlgorithm algorithm = algorithm_of(challenge);
    if (algorithm == ROLL_ALGORITHM_UNKNOWN)
        algorithm = ROLL_ALGORITHM_MD5;
    const char *username = say->username ? say->username : c->target->username;
    const char *password = say->password ? say->password : c->target->password;
    char ha1[ROLL_DIGEST_HEX];
    roll_digest_ha1(algorithm, roll_text(username), roll_text(out->realm), roll_text(password),
                    ha1);
    RollDigestInput input = {
        .algorithm = algorithm,
        .ha1 = roll_text(ha1),
        .nonce = roll_text(out->nonce),
        .uri = roll_text(out->uri),
        .method = roll_text(method),
        .cnonce = ROLL_TEXT("0a4f113b"),
        .nc = c->nc,
        .qop = out->qop,
    };
    roll_digest_response(&input, out->response);
}

static void
clear_answer(Answer *self)
{
    g_free(self->realm);
    g_free(self->nonce);
    g_free(self->opaque);
    g_free(self->algorithm);
    g_free(self->uri);
}

static void
put(GString *text, const SimCredentials *say, const char *name, const char *value, bool quoted)
{
    if (!value || g_strcmp0(say->without, name) == 0)
        return;
    const char *quote = quoted ? "\"" : "";
    g_string_append_printf(text, "%s%s=%s%s%s", g_str_has_suffix(text->str, " ") ? "" : ", ", name,
                           quote, value, quote);
}

static char *
write_value(SimCase *c, const SimCredentials *say, const char *method)
{
    Answer answer;
    c->nc = say->nc ? say->nc : c->nc + 1;
    compute(c, say, method, &answer);
    const char *algorithm = say->algorithm ? say->algorithm : answer.algorithm;
    g_autofree char *nc = g_strdup_printf("%08x", c->nc);
    GString *text = g_string_new(say->scheme ? say->scheme : "Digest");
    g_string_append_c(text, ' ');
    put(text, say, "username", say->username ? say->username : c->target->username, true);
    put(text, say, "realm", answer.realm, true);
    put(text, say, "nonce", answer.nonce, true);
    put(text, say, "uri", answer.uri, true);
    put(text, say, "response", say->response ? say->response : answer.response, true);
    put(text, say, "algorithm", algorithm && *algorithm ? algorithm : NULL, false);
    put(text, say, "opaque", answer.opaque, true);
    if (answer.qop) {
        put(text, say, "qop", say->qop ? say->qop : "auth", false);
        put(text, say, "nc", say->nc_text ? say->nc_text : nc, false);
        put(text, say, "cnonce", "0a4f113b", true);
    }
    if (say->more)
        g_string_append_printf(text, ", %s", say->more);
    clear_answer(&answer);
    return g_string_free(text, FALSE);
}

char *
sim_credentials_for(SimCase *c, const SimAsk *ask)
{
    if (!c->target->authenticates || !c->challenge || !c->target->username)
        return NULL;
    SimCredentials say = {.uri = ask->uri};
    return write_value(c, &say, ask->method ? ask->method : "REGISTER");
}

char *
sim_credentials_write(SimCase *c, const SimCredentials *say)
{
    g_autofree char *value = write_value(c, say, "REGISTER");
    return g_strconcat("Authorization: ", value, NULL);
}
