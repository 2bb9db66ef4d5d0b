/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall users FILE`: whom a registrar has to know before phones of FILE register with it. */
#include "sim/command/command.h"
#include "sim/experiment/run.h"

#include <stdio.h>

static const char HELP[] =
    "Prints a line for each user of the scenario, as Apache's htdigest writes them:\n"
    "user:realm:HA1, or user:realm:ALGORITHM:HA1; one for each algorithm of [registrar]. The "
    "realm\n"
    "is the domain of the registrar. With --plain it prints user:domain:password instead, for a\n"
    "database of another server.\n\n"
    "Example:\n"
    "  rollcall users scenarios/twin.ini > users.htdigest\n"
    "  rollcall serve --listen udp:127.0.0.1:5070 --domain example.org --users users.htdigest\n"
    "  rollcall run scenarios/twin.ini --to udp:127.0.0.1:5070 --compress 60\n\n"
    "Exit: 0 printed, 2 bad input.\n";

static void
print_user(const SimIdentity *identity, const SimScenario *scenario, uint32_t id, bool plain)
{
    char aor[SIM_NAME_MAX];
    char room[SIM_NAME_MAX];
    RollUri uri = {0};
    sim_identity_aor(identity, id, aor, &uri);
    RollText user = sim_identity_username(identity, id, &uri);
    RollText password = sim_identity_password(identity, id, false, room);
    RollText realm = roll_text(sim_identity_domains(identity)[0]);
    if (plain) {
        printf("%.*s:%.*s:%.*s\n", (int)user.len, user.ptr, (int)realm.len, realm.ptr,
               (int)password.len, password.ptr);
        return;
    }
    for (size_t i = 0; i < scenario->registrar.n_algorithms; i++) {
        RollAlgorithm algorithm = scenario->registrar.algorithms[i];
        char ha1[ROLL_DIGEST_HEX];
        roll_digest_ha1(algorithm, user, realm, password, ha1);
        printf("%.*s:%.*s:%s%s%s\n", (int)user.len, user.ptr, (int)realm.len, realm.ptr,
               algorithm == ROLL_ALGORITHM_MD5 ? "" : roll_algorithm_name(algorithm),
               algorithm == ROLL_ALGORITHM_MD5 ? "" : ":", ha1);
    }
}

static int
print_users(const char *path, char **changes, bool plain)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) scenario = sim_scenario_load(path, (const char *const *)changes, &error);
    if (scenario == NULL)
        return sim_command_fail(error);
    if (scenario->script != NULL) {
        fprintf(stderr, "rollcall: %s has a [script] and no phones; it has no users to list\n",
                path);
        return SIM_EXIT_BAD;
    }
    g_autoptr(SimQueue) queue = sim_queue_new(0, 1);
    g_autoptr(SimWorld) world = sim_world_new(scenario, queue, NULL, NULL);
    g_autoptr(SimIdentity) identity = sim_identity_new(world, &error);
    if (identity == NULL)
        return sim_command_fail(error);
    for (size_t g = 0; g < scenario->n_groups; g++)
        for (uint32_t i = 0; scenario->groups[g].owner == 0 && i < scenario->groups[g].count; i++)
            print_user(identity, scenario, scenario->groups[g].first + i, plain);
    return SIM_EXIT_MET;
}

int
sim_command_users(int argc, char **argv)
{
    g_auto(GStrv) changes = NULL;
    gboolean plain = FALSE;
    const GOptionEntry entries[] = {
        {"set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &changes,
         "Change a value of the scenario, as for run; may be repeated", "KEY=VALUE"},
        {"plain", 0, 0, G_OPTION_ARG_NONE, &plain, "Passwords, not their hashes", NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!sim_command_parse(&argc, &argv, entries, "FILE", HELP))
        return SIM_EXIT_BAD;
    if (argc != 2) {
        fprintf(stderr, "rollcall: users needs one scenario file, e.g. scenarios/hello.ini\n");
        return SIM_EXIT_BAD;
    }
    return print_users(argv[1], changes, plain);
}
