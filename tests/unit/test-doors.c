/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What must hold for any sequence of requests: both doors decide alike in every step, and the
 * observer is told exactly what lookup shows. Sequences are drawn at random; the seed that GLib
 * prints repeats them. */
#include "tests/unit/door.h"

enum { STEPS = 1500, RUNS = 12 };

static const char *const users[] = {"alice", "bob", "sip:%61lice@example.org", "carol"};
static const char *const uris[] = {"sip:a@h1", "sip:a@H1;x=1",  "sip:a@h1;x=2",
                                   "sip:b@h2", "sip:a@h1:5060", "sips:a@h1"};
static const char *const terms[] = {"",      " e=0",         " e=1",    " e=59", " e=60",
                                    " e=61", " e=300 q=500", " e=3600", " q=0",  " e=4294967295"};

static unsigned
draw(unsigned n)
{
    return (unsigned)g_test_rand_int_range(0, (gint32)n);
}

#define pick(array) (array[draw(G_N_ELEMENTS(array))])

static void
draw_contacts(GString *out)
{
    unsigned n = draw(4);
    g_string_truncate(out, 0);
    if (draw(12) == 0)
        g_string_append(out, "*");
    for (unsigned i = 0; i < n && out->str[0] != '*'; i++)
        g_string_append_printf(out, "%s%s%s", i ? "," : "", pick(uris), pick(terms));
}

static void
draw_credentials(const Door *door, Ask *ask)
{
    if (draw(5) == 0)
        return;
    ask->username = draw(8) == 0                             ? "mallory"
                    : ask->to && strcmp(ask->to, "bob") == 0 ? "bob"
                                                             : "alice";
    ask->password = draw(10) == 0 ? "guess" : NULL;
    ask->realm = draw(20) == 0 ? "elsewhere" : NULL;
    ask->bare = draw(10) == 0;
    ask->nonce = door->nonces->len > 0 ? door->nonces->len - draw(MIN(3, door->nonces->len)) : 0;
    ask->nc = 1 + draw(30);
    ask->algorithm = draw(2) ? ROLL_ALGORITHM_MD5 : ROLL_ALGORITHM_SHA256;
}

static void
draw_ask(const Door *door, GString *contacts, char branch[32], Ask *ask)
{
    draw_contacts(contacts);
    *ask = (Ask){
        .to = pick(users),
        .contacts = contacts->len ? contacts->str : NULL,
        .expires = contacts->str[0] == '*' || draw(6) == 0 ? "0" : NULL,
        .call_id = draw(4) ? NULL : "call-2",
        .cseq = draw(4) ? 0 : 1 + draw(door->cseq + 2),
        .require = draw(40) ? NULL : "x",
        .method = draw(40) ? NULL : "OPTIONS",
        .to_tag = draw(4) ? NULL : "t",
        .transport = draw(8) ? ROLL_TRANSPORT_UDP : ROLL_TRANSPORT_TLS,
    };
    if (draw(6) == 0 && door->n_asked > 3) {
        g_snprintf(branch, 32, "z9hG4bK-%u", door->n_asked - draw(3));
        ask->branch = branch;
    }
    draw_credentials(door, ask);
}

static void
choose_policy(RollPolicy *policy, unsigned run)
{
    policy->brief = run % 3 ? ROLL_BRIEF_RAISE : ROLL_BRIEF_REFUSE;
    policy->jitter_percent = 5 * run;
    policy->jitter_seconds = run % 3 ? 0 : 40;
    policy->lax_order = run % 2;
    policy->full = run % 2 ? ROLL_FULL_REPLACE : ROLL_FULL_REFUSE;
    policy->match_text = run % 4 == 1;
    policy->late_margin = run % 2 ? 0 : 20 * ROLL_SECOND;
}

static void
configure(Door *door, unsigned run)
{
    door->config.authenticate = run % 2;
    door->config.purge_interval = run % 3 ? 0 : 7 * ROLL_SECOND;
    door->config.max_transactions = run % 4 ? 1000 : 20;
    door->config.max_bindings_per_aor = 4;
    door->config.max_aors = run % 5 ? 100 : 2;
    door->config.nonce_limit = 4;
    door->config.nonce_lifetime = 50 * ROLL_SECOND;
    if (run % 2)
        choose_policy(&door->config.policy, run / 2);
    door->now = -100 * ROLL_SECOND;
    door_open(door);
}

