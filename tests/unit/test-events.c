/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Registration events: what a NOTIFY tells (RFC 3680), when, and what becomes of it on its way. */
#include "watcher.h"

static void
test_full_state(void)
{
    g_autoptr(Scene) scene = scene_new();
    bind(scene, "alice", "sip:a@h1", 600);
    bind(scene, "bob", "sip:b@h1", 600);
    g_assert_true(roll_registrar_add_static(scene->registrar, scene->now,
                                            ROLL_TEXT("sip:alice@example.org"),
                                            ROLL_TEXT("sip:fixed@h2")));
    run(scene, 100);
    subscribe(scene, .expires = "300");
    expect(scene, "200 Expires: 300 | 1 NOTIFY active;expires=300 v0 full active "
                  "[registered 500 sip:a@h1] [created sip:fixed@h2]");
}

static void
test_changes(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene);
    answer(scene, 200);
    expect(scene, "200 Expires: 3761 | 1 NOTIFY active;expires=3761 v0 full init");
    run(scene, 10);
    bind(scene, "alice", "sip:a@h1", 600);
    bind(scene, "bob", "sip:b@h1", 600);
    run(scene, 10);
    answer(scene, 200);
    expect(scene, "2 NOTIFY active;expires=3751 v1 partial active [registered 600 sip:a@h1]");
    run(scene, 20);
    bind(scene, "alice", "sip:a@h1", 600);
    run(scene, 20);
    answer(scene, 200);
    expect(scene, "3 NOTIFY active;expires=3741 v2 partial active [refreshed 600 sip:a@h1]");
    /* RFC 3680 section 4.7.1: a REGISTER refreshes, however short; shortened is for operators. */
    run(scene, 30);
    bind(scene, "alice", "sip:a@h1", 60);
    bind(scene, "alice", "sip:b@h1", 600);
    run(scene, 30);
    answer(scene, 200);
    expect(scene, "4 NOTIFY active;expires=3731 v3 partial active [refreshed 60 sip:a@h1] "
                  "[registered 600 sip:b@h1]");
    run(scene, 90);
    answer(scene, 200);
    expect(scene, "5 NOTIFY active;expires=3671 v4 partial active [expired sip:a@h1]");
    run(scene, 100);
    bind(scene, "alice", "sip:b@h1", 0);
    run(scene, 100);
    answer(scene, 200);
    expect(scene, "6 NOTIFY active;expires=3661 v5 partial terminated [unregistered sip:b@h1]");
    /* From terminated to init: nothing is told. */
    run(scene, 3000);
    expect(scene, "");
    bind(scene, "alice", "sip:c@h1", 600);
    run(scene, 3000);
    answer(scene, 200);
    expect(scene, "7 NOTIFY active;expires=761 v6 partial active [registered 600 sip:c@h1]");
    run(scene, 3020);
    g_assert_true(roll_registrar_remove(scene->registrar, scene->now,
                                        ROLL_TEXT("sip:alice@example.org"), ROLL_TEXT("sip:c@h1")));
    run(scene, 3020);
    answer(scene, 200);
    expect(scene, "8 NOTIFY active;expires=741 v7 partial terminated [deactivated sip:c@h1]");
}

static void
test_rate(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene);
    answer(scene, 200);
    expect(scene, "200 Expires: 3761 | 1 NOTIFY active;expires=3761 v0 full init");
    bind(scene, "alice", "sip:a@h1", 600);
    run(scene, 1);
    bind(scene, "alice", "sip:b@h1", 600);
    bind(scene, "alice", "sip:c@h1", 600);
    run(scene, 2);
    bind(scene, "alice", "sip:a@h1", 700);
    bind(scene, "alice", "sip:b@h1", 0);
    run(scene, 4);
    expect(scene, "");
    run(scene, 5);
    expect(scene, "2 NOTIFY active;expires=3756 v1 partial active [registered 596 sip:c@h1] "
                  "[refreshed 697 sip:a@h1] [unregistered sip:b@h1]");
}

/* A watcher may be another user: changes and full state come without what push needs. */
static void
test_push_stays(void)
{
    g_autoptr(Scene) scene = scene_new();
    bind(scene, "alice", "sip:a@h1;pn-provider=x;ob;pn-prid=secret1", 600);
    subscribe(scene);
    answer(scene, 200);
    expect(scene, "200 Expires: 3761 | 1 NOTIFY active;expires=3761 v0 full active "
                  "[registered 600 sip:a@h1;ob]");
    bind(scene, "alice", "sip:b@h1;pn-prid=secret2", 600);
    run(scene, 5);
    expect(scene, "2 NOTIFY active;expires=3756 v1 partial active [registered 595 sip:b@h1]");
}

