/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records out of a registrar and into another, and what the owner removes: a registrar that was
 * loaded must go on as the one would have that its records are from. */
#include "tests/unit/door.h"

#include <stdlib.h>

#define ALICE ROLL_TEXT("sip:alice@example.org")
#define INSTANCE ";+sip.instance=\"<urn:uuid:F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6>\""

static unsigned
draw(unsigned n)
{
    return (unsigned)g_test_rand_int_range(0, (gint32)n);
}

/* All records in the order of the registrar. */
static char *
dump(const Door *door)
{
    GString *text = g_string_new(NULL);
    roll_registrar_each(door->registrar, door->now, door_note_record, text);
    return g_string_free(text, FALSE);
}

static int
compare_aor(gconstpointer a, gconstpointer b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    return strncmp(x, y, MIN(strcspn(x, " "), strcspn(y, " ")) + 1);
}

/* The same by address-of-record: the places of the rows in the table are left out. */
static char *
dump_sorted(const Door *door)
{
    g_autofree char *text = dump(door);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) split = g_strsplit(text, "\n", -1);
    for (char **line = split; *line; line++)
        g_ptr_array_add(lines, g_strdup(*line));
    g_ptr_array_sort(lines, compare_aor);
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **)lines->pdata);
}

static void
load_record(void *data, const RollRecord *record)
{
    Door *into = data;
    g_assert_true(roll_registrar_load(into->registrar, into->now, record));
}

static Door *
copy_door(const Door *from)
{
    Door *copy = door_new(from->bytes);
    copy->config = from->config;
    copy->now = from->now;
    copy->cseq = from->cseq;
    copy->n_asked = from->n_asked;
    door_open(copy);
    roll_registrar_each(from->registrar, from->now, load_record, copy);
    return copy;
}

/* One of few names, contacts and Call-IDs, so that requests meet each other's records. */
static Ask
draw_ask(char contacts[400])
{
    static const char *const users[] = {"alice", "bob", "carol", "dave", "eve", "frank"};
    static const char *const uris[] = {"sip:a@h1", "sip:b@h2", "sip:A@H1", "sip:a@H1;x=1",
                                       "sip:c@h3;transport=tcp"};
    static const char *const params[] = {"", " p=;a=b", " p=;reg-id=1" INSTANCE,
                                         " p=;reg-id=2" INSTANCE, " p=" INSTANCE};
    static const char *const calls[] = {"call-1", "call-2", "call-3"};
    Ask ask = {.to = users[draw(G_N_ELEMENTS(users))],
               .call_id = calls[draw(G_N_ELEMENTS(calls))],
               .cseq = 1 + draw(60),
               .supported = "path, outbound",
               .path = draw(4) ? NULL : "<sip:p1;lr;ob>",
               .transport = draw(2) ? ROLL_TRANSPORT_TCP : ROLL_TRANSPORT_UDP};
    if (draw(8) == 0)
        return ask;
    if (draw(12) == 0) {
        ask.contacts = "*";
        ask.expires = "0";
        return ask;
    }
    ask.contacts = contacts;
    contacts[0] = '\0';
    for (unsigned n = 1 + draw(2); n > 0; n--) {
        char one[200];
        unsigned q = draw(3) * 500;
        g_snprintf(one, sizeof one, "%s%s%s e=%u", contacts[0] ? "," : "",
                   uris[draw(G_N_ELEMENTS(uris))], params[draw(G_N_ELEMENTS(params))],
                   draw(4) ? 60 + draw(400) : 0);
        g_strlcat(contacts, one, 400);
        if (q > 0)
            g_strlcat(contacts, q == 500 ? " q=500" : " q=0", 400);
    }
    return ask;
}

static void
let_time_pass(Door *door, RollTime span)
{
    door->now += span;
    roll_registrar_wake(door->registrar, door->now, door->outbox);
}

