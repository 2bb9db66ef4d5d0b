/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * [script]: what is read, what is written back, what is refused and in which words, and that an
 * expectation that is not met is told so. */
#include "sim/scenario/scenario.h"
#include "sim/script/judge.h"

#include <string.h>

static SimScenario *
parse(const char *script, GError **error)
{
    g_autofree char *text = g_strdup_printf("[script]\n%s", script);
    return sim_scenario_parse("t.ini", text, strlen(text), NULL, error);
}

typedef struct {
    const char *description;
    const char *script;
    const char *message;
} Mistake;

#define SEND "at 0s alice sends REGISTER\n"

static const Mistake mistakes[] = {
    {"empty", "", "1: [script] is empty; an example is: at 0s alice sends REGISTER"},
    {"no time", "alice sends REGISTER\n", "2: \"alice\": a step starts with: at TIME"},
    {"time without unit", "at 5 alice sends REGISTER\n",
     "2: \"5\" has no unit; did you mean \"5s\"?"},
    {"back in time", "at 5s alice sends REGISTER\nat 4s alice sends again\n",
     "3: at 4s comes after a step at 5s; put the steps in the order of their times"},
    {"unknown verb", "at 0s alice send REGISTER\n",
     "2: unknown verb \"send\"; did you mean \"sends\"?"},
    {"no method", "at 0s alice sends\n",
     "2: \"alice\": the form is: WHO sends REGISTER, or: WHO sends again"},
    {"unknown key", "at 0s alice sends REGISTER contakt=<sip:a@h>\n",
     "2: a request has no \"contakt\"; did you mean \"contact\"?"},
    {"key of an answer", "at 0s alice sends REGISTER min-expires=60\n",
     "2: a request has no \"min-expires\"; did you mean \"expires\"?"},
    {"key without value", "at 0s alice sends REGISTER cseq\n",
     "2: \"cseq\" has no value: the form is cseq=VALUE"},
    {"key twice", "at 0s alice sends REGISTER cseq=1 cseq=2\n",
     "2: cseq stands twice; take one of them out"},
    {"unknown transport", "at 0s alice sends REGISTER transport=tcq\n",
     "2: unknown value \"tcq\"; did you mean \"tcp\"?"},
    {"open quote", "at 0s alice sends REGISTER header=\"Supported: path\n",
     "2: \"header=\"Supported: path\" has a quote that is not closed; close it"},
    {"header of no form", "at 0s alice sends REGISTER header=path\n",
     "2: header \"path\" does not have the form \"Name: value\""},
    {"more behind again", SEND "at 1s alice sends again cseq=1\n",
     "3: \"cseq=1\" stands behind \"sends again\"; take it out"},
    {"again before anything", SEND "at 1s bob sends again\n",
     "3: bob has sent nothing yet; let it send first"},
    {"expectation before anything", "at 0s expect 200\n",
     "2: nothing was sent yet; let somebody send first"},
    {"no status", SEND "at 0s expect\n", "3: expect needs a status, such as: expect 200"},
    {"status of no form", SEND "at 0s expect OK\n",
     "3: \"OK\" is not a status of 100 to 699, nor \"nothing\""},
    {"more behind nothing", SEND "at 0s expect nothing contacts=none\n",
     "3: \"contacts=none\" stands behind \"expect nothing\"; take it out"},
    {"min-expires of no form", SEND "at 0s expect 423 min-expires=60s\n",
     "3: \"60s\" is not a whole number"},
    {"contact without brackets", SEND "at 0s expect 200 contacts=sip:a@h\n",
     "3: contact \"sip:a@h\" does not have the form <sip:user@host>"},
    {"slip of expect", SEND "at 0s expct 200 contacts=none\n",
     "3: unknown step \"expct\"; did you mean \"expect\"?"},
    {"lookup of no form", "at 0s lookup alice\n",
     "2: the form is: lookup WHO finds CONTACT ..., or: finds none"},
    {"slip in a lookup", "at 0s lookup alice find none\n",
     "2: unknown value \"find\"; did you mean \"finds\"?"},
    {"unknown event", "at 0s event expire alice <sip:a@h>\n",
     "2: unknown value \"expire\"; did you mean \"expired\"?"},
    {"connection of no form", SEND "at 0s connection of alice\n",
     "3: the form is: connection of WHO closes, or: breaks"},
    {"slip in a connection", SEND "at 0s connection of alice close\n",
     "3: unknown value \"close\"; did you mean \"closes\"?"},
    {"connection of nobody", SEND "at 0s connection of bob closes\n",
     "3: bob has sent nothing yet; let it send first"},
    {"phones beside it", SEND "[phones desk]\ncount = 1\n",
     "3: [phones] has no place beside [script], which has no phones; take one of them out"},
    {"sweep beside it", SEND "[sweep]\nreplications 2\n",
     "3: [sweep] has no place beside [script], which has no phones; take one of them out"},
    {"registrar that contradicts itself", SEND "[registrar]\nmax-expires = 30s\n",
     "4: min-expires 60s is more than max-expires 30s; lower it or raise the other"},
};

static void
test_mistakes(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *expected = g_strdup_printf("t.ini:%s", mistakes[i].message);
        g_test_message("%s", mistakes[i].description);
        g_assert_null(parse(mistakes[i].script, &error));
        g_assert_nonnull(error);
        if (!g_str_has_prefix(error->message, expected))
            g_assert_cmpstr(error->message, ==, expected);
        g_assert_null(strchr(error->message, '\n'));
    }
}

