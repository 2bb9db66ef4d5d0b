/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 6140: one REGISTER for all numbers of a private exchange. */
#include "sim/conform/rules.h"
#include "sim/conform/steps.h"

#define GIN "Require: gin\nProxy-Require: gin\nSupported: path"
#define BULK "sip:198.51.100.3:5070;bnc"

/* Who does not mind Require accepts gin without knowing it.
 * Returns: false, and the rule is skipped or fails, where there is no bulk registration. */
static bool
has_bulk(SimCase *c)
{
    sim_ask(c, .headers = "Require: no-such-thing");
    bool minded = sim_case_status(c) == 420;
    sim_ask(c, .contact = "<" BULK ">", .headers = GIN);
    if (minded && sim_case_status(c) == 200)
        return true;
    sim_case_lacks(c, "there is no bulk registration");
    return false;
}

static void
accepted(SimCase *c)
{
    if (!has_bulk(c))
        return;
    sim_expect_listed(c, BULK, "the bulk Contact is listed as it is");
    sim_ask(c, .contact = "<" BULK ">;expires=600", .headers = GIN);
    sim_expect_expires(c, BULK, 1, 600, "it is refreshed");
    sim_ask(c, .contact = "<" BULK ">;expires=0", .headers = GIN);
    sim_expect_listed(c, "", "and removed");
}

static void
expect_no_success(SimCase *c, const char *name)
{
    int status = sim_case_status(c);
    sim_case_check(c, status >= 300, name, "no 2xx; 400");
}

static void
user_part(SimCase *c)
{
    if (!has_bulk(c))
        return;
    sim_ask(c, .contact = "<sip:pbx@198.51.100.4;bnc>", .headers = GIN);
    expect_no_success(c, "bnc with a user part gets no 2xx");
    sim_expect_bindings(c, BULK, "it is not bound");
}

static void
user_param(SimCase *c)
{
    if (!has_bulk(c))
        return;
    sim_ask(c, .contact = "<sip:198.51.100.4;user=phone;bnc>", .headers = GIN);
    expect_no_success(c, "bnc with a user parameter gets no 2xx");
    sim_expect_bindings(c, BULK, "it is not bound");
}

static void
params_kept(SimCase *c)
{
    if (!has_bulk(c))
        return;
    sim_ask(c, .contact = "<sip:198.51.100.3:5071;transport=tcp;x=y;bnc>", .headers = GIN);
    sim_expect_bindings(c, BULK " sip:198.51.100.3:5071;transport=tcp;x=y;bnc",
                        "other parameters are kept");
}

static void
single_removal(SimCase *c)
{
    if (!has_bulk(c))
        return;
    if (c->target->only_user) {
        c->skipped = "there is one user only";
        return;
    }
    sim_ask(c, .to = "<sip:+15550100@{domain}>", .from = "<sip:+15550100@{domain}>",
            .contact = "<sip:+15550100@198.51.100.3:5070>;expires=0", .call_id = "{call}-one");
    sim_expect_status(c, 200, "a removal of one number is a removal of nothing");
    sim_expect_bindings(c, BULK, "the bulk registration stays whole");
}

static void
path_with_bulk(SimCase *c)
{
    if (!has_bulk(c))
        return;
    sim_ask(c, .contact = "<" BULK ">", .headers = GIN "\nPath: <sip:p1.example.com;lr>");
    sim_expect_header(c, "Path", "<sip:p1.example.com;lr>", "Path works with it");
}

const SimRule sim_rules_bulk[] = {
    {"5.2-bulk", 6140, "5.2", SIM_LEVEL_MUST, "a bulk Contact is registered", accepted, {0}},
    {"5.2-user-part",
     6140,
     "5.2",
     SIM_LEVEL_MUST,
     "bnc with a user part gets no 2xx",
     user_part,
     {0}},
    {"5.3-user-param",
     6140,
     "5.3",
     SIM_LEVEL_MUST,
     "bnc with a user parameter gets no 2xx",
     user_param,
     {0}},
    {"5.2-params", 6140, "5.2", SIM_LEVEL_MUST, "other parameters are copied", params_kept, {0}},
    {"5.2-single",
     6140,
     "5.2",
     SIM_LEVEL_MUST,
     "a number cannot be removed from the bulk",
     single_removal,
     {0}},
    {"5.2-path", 6140, "5.2", SIM_LEVEL_MUST, "Path is supported with it", path_with_bulk, {0}},
    {NULL},
};
