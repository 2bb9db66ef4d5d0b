/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When records go: exact to the microsecond, or when the sweep comes by. */
#include "tests/unit/door.h"

static void
test_exact(Door *door)
{
    static const RollTime starts[] = {0, 1, 999999, ROLL_DAY + 500001, -1, -ROLL_HOUR - 7};
    door->now = -ROLL_DAY;
    door_open(door);
    g_assert_cmpint(roll_registrar_next_wake(door->registrar), ==, ROLL_NEVER);
    for (size_t i = 0; i < G_N_ELEMENTS(starts); i++) {
        g_autoptr(Door) other = door_new(door->bytes);
        other->now = starts[i];
        door_open(other);
        door_expect(other, "200 sip:a@h1 60", .contacts = "sip:a@h1 e=60");
        RollTime end = starts[i] + 60 * ROLL_SECOND;
        door_run(other, end - 1);
        g_assert_cmpstr(door_list(other, "alice"), ==, "sip:a@h1");
        door_expect(other, "200 sip:a@h1 1", .to = "alice");
        door_expect_events(other, "created sip:alice@example.org sip:a@h1 60");
        g_assert_cmpint(roll_registrar_next_wake(other->registrar), ==, end);
        door_run(other, end);
        door_expect_events(other, "expired sip:alice@example.org sip:a@h1");
        g_assert_cmpuint(roll_registrar_count(other->registrar), ==, 0);
        g_assert_cmpint(roll_registrar_next_wake(other->registrar), ==, ROLL_NEVER);
    }
}

static void
test_absent_before_it_is_deleted(Door *door)
{
    door_open(door);
    door_expect(door, "200 sip:a@h1 60", .contacts = "sip:a@h1 e=60", .cseq = 100);
    door->now = 60 * ROLL_SECOND;
    g_assert_cmpstr(door_list(door, "alice"), ==, "");
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 1);
    door_expect_events(door, "created sip:alice@example.org sip:a@h1 60");
    /* Its CSeq counts no more, and it is not listed. */
    door_expect(door, "200 sip:a@h1 90", .contacts = "sip:a@h1 e=90", .cseq = 5);
    door_expect_events(door, "expired sip:alice@example.org sip:a@h1; "
                             "created sip:alice@example.org sip:a@h1 90");
    door->now += 90 * ROLL_SECOND;
    door_expect(door, "200", .to = "alice");
    door_expect_events(door, "expired sip:alice@example.org sip:a@h1");
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 0);
}

static void
test_refresh_moves_the_end(Door *door)
{
    door_open(door);
    for (int i = 0; i < 20; i++) {
        door_expect(door, "200 sip:a@h1 100", .contacts = "sip:a@h1 e=100");
        door_run(door, door->now + 70 * ROLL_SECOND + 123457);
    }
    g_string_truncate(door->events, 0);
    door_run(door, door->now + ROLL_HOUR);
    door_expect_events(door, "expired sip:alice@example.org sip:a@h1");
}

static void
test_shortened(Door *door)
{
    door_open(door);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1");
    door->now = 100 * ROLL_SECOND;
    door_expect(door, "200 sip:a@h1 3500", .contacts = "sip:a@h1 e=3500");
    door_expect(door, "200 sip:a@h1 3499", .contacts = "sip:a@h1 e=3499");
    door_expect(door, "200 sip:a@h1 60", .contacts = "sip:a@h1 e=60");
    door_expect_events(door, "created sip:alice@example.org sip:a@h1 3600; "
                             "refreshed sip:alice@example.org sip:a@h1 3500; "
                             "shortened sip:alice@example.org sip:a@h1 3499; "
                             "shortened sip:alice@example.org sip:a@h1 60");
    door_run(door, 160 * ROLL_SECOND);
    door_expect_events(door, "expired sip:alice@example.org sip:a@h1");
}

static void
test_order(Door *door)
{
    door->config.min_expires = 1;
    door_open(door);
    door->now = 900000;
    door_ask(door, &(Ask){.to = "dave", .contacts = "sip:1@h e=10"});
    door_ask(door, &(Ask){.to = "carol", .contacts = "sip:2@h e=10"});
    door->now = 300000 + ROLL_SECOND;
    door_ask(door, &(Ask){.to = "bob", .contacts = "sip:4@h e=10,sip:3@h e=9"});
    door->now = 600000 + ROLL_SECOND;
    door_ask(door, &(Ask){.to = "bob", .contacts = "sip:5@h e=9"});
    door_ask(door, &(Ask){.to = "alice", .contacts = "sip:6@h e=9"});
    g_string_truncate(door->events, 0);
    /* By time, then by address, however late the call comes. */
    door->now = ROLL_HOUR;
    roll_registrar_wake(door->registrar, door->now, door->outbox);
    door_expect_events(door, "expired sip:bob@example.org sip:3@h; "
                             "expired sip:alice@example.org sip:6@h; "
                             "expired sip:bob@example.org sip:5@h; "
                             "expired sip:carol@example.org sip:2@h; "
                             "expired sip:dave@example.org sip:1@h; "
                             "expired sip:bob@example.org sip:4@h");
}

