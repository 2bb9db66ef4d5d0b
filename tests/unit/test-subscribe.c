/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Subscriptions to registration events (RFC 6665, RFC 3680): who gets one, its dialog, its end. */
#include "watcher.h"

static void
test_subscribe(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene, .headers = "Accept: application/reginfo+xml\r\n");
    expect(scene, "200 Expires: 3761 | 1 NOTIFY active;expires=3761 v0 full init");
    g_autofree char *tag = g_strdup_printf("<sip:alice@example.org>;tag=%s", scene->tag);
    static const char *const rows[][2] = {
        {"To", "\"W\" <sip:watcher@example.org>;tag=w1"},
        {"Call-ID", "call-w"},
        {"Contact", "<sip:example.org>"},
        {"Event", "reg"},
        {"Max-Forwards", "70"},
        {"Content-Type", "application/reginfo+xml"},
    };
    g_assert_true(g_str_has_prefix(scene->last, "NOTIFY sip:watcher@client.invalid SIP/2.0\r\n"));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *value = get_header(scene->last, rows[i][0]);
        g_assert_cmpstr(value, ==, rows[i][1]);
    }
    g_autofree char *from = get_header(scene->last, "From");
    g_assert_cmpstr(from, ==, tag);
    g_autofree char *length = get_header(scene->last, "Content-Length");
    g_assert_cmpint(atoi(length), ==, strlen(strstr(scene->last, "\r\n\r\n") + 4));
}

static void
test_refresh(void)
{
    g_autoptr(Scene) scene = scene_new();
    bind(scene, "alice", "sip:a@h1", 3600);
    subscribe(scene, .expires = "100");
    answer(scene, 200);
    g_string_truncate(scene->said, 0);
    run(scene, 90);
    bind(scene, "alice", "sip:a@h1", 0);
    run(scene, 90);
    answer(scene, 200);
    expect(scene, "2 NOTIFY active;expires=10 v1 partial terminated [unregistered sip:a@h1]");
    subscribe(scene, .within = true, .uri = "sip:example.org", .expires = "100",
              .contact = "<sip:watcher@elsewhere.invalid>");
    expect(scene, "200 Expires: 100 | 3 NOTIFY active;expires=100 v2 full init");
    g_assert_true(g_str_has_prefix(scene->last, "NOTIFY sip:watcher@elsewhere.invalid "));
    answer(scene, 200);
    run(scene, 189);
    expect(scene, "");
    run(scene, 190);
    expect(scene, "4 NOTIFY terminated;reason=timeout v3 full init");
    answer(scene, 200);
    bind(scene, "alice", "sip:a@h1", 600);
    run(scene, 300);
    expect(scene, "");
    subscribe(scene, .within = true, .uri = "sip:example.org");
    expect(scene, "481");
}

static void
test_unsubscribe(void)
{
    g_autoptr(Scene) scene = scene_new();
    bind(scene, "alice", "sip:a@h1", 600);
    subscribe(scene);
    g_string_truncate(scene->said, 0);
    subscribe(scene, .within = true, .uri = "sip:example.org", .expires = "0");
    expect(scene, "200 Expires: 0 | 2 NOTIFY terminated;reason=timeout v1 full active "
                  "[registered 600 sip:a@h1]");
    answer(scene, 200);
    subscribe(scene, .within = true, .uri = "sip:example.org");
    expect(scene, "481");
    run(scene, 500);
    expect(scene, "");
}

static void
test_fetch(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene, .expires = "0");
    expect(scene, "200 Expires: 0 | 1 NOTIFY terminated;reason=timeout v0 full init");
    answer(scene, 200);
    run(scene, 100);
    expect(scene, "");
}

