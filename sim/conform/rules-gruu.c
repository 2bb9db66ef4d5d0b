/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 5627 section 5: addresses that lead to one device. */
#include "sim/conform/rules.h"
#include "sim/conform/steps.h"

#include <string.h>

#define X ";+sip.instance=\"<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>\""
#define Y ";+sip.instance=\"<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf7>\""
#define GRUU "Supported: gruu"

#define A "sip:a@192.0.2.1"
#define B "sip:b@192.0.2.2"

static char *
public_gruu(const SimCase *c, const char *uri)
{
    return sim_contact_param(c, uri, "pub-gruu");
}

static char *
temporary_gruu(const SimCase *c, const char *uri)
{
    return sim_contact_param(c, uri, "temp-gruu");
}

/* Registers A with the instance X. Returns: false where no GRUU comes back. */
static bool
has_gruu(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">" X, .headers = GRUU);
    g_autofree char *gruu = public_gruu(c, A);
    if (gruu)
        return true;
    sim_case_lacks(c, "no GRUU is made");
    return false;
}

static void
public_form(SimCase *c)
{
    if (!has_gruu(c))
        return;
    g_autofree char *gruu = public_gruu(c, A);
    char *query = strchr(gruu, '?');
    g_autofree char *gr = sim_uri_param(gruu, "gr");
    g_autofree char *plain = g_strndup(gruu, strcspn(gruu, ";"));
    sim_case_check(c, g_ascii_strcasecmp(plain, c->aor) == 0 && !query,
                   "the public GRUU is the address-of-record", "pub-gruu=\"{aor};gr=...\"");
    sim_case_check(c, gr && *gr, "with gr and a value", "pub-gruu=\"{aor};gr=...\"");
}

static void
public_stays(SimCase *c)
{
    if (!has_gruu(c))
        return;
    g_autofree char *first = public_gruu(c, A);
    sim_ask(c, .contact = "<" A ">" X, .headers = GRUU);
    g_autofree char *second = public_gruu(c, A);
    sim_case_check(c, g_strcmp0(first, second) == 0, "a refresh has the same public GRUU", first);
    sim_ask(c, .contact = "<" B ">" X, .headers = GRUU, .call_id = "{call}-new");
    g_autofree char *third = public_gruu(c, B);
    sim_case_check(c, g_strcmp0(first, third) == 0, "so has another Contact of the instance",
                   first);
    sim_ask(c, .contact = "<sip:c@192.0.2.3>" Y, .headers = GRUU);
    g_autofree char *other = public_gruu(c, "sip:c@192.0.2.3");
    sim_case_check(c, other && strcmp(first, other) != 0, "another instance has another one",
                   "another pub-gruu");
}

static void
public_survives(SimCase *c)
{
    if (!has_gruu(c))
        return;
    g_autofree char *first = public_gruu(c, A);
    sim_ask(c, .contact = "*", .expires = "0");
    sim_ask(c, .contact = "<" A ">" X, .headers = GRUU);
    g_autofree char *second = public_gruu(c, A);
    sim_case_check(c, g_strcmp0(first, second) == 0,
                   "after every Contact was gone the public GRUU is the same", first);
}

static void
temporary_new(SimCase *c)
{
    if (!has_gruu(c))
        return;
    g_autofree char *first = temporary_gruu(c, A);
    sim_case_check(c, first && g_str_has_prefix(first, "sip"), "there is a temporary GRUU",
                   "temp-gruu=\"sip:...\"");
    sim_ask(c, .contact = "<" A ">" X, .headers = GRUU);
    g_autofree char *second = temporary_gruu(c, A);
    sim_case_check(c, first && second && strcmp(first, second) != 0,
                   "each REGISTER makes a new one", "another temp-gruu");
    sim_case_check(c, first && !strstr(first, c->user), "it does not tell the user",
                   "a temp-gruu without {user}");
}

static void
fetch(SimCase *c)
{
    if (!has_gruu(c))
        return;
    g_autofree char *temporary = temporary_gruu(c, A);
    sim_ask(c, .headers = GRUU);
    g_autofree char *p = public_gruu(c, A);
    g_autofree char *t = temporary_gruu(c, A);
    sim_case_check(c, p != NULL, "a fetch that supports gruu has the public GRUU", "pub-gruu");
    sim_case_check(c, temporary && g_strcmp0(t, temporary) == 0, "and the newest temporary one",
                   "temp-gruu of the last REGISTER");
    sim_ask(c, .contact = NULL);
    g_autofree char *none = public_gruu(c, A);
    g_autofree char *neither = temporary_gruu(c, A);
    sim_case_check(c, !none && !neither, "one that does not has none", "no pub-gruu, no temp-gruu");
}

