/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 3261 section 19.1.4, seen from outside: two Contacts that are equal make one binding, two
 * that are not make two. */
#include "sim/conform/rules.h"
#include "sim/conform/steps.h"

typedef struct {
    const char *a;
    const char *b;
    const char *why;
} Pair;

static void
try_pair(SimCase *c, const Pair *pair, unsigned number, bool equal)
{
    g_autofree char *first = g_strdup_printf("<%s>", pair->a);
    g_autofree char *second = g_strdup_printf("<%s>", pair->b);
    g_autofree char *call_id = g_strdup_printf("{call}-%u", number);
    sim_ask(c, .contact = "*", .expires = "0", .call_id = call_id);
    sim_ask(c, .contact = first);
    bool bound = sim_case_status(c) == 200;
    sim_ask(c, .contact = second);
    g_auto(GStrv) values = c->reply ? sim_message_values(c->reply, "Contact") : g_new0(char *, 1);
    g_autofree char *name =
        g_strdup_printf("%s (%s %s %s)", pair->why, pair->a, equal ? "equals" : "is not", pair->b);
    sim_case_check(c,
                   bound && sim_case_status(c) == 200 && g_strv_length(values) == (equal ? 1 : 2),
                   name, equal ? "200 with one Contact" : "200 with two Contacts");
}

#define TRY(pairs, equal)                                                                          \
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)                                               \
    try_pair(c, &(pairs)[i], (unsigned)i, equal)

static void
examples_equal(SimCase *c)
{
    static const Pair pairs[] = {
        {"sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp",
         "escapes and case"},
        {"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", "a parameter in one"},
        {"sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on",
         "different parameters"},
        {"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
         "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
         "order of parameters"},
        {"sip:alice@atlanta.com?subject=project%20x&priority=urgent",
         "sip:alice@atlanta.com?priority=urgent&subject=project%20x", "order of headers"},
    };
    TRY(pairs, true);
}

static void
examples_different(SimCase *c)
{
    static const Pair pairs[] = {
        {"SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP",
         "case of the user"},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", "a port in one"},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", "a transport in one"},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", "another port"},
        {"sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting",
         "a header in one"},
        {"sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", "a name and its address"},
    };
    TRY(pairs, false);
}

static void
user_case(SimCase *c)
{
    static const Pair pairs[] = {
        {"sip:Alice@192.0.2.1", "sip:alice@192.0.2.1", "case of the user"},
        {"sip:a:Secret@192.0.2.1", "sip:a:secret@192.0.2.1", "case of the password"},
        {"sip:a@192.0.2.1", "sip:192.0.2.1", "no userinfo"},
        {"sip:a:@192.0.2.1", "sip:a:b@192.0.2.1", "an empty password"},
        {"sip:a@192.0.2.1", "sip:a:b@192.0.2.1", "a password in one"},
    };
    TRY(pairs, false);
}

static void
rest_no_case(SimCase *c)
{
    static const Pair pairs[] = {
        {"sip:a@Phone.Example.COM", "sip:a@phone.example.com", "case of the host"},
        {"sip:a@192.0.2.1;LR;X=Y", "sip:a@192.0.2.1;lr;x=y", "case of parameters"},
        {"SIP:a@192.0.2.1", "sip:a@192.0.2.1", "case of the scheme"},
        {"sip:a@192.0.2.1?Subject=Hi", "sip:a@192.0.2.1?subject=Hi", "case of a header's name"},
    };
    TRY(pairs, true);
}

static void
sips(SimCase *c)
{
    static const Pair pairs[] = {{"sip:a@192.0.2.1", "sips:a@192.0.2.1", "sip and sips"}};
    TRY(pairs, false);
}