/* Documents go one after the other: the next one waits for the answer to the last. */
static void
test_one_under_way(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene);
    answer(scene, 200);
    bind(scene, "alice", "sip:a@h1", 600);
    run(scene, 5);
    bind(scene, "alice", "sip:b@h1", 600);
    g_string_truncate(scene->said, 0);
    run(scene, 30);
    g_assert_null(strstr(scene->said->str, "NOTIFY"));
    g_string_truncate(scene->said, 0);
    answer(scene, 200);
    expect(scene, "3 NOTIFY active;expires=3731 v2 partial active [registered 575 sip:b@h1]");
}

static void
test_many_changes(void)
{
    g_autoptr(Scene) scene = scene_new();
    scene->config.max_bindings_per_aor = 100;
    subscribe(scene);
    answer(scene, 200);
    g_string_truncate(scene->said, 0);
    for (int i = 0; i < 40; i++) {
        g_autofree char *contact = g_strdup_printf("sip:%d@h1", i);
        bind(scene, "alice", contact, 600);
        if (i > 0)
            bind(scene, "alice", contact, 0);
    }
    run(scene, 5);
    answer(scene, 200);
    g_assert_true(g_str_has_prefix(scene->said->str,
                                   "2 NOTIFY active;expires=3756 v1 full active [registered"));
    g_assert_null(strstr(scene->said->str, "sip:39@h1"));
}

static void
test_ids(void)
{
    g_autoptr(Scene) scene = scene_new();
    bind(scene, "alice", "sip:a@h1;x=y;z=1", 600);
    subscribe(scene);
    answer(scene, 200);
    g_autofree char *first = g_strdup(strstr(scene->last, "<registration "));
    g_string_truncate(scene->said, 0);
    run(scene, 10);
    bind(scene, "alice", "sip:%61@H1;z=1;X=y", 600);
    run(scene, 10);
    answer(scene, 200);
    expect(scene, "2 NOTIFY active;expires=3751 v1 partial active "
                  "[refreshed 600 sip:%61@H1;z=1;X=y]");
    const char *second = strstr(scene->last, "<registration ");
    const char *mine = strstr(first, "<contact id=");
    const char *other = strstr(second, "<contact id=");
    g_assert_cmpmem(first, strcspn(first, "\r"), second, strcspn(second, "\r"));
    g_assert_cmpmem(mine, 30, other, 30);
    /* Equal by RFC 3261 section 19.1.4, but not by its id: the old one is ended. */
    run(scene, 20);
    bind(scene, "alice", "sip:a@h1;v=w", 600);
    run(scene, 20);
    expect(scene, "3 NOTIFY active;expires=3741 v2 partial active "
                  "[unregistered sip:%61@H1;z=1;X=y] [refreshed 600 sip:a@h1;v=w]");
}

/* In the same instant as changes that nobody was told of yet: they are in the full state. */
static void
test_refresh_tells_changes(void)
{
    g_autoptr(Scene) scene = scene_new();
    bind(scene, "alice", "sip:a@h1", 600);
    subscribe(scene);
    answer(scene, 200);
    g_string_truncate(scene->said, 0);
    bind(scene, "alice", "sip:a@h1", 0);
    subscribe(scene, .within = true, .uri = "sip:example.org");
    expect(scene, "200 Expires: 3761 | 2 NOTIFY active;expires=3761 v1 full terminated "
                  "[unregistered sip:a@h1]");
}

static void
test_expiry_in_the_rate(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene, .expires = "60");
    answer(scene, 200);
    g_string_truncate(scene->said, 0);
    run(scene, 58);
    bind(scene, "alice", "sip:a@h1", 600);
    run(scene, 59);
    expect(scene, "");
    run(scene, 60);
    expect(scene, "2 NOTIFY terminated;reason=timeout v1 full active [registered 598 sip:a@h1]");
}

static void
test_retransmission(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene);
    g_string_truncate(scene->said, 0);
    /* Timer E: 0.5, 1.5, 3.5, 7.5, 11.5 ...; Timer F at 32 s. */
    for (int n = 1; n <= 11; n++) {
        static const RollTime at[] = {0, 500, 1500, 3500, 7500};
        RollTime next = roll_registrar_next_wake(scene->registrar);
        RollTime due = (n <= 4 ? at[n] : 7500 + 4000 * (n - 4)) * ROLL_MILLISECOND;
        if (n == 11)
            due = ROLL_TIMER_F;
        while (next < due) {
            roll_registrar_wake(scene->registrar, scene->now = next, scene->outbox);
            next = roll_registrar_next_wake(scene->registrar);
        }
        g_assert_cmpint(next, ==, due);
        g_assert_cmpuint(roll_outbox_count(scene->outbox), ==, 0);
        scene->now = due;
        roll_registrar_wake(scene->registrar, due, scene->outbox);
        collect(scene);
        expect(scene, n < 11 ? "again" : "");
    }
    /* RFC 6665 section 4.2.2: nobody is there, the subscription is over. */
    subscribe(scene, .within = true, .uri = "sip:example.org");
    expect(scene, "481");
    bind(scene, "alice", "sip:a@h1", 600);
    run(scene, 5000);
    expect(scene, "");
}