static void
ask_both(Door *door, Door *copy)
{
    char contacts[400];
    Ask ask = draw_ask(contacts);
    g_autofree char *answer = g_strdup(door_ask(door, &ask));
    g_assert_cmpstr(door_ask(copy, &ask), ==, answer);
    g_autofree char *list = g_strdup(door_list(door, ask.to));
    g_assert_cmpstr(door_list(copy, ask.to), ==, list);
    g_autofree char *all = dump_sorted(door);
    g_autofree char *others = dump_sorted(copy);
    g_assert_cmpstr(others, ==, all);
}

static void
test_a_copy_goes_on_alike(Door *door)
{
    enum { RUNS = 60, STEPS = 40 };
    for (int run = 0; run < RUNS; run++) {
        g_autoptr(Door) first = door_new(door->bytes);
        char contacts[400];
        first->now = (RollTime)draw(3) * ROLL_HOUR - ROLL_HOUR;
        first->config.policy.gruu = draw(2);
        first->config.policy.full = draw(2) ? ROLL_FULL_REPLACE : ROLL_FULL_REFUSE;
        first->config.policy.lax_order = draw(4) == 0;
        first->config.policy.match_text = draw(4) == 0;
        first->config.policy.late_margin = draw(2) * 20 * ROLL_SECOND;
        first->config.purge_interval = draw(2) * 100 * ROLL_SECOND;
        first->config.max_bindings_per_aor = 2 + draw(4);
        first->config.max_aors = 4 + draw(4);
        door_open(first);
        if (draw(2))
            g_assert_true(roll_registrar_add_static(first->registrar, first->now, ALICE,
                                                    ROLL_TEXT("sip:fixed@h9")));
        for (int i = 0; i < STEPS; i++) {
            Ask ask = draw_ask(contacts);
            door_ask(first, &ask);
            let_time_pass(first, draw(20) * ROLL_SECOND + draw(1000));
        }
        /* Transactions are no records: they are over before the copy is made. */
        let_time_pass(first, ROLL_TIMER_J);
        g_autoptr(Door) copy = copy_door(first);
        g_autofree char *before = dump(first);
        g_autofree char *after = dump(copy);
        g_assert_cmpstr(after, ==, before);
        for (int i = 0; i < STEPS; i++) {
            RollTime span = draw(20) * ROLL_SECOND + draw(1000);
            ask_both(first, copy);
            let_time_pass(first, span);
            let_time_pass(copy, span);
        }
    }
}

static void
test_order_holds_against_a_loaded_record(Door *door)
{
    door_open(door);
    RollRecord record = {.aor = ROLL_TEXT("sip:%61lice@EXAMPLE.org;x=1"),
                         .contact = ROLL_TEXT("sip:a@h1"),
                         .call_id = ROLL_TEXT("call-1"),
                         .cseq = 10,
                         .q = ROLL_Q_NONE,
                         .registered_at = -ROLL_MINUTE,
                         .expires_at = ROLL_HOUR};
    g_assert_true(roll_registrar_load(door->registrar, 0, &record));
    door_expect_events(door, "created sip:alice@example.org sip:a@h1 3600");
    door_expect(door, "500", .contacts = "sip:a@h1 e=60", .cseq = 10);
    door_expect(door, "200 sip:a@h1 60", .contacts = "sip:a@h1 e=60", .cseq = 11);
    door_expect(door, "200 sip:a@h1 70", .contacts = "sip:a@h1 e=70", .cseq = 5,
                .call_id = "call-2");
}

/* What is left out has a plain default. */
static bool
load(Door *door, RollRecord record)
{
    if (!record.aor.ptr)
        record.aor = ALICE;
    if (!record.contact.ptr)
        record.contact = ROLL_TEXT("sip:a@h1");
    if (record.expires_at == 0)
        record.expires_at = ROLL_DAY;
    return roll_registrar_load(door->registrar, door->now, &record);
}

#define FITS(...) load(door, (RollRecord){__VA_ARGS__})