/* As many steps as can be, and one more. */
static void
test_too_long(void)
{
    g_autoptr(GString) script = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    for (int i = 0; i < 10001; i++)
        g_string_append(script, "at 0s a sends REGISTER\n");
    g_assert_null(parse(script->str, &error));
    g_assert_cmpstr(error->message, ==, "t.ini:10002: more than 10000 steps; split the file");
    g_clear_error(&error);
    g_string_assign(script, "at 0s a sends REGISTER");
    for (int i = 0; i < 70; i++)
        g_string_append(script, " contact=<sip:a@h>");
    g_assert_null(parse(script->str, &error));
    g_assert_cmpstr(error->message, ==,
                    "t.ini:2: more than 64 values of one kind in a step; make two steps of it");
}

/* Written as it was read. */
static void
test_written_back(void)
{
    static const char *const lines[] = {
        "at 0s alice sends REGISTER call-id=a cseq=1 contact=<sip:a@h>;expires=60 "
        "contact='\"A B\" <sip:b@h>' expires=3600 transport=tcp header=\"Supported: path\" "
        "without=To",
        "at 1500ms alice sends again",
        "at 2s expect 200 contacts=<sip:a@h>;expires=60,<sip:b@h> header=\"X: y\" without=Z",
        "at 2s expect 423 min-expires=60",
        "at 2s expect 200 contacts=none",
        "at 2s expect nothing",
        "at 1h lookup alice finds <sip:a@h> <sip:b@h>",
        "at 1h lookup sip:bob@h finds none",
        "at 1d event expired alice <sip:a@h>",
        "at 1d connection of alice breaks",
        "at 1d connection of alice closes",
        NULL,
    };
    g_autoptr(GError) error = NULL;
    g_autofree char *script = g_strjoinv("\n", (GStrv)(void *)lines);
    g_autoptr(SimScenario) scenario = parse(script, &error);
    g_assert_no_error(error);
    for (size_t i = 0; lines[i]; i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        sim_step_write(sim_script_step(scenario->script, i), out);
        g_assert_cmpstr(out->str, ==, lines[i]);
    }
}

static const char not_met[] = "at 0s alice sends REGISTER contact=<sip:a@h;x=1>;q=0.5;y\n"
                              "at 0s expect 201\n"
                              "at 0s expect 200 contacts=none\n"
                              "at 0s expect 200 contacts=<sip:a@h>\n"
                              "at 0s expect 200 contacts=<sip:a@h;x=1>;expires=60\n"
                              "at 0s expect 200 contacts=<sip:a@h;x=1>;z\n"
                              "at 0s expect 200 contacts=<sip:a@h;x=1>,<sip:a@h;x=1>\n"
                              "at 0s expect 200 header=\"Date: yesterday\"\n"
                              "at 0s expect 200 without=Date\n"
                              "at 0s expect 200 min-expires=60\n"
                              "at 0s expect nothing\n"
                              "at 0s lookup alice finds none\n"
                              "at 0s lookup alice finds <sip:b@h>\n"
                              "at 0s lookup alice finds <sip:a@h;x=1>;q=0.4\n"
                              "at 0s lookup bob finds <sip:a@h;x=1>\n"
                              "at 0s event refreshed alice <sip:a@h;x=1>\n"
                              "at 0s event created bob <sip:a@h;x=1>\n"
                              "at 1s event created alice <sip:a@h;x=1>\n";

static const char met[] =
    "at 0s alice sends REGISTER contact=<sip:a@h;x=1>;q=0.5;y\n"
    "at 0s expect 200 contacts=<sip:a@h;x=1>;y;q=0.5;expires=3600 header=\"CSeq: 1 REGISTER\"\n"
    "at 0s expect 200\n"
    "at 0s event created alice <sip:a@h;x=1>\n"
    "at 0s lookup alice finds <sip:a@h;x=1>;q=0.5;expires=3600\n"
    "at 1s bob sends OPTIONS\n"
    "at 1s expect 405 without=Contact\n"
    "at 1s bob sends REGISTER without=Call-ID\n"
    "at 1s expect 400\n"
    "at 1s bob sends REGISTER header=\"CSeq: 99 REGISTER\" contact=<sip:b@h>\n"
    "at 1s expect 200 header=\"CSeq: 99 REGISTER\"\n"
    "at 2s bob sends REGISTER from=sip:eve@example.org from-tag=x to=<sip:alice@example.org>\n"
    "at 2s expect 200 contacts=<sip:a@h;x=1>;expires=3598\n"
    "at 1h event expired alice <sip:a@h;x=1>\n"
    "at 1h1s event expired bob <sip:b@h>\n";

static void
judge(const char *script, bool decoded, bool are_met)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) scenario = parse(script, &error);
    g_assert_no_error(error);
    g_autoptr(GArray) judgements = sim_script_judge(scenario, decoded);
    g_assert_cmpuint(judgements->len, >, 0);
    for (guint i = 0; i < judgements->len; i++) {
        const SimJudgement *judgement = &g_array_index(judgements, SimJudgement, i);
        g_test_message("%s: %s", judgement->step->text, judgement->got ? judgement->got : "met");
        g_assert_true(!judgement->got == are_met);
    }
}

static void
test_judged(void)
{
    for (int decoded = 0; decoded < 2; decoded++) {
        judge(met, decoded, true);
        judge(not_met, decoded, false);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/script/mistakes", test_mistakes);
    g_test_add_func("/script/too-long", test_too_long);
    g_test_add_func("/script/written-back", test_written_back);
    g_test_add_func("/script/judged", test_judged);
    return g_test_run();
}
