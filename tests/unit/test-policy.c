/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the RFCs leave to a registrar: each field of RollPolicy by what it changes, through both
 * doors. */
#include "tests/unit/door.h"

static void
test_brief_refused(Door *door)
{
    door_open(door);
    door_expect(door, "423 min 60", .contacts = "sip:a@h1 e=59");
    door_expect(door, "200 sip:a@h1 60", .contacts = "sip:a@h1 e=60");
    door_expect(door, "200", .contacts = "sip:a@h1 e=0");
}

static void
test_brief_raised(Door *door)
{
    door->config.policy.brief = ROLL_BRIEF_RAISE;
    door->config.max_expires = 7200;
    door_open(door);
    door_expect(door, "200 sip:a@h1 60", .contacts = "sip:a@h1 e=1");
    door_expect(door, "200 sip:a@h1 61", .contacts = "sip:a@h1", .expires = "61");
    door_expect(door, "200 sip:a@h1 7200", .contacts = "sip:a@h1 e=4294967295");
    door_expect(door, "200", .contacts = "sip:a@h1 e=0");
}

/* The seconds in `200 sip:a@h1 SECONDS`. */
static int64_t
ask_grant(Door *door, const char *contacts, const char *call_id)
{
    const char *answer = door_ask(door, &(Ask){.contacts = contacts, .call_id = call_id});
    g_assert_true(g_str_has_prefix(answer, "200 "));
    return g_ascii_strtoll(strrchr(answer, ' ') + 1, NULL, 10);
}

/* Draws often; asserts that the draws fill @least to @most and nothing else. */
static void
expect_draws(Door *door, const char *contacts, int64_t least, int64_t most)
{
    int64_t low = INT64_MAX, high = 0, sum = 0;
    enum { DRAWS = 400 };
    for (int i = 0; i < DRAWS; i++) {
        int64_t seconds = ask_grant(door, contacts, i % 2 ? "call-1" : "call-2");
        low = MIN(low, seconds);
        high = MAX(high, seconds);
        sum += seconds;
    }
    g_assert_cmpint(low, >=, least);
    g_assert_cmpint(high, <=, most);
    g_assert_cmpint(low - least, <=, (most - least) / 20);
    g_assert_cmpint(most - high, <=, (most - least) / 20);
    g_assert_cmpint(ABS(sum / DRAWS - (least + most) / 2), <=, (most - least) / 10 + 1);
}

static void
test_jitter(Door *door)
{
    door->config.policy.jitter_percent = 10;
    door_open(door);
    expect_draws(door, "sip:a@h1 e=1000", 900, 1000);
    /* Kamailio's draw went below its minimum, and the client's next request got a 423. */
    expect_draws(door, "sip:a@h1 e=62", 60, 62);
    expect_draws(door, "sip:a@h1 e=60", 60, 60);
    door_expect(door, "423 min 60", .contacts = "sip:a@h1 e=59");
}

static void
test_jitter_seconds(Door *door)
{
    door->config.policy.jitter_seconds = 300;
    door->config.min_expires = 0;
    door_open(door);
    expect_draws(door, "sip:a@h1 e=1000", 700, 1000);
    /* Never nothing. */
    expect_draws(door, "sip:a@h1 e=30", 1, 30);
    g_assert_cmpint(ask_grant(door, "sip:a@h1 e=1", NULL), ==, 1);
}

static void
test_jitter_extremes(Door *door)
{
    door->config.policy.jitter_percent = 1000;
    door->config.policy.jitter_seconds = UINT32_MAX;
    door->config.min_expires = 5000;
    door_open(door);
    for (int i = 0; i < 100; i++) {
        g_assert_cmpint(ask_grant(door, "sip:a@h1 e=4294967295", NULL), >=, 5000);
        /* Nothing from an hour on is too brief, and what is below the minimum stays as it is. */
        g_assert_cmpint(ask_grant(door, "sip:a@h1 e=3700", NULL), ==, 3700);
    }
}