static void
assert_same(Door *a, Door *b)
{
    g_assert_cmpstr(a->answer->str, ==, b->answer->str);
    g_assert_cmpstr(a->events->str, ==, b->events->str);
    g_assert_cmpuint(roll_registrar_count(a->registrar), ==, roll_registrar_count(b->registrar));
    g_assert_cmpint(roll_registrar_next_wake(a->registrar), ==,
                    roll_registrar_next_wake(b->registrar));
    for (size_t i = 0; i < 2; i++) {
        door_list(b, users[i]);
        g_assert_cmpstr(door_list(a, users[i]), ==, b->list->str);
    }
    g_string_truncate(a->events, 0);
    g_string_truncate(b->events, 0);
}

static void
test_doors_agree(void)
{
    g_autoptr(GString) contacts = g_string_new(NULL);
    unsigned n_bound = 0;
    for (unsigned run = 0; run < RUNS; run++) {
        g_autoptr(Door) decoded = door_new(false);
        g_autoptr(Door) bytes = door_new(true);
        configure(decoded, run);
        configure(bytes, run);
        for (unsigned i = 0; i < STEPS; i++) {
            char branch[32];
            Ask ask;
            draw_ask(decoded, contacts, branch, &ask);
            door_ask(decoded, &ask);
            door_ask(bytes, &ask);
            n_bound += g_str_has_prefix(decoded->answer->str, "200 ");
            assert_same(decoded, bytes);
            if (draw(2))
                continue;
            RollTime later = decoded->now + draw(draw(20) ? 3000000 : 100000000);
            door_run(decoded, later);
            door_run(bytes, later);
            assert_same(decoded, bytes);
        }
    }
    /* The draw is no good if nearly all is refused. */
    g_assert_cmpuint(n_bound, >, RUNS * STEPS / 20);
}

static const char *const extended_terms[] = {
    "",
    " e=0",
    " p=;+sip.instance=\"<urn:uuid:A>\"",
    " p=;+sip.instance=\"<urn:uuid:A>\";reg-id=1",
    " p=;reg-id=2;+sip.instance=\"<urn:uuid:a>\"",
    " e=0 p=;reg-id=2;+sip.instance=\"<urn:uuid:a>\"",
    " e=70 p=;+sip.instance=\"<urn:uuid:B>\";reg-id=1",
    " p=;reg-id=1",
};
static const char *const extended_uris[] = {
    "sip:a@h1", "sip:a@h1;ob",           "sip:h2;bnc",
    "sip:h2",   "sip:alice@example.org", "sip:a@h1;pn-prid=1"};
static const char *const supports[] = {NULL, "outbound", "path", "gruu", "path,outbound,gruu"};
static const char *const paths[] = {NULL, NULL, "<sip:p1;lr>", "<sip:p1;lr;ob>,<sip:p2;lr>"};
static const char *const requires[] = {NULL, NULL, NULL, "gin", "outbound,path", "gruu"};

static size_t
list_numbers(void *data, RollText aor, const RollText **numbers)
{
    static const RollText list[] = {{"+491", 4}, {"+492", 4}};
    (void)data;
    *numbers = list;
    return roll_text_equal(aor, ROLL_TEXT("sip:bob@example.org")) ? G_N_ELEMENTS(list) : 0;
}

static void
configure_extensions(Door *door, unsigned run)
{
    door->config.policy.outbound = (RollOutbound)(run % 3);
    door->config.policy.path = (RollPath)(run / 2 % 3);
    door->config.policy.gruu = run % 5 != 0;
    door->config.policy.flow_timer = 120;
    door->config.numbers = list_numbers;
    door->config.service_route = "<sip:s;lr>";
    configure(door, run & ~1u);
}

static void
draw_extended(const Door *door, GString *contacts, char branch[32], Ask *ask)
{
    draw_ask(door, contacts, branch, ask);
    if (contacts->len > 0 && contacts->str[0] != '*') {
        g_string_truncate(contacts, 0);
        for (unsigned n = 1 + draw(2); n > 0; n--)
            g_string_append_printf(contacts, "%s%s%s", contacts->len ? "," : "",
                                   pick(extended_uris), pick(extended_terms));
        ask->contacts = contacts->str;
    }
    ask->supported = pick(supports);
    ask->path = pick(paths);
    ask->require = pick(requires);
    ask->proxied = draw(4) == 0;
}

