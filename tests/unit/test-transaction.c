/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests that come again (RFC 3261 section 17.2) through both doors. */
#include "tests/unit/door.h"

static void
test_same_answer(Door *door)
{
    door_open(door);
    const Ask ask = {.contacts = "sip:a@h1 e=600 q=250 p=;x=\"1\",sip:b@h2;lr",
                     .branch = "z9hG4bKonce",
                     .cseq = 4};
    const char *const answer = "200 sip:a@h1;x=\"1\" 600 q=250, sip:b@h2;lr 3600";
    g_assert_cmpstr(door_ask(door, &ask), ==, answer);
    g_autofree char *bytes = NULL;
    if (door->bytes) {
        RollPacket first = roll_outbox_get(door->outbox, 0);
        bytes = g_strndup((const char *)first.data, first.len);
    }
    g_string_truncate(door->events, 0);
    /* The table moves on; the answer does not. */
    door->now = 10 * ROLL_SECOND;
    door_ask(door, &(Ask){.contacts = "sip:a@h1 e=0", .cseq = 5});
    g_string_truncate(door->events, 0);
    door->now = ROLL_TIMER_J - 1;
    g_assert_cmpstr(door_ask(door, &ask), ==, answer);
    door_expect_events(door, "");
    if (door->bytes) {
        RollPacket again = roll_outbox_get(door->outbox, 0);
        g_assert_cmpmem(again.data, again.len, bytes, strlen(bytes));
    }
    /* Timer J fires: now it is a request like any other, and out of order. */
    door->now = ROLL_TIMER_J;
    door_expect(door, "500", .contacts = "sip:b@h2;lr", .branch = "z9hG4bKonce", .cseq = 4);
}

static void
test_refusals_too(Door *door)
{
    door_open(door);
    door_expect(door, "423 min 60", .contacts = "sip:a@h1 e=1", .branch = "z9hG4bK1");
    door_expect(door, "420 not a,b", .require = "a,b", .branch = "z9hG4bK2");
    /* Recognised by the branch; what else it says does not matter (section 17.2.3). */
    door_expect(door, "423 min 60", .to = "bob", .contacts = "sip:a@h2", .branch = "z9hG4bK1");
    door_expect(door, "420 not a,b", .contacts = "sip:a@h2", .branch = "z9hG4bK2");
    door_expect(door, "405", .method = "OPTIONS", .branch = "z9hG4bK2");
}

static void
test_other_transactions(Door *door)
{
    door_open(door);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .branch = "");
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .branch = "");
    door_expect_events(door, "created sip:alice@example.org sip:a@h1 3600; "
                             "refreshed sip:alice@example.org sip:a@h1 3600");
    /* A client of RFC 2543 has one branch for all; the rest tells its requests apart. */
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .branch = "1", .cseq = 50);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .branch = "1", .cseq = 51);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .branch = "1", .cseq = 51);
    door_expect_events(door, "refreshed sip:alice@example.org sip:a@h1 3600; "
                             "refreshed sip:alice@example.org sip:a@h1 3600");
}

static void
test_reliable(Door *door)
{
    door_open(door);
    /* Timer J is zero: the second one is a new request. */
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .branch = "z9hG4bK1",
                .transport = ROLL_TRANSPORT_TCP, .cseq = 1);
    door_expect(door, "500", .contacts = "sip:a@h1", .branch = "z9hG4bK1",
                .transport = ROLL_TRANSPORT_TCP, .cseq = 1);
}

static void
test_full(Door *door)
{
    door->config.max_transactions = 3;
    door_open(door);
    for (int i = 0; i < 3; i++) {
        door->now = i * ROLL_SECOND;
        door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1");
    }
    g_string_truncate(door->events, 0);
    door_expect(door, "503 after 30", .contacts = "sip:a@h1 e=0", .branch = "z9hG4bKlate");
    door_expect_events(door, "");
    /* Retransmissions are still answered. */
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .branch = "z9hG4bK-2");
    /* The refusal was not kept. */
    door->now = ROLL_TIMER_J;
    door_expect(door, "200", .contacts = "sip:a@h1 e=0", .branch = "z9hG4bKlate");
}

static void
test_many(Door *door)
{
    door_open(door);
    /* Ten a second for two minutes: the ring wraps, grows and forgets. */
    for (unsigned i = 0; i < 1200; i++) {
        g_autofree char *contact = g_strdup_printf("sip:a@h%u", i % 7);
        door->now = i * ROLL_SECOND / 10;
        door_ask(door, &(Ask){.contacts = contact});
        g_autofree char *first = g_strdup(door->answer->str);
        g_autofree char *again = g_strdup_printf("z9hG4bK-%u", door->n_asked);
        g_assert_cmpstr(door_ask(door, &(Ask){.branch = again}), ==, first);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    door_add_test("/transaction/17.2.2/same-answer-until-timer-j", test_same_answer);
    door_add_test("/transaction/17.2.2/refusals-are-kept-too", test_refusals_too);
    door_add_test("/transaction/17.2.3/told-apart-by-branch-or-by-all", test_other_transactions);
    door_add_test("/transaction/17.2.2/nothing-comes-twice-over-a-stream", test_reliable);
    door_add_test("/transaction/limit/full-refuses-without-acting", test_full);
    door_add_test("/transaction/ring/wraps-and-forgets", test_many);
    return g_test_run();
}