static void
test_refusals(void)
{
    g_autoptr(Scene) scene = scene_new();
    scene->config.max_expires = 7200;
    subscribe(scene, .event = "presence");
    expect(scene, "489 Allow-Events: reg");
    subscribe(scene, .event = "Reg");
    expect(scene, "489 Allow-Events: reg");
    subscribe(scene, .headers = "Accept: application/pidf+xml, text/plain\r\n");
    expect(scene, "406 Accept: application/reginfo+xml");
    subscribe(scene, .headers = "Accept: application/reginfo+xml;q=0.0\r\n");
    expect(scene, "406 Accept: application/reginfo+xml");
    subscribe(scene, .headers = "Accept:\r\n");
    expect(scene, "406 Accept: application/reginfo+xml");
    subscribe(scene, .expires = "59");
    expect(scene, "423 Min-Expires: 60");
    subscribe(scene, .contact = "");
    expect(scene, "400");
    subscribe(scene, .contact = "<sip:a@h>, <sip:b@h>");
    expect(scene, "400");
    subscribe(scene, .contact = "*");
    expect(scene, "400");
    subscribe(scene, .contact = "<mailto:a@h>");
    expect(scene, "400");
    subscribe(scene, .uri = "sip:alice@elsewhere.invalid");
    expect(scene, "404");
    subscribe(scene, .headers = "Require: made-up\r\n");
    expect(scene, "420");
    g_free(scene->tag);
    scene->tag = g_strdup("made-up");
    subscribe(scene, .within = true);
    expect(scene, "481");
    subscribe(scene, .expires = "7201");
    expect(scene, "200 Expires: 7200 | 1 NOTIFY active;expires=7200 v0 full init");
}

static void
test_accept(void)
{
    static const char *const rows[] = {"Accept: */*\r\n", "Accept: application/*;q=0.5\r\n",
                                       "Accept: text/plain\r\nAccept: APPLICATION/reginfo+xml\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Scene) scene = scene_new();
        subscribe(scene, .headers = rows[i]);
        expect(scene, "200 Expires: 3761 | 1 NOTIFY active;expires=3761 v0 full init");
    }
}

static void
test_dialog(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene, .event = "reg;id=7", .cseq = 10);
    g_autofree char *event = get_header(scene->last, "Event");
    g_assert_cmpstr(event, ==, "reg;id=7");
    g_string_truncate(scene->said, 0);
    g_autofree char *tag = g_strdup(scene->tag);
    subscribe(scene, .event = "reg;id=8", .within = true, .uri = "sip:example.org", .cseq = 11);
    expect(scene, "481");
    subscribe(scene, .event = "reg;id=7", .within = true, .uri = "sip:example.org", .cseq = 10);
    expect(scene, "500");
    subscribe(scene, .event = "reg;id=7", .within = true, .uri = "sip:example.org", .cseq = 12,
              .contact = "");
    g_assert_true(g_str_has_prefix(scene->said->str, "200 "));
    g_assert_cmpstr(scene->tag, ==, tag);
    g_assert_true(g_str_has_prefix(scene->last, "NOTIFY sip:watcher@client.invalid "));
}

/* RFC 3261 section 17.2.2: a SUBSCRIBE sent twice makes one subscription. */
static void
test_subscribe_again(void)
{
    g_autoptr(Scene) scene = scene_new();
    g_autofree char *text = make_subscribe(scene, &(Subscribe){.expires = "100"});
    receive(scene, text);
    expect(scene, "200 Expires: 100 | 1 NOTIFY active;expires=100 v0 full init");
    receive(scene, text);
    expect(scene, "200 Expires: 100");
}

static void
test_route(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene, .headers = "Record-Route: <sip:p2.invalid;lr>\r\n"
                                "Record-Route: <sip:p1.invalid;lr>\r\n");
    g_autofree char *route = get_header(scene->last, "Route");
    g_assert_cmpstr(route, ==, "<sip:p2.invalid;lr>,<sip:p1.invalid;lr>");
    g_assert_true(g_str_has_prefix(scene->last, "NOTIFY sip:watcher@client.invalid "));
    /* Section 12.2.1.1: a strict router. */
    subscribe(scene, .headers = "Record-Route: <sip:p2.invalid>,<sip:p1.invalid;lr>\r\n");
    g_autofree char *strict = get_header(scene->last, "Route");
    g_assert_cmpstr(strict, ==, "<sip:p1.invalid;lr>,<sip:watcher@client.invalid>");
    g_assert_true(g_str_has_prefix(scene->last, "NOTIFY sip:p2.invalid SIP/2.0\r\n"));
}

