/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What another server has made of an address-of-record: a table that takes it over must come to the
 * same records, and tell of nothing that has not changed. */
#include "tests/unit/door.h"

#include <stdlib.h>

#define ALICE ROLL_TEXT("sip:alice@example.org")
#define INSTANCE ";+sip.instance=\"<urn:uuid:F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6>\""

static const char *const USERS[] = {"alice", "bob", "carol"};

static unsigned
draw(unsigned n)
{
    return (unsigned)g_test_rand_int_range(0, (gint32)n);
}

static void
keep_record(void *data, const RollRecord *record)
{
    g_array_append_vals(data, record, 1);
}

/* Texts are the table's: until @door is asked again. */
static GArray *
records_of(const Door *door, const char *user)
{
    g_autofree char *aor = g_strdup_printf("sip:%s@example.org", user);
    GArray *records = g_array_new(FALSE, FALSE, sizeof(RollRecord));
    roll_registrar_each_of(door->registrar, door->now, roll_text(aor), keep_record, records);
    return records;
}

static bool
replace(Door *door, const RollRecord *records, size_t n)
{
    return roll_registrar_replace(door->registrar, door->now, ALICE, records, n);
}

/* @to adopts what @from has. */
static bool
adopt(const Door *from, Door *to, const char *user)
{
    g_autofree char *aor = g_strdup_printf("sip:%s@EXAMPLE.org", user);
    g_autoptr(GArray) records = records_of(from, user);
    return roll_registrar_replace(to->registrar, to->now, roll_text(aor),
                                  (const RollRecord *)records->data, records->len);
}

static char *
dump(const Door *door, const char *user)
{
    GString *text = g_string_new(NULL);
    g_autofree char *aor = g_strdup_printf("sip:%s@example.org", user);
    roll_registrar_each_of(door->registrar, door->now, roll_text(aor), door_note_record, text);
    return g_string_free(text, FALSE);
}

static Ask
draw_ask(char contacts[200])
{
    static const char *const uris[] = {"sip:a@h1", "sip:b@h2", "sip:A@H1", "sip:c@h3"};
    static const char *const params[] = {"", " p=;a=b", " p=;reg-id=1" INSTANCE,
                                         " p=;reg-id=2" INSTANCE, " p=" INSTANCE};
    static const char *const calls[] = {"call-1", "call-2"};
    Ask ask = {.to = USERS[draw(G_N_ELEMENTS(USERS))],
               .call_id = calls[draw(G_N_ELEMENTS(calls))],
               .supported = "path, outbound",
               .path = draw(4) ? NULL : "<sip:p1;lr;ob>",
               .transport = draw(2) ? ROLL_TRANSPORT_TCP : ROLL_TRANSPORT_UDP};
    if (draw(12) == 0) {
        ask.contacts = "*";
        ask.expires = "0";
        return ask;
    }
    g_snprintf(contacts, 200, "%s%s e=%u%s", uris[draw(G_N_ELEMENTS(uris))],
               params[draw(G_N_ELEMENTS(params))], draw(4) ? 60 + draw(400) : 0,
               draw(3) ? "" : " q=500");
    ask.contacts = contacts;
    return ask;
}

static Door *
another_door(const Door *from)
{
    Door *door = door_new(from->bytes);
    door->config = from->config;
    door_open(door);
    return door;
}

static void
test_two_servers_take_turns(Door *door)
{
    door_open(door);
    g_autoptr(Door) other = another_door(door);
    Door *doors[] = {door, other};
    for (int i = 0; i < 3000; i++) {
        char contacts[200];
        Ask ask = draw_ask(contacts);
        Door *here = doors[draw(2)], *there = doors[here == door];
        here->cseq = there->cseq = MAX(here->cseq, there->cseq);
        door_ask(here, &ask);
        g_assert_true(adopt(here, there, ask.to));
        g_autofree char *expected = dump(here, ask.to);
        g_autofree char *found = dump(there, ask.to);
        g_assert_cmpstr(found, ==, expected);
        /* The second time it is nothing new, to either. */
        g_string_truncate(here->events, 0);
        g_string_truncate(there->events, 0);
        g_assert_true(adopt(here, there, ask.to));
        g_assert_true(adopt(there, here, ask.to));
        g_assert_cmpstr(here->events->str, ==, "");
        g_assert_cmpstr(there->events->str, ==, "");
        door->now = other->now += draw(20) * ROLL_SECOND;
    }
}

static void
test_events_tell_what_changed(Door *door)
{
    door_open(door);
    g_autoptr(Door) other = another_door(door);
    door_expect(other, "200 sip:a@h 100, sip:b@h 100, sip:c@h 100, sip:d@h 100",
                .contacts = "sip:a@h e=100,sip:b@h e=100,sip:c@h e=100,sip:d@h e=100");
    g_assert_true(adopt(other, door, "alice"));
    door_expect_events(door, "created sip:alice@example.org sip:a@h 100; "
                             "created sip:alice@example.org sip:b@h 100; "
                             "created sip:alice@example.org sip:c@h 100; "
                             "created sip:alice@example.org sip:d@h 100");
    other->now = door->now += ROLL_SECOND;
    door_expect(other, "200 sip:b@h 100, sip:c@h 60, sip:d@h 99, sip:e@h 100",
                .contacts = "sip:a@h e=0,sip:b@h e=100,sip:c@h e=60,sip:e@h e=100");
    g_assert_true(adopt(other, door, "alice"));
    door_expect_events(door, "unregistered sip:alice@example.org sip:a@h; "
                             "refreshed sip:alice@example.org sip:b@h 100; "
                             "shortened sip:alice@example.org sip:c@h 60; "
                             "created sip:alice@example.org sip:e@h 100");
    g_assert_true(replace(door, NULL, 0));
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 0);
}