static void
host_port(SimCase *c)
{
    static const Pair pairs[] = {
        {"sip:a@192.0.2.1:5060", "sip:a@192.0.2.1:5061", "another port"},
        {"sip:a@192.0.2.1", "sip:a@192.0.2.2", "another host"},
        {"sip:a@[2001:db8::1]", "sip:a@[2001:db8::2]", "another address"},
    };
    TRY(pairs, false);
}

static void
omitted_default(SimCase *c)
{
    static const Pair pairs[] = {
        {"sip:a@192.0.2.1", "sip:a@192.0.2.1:5060", "the default port is not its absence"},
        {"sip:a@192.0.2.1", "sip:a@192.0.2.1;user=ip", "nor the default user"},
        {"sip:a@192.0.2.1;maddr=239.255.255.1", "sip:a@192.0.2.1;maddr=239.255.255.1;ttl=1",
         "nor the default ttl"},
        {"sip:a@192.0.2.1", "sip:a@192.0.2.1;maddr=192.0.2.1", "nor a maddr that is the host"},
    };
    TRY(pairs, false);
}

static void
both_differ(SimCase *c)
{
    static const Pair pairs[] = {
        {"sip:a@192.0.2.1;transport=tcp", "sip:a@192.0.2.1;transport=udp", "transport"},
        {"sip:a@192.0.2.1;x=1", "sip:a@192.0.2.1;x=2", "any parameter"},
        {"sip:a@192.0.2.1;x", "sip:a@192.0.2.1;x=1", "a parameter with and without value"},
        {"sip:a@192.0.2.1;user=phone", "sip:a@192.0.2.1;user=ip", "user"},
        {"sip:a@192.0.2.1;maddr=192.0.2.8", "sip:a@192.0.2.1;maddr=192.0.2.9", "maddr"},
    };
    TRY(pairs, false);
}

static void
in_one_only(SimCase *c)
{
    static const Pair pairs[] = {
        {"sip:a@192.0.2.1;x=1", "sip:a@192.0.2.1", "any other parameter"},
        {"sip:a@192.0.2.1;ob;line=7", "sip:a@192.0.2.1;lr", "flags of phones"},
        {"sip:a@192.0.2.1;x=1;y=2", "sip:a@192.0.2.1;y=2;z=3", "with one in both"},
    };
    TRY(pairs, true);
}

static void
headers(SimCase *c)
{
    static const Pair pairs[] = {
        {"sip:a@192.0.2.1?subject=a", "sip:a@192.0.2.1?subject=b", "values differ"},
        {"sip:a@192.0.2.1?subject=a&priority=urgent", "sip:a@192.0.2.1?subject=a",
         "one is missing"},
    };
    TRY(pairs, false);
}

static void
escapes(SimCase *c)
{
    static const Pair pairs[] = {
        {"sip:%61b@192.0.2.1", "sip:ab@192.0.2.1", "an escaped letter"},
        {"sip:a%5Fb@192.0.2.1", "sip:a%5fb@192.0.2.1", "case of an escape"},
        {"sip:a@192.0.2.1;x=%41", "sip:a@192.0.2.1;x=A", "in a parameter"},
    };
    TRY(pairs, true);
}

static void
reserved(SimCase *c)
{
    static const Pair pairs[] = {
        {"sip:a%3Bb@192.0.2.1", "sip:a;b@192.0.2.1", "an escaped semicolon"},
        {"sip:a%2Fb@192.0.2.1", "sip:a/b@192.0.2.1", "an escaped slash"},
        {"sip:a%2540b@192.0.2.1", "sip:a%40b@192.0.2.1", "what is escaped twice"},
    };
    TRY(pairs, false);
}

static void
nulls(SimCase *c)
{
    static const Pair pairs[] = {
        {"sip:%00@192.0.2.1", "sip:%00%00@192.0.2.1", "one NUL and two"},
        {"sip:a%00b@192.0.2.1", "sip:a%00c@192.0.2.1", "what follows a NUL"},
        {"sip:a@192.0.2.1", "sip:a%00@192.0.2.1", "a NUL at the end"},
    };
    TRY(pairs, false);
    sim_ask(c, .contact = "*", .expires = "0", .call_id = "{call}-last");
    sim_ask(c, .contact = "<sip:%00%00@192.0.2.1>");
    sim_expect_listed(c, "sip:%00%00@192.0.2.1", "an escaped NUL comes back escaped");
}