static void
instance_comes_back(SimCase *c)
{
    if (!has_gruu(c))
        return;
    g_autofree char *instance = sim_contact_param(c, A, "+sip.instance");
    sim_case_check(c, instance && strstr(instance, "00a0c91e6bf6"),
                   "the 200 has the instance of the Contact", "+sip.instance");
    sim_expect_no_token(c, "Require", "gruu", "gruu is not in Require");
    sim_expect_no_token(c, "Supported", "gruu", "nor in Supported");
}

static void
loops(SimCase *c)
{
    if (!has_gruu(c))
        return;
    g_autofree char *gruu = public_gruu(c, A);
    g_autofree char *temporary = temporary_gruu(c, A);
    g_autofree char *second = g_strdup_printf("<%s>" X, gruu);
    g_autofree char *third = g_strdup_printf("<%s>" X, temporary ? temporary : gruu);
    sim_ask(c, .contact = "<{aor}>" X, .headers = GRUU);
    sim_expect_status(c, 403, "a Contact that is the address-of-record: 403");
    sim_ask(c, .contact = second, .headers = GRUU);
    sim_expect_status(c, 403, "one that is its public GRUU: 403");
    sim_ask(c, .contact = third, .headers = GRUU);
    sim_expect_status(c, 403, "one that is a temporary GRUU: 403");
    sim_ask(c, .contact = "<mailto:a@example.com>" X, .headers = GRUU);
    sim_expect_status(c, 403, "one that is no SIP URI: 403");
    sim_expect_bindings(c, A, "nothing changed");
}

static void
suggestions(SimCase *c)
{
    if (!has_gruu(c))
        return;
    g_autofree char *first = public_gruu(c, A);
    sim_ask(c, .headers = GRUU,
            .contact =
                "<" A ">" X ";pub-gruu=\"{aor};gr=mine\";temp-gruu=\"sip:mine@{domain};gr\"");
    sim_expect_status(c, 200, "a Contact that suggests GRUUs is accepted");
    g_autofree char *p = public_gruu(c, A);
    g_autofree char *t = temporary_gruu(c, A);
    sim_case_check(c, g_strcmp0(p, first) == 0, "its public GRUU is ignored", first);
    sim_case_check(c, t && !strstr(t, "mine@"), "its temporary GRUU is ignored",
                   "another temp-gruu");
}

static void
plain(SimCase *c)
{
    if (!has_gruu(c))
        return;
    sim_ask(c, .contact = "<" B ">", .headers = GRUU);
    g_autofree char *none = public_gruu(c, B);
    sim_case_check(c, sim_case_status(c) == 200 && !none, "a Contact without instance has no GRUU",
                   "200 without pub-gruu for " B);
    sim_ask(c, .contact = "<" A ">" X, .headers = GRUU "\nRequire: gruu");
    sim_expect_status(c, 200, "gruu may be required");
}

const SimRule sim_rules_gruu[] = {
    {"5.1-public",
     5627,
     "5.1",
     SIM_LEVEL_MUST,
     "the public GRUU is the address-of-record with gr",
     public_form,
     {0}},
    {"5.1-stays",
     5627,
     "5.1",
     SIM_LEVEL_MUST,
     "an instance keeps its public GRUU",
     public_stays,
     {0}},
    {"5.3-survives",
     5627,
     "5.3",
     SIM_LEVEL_SHOULD,
     "the public GRUU outlives the Contacts",
     public_survives,
     {0}},
    {"5.1-temporary",
     5627,
     "5.1",
     SIM_LEVEL_SHOULD,
     "each REGISTER makes a temporary GRUU",
     temporary_new,
     {0}},
    {"5.2-supported",
     5627,
     "5.2",
     SIM_LEVEL_MUST,
     "who supports gruu is told, who does not is not",
     fetch,
     {0}},
    {"5.2-instance",
     5627,
     "5.2",
     SIM_LEVEL_SHOULD,
     "the instance comes back, and gruu in no option list",
     instance_comes_back,
     {0}},
    {"5.1-loops", 5627, "5.1", SIM_LEVEL_MUST, "a Contact that leads back gets 403", loops, {0}},
    {"5.1-suggestions",
     5627,
     "5.1",
     SIM_LEVEL_MUST,
     "a client cannot suggest a GRUU",
     suggestions,
     {0}},
    {"5.1-plain", 5627, "5.1", SIM_LEVEL_MUST, "without instance there is no GRUU", plain, {0}},
    {NULL},
};
