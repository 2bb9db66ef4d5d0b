/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/command/far-end.h"

#include "sim/command/command.h"
#include "sim/load/text.h"
#include "sim/report/output.h"
#include "sim/scenario/values.h"
#include "sim/scenario/words.h"

GOptionEntry *
sim_far_end_entries(SimFarEnd *self, const GOptionEntry *own)
{
    const GOptionEntry common[] = {
        {"to", 't', 0, G_OPTION_ARG_STRING, &self->to,
         "The registrar: udp:HOST:PORT, tcp:HOST:PORT or tls:HOST:PORT", "ADDRESS"},
        {"allow-remote", 0, 0, G_OPTION_ARG_NONE, &self->allow_remote,
         "Send to another machine than this one", NULL},
        {"domain", 0, 0, G_OPTION_ARG_STRING, &self->domain,
         "Of the users' addresses of record (default: the host of --to)", "DOMAIN"},
        {"first", 0, 0, G_OPTION_ARG_INT, &self->first, "Number of the first user (default: 0)",
         "N"},
        {"user-format", 0, 0, G_OPTION_ARG_STRING, &self->user, "Names of the users (default: u%d)",
         "FORMAT"},
        {"password-format", 0, 0, G_OPTION_ARG_STRING, &self->password,
         "Their passwords; without %d all have the same (default: p%d)", "FORMAT"},
        {"expires", 0, 0, G_OPTION_ARG_STRING, &self->expires, "Asked for (default: 1h)", "TIME"},
        {"algorithm", 0, 0, G_OPTION_ARG_STRING, &self->algorithm,
         "Of the challenges: MD5, SHA-256 or SHA-512-256 (default: the first offered)", "NAME"},
        {"sockets", 0, 0, G_OPTION_ARG_INT, &self->sockets,
         "Sockets, or connections, to share the users among (default: 1)", "N"},
        G_OPTION_ENTRY_NULL,
    };
    return sim_command_join(common, own);
}

void
sim_far_end_clear(SimFarEnd *self)
{
    g_free(self->to);
    g_free(self->domain);
    g_free(self->realm);
    g_free(self->user);
    g_free(self->password);
    g_free(self->algorithm);
    g_free(self->expires);
}

static bool
in_range(const char *name, int value, int least, int most, GError **error)
{
    if (value >= least && value <= most)
        return true;
    return sim_words_fail(error, "%s has to be from %d to %d", name, least, most);
}

static bool
read_names(const SimFarEnd *self, SimLoadPlan *out, GError **error)
{
    const char *user = self->user ? self->user : "u%d";
    const char *password = self->password ? self->password : "p%d";
    if (!sim_names_parse(user, false, &out->user, error))
        g_prefix_error(error, "--user-format: ");
    else if (!sim_names_parse(password, true, &out->password, error))
        g_prefix_error(error, "--password-format: ");
    else
        return in_range("--users", self->users, 1, 10000000, error) &&
               in_range("--first", self->first, 0, 2000000000, error);
    return false;
}

static bool
read_algorithm(const SimFarEnd *self, RollAlgorithm *out, GError **error)
{
    const char *const names[] = {"MD5", "SHA-256", "SHA-512-256", NULL};
    *out = ROLL_ALGORITHM_UNKNOWN;
    if (!self->algorithm)
        return true;
    *out = roll_algorithm_parse(roll_text(self->algorithm));
    return *out != ROLL_ALGORITHM_UNKNOWN ||
           sim_words_unknown(error, "--algorithm: unknown algorithm", self->algorithm, names);
}

/* All but where it goes. */
static bool
read_plan(const SimFarEnd *self, SimLoadPlan *out, GError **error)
{
    RollTime expires = ROLL_HOUR;
    *out = (SimLoadPlan){.seed = (uint64_t)(int64_t)self->seed};
    if (!read_names(self, out, error) || !read_algorithm(self, &out->algorithm, error) ||
        !in_range("--sockets", self->sockets, 1, 1000, error))
        return false;
    if (self->expires && !sim_value_time(self->expires, &expires, error)) {
        g_prefix_error(error, "--expires: ");
        return false;
    }
    if (expires < ROLL_SECOND || expires / ROLL_SECOND > UINT32_MAX)
        return sim_words_fail(error, "--expires has to be from 1s to 2^32-1 seconds");
    out->users = (uint32_t)self->users;
    out->first = (uint32_t)self->first;
    out->expires = (uint32_t)(expires / ROLL_SECOND);
    return true;
}

SimDrive *
sim_far_end_open(const SimFarEnd *self, SimLoadPlan *out, GError **error)
{
    g_auto(SimPeer) peer = {0};
    if (!read_plan(self, out, error) || !sim_peer_parse(self->to, self->allow_remote, &peer, error))
        return NULL;
    /* Of --to as it was named: the peer does not live as long as the plan. */
    const char *host = self->to + 4;
    out->domain = self->domain ? roll_text(self->domain)
                               : (RollText){host, (size_t)(strrchr(host, ':') - host)};
    if (out->domain.len == 0 || out->domain.len > SIM_TEXT_DOMAIN) {
        sim_words_fail(error, "--domain has to be of 1 to %d characters", SIM_TEXT_DOMAIN);
        return NULL;
    }
    return sim_drive_new(out, &peer, (unsigned)MIN(self->sockets, self->users), error);
}

static void
append_user(GString *out, const SimLoadPlan *plan, RollText realm, RollAlgorithm algorithm,
            uint32_t number)
{
    char name[SIM_NAMES_LONGEST], password[SIM_NAMES_LONGEST], ha1[ROLL_DIGEST_HEX];
    RollText user = {name, sim_names_write(&plan->user, number, name)};
    RollText secret = {password, sim_names_write(&plan->password, number, password)};
    roll_digest_ha1(algorithm, user, realm, secret, ha1);
    g_string_append_len(out, user.ptr, (gssize)user.len);
    g_string_append_printf(out, ":%s:", realm.ptr);
    if (algorithm == ROLL_ALGORITHM_SHA512_256)
        g_string_append_printf(out, "%s:", roll_algorithm_name(algorithm));
    g_string_append_printf(out, "%s\n", ha1);
}

bool
sim_far_end_write_users(const SimFarEnd *self, const char *path, GError **error)
{
    SimLoadPlan plan;
    const char *realm = self->realm ? self->realm : self->domain;
    if (!realm)
        return sim_words_fail(error, "--write-users needs --domain or --realm");
    if (!read_plan(self, &plan, error))
        return false;
    g_autoptr(GString) out = g_string_new(NULL);
    for (uint32_t i = 0; i < plan.users; i++) {
        if (plan.algorithm != ROLL_ALGORITHM_UNKNOWN) {
            append_user(out, &plan, roll_text(realm), plan.algorithm, plan.first + i);
            continue;
        }
        append_user(out, &plan, roll_text(realm), ROLL_ALGORITHM_MD5, plan.first + i);
        append_user(out, &plan, roll_text(realm), ROLL_ALGORITHM_SHA256, plan.first + i);
    }
    return sim_output_write(path, out->str, (gssize)out->len, error);
}