static void
test_what_does_not_fit(Door *door)
{
    RollTime longest = UINT32_MAX * ROLL_SECOND;
    g_autofree char *huge = g_strnfill(70000, 'x');
    memcpy(huge, "sip:", 4);
    door->now = ROLL_HOUR;
    door->config.policy.late_margin = ROLL_MINUTE;
    door_open(door);
    g_assert_false(FITS(.aor = ROLL_TEXT("tel:1")));
    g_assert_false(FITS(.aor = ROLL_TEXT("alice")));
    g_assert_false(FITS(.contact = ROLL_TEXT("a b")));
    g_assert_false(FITS(.contact = ROLL_TEXT("tel:1"), .expires_at = ROLL_NEVER));
    g_assert_false(FITS(.contact = (RollText){huge, 3000}));
    g_assert_false(FITS(.contact = (RollText){huge, 1500}, .params = {huge, 1500}));
    g_assert_false(FITS(.call_id = (RollText){huge, 66000}));
    g_assert_false(FITS(.instance = (RollText){huge, 3000}));
    g_assert_false(FITS(.path = (RollText){huge, 66000}));
    g_assert_false(FITS(.params = ROLL_TEXT("a=b")));
    g_assert_false(FITS(.params = ROLL_TEXT(";a=b;Expires=60")));
    g_assert_false(FITS(.params = ROLL_TEXT(";q=0.5")));
    g_assert_false(FITS(.q = 1001));
    g_assert_false(FITS(.q = -2));
    g_assert_false(FITS(.reg_id = 1));
    g_assert_false(FITS(.expires_at = door->now - ROLL_MINUTE));
    g_assert_false(FITS(.expires_at = door->now + longest + 1));
    g_assert_false(FITS(.expires_at = ROLL_NEVER - 1));
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 0);
    door_expect_events(door, "");
    /* Right at the bounds. */
    g_assert_true(FITS(.expires_at = door->now - ROLL_MINUTE + 1));
    g_assert_true(FITS(.contact = ROLL_TEXT("tel:1"), .expires_at = door->now + longest));
    g_assert_true(FITS(.contact = ROLL_TEXT("sip:s@h1"), .expires_at = ROLL_NEVER, .q = 1000));
    g_assert_true(FITS(.contact = ROLL_TEXT("sip:b@h1"), .registered_at = 2 * ROLL_HOUR));
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 4);
}

static void
test_what_is_bound_already(Door *door)
{
    door_open(door);
    RollText urn = ROLL_TEXT("urn:uuid:00000000-0000-0000-0000-00000000000a");
    RollText same = ROLL_TEXT("urn:uuid:00000000-0000-0000-0000-00000000000A");
    g_assert_true(FITS(.cseq = 1));
    g_assert_false(FITS(.cseq = 1));
    g_assert_false(FITS(.instance = urn));
    g_assert_true(FITS(.reg_id = 1, .instance = urn));
    g_assert_false(FITS(.reg_id = 1, .instance = same, .contact = ROLL_TEXT("sip:b@h1")));
    g_assert_true(FITS(.reg_id = 2, .instance = same));
    g_assert_true(FITS(.aor = ROLL_TEXT("sip:bob@example.org")));
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 4);
}

static void
test_full_tables(Door *door)
{
    door->config.max_aors = 2;
    door->config.max_bindings_per_aor = 2;
    door->config.purge_interval = ROLL_HOUR;
    door->config.policy.full = ROLL_FULL_REPLACE;
    door_open(door);
    g_assert_true(FITS(.expires_at = ROLL_SECOND));
    g_assert_true(FITS(.contact = ROLL_TEXT("sip:b@h1")));
    g_assert_false(FITS(.contact = ROLL_TEXT("sip:c@h1")));
    g_assert_true(FITS(.aor = ROLL_TEXT("sip:bob@example.org"), .expires_at = ROLL_SECOND));
    g_assert_false(FITS(.aor = ROLL_TEXT("sip:carol@example.org")));
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 3);
    g_string_truncate(door->events, 0);
    /* What has expired gives way, in the row and in the table, whether it was swept or not. */
    door->now = ROLL_SECOND;
    g_assert_true(FITS(.contact = ROLL_TEXT("sip:c@h1")));
    g_assert_true(FITS(.aor = ROLL_TEXT("sip:carol@example.org")));
    door_expect_events(door, "expired sip:alice@example.org sip:a@h1; "
                             "created sip:alice@example.org sip:c@h1 86399; "
                             "expired sip:bob@example.org sip:a@h1; "
                             "created sip:carol@example.org sip:a@h1 86399");
}

