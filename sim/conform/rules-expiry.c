/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 3261 section 10.3 step 7: how long a binding lives, and what time does to it. */
#include "sim/conform/rules.h"
#include "sim/conform/steps.h"

#define A "sip:a@192.0.2.1"
#define B "sip:b@192.0.2.2"

static void
precedence(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=600, <" B ">", .expires = "900");
    sim_expect_expires(c, A, 1, 600, "the expires parameter comes first");
    sim_expect_expires(c, B, 601, 900, "then the Expires header");
    sim_ask(c, .contact = "<" A ">;expires=900", .expires = "600");
    sim_expect_expires(c, A, 601, 900, "also where it is the longer one");
    sim_ask(c, .contact = "<" A ">;expires=0", .expires = "600");
    sim_expect_listed(c, B, "expires=0 removes though Expires does not");
    sim_ask(c, .contact = "<" A ">;expires=600, <" B ">", .expires = "0");
    sim_expect_listed(c, A, "Expires: 0 does not remove what has expires=600");
}

static void
default_expiry(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">");
    gint64 first = sim_granted(c, A);
    sim_case_check(c, first > 0, "without an expiry a default is granted", "expires above 0");
    sim_ask(c, .contact = "<" A ">");
    gint64 second = sim_granted(c, A);
    sim_case_check(c, second > 0 && (c->target->in_process ? second == first : true),
                   "the next time too", "the same expires");
}

static void
not_more(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=599");
    sim_expect_expires(c, A, 1, 599, "no more than asked for is granted");
    sim_ask(c, .contact = "<" A ">;expires=1");
    sim_case_check(c,
                   sim_case_status(c) == 423 || (sim_granted(c, A) >= 0 && sim_granted(c, A) < 2),
                   "a short expiry is granted or refused, not raised", "423, or expires=1");
}

static void
whole_range(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=4294967295");
    sim_expect_expires(c, A, 1, G_MAXUINT32, "2^32-1 is granted or made less");
    sim_ask(c, .contact = "<" B ">", .expires = "4294967295");
    sim_expect_expires(c, B, 1, G_MAXUINT32, "in the header too");
    sim_expect_bindings(c, A " " B, "both are bound");
}

static void
malformed_param(SimCase *c)
{
    static const char *const bad[] = {"abc", "-1", "\"60\"", "1.5", ""};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *contact = g_strdup_printf("<" A ">;expires=%s", bad[i]);
        g_autofree char *name = g_strdup_printf("expires=%s counts as 3600", bad[i]);
        sim_ask(c, .contact = contact);
        sim_expect_expires(c, A, 3590, 3600, name);
    }
}

static void
overlarge(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=280297596632815");
    bool taken = sim_case_status(c) == 200 && sim_granted(c, A) >= 3600;
    sim_case_check(c, taken || sim_case_status(c) == 400,
                   "an expires beyond 2^32-1 counts as that or as 3600",
                   "200 with at least 3600 s, or 400");
    sim_ask(c, .contact = "<" B ">", .expires = "100000000000000000000000000000000000000000");
    taken = sim_case_status(c) == 200 && sim_granted(c, B) >= 3600;
    sim_case_check(c, taken || sim_case_status(c) == 400, "so does the header, of any length",
                   "200 with at least 3600 s, or 400");
}

static void
too_brief(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=3599");
    if (sim_case_status(c) != 423) {
        sim_expect_status(c, 200, "an expiry below the minimum is granted or refused");
        return;
    }
    sim_expect_header(c, "Min-Expires", "5000", "423 has Min-Expires with the minimum");
    sim_ask(c, .contact = "<" A ">;expires=5000");
    sim_expect_expires(c, A, 5000, 5000, "that minimum is then granted");
    sim_ask(c, .contact = "<" B ">", .expires = "1");
    sim_expect_status(c, 423, "the header can be too brief as well");
}

static void
never_brief(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">", .expires = "86400");
    sim_ask(c, .contact = "<" A ">;expires=3600");
    sim_expect_status(c, 200, "an hour is not too brief, whatever the minimum");
    sim_ask(c, .contact = "<" A ">;expires=4999");
    sim_expect_status(c, 200, "nor is more than an hour");
    sim_ask(c, .contact = "<" A ">;expires=0");
    sim_expect_listed(c, "", "nor is 0, which removes");
}

static void
brief_binds_nothing(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=7200, <" B ">;expires=10");
    sim_expect_status(c, 423, "one Contact that is too brief fails the request");
    sim_expect_bindings(c, "", "and none of it is bound");
    sim_ask(c, .contact = "<" A ">;expires=7200");
    sim_ask(c, .contact = "<" A ">;expires=0, <" B ">;expires=10");
    sim_expect_bindings(c, A, "nor removed");
}

static void
brief_on_the_net(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=1");
    if (sim_case_status(c) != 423) {
        c->skipped = "the registrar never refuses a brief expiry";
        return;
    }
    const char *line = sim_message_line(c->reply, "Min-Expires", 0);
    guint64 least = line ? g_ascii_strtoull(line, NULL, 10) : 0;
    sim_case_check(c, least > 1, "423 has Min-Expires", "Min-Expires above 1");
    g_autofree char *contact = g_strdup_printf("<" A ">;expires=%" G_GUINT64_FORMAT, least);
    sim_ask(c, .contact = contact);
    sim_expect_status(c, 200, "that much is then accepted");
}