static void
test_purge_interval(Door *door)
{
    door->config.purge_interval = 60 * ROLL_SECOND;
    door->now = -130 * ROLL_SECOND;
    door_open(door);
    door_ask(door, &(Ask){.contacts = "sip:a@h1 e=65"});
    door_ask(door, &(Ask){.to = "bob", .contacts = "sip:b@h1 e=70"});
    g_string_truncate(door->events, 0);
    /* They expire at -65 s and at -60 s: both go at the sweep of -60 s. */
    door_run(door, -60 * ROLL_SECOND - 1);
    g_assert_cmpstr(door_list(door, "alice"), ==, "");
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 2);
    door_expect_events(door, "");
    g_assert_cmpint(roll_registrar_next_wake(door->registrar), ==, -60 * ROLL_SECOND);
    door_run(door, -60 * ROLL_SECOND);
    door_expect_events(door, "expired sip:alice@example.org sip:a@h1; "
                             "expired sip:bob@example.org sip:b@h1");
    /* One that expires between two sweeps is answered as gone, and told when touched. */
    door_ask(door, &(Ask){.contacts = "sip:a@h1 e=61"});
    door_run(door, 2 * ROLL_SECOND);
    door_expect_events(door, "created sip:alice@example.org sip:a@h1 61");
    door_expect(door, "200", .to = "alice");
    door_expect_events(door, "expired sip:alice@example.org sip:a@h1");
    /* A call between sweeps sweeps nothing. */
    door_ask(door, &(Ask){.contacts = "sip:a@h1 e=60"});
    door->now = 119 * ROLL_SECOND;
    roll_registrar_wake(door->registrar, door->now, door->outbox);
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 1);
    door_run(door, 120 * ROLL_SECOND);
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 0);
}

static void
test_long(Door *door)
{
    door_open(door);
    door->now = 123456789;
    RollTime start = door->now;
    door_expect(door, "200 sip:a@h1 86400", .contacts = "sip:a@h1 e=86400");
    door_expect(door, "200 sip:b@h1 4294967295", .to = "bob", .contacts = "sip:b@h1 e=4294967295");
    g_string_truncate(door->events, 0);
    g_assert_cmpuint(door_run(door, start + ROLL_DAY - 1), <, 30);
    door_expect_events(door, "");
    door_run(door, start + ROLL_DAY);
    door_expect_events(door, "expired sip:alice@example.org sip:a@h1");
    door_run(door, start + 4294967295 * ROLL_SECOND - 1);
    g_assert_cmpstr(door_list(door, "bob"), ==, "sip:b@h1");
    door_run(door, start + 4294967295 * ROLL_SECOND);
    door_expect_events(door, "expired sip:bob@example.org sip:b@h1");
}

static void
test_few_wakes(Door *door)
{
    door_open(door);
    for (unsigned i = 0; i < 1000; i++) {
        g_autofree char *user = g_strdup_printf("u%03u", i);
        door->now = i * 1000;
        door_ask(door, &(Ask){.to = user, .contacts = "sip:a@h1 e=600"});
    }
    /* A thousand expiries in two slots. */
    g_assert_cmpuint(door_run(door, ROLL_DAY), <=, 1002);
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    door_add_test("/expiry/exact-to-the-microsecond", test_exact);
    door_add_test("/expiry/absent-before-it-is-deleted", test_absent_before_it_is_deleted);
    door_add_test("/expiry/a-refresh-moves-the-end", test_refresh_moves_the_end);
    door_add_test("/expiry/a-shorter-grant-moves-the-end-forward", test_shortened);
    door_add_test("/expiry/in-order-of-time-then-address", test_order);
    door_add_test("/expiry/purge-interval-sweeps-at-its-multiples", test_purge_interval);
    door_add_test("/expiry/a-day-and-136-years", test_long);
    door_add_test("/expiry/few-wakes-for-many-records", test_few_wakes);
    return g_test_run();
}