static void
test_expired_are_not_shown(Door *door)
{
    door->config.purge_interval = ROLL_HOUR;
    door_open(door);
    door_expect(door, "200 sip:a@h1 60", .contacts = "sip:a@h1 e=60");
    door_expect(door, "200 sip:a@h1 60, sip:b@h2 90", .contacts = "sip:b@h2 e=90");
    door->now = ROLL_MINUTE;
    g_autofree char *text = dump(door);
    g_assert_cmpstr(text, ==,
                    "sip:alice@example.org sip:b@h2 call-1/2 q=-1 0..90000000  /0 0:0.0\n");
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 2);
}

/* A clock that is set back by an hour: all times of the table are an hour further off. */
static void
shift_record(void *data, const RollRecord *record)
{
    RollRecord shifted = *record;
    shifted.registered_at += ROLL_HOUR;
    shifted.expires_at += ROLL_HOUR;
    load_record(data, &shifted);
}

static void
test_a_clock_is_set_back(Door *door)
{
    door_open(door);
    door_expect(door, "200 sip:a@h1 600", .contacts = "sip:a@h1 e=600", .supported = "gruu");
    g_autoptr(Door) copy = door_new(door->bytes);
    copy->config = door->config;
    copy->cseq = door->cseq;
    door_open(copy);
    roll_registrar_each(door->registrar, 0, shift_record, copy);
    door_expect(copy, "200 sip:a@h1 4200");
    copy->now = ROLL_HOUR + 599 * ROLL_SECOND;
    g_assert_cmpstr(door_list(copy, "alice"), ==, "sip:a@h1");
    copy->now = ROLL_HOUR + 600 * ROLL_SECOND;
    g_assert_cmpstr(door_list(copy, "alice"), ==, "");
}

/* An instance that was loaded has GRUUs again, for a phone that only asks. */
static void
test_gruus_of_a_loaded_instance(Door *door)
{
    door_open(door);
    g_assert_true(FITS(.instance = ROLL_TEXT("urn:x:1"),
                       .params = ROLL_TEXT(";+sip.instance=\"<urn:x:1>\"")));
    const char *answer = door_ask(door, &(Ask){.supported = "gruu"});
    g_assert_nonnull(strstr(answer, " sip:alice@example.org;gr=urn:x:1 sip:tgruu."));
}

static void
test_a_trunk(Door *door)
{
    door->config.numbers = door_numbers;
    door_open(door);
    door_expect(door, "200 sip:h1;bnc 3600", .contacts = "sip:h1;bnc", .require = "gin");
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 3);
    g_autofree char *text = dump(door);
    g_assert_true(g_str_has_prefix(text, "sip:alice@example.org sip:h1;bnc call-1/1"));
    g_assert_null(strstr(text, "+49"));
    g_autoptr(Door) copy = copy_door(door);
    door_expect_events(copy, "created sip:alice@example.org sip:h1;bnc 3600; "
                             "created sip:+4930100@example.org sip:+4930100@h1 3600; "
                             "created sip:+4930101@example.org sip:+4930101@h1 3600");
    g_assert_cmpstr(door_list(copy, "+4930101"), ==, "sip:+4930101@h1");
    g_assert_false(
        FITS(.aor = ROLL_TEXT("sip:bob@example.org"), .contact = ROLL_TEXT("sip:h1;bnc")));
    /* A number does not go alone, but with the trunk. */
    g_assert_false(roll_registrar_remove(copy->registrar, 0, ROLL_TEXT("sip:+4930101@example.org"),
                                         ROLL_TEXT("sip:+4930101@h1")));
    g_assert_true(roll_registrar_remove(copy->registrar, 0, ALICE, ROLL_TEXT("sip:h1;bnc")));
    g_assert_cmpuint(roll_registrar_count(copy->registrar), ==, 0);
}