static void
maximum(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=7201");
    sim_expect_expires(c, A, 1, 7200, "a registrar may grant less than asked");
    sim_ask(c, .contact = "<" A ">;expires=86400");
    sim_expect_status(c, 200, "a long expiry is no error");
}

static void
runs_down(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=600");
    gint64 granted = sim_granted(c, A);
    sim_expect_status(c, 200, "a binding");
    if (!sim_case_advance(c, 100 * ROLL_SECOND))
        return;
    sim_ask(c, .contact = NULL);
    sim_expect_expires(c, A, granted - 102, granted - 99, "100 s later it has 100 s less to live");
    sim_ask(c, .contact = "<" B ">;expires=600");
    sim_expect_expires(c, A, granted - 103, granted - 99, "another Contact does not refresh it");
}

static void
dies(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=60, <" B ">;expires=7200");
    gint64 granted = sim_granted(c, A);
    sim_expect_listed(c, A " " B, "two bindings");
    if (!sim_case_advance(c, (granted - 1) * ROLL_SECOND))
        return;
    sim_expect_bindings(c, A " " B, "a second before its end it is there");
    sim_case_advance(c, 2 * ROLL_SECOND);
    sim_expect_bindings(c, B, "a second after it is gone, and the other is not");
}

static void
lives_on(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=600");
    if (!sim_case_advance(c, 500 * ROLL_SECOND))
        return;
    sim_ask(c, .contact = "<" A ">;expires=600");
    sim_expect_expires(c, A, 599, 600, "a refresh starts its time anew");
    sim_case_advance(c, 500 * ROLL_SECOND);
    sim_expect_bindings(c, A, "it outlives its first end");
    sim_ask(c, .contact = "<" A ">;expires=60");
    sim_expect_expires(c, A, 59, 60, "a refresh may shorten its time");
    sim_case_advance(c, 61 * ROLL_SECOND);
    sim_expect_bindings(c, "", "and then it ends early");
}

static void
forgets_order(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=60", .cseq = 500);
    if (!sim_case_advance(c, (sim_granted(c, A) + 40) * ROLL_SECOND))
        return;
    sim_ask(c, .contact = "<" A ">;expires=600", .cseq = 2);
    sim_expect_listed(c, A, "an expired binding holds no CSeq against a request");
}

static void
brief_after_long(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=600");
    for (int i = 0; i < 5; i++) {
        gint64 granted = sim_granted(c, A);
        g_autofree char *contact = g_strdup_printf("<" A ">;expires=%" G_GINT64_FORMAT, granted);
        sim_ask(c, .contact = contact);
    }
    sim_expect_expires(c, A, 598, 600, "who asks for what was granted gets it again, not less");
}

const SimRule sim_rules_expiry[] = {
    {"10.3.7-precedence",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MUST,
     "expires of the Contact comes before the Expires header",
     precedence,
     {0}},
    {"10.3.7-default",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MUST,
     "without either a default is taken",
     default_expiry,
     {0}},
    {"10.3.7-not-more",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MAY,
     "no more is granted than was asked for",
     not_more,
     {0}},
    {"20.19-range",
     3261,
     "20.19",
     SIM_LEVEL_MUST,
     "expiries up to 2^32-1 are understood",
     whole_range,
     {0}},
    {"10.2.1.1-malformed",
     3261,
     "10.2.1.1",
     SIM_LEVEL_SHOULD,
     "a malformed expires parameter counts as 3600",
     malformed_param,
     {0}},
    {"3.1.2.4-overlarge",
     4475,
     "3.1.2.4",
     SIM_LEVEL_SHOULD,
     "an expiry beyond 2^32-1 does not wrap",
     overlarge,
     {0}},
    {"10.3.7-423",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MUST,
     "423 says the minimum",
     too_brief,
     {.min_expires = 5000}},
    {"10.3.7-423-only",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MUST,
     "0 and an hour or more never get 423",
     never_brief,
     {.min_expires = 5000}},
    {"10.3.7-423-atomic",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MUST,
     "423 leaves nothing behind",
     brief_binds_nothing,
     {.min_expires = 5000}},
    {"20.23-min-expires",
     3261,
     "20.23",
     SIM_LEVEL_MUST,
     "what Min-Expires says is accepted",
     brief_on_the_net,
     {0}},
    {"10.3.7-less",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MAY,
     "a registrar with a maximum grants that",
     maximum,
     {.max_expires = 7200}},
    {"10.2.1-runs-down",
     3261,
     "10.3 step 8",
     SIM_LEVEL_MUST,
     "expires tells the time that is left",
     runs_down,
     {0}},
    {"10.2.1-dies",
     3261,
     "10.2.1",
     SIM_LEVEL_MUST,
     "a binding that is not refreshed expires",
     dies,
     {0}},
    {"10.2.4-refresh",
     3261,
     "10.2.4",
     SIM_LEVEL_MUST,
     "a refresh starts the time anew",
     lives_on,
     {0}},
    {"10.3.7-forgets",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MUST,
     "an expired binding is none",
     forgets_order,
     {0}},
    {"10.3.7-no-spiral",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MAY,
     "a granted expiry asked for again is granted again",
     brief_after_long,
     {0}},
    {NULL},
};