static void
test_grant_loss(Door *door)
{
    door->config.policy.grant_loss = 1;
    door->config.max_expires = 7200;
    door_open(door);
    door_expect(door, "200 sip:a@h1 99", .contacts = "sip:a@h1 e=100");
    door_expect(door, "200 sip:a@h1 98", .contacts = "sip:a@h1 e=99");
    door_expect(door, "200 sip:a@h1 7199", .contacts = "sip:a@h1 e=9000");
    door_expect(door, "200 sip:a@h1 60", .contacts = "sip:a@h1 e=61");
    door_expect(door, "200 sip:a@h1 60", .contacts = "sip:a@h1 e=60");
    door_expect(door, "423 min 60", .contacts = "sip:a@h1 e=59");
}

/* Never nothing: that would remove what was to be bound. */
static void
test_grant_loss_extremes(Door *door)
{
    door->config.policy.grant_loss = UINT32_MAX;
    door->config.min_expires = 0;
    door_open(door);
    door_expect(door, "200 sip:a@h1 1", .contacts = "sip:a@h1 e=4294967295");
    door_expect(door, "200 sip:a@h1 1", .contacts = "sip:a@h1 e=1");
    door_expect(door, "200", .contacts = "sip:a@h1 e=0");
}

/* Two registrars with one key and the same request draw the same, others do not. */
static void
test_jitter_is_a_function(void)
{
    int64_t seconds[4];
    for (int i = 0; i < 4; i++) {
        g_autoptr(Door) door = door_new(i % 2);
        door->config.policy.jitter_percent = 100;
        door->config.key[16] = (uint8_t)(i / 2);
        door_open(door);
        seconds[i] = ask_grant(door, "sip:a@h1 e=1000000", NULL);
        /* Phones that all begin with CSeq 1 are not to come back together. */
        door->cseq = 0;
        g_assert_cmpint(ask_grant(door, "sip:a@h1 e=1000000", "call-2"), !=, seconds[i]);
    }
    g_assert_cmpint(seconds[0], ==, seconds[1]);
    g_assert_cmpint(seconds[2], ==, seconds[3]);
    g_assert_cmpint(seconds[0], !=, seconds[2]);
}

/* What a new user @number is granted who asks for @expires seconds. */
static int64_t
grant_user(Door *door, unsigned number, unsigned expires)
{
    char to[20], contacts[40], call_id[20];
    g_snprintf(to, sizeof to, "u%u", number);
    g_snprintf(call_id, sizeof call_id, "call-u%u", number);
    g_snprintf(contacts, sizeof contacts, "sip:a@h1 e=%u", expires);
    const char *answer =
        door_ask(door, &(Ask){.to = to, .contacts = contacts, .call_id = call_id, .cseq = 1});
    g_assert_true(g_str_has_prefix(answer, "200 "));
    return g_ascii_strtoll(strrchr(answer, ' ') + 1, NULL, 10);
}

/* Users who come at one instant, spread over the 101 seconds of the range. */
static unsigned
find_peak(Door *door, unsigned n_users)
{
    unsigned counts[101] = {0}, peak = 0;
    for (unsigned i = 0; i < n_users; i++) {
        int64_t seconds = grant_user(door, i, 1000);
        g_assert_cmpint(seconds, >=, 900);
        g_assert_cmpint(seconds, <=, 1000);
        counts[seconds - 900]++;
        peak = MAX(peak, counts[seconds - 900]);
    }
    return peak;
}

static void
test_jitter_level(Door *door)
{
    enum { USERS = 1010 };
    door->config.policy.jitter_percent = 10;
    door_open(door);
    unsigned by_chance = find_peak(door, USERS);
    g_autoptr(Door) level = door_new(door->bytes);
    level->config.policy.jitter_percent = 10;
    level->config.policy.jitter_level = true;
    level->now = -3 * ROLL_SECOND;
    door_open(level);
    unsigned levelled = find_peak(level, USERS);
    g_test_message("peak of a second: %u by chance, %u levelled", by_chance, levelled);
    g_assert_cmpuint(levelled, <=, 1 + USERS / 101);
    g_assert_cmpuint(by_chance, >, levelled);
}