static void
test_stream(void)
{
    g_autoptr(Scene) scene = scene_new();
    scene->peer.transport = ROLL_TRANSPORT_TCP;
    subscribe(scene);
    expect(scene, "200 Expires: 3761 | 1 NOTIFY active;expires=3761 v0 full init");
    g_autofree char *via = get_header(scene->last, "Via");
    g_autofree char *contact = get_header(scene->last, "Contact");
    g_assert_true(g_str_has_prefix(via, "SIP/2.0/TCP example.org;branch=z9hG4bK"));
    g_assert_cmpstr(contact, ==, "<sip:example.org;transport=tcp>");
    run(scene, 31);
    expect(scene, "");
    run(scene, 32);
    subscribe(scene, .within = true, .uri = "sip:example.org");
    expect(scene, "481");
}

static void
test_provisional(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene);
    g_string_truncate(scene->said, 0);
    run(scene, 0);
    answer(scene, 100);
    run(scene, 1);
    expect(scene, "again");
    /* RFC 3261 section 17.1.2.2: in Proceeding every T2. */
    run(scene, 4);
    expect(scene, "");
    run(scene, 5);
    expect(scene, "again");
}

static void
test_failures(void)
{
    static const int ends[] = {404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604};
    static const int stays[] = {200, 202, 302, 400, 408, 486, 500, 503, 600};
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autoptr(Scene) scene = scene_new();
        subscribe(scene);
        answer(scene, ends[i]);
        g_string_truncate(scene->said, 0);
        subscribe(scene, .within = true, .uri = "sip:example.org");
        expect(scene, "481");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(stays); i++) {
        g_autoptr(Scene) scene = scene_new();
        subscribe(scene);
        answer(scene, stays[i]);
        g_string_truncate(scene->said, 0);
        run(scene, 40);
        bind(scene, "alice", "sip:a@h1", 600);
        run(scene, 40);
        g_autofree char *expected =
            g_strdup_printf("2 NOTIFY active;expires=3721 v1 %s active [registered 600 sip:a@h1]",
                            stays[i] < 300 ? "partial" : "full");
        expect(scene, expected);
    }
}

/* Answers that are not to the NOTIFY under way change nothing. */
static void
test_strange_answers(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene);
    answer(scene, 200);
    answer(scene, 481);
    g_string_truncate(scene->said, 0);
    bind(scene, "alice", "sip:a@h1", 600);
    run(scene, 5);
    expect(scene, "2 NOTIFY active;expires=3756 v1 partial active [registered 595 sip:a@h1]");
    char *digit = strstr(scene->last, "branch=z9hG4bK") + 30;
    char was = *digit;
    *digit = was == '0' ? '1' : '0';
    answer(scene, 481);
    digit = strstr(scene->last, "branch=z9hG4bK") + 18;
    *digit = 'f';
    answer(scene, 481);
    subscribe(scene, .within = true, .uri = "sip:example.org");
    g_assert_true(g_str_has_prefix(scene->said->str, "200 "));
}

static void
test_large(void)
{
    g_autoptr(Scene) scene = scene_new();
    g_autofree char *name = g_strnfill(30000, 'x');
    scene->config.max_contact_size = 65536;
    for (int i = 0; i < 3; i++) {
        g_autofree char *contact = g_strdup_printf("sip:%s%d@h", name, i);
        bind(scene, "alice", contact, 600);
    }
    subscribe(scene);
    g_autofree char *length = get_header(scene->last, "Content-Length");
    g_autofree char *type = get_header(scene->last, "Content-Type");
    g_assert_cmpstr(length, ==, "0");
    g_assert_null(type);
}

int
main(int argc, char **argv)
{
    static const WatcherTest tests[] = {
        {"rfc3680-4.3/full-state", test_full_state},
        {"rfc3680-4.7/changes", test_changes},
        {"rfc3680-4.10/rate", test_rate},
        {"rfc3680-4.10/rate-at-the-end", test_expiry_in_the_rate},
        {"rfc8599-13/push-stays-here", test_push_stays},
        {"one-notify-under-way", test_one_under_way},
        {"many-changes-become-full-state", test_many_changes},
        {"rfc3680-5.1/ids", test_ids},
        {"rfc6665-4.2.1.4/refresh-tells-changes", test_refresh_tells_changes},
        {"rfc3261-17.1.2.2/retransmission", test_retransmission},
        {"rfc3261-17.1.2.2/stream", test_stream},
        {"rfc3261-17.1.2.2/provisional", test_provisional},
        {"rfc6665-4.2.2/failures", test_failures},
        {"strange-answers", test_strange_answers},
        {"large-document", test_large},
    };
    return run_tests(argc, argv, "/events/", tests, G_N_ELEMENTS(tests));
}
