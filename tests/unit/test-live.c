/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What runs in real time are made of and needs no network: where addresses are, what is refused,
 * the text of phones and of the observer, and what is read of the answers. */
#include "sim/experiment/live.h"
#include "sim/link/live.h"

#include <string.h>

static const char TEXT[] =
    "[scenario]\nduration = 1h\n"
    "[network a]\npool = 192.0.2.0/28\n[network b]\npool = 10.1.0.0/24\n"
    "[phones desk]\ncount = 9\nnetwork = a\nexpires = 10min\n"
    "[phones home]\ncount = 9\nnetwork = b\nexpires = 4min\ninstance = yes\n";

static SimScenario *
load(const char *more)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strconcat(TEXT, more, NULL);
    SimScenario *scenario = sim_scenario_parse("test.ini", text, strlen(text), NULL, &error);
    g_assert_no_error(error);
    return scenario;
}

/* The addresses of @scenario there and back, each at a place of its own. */
static void
check_atlas(const SimAtlas *atlas, uint32_t first_host, uint16_t first_port)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    for (size_t n = 0; n < atlas->scenario->n_networks; n++) {
        const SimNetworkSpec *network = &atlas->scenario->networks[n];
        for (uint32_t i = 0; i < network->pool_size; i++) {
            uint32_t host;
            uint16_t port;
            sim_atlas_locate(atlas, network->pool_base + i, &host, &port);
            uint32_t place = host - first_host + port - first_port;
            g_assert_cmpuint(place, <, sim_atlas_need(atlas->scenario));
            g_assert_true(g_hash_table_add(seen, GUINT_TO_POINTER(place + 1)));
            g_assert_cmpuint(sim_atlas_find(atlas, host, port), ==, network->pool_base + i);
        }
    }
}

static void
test_atlas(void)
{
    g_autoptr(SimScenario) scenario = load("");
    SimAtlas spread = {.scenario = scenario, .spread = true, .port = 40000};
    SimAtlas single = {.scenario = scenario, .host = 0xc0000201};
    g_assert_cmpuint(sim_atlas_need(scenario), ==, 14 + 254);
    check_atlas(&spread, 0x7f010000, 40000);
    check_atlas(&single, 0xc0000201, 1024);
    g_assert_cmpuint(sim_atlas_find(&spread, 0x7f000001, 40000), ==, 0);
    g_assert_cmpuint(sim_atlas_find(&spread, 0x7f010000, 40001), ==, 0);
    g_assert_cmpuint(sim_atlas_find(&spread, 0x7f010000 + 268, 40000), ==, 0);
    g_assert_cmpuint(sim_atlas_find(&single, 0xc0000202, 1024), ==, 0);
    g_assert_cmpuint(sim_atlas_find(&single, 0xc0000201, 1023), ==, 0);
    g_assert_cmpuint(sim_atlas_find(&single, 0xc0000201, 1024 + 268), ==, 0);
}

static void
test_check(void)
{
    static const struct {
        const char *more;
        uint32_t compress;
        bool spread;
        bool reliable;
        const char *wrong; /* NULL: nothing */
    } cases[] = {
        {"", 1, true, false, NULL},
        {"", 60, true, true, NULL},
        {"", 120, true, false, NULL},
        {"", 240, true, false, "--compress 120 would do"},
        {"", 50, true, false, "--compress 40 would do"},
        {"[registrar]\nauth = none\nmin-expires = 2min\nmax-expires = 1h\n", 60, true, false, NULL},
        {"[registrar]\nwhen-full = replace\n", 60, true, false, "registrar.when-full = replace"},
        {"[network c]\npool = 11.0.0.0/8\n", 60, true, false, "127.0.0.0/8 has room"},
        {"[network c]\npool = 172.16.0.0/16\n", 60, true, false, NULL},
        {"[network c]\npool = 172.16.0.0/16\n", 60, false, false, "one machine has ports"},
        {"[network c]\npool = 172.16.0.0/16\nloss = 1%\n", 60, true, false, NULL},
        {"[network c]\npool = 172.16.0.0/16\nloss = 1%\n", 60, true, true, "loses packets"},
        {"[network c]\npool = 172.16.0.0/16\nnat = 30s\n", 60, true, false, "behind a NAT"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SimScenario) scenario = load(cases[i].more);
        bool good =
            sim_live_check(scenario, cases[i].compress, cases[i].spread, cases[i].reliable, &error);
        g_assert_true(good == (cases[i].wrong == NULL));
        if (!good)
            g_assert_nonnull(strstr(error->message, cases[i].wrong));
    }
}

typedef struct {
    SimScenario *scenario;
    SimQueue *queue;
    SimWorld *world;
    SimIdentity *identity;
    SimAtlas atlas;
    SimLink *link;
} Fixture;