/* With few seconds to choose from each one is looked at, and the longest of equals is granted. */
static void
test_jitter_level_follows_the_table(Door *door)
{
    door->config.policy.jitter_seconds = 300;
    door->config.policy.jitter_level = true;
    door_open(door);
    g_assert_cmpint(grant_user(door, 1, 62), ==, 62);
    g_assert_cmpint(grant_user(door, 2, 62), ==, 61);
    g_assert_cmpint(grant_user(door, 3, 62), ==, 60);
    g_assert_cmpint(grant_user(door, 4, 62), ==, 62);
    g_assert_cmpint(grant_user(door, 5, 60), ==, 60);
    g_assert_cmpint(grant_user(door, 6, 62), ==, 61);
    /* Who leaves, or moves to another second, makes room in his own. */
    door_ask(door, &(Ask){.to = "u2", .contacts = "sip:a@h1 e=0", .call_id = "x"});
    g_assert_cmpint(grant_user(door, 7, 62), ==, 61);
    door_ask(door, &(Ask){.to = "u4", .contacts = "sip:a@h1 e=9000", .call_id = "y"});
    g_assert_cmpint(grant_user(door, 8, 62), ==, 62);
    /* A static record expires in no second, and a request that is refused takes none. */
    roll_registrar_add_static(door->registrar, 0, ROLL_TEXT("sip:s@example.org"),
                              ROLL_TEXT("sip:s@h0"));
    door_ask(door, &(Ask){.to = "u9", .contacts = "sip:a@h1 e=62,sip:b@h1 e=1", .call_id = "z"});
    g_assert_cmpint(grant_user(door, 9, 62), ==, 62);
    /* A second later the same seconds are one nearer. */
    door->now += ROLL_SECOND;
    g_assert_cmpint(grant_user(door, 10, 62), ==, 62);
    /* What has expired counts no more. */
    door_run(door, 65 * ROLL_SECOND);
    g_assert_cmpint(grant_user(door, 11, 62), ==, 62);
    door_expect(door, "423 min 60", .contacts = "sip:a@h1 e=59");
}

static void
test_strict_order(Door *door)
{
    door->config.policy.order_status = 400;
    door_open(door);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .cseq = 10);
    door_expect(door, "400", .contacts = "sip:a@h1 e=90", .cseq = 9);
    door_expect(door, "400", .contacts = "sip:b@h2,sip:a@h1", .cseq = 9, .from_tag = "x");
    door_expect(door, "400", .contacts = "*", .expires = "0", .cseq = 8);
    door_expect(door, "400", .contacts = "sip:c@h3,sip:c@h3", .cseq = 11);
    door_expect(door, "200 sip:a@h1 3600", .to = "alice", .cseq = 12);
}

static void
test_lax_order(Door *door)
{
    door->config.policy.lax_order = true;
    door_open(door);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .cseq = 10);
    /* The phone was power-cycled: the same Call-ID, and the CSeq starts again. */
    door_expect(door, "200 sip:a@h1 90", .contacts = "sip:a@h1 e=90", .cseq = 1);
    door_expect(door, "200 sip:a@h1 80", .contacts = "sip:a@h1 e=80", .cseq = 1, .to_tag = "t");
    /* What is named twice is what it is named last. */
    door_expect(door, "200 sip:a@h1 70, sip:c@h3 100",
                .contacts = "sip:a@h1 e=60,sip:a@h1 e=70,sip:b@h2,sip:b@h2 e=0,sip:c@h3,"
                            "sip:c@h3 e=100",
                .cseq = 1, .from_tag = "other");
    door_expect(door, "200 sip:c@h3 100", .contacts = "sip:a@h1,sip:a@h1 e=0", .cseq = 2);
    door_expect(door, "200", .contacts = "*", .expires = "0", .cseq = 1, .from_tag = "third");
}

