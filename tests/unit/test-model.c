/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The model of section 10.3 against what the RFC says, sentence by sentence: a model that is wrong
 * finds no mistakes. */
#include "tests/model/model.h"

#include <glib.h>
#include <string.h>

#define SECOND INT64_C(1000000)
#define ALICE "sip:alice@example.org"

/* Fields of a request that a test leaves out. */
typedef struct {
    Model model;
    unsigned n_sent;
    char branch[16];
    char tag[16];
    ModelBinding found[MODEL_MOST_BINDINGS];
} Fixture;

static Fixture *
fixture_new(void)
{
    Fixture *self = g_new0(Fixture, 1);
    ModelConfig config = {"example.org", 3600, 60, 7200, 3};
    model_start(&self->model, &config);
    return self;
}

static void
fixture_free(Fixture *self)
{
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fixture, fixture_free)

static ModelRequest
request(Fixture *self, const char *call_id, int64_t cseq, const ModelContact *contacts, size_t n)
{
    g_snprintf(self->branch, sizeof self->branch, "b%u", ++self->n_sent);
    g_snprintf(self->tag, sizeof self->tag, "t%u", self->n_sent);
    return (ModelRequest){.method = "REGISTER",
                          .uri = "sip:example.org",
                          .to = ALICE,
                          .from_tag = self->tag,
                          .call_id = call_id,
                          .cseq = cseq,
                          .branch = self->branch,
                          .contacts = contacts,
                          .n_contacts = n};
}

/* One contact. Returns: the status */
static int
bind(Fixture *self, int64_t now, const char *call_id, int64_t cseq, const char *uri,
     const char *expires)
{
    ModelContact contact = {uri, expires, NULL};
    ModelRequest asked = request(self, call_id, cseq, &contact, 1);
    return model_receive(&self->model, now, &asked)->status;
}

/* What is found for alice: contacts in the order of time, with the seconds they have left. */
static char *
find(Fixture *self, int64_t now)
{
    GString *out = g_string_new(NULL);
    size_t n = model_lookup(&self->model, now, ALICE, self->found);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(out, "%s%s %" G_GINT64_FORMAT, i ? ", " : "", self->found[i].uri,
                               (self->found[i].expires_at - now) / SECOND);
    return g_string_free(out, FALSE);
}

static void
assert_found(Fixture *self, int64_t now, const char *expected)
{
    g_autofree char *found = find(self, now);
    g_assert_cmpstr(found, ==, expected);
}

static void
test_expiry(void)
{
    static const struct {
        const char *description;
        const char *header;
        const char *param;
        int status;
        const char *found;
    } cases[] = {
        {"the parameter comes first", "100", "200", 200, "sip:a@h 200"},
        {"then the header field", "100", NULL, 200, "sip:a@h 100"},
        {"then the default", NULL, NULL, 200, "sip:a@h 3600"},
        {"a malformed parameter is 3600", "100", "soon", 200, "sip:a@h 3600"},
        {"less than the minimum", NULL, "59", 423, ""},
        {"the minimum", NULL, "60", 200, "sip:a@h 60"},
        {"more than the maximum", NULL, "7201", 200, "sip:a@h 7200"},
        {"more than 2^32", NULL, "4294967297", 200, "sip:a@h 7200"},
        {"nothing to remove", NULL, "0", 200, ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Fixture) self = fixture_new();
        ModelContact contact = {"sip:a@h", cases[i].param, NULL};
        ModelRequest asked = request(self, "c", 1, &contact, 1);
        asked.expires = cases[i].header;
        g_test_message("%s", cases[i].description);
        const ModelAnswer *answer = model_receive(&self->model, 0, &asked);
        g_assert_cmpint(answer->status, ==, cases[i].status);
        g_assert_cmpint(answer->min_expires, ==, cases[i].status == 423 ? 60 : 0);
        assert_found(self, 0, cases[i].found);
    }
}

static void
test_brief_above_an_hour(void)
{
    g_autoptr(Fixture) self = fixture_new();
    self->model.config.min_expires = 7200;
    g_assert_cmpint(bind(self, 0, "c", 1, "sip:a@h", "3599"), ==, 423);
    g_assert_cmpint(bind(self, 0, "c", 2, "sip:a@h", "3600"), ==, 200);
}

