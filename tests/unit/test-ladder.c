/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ladders of traces that are written by hand: what is drawn, what is told in one line, what is left
 * out; and the names by which a phone is asked for. */
#include "sim/measure/metrics.h"
#include "sim/model/phone.h"
#include "sim/report/ladder.h"
#include "sim/scenario/names.h"

#include <string.h>

#define HOME 0x0a000001u
#define HOTEL 0x0a000002u
#define CALL(outcome) (SIM_TALLY_CALL_##outcome - SIM_TALLY_CALL_REACHED)
#define MS ROLL_MILLISECOND
#define S ROLL_SECOND

static const SimScenario TITLED = {.title = (char *)"A <test> & more"};
static const SimScenario UNTITLED = {.title = (char *)""};

/* A registration whose first packet leaves at @at; each packet takes 20 ms. */
static void
add_exchange(SimLadder *ladder, RollTime at, SimSendKind kind, SimTraceKind change, uint32_t cseq)
{
    const SimTrace traces[] = {
        {at, SIM_TRACE_SENT, 0, HOME, kind, 0, cseq, cseq, 0},
        {at + 20 * MS, change, 0, HOME, 0, 60},
        {at + 20 * MS, SIM_TRACE_ARRIVED, 0, HOME, 200, 0, cseq, cseq, 0},
        {at + 40 * MS, SIM_TRACE_RECEIVED, 0, HOME, 200, 60, cseq, cseq, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(traces); i++)
        sim_ladder_add(ladder, &traces[i]);
}

static SimLadder *
new_ladder(void)
{
    SimLadder *ladder = sim_ladder_new("desk.1", &TITLED);
    sim_ladder_add(ladder, &(SimTrace){0, SIM_TRACE_ADDRESS, 0, HOME});
    sim_ladder_add(ladder, &(SimTrace){0, SIM_TRACE_ON, 0, HOME});
    return ladder;
}

/* The lines of the ladder without those before the first instant. */
static char *
lines_of(SimLadder *ladder, RollTime end)
{
    sim_ladder_close(ladder, end);
    g_autofree char *text = sim_ladder_text(ladder);
    const char *first = strstr(text, "\n00:00:00.000");
    g_assert_nonnull(first);
    return g_strdup(first + 1);
}

static void
test_registration(void)
{
    g_autoptr(SimLadder) ladder = new_ladder();
    add_exchange(ladder, S, SIM_SEND_INITIAL, SIM_TRACE_CREATED, 1);
    g_autofree char *lines = lines_of(ladder, 2 * S);
    g_assert_cmpstr(
        lines, ==,
        "00:00:00.000  |* on, address 10.0.0.1                      m  missing\n"
        "              |                   1.0 s                    m\n"
        "00:00:01.000  |-- REGISTER initial, CSeq 1 --------------->m\n"
        "00:00:01.020  |<------------------ 200 OK, granted 60 s ---|  record created 10.0.0.1 for "
        "60 s: correct\n"
        "              = the end of the run, 00:00:02.000\n");
}

/* A request is lost and sent again, its answer is lost, the answer to the next copy finds nobody.
 */
static void
test_losses(void)
{
    static const SimTrace traces[] = {
        {S, SIM_TRACE_SENT, 0, HOME, SIM_SEND_INITIAL, 0, 7, 3, 0},
        {S, SIM_TRACE_LOST_REQUEST, 0, HOME, SIM_SEND_INITIAL, 0, 7, 3, 0},
        {1500 * MS, SIM_TRACE_SENT, 0, HOME, SIM_SEND_INITIAL, 1, 7, 3, 1},
        {1520 * MS, SIM_TRACE_CREATED, 0, HOME, 0, 60},
        {1520 * MS, SIM_TRACE_ARRIVED, 0, HOME, 200, 0, 7, 3, 1},
        {1520 * MS, SIM_TRACE_LOST_REPLY, 0, HOME, 200, 0, 7, 3, 1},
        {2500 * MS, SIM_TRACE_SENT, 0, HOME, SIM_SEND_INITIAL, 2, 7, 3, 2},
        {2510 * MS, SIM_TRACE_OFF, 0, HOME},
        {2520 * MS, SIM_TRACE_ARRIVED, 0, HOME, 200, 0, 7, 3, 2},
        {2540 * MS, SIM_TRACE_UNREACHED, 0, HOME, 0, 0, 7, 3, 2},
        {2600 * MS, SIM_TRACE_EXPIRED, 0, HOME, 0, 0},
    };
    g_autoptr(SimLadder) ladder = new_ladder();
    for (size_t i = 0; i < G_N_ELEMENTS(traces); i++)
        sim_ladder_add(ladder, &traces[i]);
    g_autofree char *lines = lines_of(ladder, 2600 * MS);
    g_assert_cmpstr(
        strchr(lines, '\n') + 1, ==,
        "              |                   1.0 s                    m\n"
        "00:00:01.000  |-- REGISTER initial, CSeq 7 -----X          m\n"
        "00:00:01.500  |-- copy 1 of CSeq 7 ----------------------->m\n"
        "00:00:01.520  |          X---------------------- 200 OK ---|  record created 10.0.0.1 for "
        "60 s: correct\n"
        "00:00:02.500  |-- copy 2 of CSeq 7 ----------------------->|\n"
        "00:00:02.510  #* off                                       s  stale\n"
        "00:00:02.520  #X-------------------------------- 200 OK ---s\n"
        "00:00:02.540  #* nobody takes it                           s\n"
        "00:00:02.600  #                                            .  record expired 10.0.0.1: "
        "absent\n");
}

/* A station without room: silent, or with a refusal. */
static void
test_station(void)
{
    static const SimTrace traces[] = {
        {100 * MS, SIM_TRACE_SENT, 0, HOME, SIM_SEND_INITIAL, 0, 1, 1, 0},
        {120 * MS, SIM_TRACE_TURNED_AWAY, 0, HOME, 0, 0, 1, 1, 0},
        {600 * MS, SIM_TRACE_SENT, 0, HOME, SIM_SEND_INITIAL, 1, 1, 1, 1},
        {620 * MS, SIM_TRACE_TURNED_AWAY, 0, HOME, 503, 0, 1, 1, 1},
        {640 * MS, SIM_TRACE_RECEIVED, 0, HOME, 503, 0, 1, 1, 1},
    };
    g_autoptr(SimLadder) ladder = new_ladder();
    for (size_t i = 0; i < G_N_ELEMENTS(traces); i++)
        sim_ladder_add(ladder, &traces[i]);
    g_autofree char *lines = lines_of(ladder, 640 * MS);
    g_assert_cmpstr(
        strchr(lines, '\n') + 1, ==,
        "00:00:00.100  |-- REGISTER initial, CSeq 1 --------------->m\n"
        "00:00:00.120  |                                            m  no room; no answer\n"
        "00:00:00.600  |-- copy 1 of CSeq 1 ----------------------->m\n"
        "00:00:00.620  |<--------------- 503 Service Unavailable ---m  no room\n");
}

/* Another address: the record is wrong, and a call is led there. */
static void
test_move(void)
{
    static const SimTrace traces[] = {
        {2 * S, SIM_TRACE_ADDRESS, 0, HOTEL},
        {2 * S + 1, SIM_TRACE_CALL, 0, 0, CALL(WRONG), 1},
        {2 * S + 2, SIM_TRACE_CREATED, 0, HOTEL, 0, 60},
        {2 * S + 3, SIM_TRACE_CALL, 0, 0, CALL(REACHED), 2},
        {2 * S + 4, SIM_TRACE_CUT_OFF, 0, HOTEL},
        {2 * S + 5, SIM_TRACE_CALL, 0, 0, CALL(UNREACHABLE), 2},
        {2 * S + 6, SIM_TRACE_IN_REACH, 0, HOTEL},
        {2 * S + 6, SIM_TRACE_UNREGISTERED, 0, HOTEL, 0, 0},
        {2 * S + 7, SIM_TRACE_EXPIRED, 0, HOME, 0, 0},
        {2 * S + 8, SIM_TRACE_CALL, 0, 0, CALL(MISSED), 0},
    };
    g_autoptr(SimLadder) ladder = sim_ladder_new("desk.1", &UNTITLED);
    sim_ladder_add(ladder, &(SimTrace){-S, SIM_TRACE_ADDRESS, 0, HOME});
    sim_ladder_add(ladder, &(SimTrace){-S, SIM_TRACE_ON, 0, HOME});
    add_exchange(ladder, -S, SIM_SEND_INITIAL, SIM_TRACE_CREATED, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(traces); i++)
        sim_ladder_add(ladder, &traces[i]);
    g_autofree char *lines = lines_of(ladder, 2 * S + 8);
    g_assert_cmpstr(
        lines, ==,
        "00:00:00.000  |* on, address 10.0.0.1                      |  record 10.0.0.1: correct\n"
        "              |                   2.0 s                    |\n"
        "00:00:02.000  |* address 10.0.0.2                          w  wrong address\n"
        "00:00:02.000  |        X call to an address it has left ...w\n"
        "00:00:02.000  |                                            |  record created 10.0.0.2 for "
        "60 s: correct\n"
        "00:00:02.000  |<.................................. call ...|\n"
        "00:00:02.000  |* cut off                                   u  unreachable\n"
        "00:00:02.000  |        X call that does not get through ...u\n"
        "00:00:02.000  |* in reach                                  w  record removed by its user "
        "10.0.0.2: wrong address\n"
        "00:00:02.000  |                                            m  record expired 10.0.0.1: "
        "missing\n"
        "00:00:02.000  |                                            m  call missed, no record "
        "though it is on\n");
}

/* Refreshes in a row become one line; what goes wrong is told in full. */
static void
test_refreshes(void)
{
    g_autoptr(SimLadder) ladder = new_ladder();
    add_exchange(ladder, S, SIM_SEND_INITIAL, SIM_TRACE_CREATED, 1);
    for (uint32_t i = 0; i < 1000; i++)
        add_exchange(ladder, (2 + i) * S, SIM_SEND_REFRESH, SIM_TRACE_REFRESHED, 2 + i);
    sim_ladder_add(ladder,
                   &(SimTrace){1001 * S + 100 * MS, SIM_TRACE_CALL, 0, 0, CALL(REACHED), 1});
    sim_ladder_add(ladder, &(SimTrace){1002 * S, SIM_TRACE_OFF, 0, HOME});
    g_autofree char *lines = lines_of(ladder, 1002 * S);
    g_assert_nonnull(strstr(lines, "REGISTER refresh, CSeq 2 -"));
    g_assert_null(strstr(lines, "REGISTER refresh, CSeq 3 -"));
    g_assert_nonnull(strstr(
        lines, "= 999 more refreshes like this, CSeq 3 to 1001, 1 call, until 00:16:41.100"));
    g_assert_nonnull(strstr(lines, "00:16:42.000  #* off "));
}

static void
test_limit(void)
{
    g_autoptr(SimLadder) ladder = new_ladder();
    for (int i = 1; i <= 1000; i++)
        sim_ladder_add(ladder, &(SimTrace){i * S, i % 2 ? SIM_TRACE_OFF : SIM_TRACE_ON, 0, HOME});
    g_autofree char *lines = lines_of(ladder, 2000 * S);
    g_assert_nonnull(strstr(lines, "= 601 more events until 00:33:20.000 are left out\n"));
    g_assert_nonnull(strstr(lines, "00:06:39.000  #* off"));
    g_assert_null(strstr(lines, "00:06:40.000"));
}

/* A kind that the ladder has no picture for is told in the words of the trace. */
static void
test_other_kinds(void)
{
    g_autoptr(SimLadder) ladder = new_ladder();
    sim_ladder_add(ladder, &(SimTrace){S, SIM_TRACE_GAVE_UP, 0, HOME, SIM_SEND_INITIAL, 1});
    g_autofree char *lines = lines_of(ladder, S);
    g_assert_nonnull(strstr(lines, "|* has failed to register 10.0.0.1 "));
    for (int kind = 0; kind < SIM_N_TRACES; kind++) {
        g_autoptr(SimLadder) one = new_ladder();
        sim_ladder_add(one, &(SimTrace){S, (SimTraceKind)kind, 0, HOTEL});
        sim_ladder_close(one, S);
        g_autofree char *svg = sim_ladder_svg(one);
        g_assert_true(g_str_has_suffix(svg, "</svg>\n"));
    }
}

static void
test_picture(void)
{
    g_autoptr(SimLadder) ladder = new_ladder();
    add_exchange(ladder, S, SIM_SEND_INITIAL, SIM_TRACE_CREATED, 1);
    sim_ladder_close(ladder, S);
    g_autofree char *svg = sim_ladder_svg(ladder);
    g_assert_true(g_str_has_prefix(svg, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg "));
    g_assert_nonnull(strstr(svg, "A &lt;test&gt; &amp; more"));
    g_assert_nonnull(strstr(svg, ">REGISTER initial, CSeq 1</textPath>"));
    g_assert_nonnull(strstr(svg, ">200 OK, granted 60 s</textPath>"));
    g_assert_nonnull(strstr(svg, ">record created 10.0.0.1 for 60 s</text>"));
}

static void
test_names(void)
{
    static const struct {
        const char *name;
        uint32_t id;
        const char *message;
    } cases[] = {
        {"desk.0001", 0, NULL},
        {"desk.1", 0, NULL},
        {"desk.1000", 999, NULL},
        {"soft.7", 1006, NULL},
        {"soft.07", 1006, NULL},
        {"desk.1001", 0, "there is no phone \"desk.1001\"; did you mean \"desk.1000\"?"},
        {"desk.0", 0, "there is no phone \"desk.0\"; did you mean \"desk.0001\"?"},
        {"dsk.12", 0, "there is no phone \"dsk.12\"; did you mean \"desk.0012\"?"},
        {"soft", 0, "there is no phone \"soft\"; did you mean \"soft.01\"?"},
        {"soft.-1", 0, "there is no phone \"soft.-1\"; did you mean \"soft.01\"?"},
        {"elephant", 0, "there is no phone \"elephant\"; did you mean \"desk.0001\"?"},
        {"", 0, "there is no phone \"\"; did you mean \"desk.0001\"?"},
    };
    SimGroup groups[] = {{.name = (char *)"desk", .first = 0, .count = 1000},
                         {.name = (char *)"soft", .first = 1000, .count = 20}};
    SimScenario scenario = {.groups = groups, .n_groups = 2, .n_phones = 1020};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        uint32_t id = 4711;
        bool found = sim_phone_find(&scenario, cases[i].name, &id, &error);
        g_assert_cmpstr(error != NULL ? error->message : NULL, ==, cases[i].message);
        g_assert_cmpint(found, ==, cases[i].message == NULL);
        g_assert_cmpuint(id, ==, found ? cases[i].id : 4711);
    }
    g_autofree char *name = sim_phone_name(&scenario, 1006);
    g_assert_cmpstr(name, ==, "soft.07");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ladder/text/registration", test_registration);
    g_test_add_func("/ladder/text/losses", test_losses);
    g_test_add_func("/ladder/text/station-without-room", test_station);
    g_test_add_func("/ladder/text/move-and-calls", test_move);
    g_test_add_func("/ladder/text/refreshes-are-told-in-one-line", test_refreshes);
    g_test_add_func("/ladder/text/what-is-left-out-is-told", test_limit);
    g_test_add_func("/ladder/other-kinds-are-notes", test_other_kinds);
    g_test_add_func("/ladder/picture", test_picture);
    g_test_add_func("/names/of-phones", test_names);
    return g_test_run();
}