static void
test_lax_star(Door *door)
{
    door->config.policy.lax_star = true;
    door_open(door);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .cseq = 10);
    door_expect(door, "500", .contacts = "sip:a@h1 e=0", .cseq = 9);
    door_expect(door, "200", .contacts = "*", .expires = "0", .cseq = 8);
}

static void
test_full_refused(Door *door)
{
    door->config.max_bindings_per_aor = 1;
    door->config.max_aors = 1;
    door->config.policy.full_status = 403;
    door_open(door);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1");
    door_expect(door, "403", .contacts = "sip:b@h2");
    door_expect(door, "403", .contacts = "sip:b@h2", .to = "bob");
    door_expect(door, "200 sip:b@h2 3600", .contacts = "sip:a@h1 e=0,sip:b@h2");
}

static void
test_full_replaced(Door *door)
{
    door->config.max_bindings_per_aor = 2;
    door->config.policy.full = ROLL_FULL_REPLACE;
    door_open(door);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1");
    door->now++;
    door_expect(door, "200 sip:a@h1 3600, sip:b@h2 3600", .contacts = "sip:b@h2");
    door->now++;
    door_ask(door, &(Ask){.contacts = "sip:a@h1"});
    g_string_truncate(door->events, 0);
    /* The one registered longest ago goes, and that is not the one added first. */
    door_expect(door, "200 sip:a@h1 3600, sip:c@h3 3600", .contacts = "sip:c@h3");
    door_expect_events(door, "deactivated sip:alice@example.org sip:b@h2; "
                             "created sip:alice@example.org sip:c@h3 3600");
    /* What the request names does not make room, and more than there is cannot be made. */
    door_expect(door, "200 sip:a@h1 3600, sip:d@h4 3600", .contacts = "sip:a@h1,sip:d@h4");
    door_expect(door, "503 after 60", .contacts = "sip:e@h5,sip:f@h6,sip:g@h7");
    door_expect(door, "503 after 60", .contacts = "sip:e@h5,sip:f@h6,sip:a@h1");
    g_string_truncate(door->events, 0);
    door_expect(door, "200 sip:e@h5 3600, sip:f@h6 3600", .contacts = "sip:e@h5,sip:f@h6");
    door_expect_events(door, "deactivated sip:alice@example.org sip:a@h1; "
                             "deactivated sip:alice@example.org sip:d@h4; "
                             "created sip:alice@example.org sip:e@h5 3600; "
                             "created sip:alice@example.org sip:f@h6 3600");
}

static void
test_static_stays(Door *door)
{
    door->config.max_bindings_per_aor = 2;
    door->config.policy.full = ROLL_FULL_REPLACE;
    door->config.policy.replace_by_instance = true;
    door_open(door);
    roll_registrar_add_static(door->registrar, 0, ROLL_TEXT("sip:alice@example.org"),
                              ROLL_TEXT("sip:s@h0"));
    door_ask(door, &(Ask){.contacts = "sip:a@h1"});
    door_expect(door, "200 sip:s@h0 4294967295, sip:b@h2 3600", .contacts = "sip:b@h2");
    door_expect(door, "503 after 60", .contacts = "sip:c@h3,sip:d@h4");
    g_string_truncate(door->events, 0);
}

#define INSTANCE "p=;+sip.instance=\"<urn:uuid:1>\""
#define OTHER "p=;+sip.instance=\"<urn:uuid:2>\""