static bool
remove_contact(Door *door, const char *contact)
{
    return roll_registrar_remove(door->registrar, door->now, ROLL_TEXT("sip:%61lice@EXAMPLE.org"),
                                 roll_text(contact));
}

static void
test_remove(Door *door)
{
    door->config.purge_interval = ROLL_HOUR;
    door_open(door);
    g_assert_false(remove_contact(door, "sip:a@h1"));
    door_expect(door, "200 sip:a@h1 60, sip:b@h1 90, sip:c@h1 90",
                .contacts = "sip:a@h1 e=60,sip:b@h1 e=90,sip:c@h1 e=90");
    g_string_truncate(door->events, 0);
    g_assert_false(remove_contact(door, "sip:d@h1"));
    g_assert_false(remove_contact(door, "not a URI"));
    g_assert_false(roll_registrar_remove(door->registrar, 0, ROLL_TEXT("sip:bob@example.org"),
                                         ROLL_TEXT("sip:a@h1")));
    g_assert_false(
        roll_registrar_remove(door->registrar, 0, ROLL_TEXT("tel:1"), ROLL_TEXT("sip:a@h1")));
    door_expect_events(door, "");
    g_assert_true(remove_contact(door, "sip:b@H1"));
    door_expect_events(door, "deactivated sip:alice@example.org sip:b@h1");
    g_assert_false(remove_contact(door, "sip:b@h1"));
    /* Swept or not: what has expired was there no more. */
    door->now = ROLL_MINUTE;
    g_assert_false(remove_contact(door, "sip:a@h1"));
    door_expect_events(door, "expired sip:alice@example.org sip:a@h1");
    g_assert_true(remove_contact(door, "sip:c@h1"));
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 0);
    /* The phone may come back at once, with the CSeq that it is at. */
    door_expect(door, "200 sip:c@h1 3600", .contacts = "sip:c@h1", .cseq = 1);
    g_assert_true(
        roll_registrar_add_static(door->registrar, door->now, ALICE, ROLL_TEXT("sip:fixed@h1")));
    g_assert_true(remove_contact(door, "sip:fixed@h1"));
    g_assert_cmpstr(door_list(door, "alice"), ==, "sip:c@h1");
}

/* Who is written the same is meant before who is only equal; two flows to one URI are one phone. */
static void
test_remove_finds_the_right_one(Door *door)
{
    door->config.max_aors = 1;
    door_open(door);
    for (int i = 1; i <= 2; i++) {
        g_autofree char *contact = g_strdup_printf("sip:a@h1 p=;reg-id=%d" INSTANCE, i);
        door_ask(door, &(Ask){.contacts = contact, .supported = "outbound"});
    }
    g_assert_true(FITS(.contact = ROLL_TEXT("sip:a@H1")));
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 3);
    g_assert_true(remove_contact(door, "sip:a@H1"));
    g_assert_cmpstr(door_list(door, "alice"), ==, "sip:a@h1, sip:a@h1");
    g_assert_true(remove_contact(door, "sip:a@h1"));
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 0);
    /* The place of the address-of-record is free. */
    door_expect(door, "200 sip:b@h1 3600", .to = "bob", .contacts = "sip:b@h1");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    door_add_test("/record/load/a-copy-goes-on-alike", test_a_copy_goes_on_alike);
    door_add_test("/record/load/order-holds", test_order_holds_against_a_loaded_record);
    door_add_test("/record/load/what-does-not-fit", test_what_does_not_fit);
    door_add_test("/record/load/what-is-bound-already", test_what_is_bound_already);
    door_add_test("/record/load/full-tables", test_full_tables);
    door_add_test("/record/load/a-clock-is-set-back", test_a_clock_is_set_back);
    door_add_test("/record/load/gruus", test_gruus_of_a_loaded_instance);
    door_add_test("/record/load/a-trunk", test_a_trunk);
    door_add_test("/record/each/expired-are-not-shown", test_expired_are_not_shown);
    door_add_test("/record/remove/one-contact", test_remove);
    door_add_test("/record/remove/the-right-one", test_remove_finds_the_right_one);
    return g_test_run();
}