/* Asks for a nonce and subscribes with it. */
static void
log_in(Scene *self, Subscribe ask)
{
    subscribe(self, .uri = ask.uri);
    expect(self, "401");
    g_autofree char *text = make_subscribe(self, &ask);
    receive(self, text);
}

static void
test_users(void)
{
    g_autoptr(Scene) scene = scene_new();
    scene->config.authenticate = true;
    log_in(scene, (Subscribe){.user = "alice"});
    expect(scene, "200 Expires: 3761 | 1 NOTIFY active;expires=3761 v0 full init");
    subscribe(scene, .within = true, .uri = "sip:example.org", .user = "alice");
    expect(scene, "200 Expires: 3761 | 2 NOTIFY active;expires=3761 v1 full init");
    subscribe(scene, .within = true, .uri = "sip:example.org", .user = "bob");
    expect(scene, "403");
    log_in(scene, (Subscribe){.user = "bob"});
    expect(scene, "403");
    log_in(scene, (Subscribe){.user = "bob", .uri = "sip:bob@example.org"});
    expect(scene, "200 Expires: 3761 | 1 NOTIFY active;expires=3761 v0 full init");
}

/* Where a NOTIFY goes: to an address of a user's Contact or route, else back. */
static void
test_destination(void)
{
    static const struct {
        const char *contact;
        const char *headers;
        const char *to;
        uint16_t port;
        bool stranger;
    } rows[] = {
        {"<sip:w@192.0.2.77:5070>", NULL, "\xc0\x00\x02\x4d", 5070, false},
        {"<sip:w@192.0.2.77>", NULL, "\xc0\x00\x02\x4d", 5060, false},
        {"<sip:w@192.0.2.77;transport=UDP>", NULL, "\xc0\x00\x02\x4d", 5060, false},
        {"<sip:w@192.0.2.77;transport=tcp>", NULL, "\xc0\x00\x02\x01", 5099, false},
        {"<sip:w@192.0.2.77;maddr=192.0.2.9>", NULL, "\xc0\x00\x02\x01", 5099, false},
        {"<sips:w@192.0.2.77>", NULL, "\xc0\x00\x02\x01", 5099, false},
        {"<sip:w@192.0.2.777>", NULL, "\xc0\x00\x02\x01", 5099, false},
        {"<sip:w@client.invalid>", NULL, "\xc0\x00\x02\x01", 5099, false},
        {"<sip:w@192.0.2.77:5070>", NULL, "\xc0\x00\x02\x01", 5099, true},
        {"<sip:w@192.0.2.77>", "Record-Route: <sip:192.0.2.88:5080;lr>\r\n", "\xc0\x00\x02\x58",
         5080, false},
        {"<sip:w@[2001:db8::7]>", NULL, "\x20\x01\x0d\xb8", 5060, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Scene) scene = scene_new();
        scene->config.authenticate = !rows[i].stranger;
        Subscribe ask = {.contact = rows[i].contact, .headers = rows[i].headers};
        if (!rows[i].stranger) {
            subscribe(scene);
            ask.user = "alice";
        }
        g_autofree char *text = make_subscribe(scene, &ask);
        RollPacket packet = {scene->peer, (const uint8_t *)text, strlen(text)};
        scene->registrar = scene->registrar ? scene->registrar : roll_registrar_new(&scene->config);
        roll_registrar_receive(scene->registrar, scene->now, &packet, scene->outbox);
        g_assert_cmpuint(roll_outbox_count(scene->outbox), ==, 2);
        RollPacket notify = roll_outbox_get(scene->outbox, 1);
        g_assert_cmpmem(notify.peer.address, 4, rows[i].to, 4);
        g_assert_cmpuint(notify.peer.port, ==, rows[i].port);
        g_assert_cmpuint(notify.peer.family, ==, rows[i].contact[7] == '[' ? 6 : 4);
    }
}