static void
set_up(Fixture *self, gconstpointer data)
{
    const bool *spread = data;
    self->scenario = load("");
    self->queue = sim_queue_new(0, 1);
    self->world = sim_world_new(self->scenario, self->queue, NULL, NULL);
    self->identity = sim_identity_new(self->world, NULL);
    sim_identity_keep_ha1s(self->identity);
    self->atlas = (SimAtlas){self->scenario, *spread, 0xc6336405, 40000};
    SimLiveSetting setting = {.identity = self->identity,
                              .world = self->world,
                              .atlas = &self->atlas,
                              .compress = 60,
                              .run = 0xabcd1234};
    self->link = sim_link_live_new(&setting);
}

static void
tear_down(Fixture *self, gconstpointer data)
{
    (void)data;
    sim_link_free(self->link);
    sim_identity_free(self->identity);
    sim_world_free(self->world);
    sim_queue_free(self->queue);
    sim_scenario_free(self->scenario);
}

static SimFlight
send(Fixture *self)
{
    SimFlight flight = {.request = {.phone = 2,
                                    .contact = 0xc0000203,
                                    .source = 0xc0000203,
                                    .call_id = 1,
                                    .cseq = 4,
                                    .branch = 7,
                                    .expires = 600}};
    self->world->phones[2].branch = 7;
    self->link->send(self->link, &flight);
    return flight;
}

static void
assert_has(const SimFlight *flight, const char *line)
{
    g_autofree char *text = g_strndup((const char *)flight->bytes->data, flight->bytes->len);
    if (strstr(text, line) == NULL)
        g_error("no \"%s\" in:\n%s", line, text);
}

static void
answer(SimFlight *flight, const char *status, const char *more)
{
    g_autofree char *text = g_strdup_printf(
        "SIP/2.0 %s\r\n"
        "Via: SIP/2.0/UDP 127.1.0.2:40000;branch=z9hG4bK0000000200000007abcd1234;rport=40000\r\n"
        "From: <sip:desk.3@example.org>;tag=1\r\nTo: <sip:desk.3@example.org>;tag=2\r\n"
        "Call-ID: x\r\nCSeq: 4 REGISTER\r\n%sContent-Length: 0\r\n\r\n",
        status, more);
    g_byte_array_set_size(flight->bytes, 0);
    g_byte_array_append(flight->bytes, (const guint8 *)text, (guint)strlen(text));
}

static bool
read_it(Fixture *self, const SimFlight *flight, SimLiveReply *reply)
{
    return sim_live_read(self->link, flight->bytes->data, flight->bytes->len, reply);
}

static void
test_text(Fixture *self, gconstpointer data)
{
    const bool *spread = data;
    SimLiveReply reply;
    SimFlight flight = send(self);
    assert_has(&flight, "Expires: 10\r\n");
    assert_has(&flight, ";branch=z9hG4bK0000000200000007abcd1234;rport");
    assert_has(&flight, *spread ? "Contact: <sip:desk.3@127.1.0.2:40000>\r\n"
                                : "Contact: <sip:desk.3@198.51.100.5:1026>\r\n");
    answer(&flight, "200 OK",
           *spread ? "Contact: <sip:desk.3@127.1.0.2:40000>;expires=9\r\n"
                     "Contact: <sip:desk.3@127.1.0.3:40000>;expires=5\r\n"
                     "Contact: <sip:desk.3@192.0.2.1>;expires=7\r\n"
                   : "Contact: <sip:desk.3@198.51.100.5:1026>;expires=9\r\n"
                     "Contact: <sip:desk.3@198.51.100.5:1027>;expires=5\r\n"
                     "Contact: <sip:desk.3@192.0.2.1>;expires=7\r\n");
    g_assert_true(read_it(self, &flight, &reply));
    g_assert_cmpint(reply.status, ==, 200);
    g_assert_cmpuint(reply.phone, ==, 2);
    g_assert_cmpuint(reply.branch, ==, 7);
    g_assert_false(reply.fetch);
    g_assert_cmpuint(reply.n_listed, ==, 3);
    g_assert_cmphex(reply.listed[0].address, ==, 0xc0000203);
    g_assert_cmpuint(reply.listed[0].left, ==, 9);
    g_assert_cmphex(reply.listed[1].address, ==, 0xc0000204);
    g_assert_cmphex(reply.listed[2].address, ==, 0);
    g_assert_true(self->link->deliver(self->link, &flight));
    g_assert_cmpuint(flight.reply.granted, ==, 9 * 60);
    g_byte_array_unref(flight.bytes);
}

static void
test_seconds(Fixture *self, gconstpointer data)
{
    (void)data;
    SimFlight flight = send(self);
    answer(&flight, "423 Interval Too Brief", "Min-Expires: 30\r\n");
    g_assert_true(self->link->deliver(self->link, &flight));
    g_assert_cmpuint(flight.reply.min_expires, ==, 1800);
    answer(&flight, "503 Service Unavailable", "Retry-After: 2\r\n");
    g_assert_true(self->link->deliver(self->link, &flight));
    g_assert_cmpuint(flight.reply.retry_after, ==, 120);
    g_byte_array_unref(flight.bytes);
}