static void
test_expires(void)
{
    g_autoptr(Fixture) self = fixture_new();
    bind(self, 0, "c", 5, "sip:a@h", "60");
    assert_found(self, 60 * SECOND - 1, "sip:a@h 0");
    assert_found(self, 60 * SECOND, "");
    g_assert_cmpint(bind(self, 60 * SECOND, "c", 1, "sip:a@h", "60"), ==, 200);
}

static void
test_order(void)
{
    g_autoptr(Fixture) self = fixture_new();
    g_assert_cmpint(bind(self, 0, "c", 5, "sip:a@h", "600"), ==, 200);
    g_assert_cmpint(bind(self, 0, "c", 5, "sip:a@h", "700"), ==, 500);
    g_assert_cmpint(bind(self, 0, "c", 4, "sip:a@h", "0"), ==, 500);
    assert_found(self, 0, "sip:a@h 600");
    g_assert_cmpint(bind(self, 0, "c", 4, "sip:b@h", "600"), ==, 200); /* a new one: whatever */
    g_assert_cmpint(bind(self, 0, "d", 1, "sip:a@h", "700"), ==, 200); /* another Call-ID */
    assert_found(self, 0, "sip:a@h 700, sip:b@h 600");
    g_assert_cmpint(bind(self, 0, "d", 2, "sip:a@h", "0"), ==, 200);
    assert_found(self, 0, "sip:b@h 600");
}

static void
test_all_or_nothing(void)
{
    g_autoptr(Fixture) self = fixture_new();
    bind(self, 0, "c", 5, "sip:a@h", "600");
    ModelContact contacts[] = {{"sip:b@h", "600", NULL}, {"sip:a@h", "600", NULL}};
    ModelRequest asked = request(self, "c", 5, contacts, 2);
    g_assert_cmpint(model_receive(&self->model, 0, &asked)->status, ==, 500);
    contacts[1].expires = "1";
    asked = request(self, "c", 6, contacts, 2);
    g_assert_cmpint(model_receive(&self->model, 0, &asked)->status, ==, 423);
    assert_found(self, 0, "sip:a@h 600");
}

static void
test_bound(void)
{
    g_autoptr(Fixture) self = fixture_new();
    bind(self, 0, "c", 1, "sip:a@h", "600");
    bind(self, 0, "c", 2, "sip:b@h", "600");
    bind(self, 0, "c", 3, "sip:c@h", "600");
    g_assert_cmpint(bind(self, 0, "c", 4, "sip:d@h", "600"), ==, 503);
    g_assert_cmpint(bind(self, 0, "c", 5, "sip:c@h", "600"), ==, 200);
    assert_found(self, 0, "sip:a@h 600, sip:b@h 600, sip:c@h 600");
}

static int
send_star(Fixture *self, const char *call_id, int64_t cseq, const char *expires, size_t n)
{
    ModelContact contacts[] = {{"*", NULL, NULL}, {"sip:b@h", NULL, NULL}};
    ModelRequest asked = request(self, call_id, cseq, contacts, n);
    asked.expires = expires;
    return model_receive(&self->model, 0, &asked)->status;
}

static void
test_star(void)
{
    g_autoptr(Fixture) self = fixture_new();
    bind(self, 0, "c", 5, "sip:a@h", "600");
    bind(self, 0, "d", 9, "sip:b@h", "600");
    g_assert_cmpint(send_star(self, "c", 6, NULL, 1), ==, 400);
    g_assert_cmpint(send_star(self, "c", 7, "60", 1), ==, 400);
    g_assert_cmpint(send_star(self, "c", 8, "0", 2), ==, 400);
    g_assert_cmpint(send_star(self, "c", 5, "0", 1), ==, 500);
    assert_found(self, 0, "sip:a@h 600, sip:b@h 600");
    g_assert_cmpint(send_star(self, "c", 9, "0", 1), ==, 200);
    assert_found(self, 0, "");
}