static void
not_transitive(SimCase *c)
{
    sim_ask(c, .contact = "<sip:a@192.0.2.1;x=1>");
    sim_ask(c, .contact = "<sip:a@192.0.2.1;x=2>");
    sim_expect_count(c, 2, "x=1 and x=2 differ, though both equal the URI without x");
    sim_ask(c, .contact = "<sip:a@192.0.2.1;x=2>;expires=0");
    sim_expect_listed(c, "sip:a@192.0.2.1;x=1", "the one meant is removed");
}

static void
replaces_text(SimCase *c)
{
    sim_ask(c, .contact = "<sip:a@192.0.2.1;line=1>");
    sim_ask(c, .contact = "<sip:a@192.0.2.1>;expires=0");
    sim_expect_listed(c, "", "an equal URI in other words removes");
}

const SimRule sim_rules_uri[] = {
    {"19.1.4-examples-equal",
     3261,
     "19.1.4",
     SIM_LEVEL_MUST,
     "the examples of equal URIs are one binding",
     examples_equal,
     {0}},
    {"19.1.4-examples-different",
     3261,
     "19.1.4",
     SIM_LEVEL_MUST,
     "the examples of different URIs are two",
     examples_different,
     {0}},
    {"19.1.4-userinfo",
     3261,
     "19.1.4",
     SIM_LEVEL_MUST,
     "userinfo is case-sensitive and must match",
     user_case,
     {0}},
    {"19.1.4-case",
     3261,
     "19.1.4",
     SIM_LEVEL_MUST,
     "the rest is not case-sensitive",
     rest_no_case,
     {0}},
    {"19.1.4-sips", 3261, "19.1.4", SIM_LEVEL_MUST, "sip is not sips", sips, {0}},
    {"19.1.4-host-port",
     3261,
     "19.1.4",
     SIM_LEVEL_MUST,
     "host and port must match",
     host_port,
     {0}},
    {"19.1.4-defaults",
     3261,
     "19.1.4",
     SIM_LEVEL_MUST,
     "what is left out is not its default",
     omitted_default,
     {0}},
    {"19.1.4-in-both",
     3261,
     "19.1.4",
     SIM_LEVEL_MUST,
     "a parameter in both must match",
     both_differ,
     {0}},
    {"19.1.4-in-one",
     3261,
     "19.1.4",
     SIM_LEVEL_MUST,
     "a parameter in one only is ignored, but for user, ttl, method, maddr",
     in_one_only,
     {0}},
    {"19.1.4-headers", 3261, "19.1.4", SIM_LEVEL_MUST, "headers are never ignored", headers, {0}},
    {"19.1.4-escapes",
     3261,
     "19.1.4",
     SIM_LEVEL_MUST,
     "an escaped character is that character",
     escapes,
     {0}},
    {"19.1.4-reserved",
     3261,
     "19.1.4",
     SIM_LEVEL_MUST,
     "but not if it is reserved, and only once",
     reserved,
     {0}},
    {"3.1.1.4-escnull",
     4475,
     "3.1.1.4",
     SIM_LEVEL_MUST,
     "escaped NULs tell URIs apart",
     nulls,
     {0}},
    {"19.1.4-not-transitive",
     3261,
     "19.1.4",
     SIM_LEVEL_MUST,
     "equality is not transitive",
     not_transitive,
     {0}},
    {"19.1.4-removes",
     3261,
     "10.3 step 7, 19.1.4",
     SIM_LEVEL_MUST,
     "a removal finds its binding by equality",
     replaces_text,
     {0}},
    {NULL},
};