/* The realm and the opaque are the server's; a server without qop is answered in its own way. */
static void
test_challenge(Fixture *self, gconstpointer data)
{
    (void)data;
    SimFlight flight = send(self);
    answer(&flight, "401 Unauthorized",
           "WWW-Authenticate: Digest realm=\"there\", nonce=\"n\", opaque=\"o\"\r\n");
    g_assert_true(self->link->deliver(self->link, &flight));
    g_assert_cmpuint(flight.reply.nonce, ==, 1);
    flight.request.nonce = 1;
    flight.request.nc = 1;
    self->link->send(self->link, &flight);
    assert_has(&flight, "Authorization: Digest username=\"desk.3\", realm=\"there\", nonce=\"n\"");
    assert_has(&flight, "opaque=\"o\"");
    g_autofree char *text = g_strndup((const char *)flight.bytes->data, flight.bytes->len);
    g_assert_null(strstr(text, "qop"));
    g_byte_array_unref(flight.bytes);
}

static void
test_fetch(Fixture *self, gconstpointer data)
{
    (void)data;
    SimLiveReply reply;
    SimFlight flight = {.bytes = g_byte_array_new()};
    sim_live_write_fetch(self->link, 2, 5, false, flight.bytes);
    assert_has(&flight, "REGISTER sip:example.org SIP/2.0\r\n");
    assert_has(&flight, "To: <sip:desk.3@example.org>\r\n");
    g_autofree char *text = g_strndup((const char *)flight.bytes->data, flight.bytes->len);
    g_assert_null(strstr(text, "\r\nContact"));
    g_assert_null(strstr(text, "\r\nExpires"));
    /* The reply is known by its branch. */
    answer(&flight, "200 OK", "");
    g_autofree char *plain = g_strndup((const char *)flight.bytes->data, flight.bytes->len);
    g_auto(GStrv) parts = g_strsplit(plain, "abcd1234", 2);
    g_autofree char *fetched = g_strjoin("abcd1234f", parts[0], parts[1], NULL);
    g_assert_true(sim_live_read(self->link, (const uint8_t *)fetched, strlen(fetched), &reply));
    g_assert_true(reply.fetch);
    g_byte_array_unref(flight.bytes);
}

/* Of another run, of nobody, and not final. */
static void
test_strays(Fixture *self, gconstpointer data)
{
    (void)data;
    SimLiveReply reply;
    SimFlight flight = {.bytes = g_byte_array_new()};
    answer(&flight, "100 Trying", "");
    g_assert_false(read_it(self, &flight, &reply));
    answer(&flight, "200 OK", "");
    g_assert_true(read_it(self, &flight, &reply));
    memcpy(strstr((char *)flight.bytes->data, "abcd1234"), "abcd1235", 8);
    g_assert_false(read_it(self, &flight, &reply));
    answer(&flight, "200 OK", "");
    memcpy(strstr((char *)flight.bytes->data, "00000002"), "00000012", 8);
    g_assert_false(read_it(self, &flight, &reply));
    g_byte_array_unref(flight.bytes);
}

static void
test_wait(void)
{
    g_autoptr(SimQueue) queue = sim_queue_new(0, 1);
    SimEvent event;
    g_assert_cmpint(sim_queue_next(queue), ==, ROLL_NEVER);
    sim_queue_push(queue, (SimEvent){3 * ROLL_HOUR, sim_order(SIM_CLASS_PHONE, 1, 0), 0, 0});
    g_assert_cmpint(sim_queue_next(queue), ==, 3 * ROLL_HOUR);
    /* What comes meanwhile goes before it. */
    sim_queue_push(queue, (SimEvent){ROLL_HOUR, sim_order(SIM_CLASS_DELIVERY, 1, 0), 0, 0});
    g_assert_cmpint(sim_queue_next(queue), ==, ROLL_HOUR);
    g_assert_true(sim_queue_pop(queue, ROLL_DAY, &event));
    g_assert_cmpint(event.due, ==, ROLL_HOUR);
    g_assert_true(sim_queue_pop(queue, ROLL_DAY, &event));
    g_assert_cmpint(event.due, ==, 3 * ROLL_HOUR);
    g_assert_cmpint(sim_queue_next(queue), ==, ROLL_NEVER);
}

int
main(int argc, char **argv)
{
    static const bool spread = true;
    static const bool single = false;
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/live/atlas/there-and-back", test_atlas);
    g_test_add_func("/live/check/what-a-registrar-elsewhere-cannot-be-told", test_check);
    g_test_add("/live/text/own-addresses", Fixture, &spread, set_up, test_text, tear_down);
    g_test_add("/live/text/ports-of-one", Fixture, &single, set_up, test_text, tear_down);
    g_test_add("/live/text/seconds-are-multiplied", Fixture, &spread, set_up, test_seconds,
               tear_down);
    g_test_add("/live/text/challenge-of-another-realm", Fixture, &spread, set_up, test_challenge,
               tear_down);
    g_test_add("/live/text/fetch", Fixture, &spread, set_up, test_fetch, tear_down);
    g_test_add("/live/text/strays", Fixture, &spread, set_up, test_strays, tear_down);
    g_test_add_func("/live/queue/first-event-is-seen-without-taking-it", test_wait);
    return g_test_run();
}
