/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scenario files: what is read into which field, what comes from a profile or a default, and that
 * keys and the scenarios we ship agree. */
#include "sim/experiment/config.h"
#include "sim/scenario/keys.h"
#include "sim/scenario/profiles.h"
#include "sim/scenario/serve.h"
#include "tests/unit/scenario-text.h"

#include <glib/gstdio.h>

static void
test_variants(void)
{
    static const char *const changes[] = {"phones.desk.boot=3s", NULL};
    g_autoptr(GError) error = NULL;
    g_autofree char *text = compose("boot = 1s\n", "[variant a]\nphones.desk.surge = 1min\n"
                                                   "station.service = 1ms\n"
                                                   "[variant b]\nphones.desk.boot = 2s\n");
    g_autoptr(SimScenario) file = parse(text, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(file->n_variants, ==, 2);
    g_assert_cmpstr(file->variants[1].name, ==, "b");
    g_assert_null(file->variant);
    g_assert_false(file->station.given);
    g_assert_cmpint(file->groups[0].surge, ==, 0);
    g_autoptr(SimScenario) a = sim_scenario_vary(file, 0, &error);
    g_autoptr(SimScenario) b = sim_scenario_vary(file, 1, &error);
    g_assert_cmpstr(a->variant, ==, "a");
    g_assert_cmpuint(a->n_variants, ==, 0);
    g_assert_true(a->station.given);
    g_assert_cmpint(a->groups[0].surge, ==, ROLL_MINUTE);
    g_assert_cmpfloat(a->groups[0].boot.a, ==, 1);
    g_assert_false(b->station.given);
    g_assert_cmpfloat(b->groups[0].boot.a, ==, 2);
    /* --set goes before the variant */
    g_autoptr(SimScenario) set = parse(text, changes, &error);
    g_autoptr(SimScenario) set_b = sim_scenario_vary(set, 1, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(set_b->groups[0].boot.a, ==, 3);
}

static void
test_defaults(void)
{
    g_autoptr(SimScenario) s = parse_phones("");
    const SimGroup *g = &s->groups[0];
    g_assert_cmpstr(s->name, ==, "t");
    g_assert_cmpstr(s->title, ==, "t");
    g_assert_cmpint(s->duration, ==, ROLL_DAY);
    g_assert_cmpint(s->bin, ==, 5 * ROLL_MINUTE);
    g_assert_cmpuint(s->seed, ==, 1);
    g_assert_cmpint(s->start, ==, SIM_START_STATIONARY);
    g_assert_cmpfloat(s->call_rate, ==, 0);
    g_assert_cmpstr(s->registrar.domain, ==, "example.org");
    g_assert_cmpuint(s->registrar.default_expires, ==, 3600);
    g_assert_cmpuint(s->registrar.max_expires, ==, 0);
    g_assert_true(s->registrar.digest);
    g_assert_cmpuint(s->registrar.n_algorithms, ==, 1);
    g_assert_cmpint(s->registrar.algorithms[0], ==, ROLL_ALGORITHM_MD5);
    g_assert_cmpuint(s->networks[0].pool_base, ==, 0x0a000001);
    g_assert_cmpuint(s->networks[0].pool_size, ==, 65534);
    g_assert_cmpuint(g->count, ==, 1000);
    g_assert_cmpstr(g->profile, ==, "generic");
    g_assert_cmpstr(g->user_agent, ==, "generic");
    g_assert_true(g->registers);
    g_assert_cmpuint(g->expires, ==, 3600);
    g_assert_cmpfloat(g->refresh.from.fraction, ==, 0.5);
    g_assert_cmpint(g->power.kind, ==, SIM_POWER_ALWAYS);
    g_assert_cmpint(g->timeout, ==, 32 * ROLL_SECOND);
    g_assert_cmpuint(g->port, ==, 5060);
    g_assert_cmpuint(g->n_places, ==, 1);
    g_assert_cmpuint(g->places[0].network, ==, 0);
    g_assert_null(g->lines);
    g_assert_cmpuint(g->owner, ==, 0);
    g_assert_cmpint(g->q, ==, ROLL_Q_NONE);
    g_assert_false(g->shared);
    g_assert_cmpuint(s->n_phones, ==, 1000);
    g_assert_cmpuint(s->n_aors, ==, 1000);
}

static void
test_around(void)
{
    g_autofree char *text =
        compose("", "[registrar]\nmax-expires = 2h\nalgorithms = SHA-256, MD5\nauth = digest\n"
                    "[event storm]\nat = 18h\ncut = power of wifi, 60%\nback = uniform(0s, 30min)\n"
                    "[event split]\nat = 3h\ncut = link of lan\nback = 1h\n"
                    "[network line]\npool = 10.7.0.0/24\nloss = 1% up, 5% down\n"
                    "outages = every exp(2h), for 30s\n"
                    "[calls]\nrate = 0.5/h per phone\n"
                    "[expect]\nstale-share <= 2%\nregister-rate of desk <= 12/s\n"
                    "stale-life >= 30min\nstale-born-rate <= 1/s\ntable-size <= 2 records\n"
                    "contacts-per-aor <= 1.5\n");
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) s = parse(text, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(s->registrar.max_expires, ==, 7200);
    g_assert_cmpuint(s->registrar.n_algorithms, ==, 2);
    g_assert_cmpint(s->registrar.algorithms[0], ==, ROLL_ALGORITHM_SHA256);
    g_assert_cmpint(s->cuts[0].at, ==, 18 * ROLL_HOUR);
    g_assert_cmpuint(s->cuts[0].network, ==, 1);
    g_assert_cmpfloat(s->cuts[0].share, ==, 0.6);
    g_assert_false(s->cuts[0].recurs || s->cuts[0].in_parts);
    g_assert_false(s->cuts[0].link);
    g_assert_true(s->cuts[1].link);
    g_assert_cmpfloat(s->cuts[1].share, ==, 1);
    const SimNetworkSpec *line = &s->networks[s->n_networks - 1];
    g_assert_cmpfloat(line->loss_up, ==, 0.01);
    g_assert_cmpfloat(line->loss_down, ==, 0.05);
    g_assert_true(line->outages.any);
    g_assert_cmpfloat(line->outages.every.a, ==, 7200);
    g_assert_cmpfloat(line->outages.length.a, ==, 30);
    g_assert_false(s->networks[0].outages.any);
    g_assert_cmpfloat(s->call_rate, ==, 0.5 / 3600);
    static const struct {
        SimMetric metric;
        int group;
        char op;
        double value;
    } expected[] = {
        {SIM_METRIC_STALE_SHARE, -1, '<', 0.02}, {SIM_METRIC_REGISTER_RATE, 0, '<', 12},
        {SIM_METRIC_STALE_LIFE, -1, '>', 1800},  {SIM_METRIC_STALE_BORN_RATE, -1, '<', 3600},
        {SIM_METRIC_TABLE_SIZE, -1, '<', 2},     {SIM_METRIC_CONTACTS_PER_AOR, -1, '<', 1.5},
    };
    g_assert_cmpuint(s->n_expectations, ==, G_N_ELEMENTS(expected));
    for (size_t i = 0; i < s->n_expectations; i++) {
        g_assert_cmpint(s->expectations[i].metric, ==, expected[i].metric);
        g_assert_cmpint(s->expectations[i].group, ==, expected[i].group);
        g_assert_cmpint(s->expectations[i].op, ==, expected[i].op);
        g_assert_cmpfloat_with_epsilon(s->expectations[i].value, expected[i].value, 1e-9);
    }
    g_assert_cmpstr(s->expectations[1].text, ==, "register-rate of desk <= 12/s");
}

static void
test_lines(void)
{
    static const char text[] = "[scenario]\nduration = 1h\n[network lan]\npool = 10.0.0.0/30\n"
                               "[phones trunks]\nprofile = asterisk-chansip\nnetwork = lan\n"
                               "register = a:b;c#d@h/1~300 ; first\nregister => e@h\n";
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) s = parse(text, NULL, &error);
    g_assert_no_error(error);
    const SimGroup *g = &s->groups[0];
    g_assert_cmpuint(g->count, ==, 2);
    g_assert_cmpstr(g->lines[0].secret, ==, "b;c#d");
    g_assert_cmpuint(g->lines[0].expiry, ==, 300);
    g_assert_cmpstr(g->lines[1].user, ==, "e");
    g_assert_cmpuint(g->expires, ==, 120);
    g_assert_cmpint(g->start_spacing, ==, 100 * ROLL_MILLISECOND);
}

/* Group numbering, and a BOM, CR LF and comments around. */
static void
test_text(void)
{
    static const char text[] =
        "\xef\xbb\xbf# a comment\r\n\r\n[scenario]\r\n  duration=1h ; one\r\n"
        "[network lan]\r\npool = 10.0.0.0/16 # all\r\n"
        "[phones a]\r\ncount = 3\r\nnetwork = lan\r\n"
        "[phones b]\r\ncount = 4\r\nnetwork = lan\r\ntitle = x";
    g_autofree char *right = g_strndup(text, strlen(text) - strlen("title = x"));
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) s = parse(right, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(s->groups[1].first, ==, 3);
    g_assert_cmpuint(s->n_phones, ==, 7);
    g_assert_cmpuint(s->groups[1].line, ==, 10);
    g_assert_cmpstr(s->text, ==, right);
}

static void
test_changes(void)
{
    static const char *const changes[] = {"phones.desk.expires=2h", "calls.rate = 1/h per phone",
                                          "scenario.duration=2h", "phones.desk.profile=baresip",
                                          NULL};
    g_autoptr(GError) error = NULL;
    g_autofree char *text = compose("expires = 10min\n", "");
    g_autoptr(SimScenario) s = parse(text, changes, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(s->groups[0].expires, ==, 7200);
    g_assert_cmpfloat(s->groups[0].refresh.from.fraction, ==, 0.9);
    g_assert_cmpfloat(s->call_rate, ==, 1 / 3600.0);
    g_assert_cmpint(s->duration, ==, 2 * ROLL_HOUR);
    g_assert_cmpstr(s->changes[0], ==, changes[0]);
}

static void
test_profiles(void)
{
    size_t n;
    const SimProfile *profiles = sim_profiles(&n);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *line = g_strdup_printf("profile = %s\n", profiles[i].name);
        g_test_message("%s", profiles[i].name);
        g_autoptr(SimScenario) s = parse_phones(line);
        g_assert_cmpstr(s->groups[0].profile, ==, profiles[i].name);
        for (const SimProfileSetting *set = profiles[i].settings; set->key; set++)
            g_assert_nonnull(sim_key_find("phones", set->key));
    }
    g_autoptr(SimScenario) own = parse_phones("profile = baresip\nrefresh = 25%\n");
    g_assert_cmpfloat(own->groups[0].refresh.from.fraction, ==, 0.25);
    g_assert_cmpint(own->groups[0].retry.kind, ==, SIM_RETRY_RFC5626);
    g_assert_cmpfloat(own->groups[0].leaves, ==, 1);
}

static void
test_shipped(void)
{
    static const char folder[] = TEST_SOURCE "/scenarios";
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    unsigned n = 0;
    g_assert_nonnull(dir);
    while ((name = g_dir_read_name(dir))) {
        if (!g_str_has_suffix(name, ".ini"))
            continue;
        g_autoptr(GError) error = NULL;
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autoptr(SimScenario) s = sim_scenario_load(path, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpint(s->text[0], ==, '#'); /* it says what it shows */
        g_assert_cmpuint(s->n_expectations, >, 0);
        n++;
    }
    g_assert_cmpuint(n, >=, 5);
}

static SimScenario *
load_registrar(const char *lines, GError **error)
{
    g_autofree char *text = compose("", lines);
    return sim_scenario_parse("x.ini", text, strlen(text), NULL, error);
}

/* A preset sets what the group does not, wherever it stands in it. */
static void
test_presets(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) s = load_registrar(
        "[registrar]\nlate-margin = 5s\nexpires-jitter = 15%\npreset = freeswitch\n", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(s->registrar.preset->name, ==, "freeswitch");
    g_assert_cmpint(s->registrar.late_margin, ==, 5 * ROLL_SECOND);
    g_assert_cmpuint(s->registrar.jitter_percent, ==, 15);
    g_assert_cmpuint(s->registrar.min_expires, ==, 0);
    g_assert_cmpuint(s->registrar.max_bindings, ==, 1);
    g_assert_cmpint(s->registrar.purge_interval, ==, 30 * ROLL_SECOND);
    g_assert_cmpint(s->registrar.full, ==, ROLL_FULL_REPLACE);
    g_assert_cmpint(s->registrar.brief, ==, ROLL_BRIEF_RAISE);
    g_assert_true(s->registrar.lax_order);
    g_assert_cmpstr(s->registrar.domain, ==, "example.org");
}

/* Without a preset it is `rfc`, of which the keys say the same. */
static void
test_preset_rfc(void)
{
    g_autoptr(SimScenario) a = load_registrar("", NULL);
    g_autoptr(SimScenario) b = load_registrar("[registrar]\npreset = rfc\n", NULL);
    SimRegistrarSpec left = a->registrar, right = b->registrar;
    g_assert_true(left.preset == right.preset && left.preset == roll_preset_find("rfc"));
    left.domain = right.domain = NULL;
    g_assert_cmpmem(&left, sizeof left, &right, sizeof right);
}

static void
test_preset_mistakes(void)
{
    static const struct {
        const char *lines;
        const char *message;
    } rows[] = {
        {"preset = kamalio", "unknown preset \"kamalio\"; did you mean \"kamailio\"?"},
        {"expires-jitter = 30", "\"30\" has no unit"},
        {"expires-jitter = 1.5%", "expires-jitter \"1.5%\" is not a whole percentage"},
        {"expires-jitter = 101%", "\"101%\" is more than 100%; a share is from 0% to 100%"},
        {"expires-jitter = 1.5s", "is not whole seconds"},
        {"expires-jitter = level", "\"level\""},
        {"expires-jitter = level 1.5%", "expires-jitter \"level 1.5%\" is not a whole percentage"},
        {"expires-jitter = levels 5%", "\"levels 5%\""},
        {"max-records = 0", "max-records \"0\" is neither none nor a number from 1 to 4294967295"},
        {"max-records = 4294967296", "max-records \"4294967296\" is neither none"},
        {"max-records = few", "\"few\""},
        {"table-full = replaced", "unknown value \"replaced\"; did you mean \"replace\"?"},
        {"order = loose", "unknown value \"loose\""},
        {"late-margin = 2000d", "out of range"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *lines = g_strdup_printf("[registrar]\n%s\n", rows[i].lines);
        g_autoptr(GError) error = NULL;
        g_assert_null(load_registrar(lines, &error));
        g_assert_nonnull(strstr(error->message, rows[i].message));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) s =
        load_registrar("[registrar]\nexpires-jitter = 7%\nmatch = text\n", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(s->registrar.jitter_percent, ==, 7);
    g_assert_false(s->registrar.jitter_level);
    g_assert_cmpuint(s->registrar.max_records, ==, 0);
    g_assert_cmpint(s->registrar.table_full, ==, ROLL_FULL_REFUSE);
    g_assert_true(s->registrar.match_text);
}

static void
test_tables_of_limited_size(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) s = load_registrar(
        "[registrar]\nmax-records = 70\ntable-full = replace\nexpires-jitter = level  5min\n",
        &error);
    g_assert_no_error(error);
    g_assert_true(s->registrar.jitter_level);
    g_assert_cmpuint(s->registrar.jitter_percent, ==, 0);
    g_assert_cmpuint(s->registrar.jitter_seconds, ==, 300);
    g_assert_cmpuint(s->registrar.max_records, ==, 70);
    g_assert_cmpint(s->registrar.table_full, ==, ROLL_FULL_REPLACE);
    RollConfig config = sim_registrar_config(&s->registrar);
    g_assert_true(config.policy.jitter_level);
    g_assert_cmpuint(config.max_records, ==, 70);
    g_assert_cmpint(config.policy.table_full, ==, ROLL_FULL_REPLACE);
}

/* Each example of the table can be read where it is meant to stand. */
static void
test_examples(void)
{
    size_t n;
    const SimKey *keys = sim_keys(&n);
    for (size_t i = 0; i < n; i++) {
        const SimKey *key = &keys[i];
        g_autoptr(GError) error = NULL;
        SimScenario scenario = {.n_networks = 4, .n_groups = 1};
        SimNetworkSpec networks[] = {
            {.name = "home"}, {.name = "office"}, {.name = "hotel"}, {.name = "adsl"}};
        SimGroup groups[] = {{.name = "desk"}};
        union {
            SimGroup group;
            SimNetworkSpec network;
            SimRegistrarSpec registrar;
            SimScenario scenario;
            SimCut cut;
        } object = {0};
        SimServeSpec *serve = sim_serve_spec_new();
        void *target = strcmp(key->group, "serve") == 0 ? (void *)serve : (void *)&object;
        scenario.networks = networks;
        scenario.groups = groups;
        g_autoptr(GArray) lines = g_array_new(FALSE, TRUE, sizeof(SimTrunkLine));
        g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
        SimReading reading = {&scenario, {TEST_SOURCE "/scenarios", owned}, lines, 0};
        g_test_message("%s: %s", key->group, key->name);
        sim_key_read(key, &reading, target, key->example, &error);
        g_assert_no_error(error);
        sim_serve_spec_free(serve);
        if (target == &object && key->form == SIM_FORM_TEXT)
            g_free(*(char **)((char *)&object + key->offset));
        if (strcmp(key->name, "network") == 0 || strcmp(key->name, "places") == 0 ||
            strcmp(key->name, "calendar") == 0)
            g_free(object.group.places);
        if (strcmp(key->name, "calendar") == 0)
            g_free(object.group.moves);
        if (strcmp(key->name, "moves-from") == 0) {
            g_free(object.group.places);
            g_free(object.group.rows);
        }
        for (guint j = 0; j < lines->len; j++) {
            SimTrunkLine *line = &g_array_index(lines, SimTrunkLine, j);
            char *parts[] = {line->peer,   line->transport, line->user, line->domain,
                             line->secret, line->auth_user, line->host, line->extension};
            for (size_t k = 0; k < G_N_ELEMENTS(parts); k++)
                g_free(parts[k]);
        }
    }
}

/* The values of @key, joined with `|`. */
static char *
find_parameter(const SimScenario *s, const char *key)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < s->parameters->len; i++) {
        const SimParameter *parameter = s->parameters->pdata[i];
        if (strcmp(parameter->key, key) == 0)
            g_string_append_printf(out, "%s%s", out->len ? "|" : "", parameter->value);
    }
    return g_string_free(out, FALSE);
}

/* The name * of --set is every group, in a variant too; later words go before earlier ones. */
static void
test_all_groups(void)
{
    g_autofree char *text = compose("expires = 3h\n", "[phones soft]\ncount = 1\nnetwork = wifi\n"
                                                      "[variant slow]\nphones.*.boot = 7s\n");
    static const char *const changes[] = {"phones.*.expires=2h", "phones.soft.expires=1h", NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) s = parse(text, changes, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(s->groups[0].expires, ==, 7200);
    g_assert_cmpuint(s->groups[1].expires, ==, 3600);
    g_autoptr(SimScenario) slow = sim_scenario_vary(s, 0, &error);
    g_assert_cmpfloat(slow->groups[0].boot.a, ==, 7);
    g_assert_cmpfloat(slow->groups[1].boot.a, ==, 7);
    g_assert_cmpfloat(s->groups[0].boot.a, !=, 7);
}

/* Elsewhere in a name it stands for any letters. */
static void
test_some_groups(void)
{
    g_autofree char *text = compose("", "[phones desk-2]\ncount = 1\nnetwork = wifi\n"
                                        "[phones soft]\ncount = 1\nnetwork = wifi\n");
    static const struct {
        const char *change;
        uint32_t expires[3];
    } cases[] = {
        {"phones.desk*.expires=2h", {7200, 7200, 3600}},
        {"phones.*-2.expires=2h", {3600, 7200, 3600}},
        {"phones.*s*.expires=2h", {7200, 7200, 7200}},
        {"phones.s*t.expires=2h", {3600, 3600, 7200}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const changes[] = {cases[i].change, NULL};
        g_autoptr(GError) error = NULL;
        g_autoptr(SimScenario) s = parse(text, changes, &error);
        g_assert_no_error(error);
        g_test_message("%s", cases[i].change);
        for (size_t j = 0; j < 3; j++)
            g_assert_cmpuint(s->groups[j].expires, ==, cases[i].expires[j]);
    }
}

static void
test_parameters(void)
{
    g_autofree char *text = compose("expires = 3h\nprofile = linphone\n",
                                    "[registrar]\npreset = freeswitch\nmin-expires = 61s\n");
    static const char *const changes[] = {"phones.desk.boot=exp(9s)", NULL};
    static const char *const expected[][2] = {
        {"phones.desk.expires", "3h"},
        {"phones.desk.boot", "exp(9s)"},
        {"phones.desk.credentials", "reused"},
        {"phones.desk.profile", "linphone"},
        {"registrar.preset", "freeswitch"},
        {"registrar.min-expires", "61s"},
        {"scenario.duration", "1d"},
        {"calls.rate", "0/h per phone"},
        {"network.lan.loss", "0%"},
        {"station.workers", ""},
        {"phones.desk.aor-of", ""},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) s = parse(text, changes, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autofree char *value = find_parameter(s, expected[i][0]);
        g_test_message("%s", expected[i][0]);
        g_assert_cmpstr(value, ==, expected[i][1]);
    }
    g_assert_cmpuint(s->named_files->len, ==, 0);
}

/* A file that is named is known by what is in it. */
static void
test_named_files(void)
{
    g_autofree char *name = NULL;
    int fd = g_file_open_tmp("values-XXXXXX.csv", &name, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    g_assert_true(g_file_set_contents(name, "1\n2\n", -1, NULL));
    g_autofree char *phones = g_strdup_printf("boot = empirical(%s)\nsurge = 1s\n"
                                              "power = fails empirical(%s), back after 1h\n",
                                              name, name);
    g_autofree char *text = compose(phones, "");
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) s = parse(text, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(s->named_files->len, ==, 1);
    const SimNamedFile *file = s->named_files->pdata[0];
    g_assert_cmpstr(file->name, ==, name);
    /* printf '1\n2\n' | sha256sum */
    g_assert_cmpstr(file->digest, ==,
                    "a6e2b7a040683432de03a18fd8a1939a2fdf82585b364bfc874bdd4095c4cae1");
    g_unlink(name);
}

static void
test_sweep(void)
{
    g_autofree char *text =
        compose("", "[sweep]\nvary phones.*.expires = 60s..24h:log12  # comment\n"
                    "step  phones.desk.boot = 1s, 2s\nwhere phones.*.expires >= 2min\n"
                    "replications 8\nprecision 5%\n");
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) s = parse(text, NULL, &error);
    static const char *const texts[] = {"phones.*.expires = 60s..24h:log12",
                                        "phones.desk.boot = 1s, 2s", "phones.*.expires >= 2min",
                                        "8", "5%"};
    g_assert_no_error(error);
    g_assert_cmpuint(s->n_sweep, ==, G_N_ELEMENTS(texts));
    for (size_t i = 0; i < s->n_sweep; i++) {
        g_assert_cmpint(s->sweep[i].kind, ==, (SimSweepKind)i);
        g_assert_cmpstr(s->sweep[i].text, ==, texts[i]);
        g_assert_cmpuint(s->sweep[i].line, ==, s->sweep[0].line + i);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/scenario/read/defaults", test_defaults);
    g_test_add_func("/scenario/read/registrar-events-calls-expectations", test_around);
    g_test_add_func("/scenario/read/register-lines", test_lines);
    g_test_add_func("/scenario/read/bom-crlf-comments", test_text);
    g_test_add_func("/scenario/set/replaces-or-adds", test_changes);
    g_test_add_func("/scenario/profiles/load-and-give-way", test_profiles);
    g_test_add_func("/scenario/set/star-is-every-group", test_all_groups);
    g_test_add_func("/scenario/set/star-in-a-name", test_some_groups);
    g_test_add_func("/scenario/parameters/what-holds-in-the-end", test_parameters);
    g_test_add_func("/scenario/named-files/have-a-digest", test_named_files);
    g_test_add_func("/scenario/sweep/lines", test_sweep);
    g_test_add_func("/scenario/presets/give-way", test_presets);
    g_test_add_func("/scenario/presets/rfc-is-the-default", test_preset_rfc);
    g_test_add_func("/scenario/variants", test_variants);
    g_test_add_func("/scenario/presets/mistakes", test_preset_mistakes);
    g_test_add_func("/scenario/registrar/tables-of-limited-size", test_tables_of_limited_size);
    g_test_add_func("/scenario/shipped-ones-load", test_shipped);
    g_test_add_func("/scenario/keys/examples-can-be-read", test_examples);
    return g_test_run();
}