static void
test_order_holds_against_what_was_adopted(Door *door)
{
    door_open(door);
    RollRecord record = {.contact = ROLL_TEXT("sip:a@h"),
                         .call_id = ROLL_TEXT("call-1"),
                         .cseq = 70,
                         .q = ROLL_Q_NONE,
                         .expires_at = ROLL_HOUR};
    door_expect(door, "200 sip:a@h 60", .contacts = "sip:a@h e=60", .cseq = 5);
    g_assert_true(replace(door, &record, 1));
    door_expect(door, "500", .contacts = "sip:a@h e=60", .cseq = 70);
    door_expect(door, "200 sip:a@h 60", .contacts = "sip:a@h e=60", .cseq = 71);
}

static void
test_what_cannot_be_taken_is_not_there(Door *door)
{
    door->config.max_bindings_per_aor = 2;
    door_open(door);
    door_expect(door, "200 sip:a@h 60, sip:b@h 60", .contacts = "sip:a@h e=60,sip:b@h e=60");
    g_string_truncate(door->events, 0);
    RollRecord records[] = {
        {.contact = ROLL_TEXT("sip:a@h"), .q = 2000, .expires_at = ROLL_HOUR},
        {.contact = ROLL_TEXT("sip:c@h"), .q = 1, .expires_at = ROLL_HOUR},
        {.contact = ROLL_TEXT("sip:c@h"), .q = 2, .expires_at = ROLL_HOUR},
        {.contact = ROLL_TEXT("sip:d@h"), .q = 0, .expires_at = ROLL_HOUR},
        {.contact = ROLL_TEXT("sip:e@h"), .q = 0, .expires_at = ROLL_HOUR},
    };
    g_assert_false(replace(door, records, G_N_ELEMENTS(records)));
    door_expect_events(door, "unregistered sip:alice@example.org sip:a@h; "
                             "unregistered sip:alice@example.org sip:b@h; "
                             "created sip:alice@example.org sip:c@h 3600; "
                             "created sip:alice@example.org sip:d@h 3600");
    g_assert_false(roll_registrar_replace(door->registrar, door->now, ROLL_TEXT("tel:1"), NULL, 0));
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 2);
}

static void
test_expired_ones_expire(Door *door)
{
    door->config.purge_interval = ROLL_HOUR;
    door_open(door);
    door_expect(door, "200 sip:a@h 60", .contacts = "sip:a@h e=60");
    g_string_truncate(door->events, 0);
    door->now = ROLL_MINUTE;
    g_assert_true(replace(door, NULL, 0));
    door_expect_events(door, "expired sip:alice@example.org sip:a@h");
    RollRecord record = {
        .contact = ROLL_TEXT("sip:a@h"), .q = ROLL_Q_NONE, .expires_at = ROLL_MINUTE};
    g_assert_false(replace(door, &record, 1));
}

static void
test_static_ones_stay(Door *door)
{
    door_open(door);
    g_assert_true(roll_registrar_add_static(door->registrar, 0, ALICE, ROLL_TEXT("sip:fixed@h")));
    g_assert_true(replace(door, NULL, 0));
    g_assert_cmpstr(door_list(door, "alice"), ==, "sip:fixed@h");
}

static void
test_a_trunk_brings_its_numbers(Door *door)
{
    door->config.numbers = door_numbers;
    door_open(door);
    g_autoptr(Door) other = another_door(door);
    door_expect(other, "200 sip:h1;bnc 100", .contacts = "sip:h1;bnc e=100", .require = "gin");
    g_assert_true(adopt(other, door, "alice"));
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 3);
    g_assert_cmpstr(door_list(door, "+4930101"), ==, "sip:+4930101@h1");
    door_expect(other, "200 sip:h1;bnc 200", .contacts = "sip:h1;bnc e=200", .require = "gin");
    g_string_truncate(door->events, 0);
    g_assert_true(adopt(other, door, "alice"));
    door_expect_events(door, "refreshed sip:alice@example.org sip:h1;bnc 200; "
                             "refreshed sip:+4930100@example.org sip:+4930100@h1 200; "
                             "refreshed sip:+4930101@example.org sip:+4930101@h1 200");
    /* A number's own records are told alone. */
    g_assert_true(adopt(other, door, "+4930101"));
    door_expect_events(door, "");
    g_assert_true(replace(door, NULL, 0));
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    door_add_test("/adopt/two-servers-take-turns", test_two_servers_take_turns);
    door_add_test("/adopt/events-tell-what-changed", test_events_tell_what_changed);
    door_add_test("/adopt/order-holds", test_order_holds_against_what_was_adopted);
    door_add_test("/adopt/what-cannot-be-taken", test_what_cannot_be_taken_is_not_there);
    door_add_test("/adopt/expired-ones-expire", test_expired_ones_expire);
    door_add_test("/adopt/static-ones-stay", test_static_ones_stay);
    door_add_test("/adopt/a-trunk", test_a_trunk_brings_its_numbers);
    return g_test_run();
}
