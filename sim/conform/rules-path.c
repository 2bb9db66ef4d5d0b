/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 3327 Path, RFC 3608 Service-Route, RFC 8599 push parameters. */
#include "sim/conform/rules.h"
#include "sim/conform/steps.h"

#include <string.h>

#define A "sip:a@192.0.2.1"
#define P1 "<sip:p1.example.com;lr>"
#define P2 "<sip:p2.example.com;lr>;x=\"y,z\""
#define P3 "<sip:p3.example.com;lr>"

static void
expect_path(SimCase *c, const char *joined, const char *name)
{
    g_auto(GStrv) values = c->reply ? sim_message_values(c->reply, "Path") : g_new0(char *, 1);
    g_autofree char *got = g_strjoinv(", ", values);
    g_autofree char *expected = g_strdup_printf("Path: %s", joined);
    sim_case_check(c, strcmp(got, joined) == 0, name, expected);
}

/* Returns: false, and the rule is skipped or fails, where Path is not kept. */
static bool
has_path(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">", .headers = "Path: " P1 "\nSupported: path");
    if (sim_case_status(c) == 200 && sim_message_line(c->reply, "Path", 0))
        return true;
    sim_case_lacks(c, "Path is not kept");
    return false;
}

static void
path_copied(SimCase *c)
{
    if (!has_path(c))
        return;
    expect_path(c, P1, "Path of the request is in the 200");
    sim_ask(c, .contact = "<" A ">",
            .headers = "Path: " P1 ", " P2 "\nPath: " P3 "\nSupported: path");
    expect_path(c, P1 ", " P2 ", " P3, "several, in their order");
    sim_ask(c, .contact = "<" A ">", .headers = "Supported: path");
    expect_path(c, "", "none where the request has none");
}

static void
path_unsupported(SimCase *c)
{
    if (!has_path(c))
        return;
    sim_ask(c, .contact = "<" A ">", .headers = "Path: " P1);
    sim_expect_either(c, 200, 420, "Path without Supported: path is accepted, or gets 420");
    if (sim_case_status(c) == 420)
        sim_expect_token(c, "Unsupported", "path", "the 420 names path");
    else
        sim_expect_absent(c, "Path", "the 200 has no Path");
}

static void
path_refused(SimCase *c)
{
    if (!has_path(c))
        return;
    sim_ask(c, .contact = "*", .expires = "1", .headers = "Path: " P1 "\nSupported: path");
    sim_expect_absent(c, "Path", "a refusal has no Path");
    sim_ask(c, .contact = "<" A ">", .headers = "Path: " P1 "\nSupported: path\nRequire: path");
    sim_expect_status(c, 200, "path may be required");
}

static void
service_route(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">");
    g_auto(GStrv) values =
        c->reply ? sim_message_values(c->reply, "Service-Route") : g_new0(char *, 1);
    if (!values[0]) {
        sim_case_lacks(c, "the 200 has no Service-Route");
        return;
    }
    bool loose = true;
    for (char **value = values; *value; value++) {
        g_autofree char *uri = sim_value_uri(*value);
        g_autofree char *lr = sim_uri_param(uri, "lr");
        loose &= lr != NULL && strchr(*value, '<');
    }
    sim_case_check(c, loose, "each element has lr", "<sip:...;lr>");
}

static void
service_route_of_fetch(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">");
    g_auto(GStrv) first =
        c->reply ? sim_message_values(c->reply, "Service-Route") : g_new0(char *, 1);
    if (!first[0]) {
        sim_case_lacks(c, "the 200 has no Service-Route");
        return;
    }
    sim_ask(c, .contact = NULL);
    g_auto(GStrv) second =
        c->reply ? sim_message_values(c->reply, "Service-Route") : g_new0(char *, 1);
    sim_case_check(c, g_strv_equal((const char *const *)first, (const char *const *)second),
                   "a fetch has the same one", "the Service-Route of the registration");
    sim_ask(c, .contact = "*", .expires = "1");
    sim_expect_absent(c, "Service-Route", "a refusal has none");
}

static void
push_params(SimCase *c)
{
    static const char uri[] = "sip:alice@192.0.2.1;pn-provider=acme;pn-param=acme-param;"
                              "pn-prid=ZTY4ZDJlMzODE1NmUgKi0K";
    g_autofree char *contact = g_strdup_printf("<%s>;+sip.pnsreg=\"121\"", uri);
    sim_ask(c, .contact = contact, .expires = "7200");
    if (sim_case_status(c) == 555) {
        sim_case_check(c, true, "a push service it does not know gets 555", "555");
        return;
    }
    sim_expect_status(c, 200, "a Contact with push parameters is accepted");
    sim_expect_bindings(c, uri, "and comes back whole to its user");
}

const SimRule sim_rules_path[] = {
    {"5.3-path",
     3327,
     "5.3",
     SIM_LEVEL_MUST,
     "Path is copied to the 200 in its order",
     path_copied,
     {0}},
    {"5.3-unsupported",
     3327,
     "5.3",
     SIM_LEVEL_SHOULD,
     "Path without Supported: path is accepted or gets 420",
     path_unsupported,
     {0}},
    {"5.3-refused", 3327, "5.3", SIM_LEVEL_MUST, "Path is in a 200 only", path_refused, {0}},
    {"6.3-loose",
     3608,
     "6.3",
     SIM_LEVEL_MUST,
     "each Service-Route has lr",
     service_route,
     {.service_route = true}},
    {"6.3-fetch",
     3608,
     "6.3",
     SIM_LEVEL_SHOULD,
     "a fetch has the same Service-Route, a refusal none",
     service_route_of_fetch,
     {.service_route = true}},
    {"4.1-push",
     8599,
     "4.1",
     SIM_LEVEL_MUST,
     "push parameters are kept with the binding",
     push_params,
     {0}},
    {NULL},
};
