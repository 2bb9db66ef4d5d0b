/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a registrar says when it has enough: RFC 3261 section 21.5.4 and RFC 7339. */
#include "sim/conform/rules.h"
#include "sim/conform/steps.h"

#define A "sip:a@192.0.2.1"
#define B "sip:b@192.0.2.2"
#define C "sip:c@192.0.2.3"

static void
full(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=600, <" B ">;expires=600");
    sim_expect_listed(c, A " " B, "two Contacts are accepted");
    sim_ask(c, .contact = "<" C ">");
    sim_expect_refused(c, "a third is refused");
    sim_expect_bindings(c, A " " B, "nothing changed");
    sim_ask(c, .contact = "<" A ">;expires=0, <" C ">");
    sim_expect_listed(c, B " " C, "a third in place of the first is accepted");
    sim_ask(c, .contact = "<" C ">;expires=700");
    sim_expect_expires(c, C, 1, 700, "a full address-of-record can be refreshed");
}

static void
retry_after(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">, <" B ">");
    sim_ask(c, .contact = "<" C ">");
    sim_expect_status(c, 503, "a limit is answered with 503");
    const char *line = c->reply ? sim_message_line(c->reply, "Retry-After", 0) : NULL;
    sim_case_check(c, line && g_ascii_isdigit(*line), "and Retry-After in seconds",
                   "Retry-After: seconds");
}

static char *
via_param(const SimCase *c, const char *name)
{
    g_auto(GStrv) vias = c->reply ? sim_message_values(c->reply, "Via") : g_new0(char *, 1);
    return vias[0] ? sim_value_param(vias[0], name) : NULL;
}

/* Returns: false, and the rule is skipped or fails, where oc gets no value. */
static bool
has_overload(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">",
            .via = "SIP/2.0/{transport} {by};branch={branch};rport;oc;oc-algo=\"loss,rate\"");
    g_autofree char *oc = via_param(c, "oc");
    if (oc && *oc)
        return true;
    sim_case_lacks(c, "no overload feedback is given");
    return false;
}

static void
feedback(SimCase *c)
{
    if (!has_overload(c))
        return;
    g_autofree char *oc = via_param(c, "oc");
    g_autofree char *algorithm = via_param(c, "oc-algo");
    g_autofree char *seq = via_param(c, "oc-seq");
    sim_case_check(c, g_strcmp0(oc, "0") == 0, "oc is 0 where there is no overload", "oc=0");
    sim_case_check(c, g_strcmp0(algorithm, "loss") == 0 || g_strcmp0(algorithm, "rate") == 0,
                   "one of the algorithms is chosen", "oc-algo=\"loss\"");
    sim_case_check(c, seq && g_ascii_isdigit(*seq), "oc-seq numbers the feedback", "oc-seq=number");
}

static void
feedback_everywhere(SimCase *c)
{
    if (!has_overload(c))
        return;
    sim_ask(c, .contact = "*", .expires = "1",
            .via = "SIP/2.0/{transport} {by};branch={branch};rport;oc;oc-algo=\"loss\"");
    g_autofree char *oc = via_param(c, "oc");
    sim_case_check(c, oc && *oc, "a refusal has it too", "oc with a value");
    sim_ask(c, .contact = NULL);
    g_autofree char *none = via_param(c, "oc");
    sim_case_check(c, !none, "who did not ask gets none", "a Via without oc");
}

const SimRule sim_rules_load[] = {
    {"10.3-limit",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MUST,
     "a request beyond a limit changes nothing",
     full,
     {.max_bindings = 2}},
    {"21.5.4-retry-after",
     3261,
     "21.5.4, 20.33",
     SIM_LEVEL_MAY,
     "a limit is answered with 503 and Retry-After",
     retry_after,
     {.max_bindings = 2}},
    {"5.1-oc",
     7339,
     "4.1, 5.1",
     SIM_LEVEL_MUST,
     "oc gets a value, one algorithm and a number",
     feedback,
     {0}},
    {"5.2-oc-anywhere",
     7339,
     "5.2",
     SIM_LEVEL_MUST,
     "in every answer, but only for who asked",
     feedback_everywhere,
     {0}},
    {NULL},
};