static void
test_limits(void)
{
    g_autoptr(Scene) scene = scene_new();
    scene->config.max_subscriptions = 40;
    for (int i = 0; i < 32; i++)
        subscribe(scene);
    g_string_truncate(scene->said, 0);
    subscribe(scene);
    expect(scene, "503 Retry-After: 60");
    for (int i = 0; i < 8; i++)
        subscribe(scene, .uri = "sip:bob@example.org");
    g_string_truncate(scene->said, 0);
    subscribe(scene, .uri = "sip:bob@example.org");
    expect(scene, "503 Retry-After: 60");
    /* With the answer to the last NOTIFY an ended one makes room. */
    run(scene, 32);
    g_string_truncate(scene->said, 0);
    subscribe(scene);
    expect(scene, "200 Expires: 3761 | 1 NOTIFY active;expires=3761 v0 full init");
    g_autofree char *long_name = g_strnfill(5000, 'x');
    g_autofree char *long_contact = g_strdup_printf("<sip:%s@h>", long_name);
    subscribe(scene, .contact = long_contact);
    expect(scene, "513");
    subscribe(scene, .contact = long_contact, .within = true);
    expect(scene, "481");
}

static void
test_none_at_all(void)
{
    g_autoptr(Scene) scene = scene_new();
    scene->config.max_subscriptions = 0;
    subscribe(scene);
    expect(scene, "503 Retry-After: 60");
}

static void
test_off(void)
{
    g_autoptr(Scene) scene = scene_new();
    scene->config.policy.events = false;
    subscribe(scene);
    expect(scene, "405 Allow: REGISTER");
    g_autoptr(Scene) other = scene_new();
    receive(other, "INVITE sip:alice@example.org SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKi\r\n"
                   "From: <sip:a@h>;tag=1\r\nTo: <sip:alice@example.org>\r\nCall-ID: i\r\n"
                   "CSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n");
    expect(other, "405 Allow: REGISTER, SUBSCRIBE");
}

/* A NOTIFY has no way out of the decoded door, so a SUBSCRIBE has no way in. */
static void
test_decoded(void)
{
    g_autoptr(Scene) scene = scene_new();
    RollReply reply;
    RollRequest r = {.method = ROLL_TEXT("SUBSCRIBE"), .event = ROLL_TEXT("reg")};
    g_assert_true(roll_uri_parse(ROLL_TEXT("sip:alice@example.org"), &r.uri));
    r.to = r.from = r.uri;
    scene->registrar = roll_registrar_new(&scene->config);
    roll_registrar_register(scene->registrar, 0, &r, &reply);
    g_assert_cmpint(reply.status, ==, 405);
}

int
main(int argc, char **argv)
{
    static const WatcherTest tests[] = {
        {"rfc6665-4.2.1.2/subscribe", test_subscribe},
        {"rfc6665-4.2.1.4/refresh", test_refresh},
        {"rfc6665-4.2.1.4/unsubscribe", test_unsubscribe},
        {"rfc6665-4.4.3/fetch", test_fetch},
        {"refusals", test_refusals},
        {"rfc3680-4.5/accept", test_accept},
        {"rfc3261-12.2.2/dialog", test_dialog},
        {"rfc3261-17.2.2/subscribe-again", test_subscribe_again},
        {"rfc3261-12.2.1.1/route", test_route},
        {"rfc3680-4.6/users", test_users},
        {"rfc3261-8.1.2/destination", test_destination},
        {"limits", test_limits},
        {"no-room-at-all", test_none_at_all},
        {"off", test_off},
        {"decoded-door", test_decoded},
    };
    return run_tests(argc, argv, "/subscribe/", tests, G_N_ELEMENTS(tests));
}