static void
test_inspection(void)
{
    static const struct {
        const char *method;
        const char *uri;
        const char *to;
        const char *require;
        int status;
    } cases[] = {
        {"OPTIONS", "sip:example.org", ALICE, NULL, 405},
        {"NEWTHING", "sip:example.org", ALICE, NULL, 501},
        {"REGISTER", "tel:+1", ALICE, NULL, 416},
        {"REGISTER", "sip:example.net", ALICE, NULL, 404},
        {"REGISTER", "sip:example.org", ALICE, "x", 420},
        {"REGISTER", "sip:example.org", "tel:+1", NULL, 400},
        {"REGISTER", "sip:example.org", "sip:alice@example.net", NULL, 404},
        {"REGISTER", "sip:EXAMPLE.org", "SIP:%61lice@Example.Org:5060;x=y", NULL, 200},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Fixture) self = fixture_new();
        ModelContact contact = {"sip:a@h", NULL, NULL};
        ModelRequest asked = request(self, "c", 1, &contact, 1);
        asked.method = cases[i].method;
        asked.uri = cases[i].uri;
        asked.to = cases[i].to;
        asked.require = cases[i].require;
        g_test_message("%s %s %s", asked.method, asked.uri, asked.to);
        g_assert_cmpint(model_receive(&self->model, 0, &asked)->status, ==, cases[i].status);
        assert_found(self, 0, cases[i].status == 200 ? "sip:a@h 3600" : "");
    }
}

static void
test_copies(void)
{
    g_autoptr(Fixture) self = fixture_new();
    ModelContact contact = {"sip:a@h", "600", NULL};
    ModelRequest asked = request(self, "c", 1, &contact, 1);
    g_assert_false(model_receive(&self->model, 0, &asked)->repeats);
    const ModelAnswer *again = model_receive(&self->model, 31 * SECOND, &asked);
    g_assert_true(again->repeats);
    g_assert_cmpint(again->status, ==, 200);
    ModelRequest merged = asked;
    merged.branch = "other";
    g_assert_cmpint(model_receive(&self->model, 31 * SECOND, &merged)->status, ==, 482);
    g_assert_cmpint(model_receive(&self->model, 32 * SECOND, &asked)->status, ==, 482);
    g_assert_cmpint(model_receive(&self->model, 70 * SECOND, &asked)->status, ==, 500);
}

/* The examples of section 19.1.4 that the model has the means for. */
static void
test_uris(void)
{
    static const struct {
        const char *a;
        const char *b;
        bool equal;
    } pairs[] = {
        {"sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true},
        {"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true},
        {"sip:carol@chicago.com", "sip:carol@chicago.com;security=on", true},
        {"sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true},
        {"SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false},
        {"sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false},
        {"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false},
        {"sip:a@h", "sips:a@h", false},
        {"sip:a@h", "sip:h", false},
        {"sip:a%3Bb@h", "sip:a;b@h", false},
        {"sip:a@h", "sip:a@h;maddr=1.1.1.1", false},
        {"sip:a@h", "sip:a@h;user=ip", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_test_message("%s %s", pairs[i].a, pairs[i].b);
        g_assert_true(model_uri_equal(pairs[i].a, pairs[i].b) == pairs[i].equal);
        g_assert_true(model_uri_equal(pairs[i].b, pairs[i].a) == pairs[i].equal);
        g_assert_true(model_uri_equal(pairs[i].a, pairs[i].a));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model/step-7/expiry", test_expiry);
    g_test_add_func("/model/step-7/never-423-for-an-hour", test_brief_above_an_hour);
    g_test_add_func("/model/step-7/order-of-a-binding", test_order);
    g_test_add_func("/model/step-7/all-or-nothing", test_all_or_nothing);
    g_test_add_func("/model/step-6/star", test_star);
    g_test_add_func("/model/steps-1-to-5", test_inspection);
    g_test_add_func("/model/expired-is-gone", test_expires);
    g_test_add_func("/model/bound-of-bindings", test_bound);
    g_test_add_func("/model/copies-and-merged-requests", test_copies);
    g_test_add_func("/model/uri-equality", test_uris);
    return g_test_run();
}