static void
test_replace_by_instance(Door *door)
{
    door->config.policy.replace_by_instance = true;
    door_open(door);
    door_ask(door, &(Ask){.contacts = "sip:a@h1 " INSTANCE ",sip:b@h2 " OTHER ",sip:c@h3"});
    g_string_truncate(door->events, 0);
    /* A push client with a new address and Call-ID every time. */
    door_ask(door, &(Ask){.contacts = "sip:a@h9 e=90 " INSTANCE, .call_id = "call-9"});
    door_expect_events(door, "deactivated sip:alice@example.org sip:a@h1; "
                             "created sip:alice@example.org sip:a@h9 90");
    g_assert_cmpstr(door_list(door, "alice"), ==, "sip:b@h2, sip:c@h3, sip:a@h9");
    /* The same again refreshes; its record is not its own successor. */
    door_ask(door, &(Ask){.contacts = "sip:a@h9 e=90 " INSTANCE, .call_id = "call-10"});
    door_expect_events(door, "refreshed sip:alice@example.org sip:a@h9 90");
    /* Asking for less than nothing removes nothing but what it names. */
    door_ask(door, &(Ask){.contacts = "sip:a@h7 e=0 " INSTANCE, .call_id = "call-11"});
    door_expect_events(door, "");
    /* The new contact first, then the old one removed, and the other way round. */
    door_ask(door, &(Ask){.contacts = "sip:a@h7 " INSTANCE ",sip:a@h9 e=0 " INSTANCE,
                          .call_id = "call-12"});
    door_expect_events(door, "unregistered sip:alice@example.org sip:a@h9; "
                             "created sip:alice@example.org sip:a@h7 3600");
    door_ask(door, &(Ask){.contacts = "sip:a@h7 e=0 " INSTANCE ",sip:a@h5 " INSTANCE,
                          .call_id = "call-13"});
    door_expect_events(door, "unregistered sip:alice@example.org sip:a@h7; "
                             "created sip:alice@example.org sip:a@h5 3600");
}

static void
test_instance_in_order(Door *door)
{
    door->config.policy.replace_by_instance = true;
    door_open(door);
    door_ask(door, &(Ask){.contacts = "sip:a@h1 " INSTANCE, .cseq = 10});
    door_expect(door, "500", .contacts = "sip:a@h2 " INSTANCE, .cseq = 9);
    g_assert_cmpstr(door_list(door, "alice"), ==, "sip:a@h1");
    door_ask(door, &(Ask){.contacts = "sip:a@h2 " INSTANCE, .cseq = 11});
    g_assert_cmpstr(door_list(door, "alice"), ==, "sip:a@h2");
    /* Without the policy an instance is a parameter like another. */
    g_string_truncate(door->events, 0);
}

static void
test_instance_ignored(Door *door)
{
    door_open(door);
    door_ask(door, &(Ask){.contacts = "sip:a@h1 " INSTANCE});
    door_ask(door, &(Ask){.contacts = "sip:a@h2 " INSTANCE});
    g_assert_cmpstr(door_list(door, "alice"), ==, "sip:a@h1, sip:a@h2");
}

static void
test_match(Door *door)
{
    bool text = door->config.policy.match_text;
    door_open(door);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1");
    door_expect(door, text ? "200 sip:a@h1 3600, sip:a@H1 3600" : "200 sip:a@H1 3600",
                .contacts = "sip:a@H1");
    door_expect(door, text ? "200 sip:a@h1 3600, sip:a@H1 70" : "200 sip:a@H1 70",
                .contacts = "sip:a@H1 e=70");
    door_expect(door, text ? "200 sip:a@h1 3600, sip:a@H1 70" : "200",
                .contacts = "sip:%61@h1 e=0");
}

static void
test_match_text(Door *door)
{
    door->config.policy.match_text = true;
    test_match(door);
}