static void
test_extensions_agree(void)
{
    g_autoptr(GString) contacts = g_string_new(NULL);
    unsigned n_done = 0;
    for (unsigned run = 0; run < RUNS; run++) {
        g_autoptr(Door) decoded = door_new(false);
        g_autoptr(Door) bytes = door_new(true);
        configure_extensions(decoded, run);
        configure_extensions(bytes, run);
        for (unsigned i = 0; i < STEPS; i++) {
            char branch[32];
            Ask ask;
            draw_extended(decoded, contacts, branch, &ask);
            door_ask(decoded, &ask);
            door_ask(bytes, &ask);
            n_done += strstr(decoded->answer->str, " outbound") != NULL;
            assert_same(decoded, bytes);
            if (draw(2))
                continue;
            RollEndpoint flow = {{192, 0, 2, 1}, 4, ROLL_TRANSPORT_TLS, 5099};
            RollTime later = decoded->now + draw(draw(20) ? 3000000 : 100000000);
            door_run(decoded, later);
            door_run(bytes, later);
            if (draw(20) == 0) {
                roll_registrar_drop_flow(decoded->registrar, decoded->now, &flow);
                roll_registrar_drop_flow(bytes->registrar, bytes->now, &flow);
            }
            assert_same(decoded, bytes);
        }
    }
    g_assert_cmpuint(n_done, >, RUNS * STEPS / 100);
}

typedef struct {
    Door *door;
    GHashTable *records;
} Mirror;

static void
mirror_observe(void *data, const RollBindingEvent *event)
{
    Mirror *self = data;
    g_autofree char *key = g_strdup_printf("%.*s %.*s", (int)event->aor.len, event->aor.ptr,
                                           (int)event->contact.len, event->contact.ptr);
    if (event->kind == ROLL_BINDING_EXPIRED)
        g_assert_cmpint(event->expires_at, <=, event->at);
    if (event->kind == ROLL_BINDING_EXPIRED || event->kind == ROLL_BINDING_UNREGISTERED)
        g_assert_true(g_hash_table_remove(self->records, key));
    else
        g_hash_table_insert(self->records, g_steal_pointer(&key),
                            g_memdup2(&event->expires_at, sizeof event->expires_at));
    door_observe(self->door, event);
}

static size_t
mirror_count_live(const Mirror *self)
{
    size_t n = 0;
    GHashTableIter iter;
    void *expires_at;
    g_hash_table_iter_init(&iter, self->records);
    while (g_hash_table_iter_next(&iter, NULL, &expires_at))
        n += *(RollTime *)expires_at > self->door->now;
    return n;
}

static void
mirror_check(const Mirror *self)
{
    static const char *const aors[] = {"sip:alice@example.org", "sip:bob@example.org",
                                       "sip:carol@example.org"};
    size_t n_found = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(aors); i++) {
        const RollLocation *found;
        size_t n = roll_registrar_lookup(self->door->registrar, self->door->now, roll_text(aors[i]),
                                         &found);
        n_found += n;
        for (size_t j = 0; j < n; j++) {
            g_autofree char *key = g_strdup_printf("%s %.*s", aors[i], (int)found[j].contact.len,
                                                   found[j].contact.ptr);
            const RollTime *expires_at = g_hash_table_lookup(self->records, key);
            g_assert_nonnull(expires_at);
            g_assert_cmpint(*expires_at, ==, found[j].expires_at);
        }
    }
    g_assert_cmpuint(n_found, ==, mirror_count_live(self));
}

/* A refresh may write another, equal contact; with one spelling each the key is the contact. */
static const char *const plain_uris[] = {"sip:a@h1", "sip:b@h2", "sip:c@h3"};

static void
test_observer_mirrors_lookup(void)
{
    g_autoptr(GString) contacts = g_string_new(NULL);
    for (unsigned run = 0; run < RUNS; run++) {
        g_autoptr(Door) door = door_new(false);
        g_autoptr(GHashTable) records =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        Mirror mirror = {door, records};
        configure(door, run & ~1u);
        roll_registrar_set_observer(door->registrar, mirror_observe, &mirror);
        for (unsigned i = 0; i < STEPS; i++) {
            char branch[32];
            Ask ask;
            draw_ask(door, contacts, branch, &ask);
            if (contacts->len > 0 && contacts->str[0] != '*')
                g_string_printf(contacts, "%s%s", pick(plain_uris), pick(terms));
            ask.contacts = contacts->len ? contacts->str : NULL;
            door_ask(door, &ask);
            mirror_check(&mirror);
            if (draw(3) == 0)
                door_run(door, door->now + draw(100000000));
            else if (draw(3) == 0)
                door->now += draw(100000000);
            mirror_check(&mirror);
            g_string_truncate(door->events, 0);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/doors/decide-alike-in-every-step", test_doors_agree);
    g_test_add_func("/doors/decide-alike-with-extensions", test_extensions_agree);
    g_test_add_func("/doors/the-observer-is-told-what-lookup-shows", test_observer_mirrors_lookup);
    return g_test_run();
}