static void
test_late_margin(Door *door)
{
    door->config.policy.late_margin = 30 * ROLL_SECOND;
    door->config.max_bindings_per_aor = 1;
    door_open(door);
    door_expect(door, "200 sip:a@h1 60", .contacts = "sip:a@h1 e=60", .cseq = 10);
    g_assert_cmpint(roll_registrar_next_wake(door->registrar), <=, 90 * ROLL_SECOND);
    door_run(door, 90 * ROLL_SECOND - 1);
    door_expect(door, "200 sip:a@h1 1", .to = "alice");
    g_assert_cmpstr(door_list(door, "alice"), ==, "sip:a@h1");
    door_expect(door, "503 after 60", .contacts = "sip:b@h2");
    door_expect(door, "500", .contacts = "sip:a@h1", .cseq = 9);
    door_expect_events(door, "created sip:alice@example.org sip:a@h1 60");
    door_run(door, 90 * ROLL_SECOND);
    door_expect_events(door, "expired sip:alice@example.org sip:a@h1");
    g_assert_cmpstr(door_list(door, "alice"), ==, "");
    g_assert_cmpint(roll_registrar_next_wake(door->registrar), ==, ROLL_NEVER);
}

/* In its margin a record can still be refreshed, and nobody is told that it was gone. */
static void
test_late_refresh(Door *door)
{
    door->config.policy.late_margin = 30 * ROLL_SECOND;
    door->config.purge_interval = 20 * ROLL_SECOND;
    door->now = -1000 * ROLL_SECOND;
    door_open(door);
    door_expect(door, "200 sip:a@h1 61", .contacts = "sip:a@h1 e=61");
    door_run(door, -910 * ROLL_SECOND);
    door_expect(door, "200 sip:a@h1 61", .contacts = "sip:a@h1 e=61");
    door_expect_events(door, "created sip:alice@example.org sip:a@h1 61; "
                             "refreshed sip:alice@example.org sip:a@h1 61");
    /* It ends at -819 s and the sweep comes at -800 s; in between it is not listed. */
    door_run(door, -819 * ROLL_SECOND - 1);
    g_assert_cmpstr(door_list(door, "alice"), ==, "sip:a@h1");
    door_run(door, -819 * ROLL_SECOND);
    g_assert_cmpstr(door_list(door, "alice"), ==, "");
    door_run(door, -800 * ROLL_SECOND - 1);
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 1);
    door_run(door, -800 * ROLL_SECOND);
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    door_add_test("/policy/brief/refuse", test_brief_refused);
    door_add_test("/policy/brief/raise", test_brief_raised);
    door_add_test("/policy/grant-loss/never-under-the-minimum", test_grant_loss);
    door_add_test("/policy/grant-loss/never-nothing", test_grant_loss_extremes);
    door_add_test("/policy/jitter/percent-never-under-the-minimum", test_jitter);
    door_add_test("/policy/jitter/seconds-never-to-nothing", test_jitter_seconds);
    door_add_test("/policy/jitter/extremes", test_jitter_extremes);
    g_test_add_func("/policy/jitter/is-a-function-of-key-and-request", test_jitter_is_a_function);
    door_add_test("/policy/jitter/level", test_jitter_level);
    door_add_test("/policy/jitter/level-follows-the-table", test_jitter_level_follows_the_table);
    door_add_test("/policy/order/strict-with-another-status", test_strict_order);
    door_add_test("/policy/order/lax", test_lax_order);
    door_add_test("/policy/order/lax-star", test_lax_star);
    door_add_test("/policy/full/refuse-with-another-status", test_full_refused);
    door_add_test("/policy/full/replace-the-oldest", test_full_replaced);
    door_add_test("/policy/full/a-static-record-stays", test_static_stays);
    door_add_test("/policy/instance/takes-the-place-of-its-own-records", test_replace_by_instance);
    door_add_test("/policy/instance/in-order", test_instance_in_order);
    door_add_test("/policy/instance/off", test_instance_ignored);
    door_add_test("/policy/match/uri", test_match);
    door_add_test("/policy/match/text", test_match_text);
    door_add_test("/policy/late-margin/counts-till-its-end", test_late_margin);
    door_add_test("/policy/late-margin/a-late-refresh-is-a-refresh", test_late_refresh);
    return g_test_run();
}
