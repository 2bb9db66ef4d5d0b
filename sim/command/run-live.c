/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/command/run-live.h"

#include "sim/command/command.h"
#include "sim/scenario/values.h"

#define MAX_LAG "50ms"
#define VERIFY "50/s"

GOptionEntry *
sim_live_choice_entries(SimLiveChoice *self, const GOptionEntry *own)
{
    const GOptionEntry live[] = {
        {"to", 0, 0, G_OPTION_ARG_STRING, &self->to,
         "Run in real time against this registrar: udp:HOST:PORT, tcp:HOST:PORT or tls:HOST:PORT",
         "ADDRESS"},
        {"compress", 0, 0, G_OPTION_ARG_INT, &self->compress,
         "With --to: seconds of the scenario in one of the wall (default: 1)", "N"},
        {"max-lag", 0, 0, G_OPTION_ARG_STRING, &self->max_lag,
         "With --to: how late 1 % of the events may be handled (default: 50ms)", "TIME"},
        {"verify", 0, 0, G_OPTION_ARG_STRING, &self->verify,
         "With --to: how often an observer asks what the table holds, or none (default: 50/s)",
         "RATE"},
        {"allow-remote", 0, 0, G_OPTION_ARG_NONE, &self->allow_remote,
         "With --to: send to another machine, too", NULL},
        G_OPTION_ENTRY_NULL,
    };
    return sim_command_join(own, live);
}

void
sim_live_choice_clear(SimLiveChoice *self)
{
    g_free(self->to);
    g_free(self->max_lag);
    g_free(self->verify);
}

static bool
fail(GError **error, const char *text)
{
    g_set_error_literal(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID, text);
    return false;
}

static bool
read_max_lag(const char *text, RollTime *out, GError **error)
{
    if (!sim_value_time(text, out, error)) {
        g_prefix_error(error, "--max-lag: ");
        return false;
    }
    return *out >= ROLL_MILLISECOND / 10 || fail(error, "--max-lag: at least 0.1ms");
}

static bool
read_verify(const char *text, double *out, GError **error)
{
    *out = 0;
    if (g_str_equal(text, "none") || sim_value_rate(text, out, error))
        return true;
    g_prefix_error(error, "--verify: ");
    return false;
}

bool
sim_live_choice_read(const SimLiveChoice *self, SimPeer *peer, SimLiveOptions *out, GError **error)
{
    bool other = self->compress != 1 || self->max_lag || self->verify || self->allow_remote;
    *out = (SimLiveOptions){.name = self->to, .compress = (uint32_t)self->compress};
    if (self->to == NULL)
        return !other || fail(error, "--compress, --max-lag, --verify and --allow-remote are of a "
                                     "run in real time; --to names its registrar");
    if (self->compress < 1 || self->compress > SIM_COMPRESS_MOST)
        return fail(error, "--compress: from 1 to 86400");
    if (!read_max_lag(self->max_lag ? self->max_lag : MAX_LAG, &out->max_lag, error) ||
        !read_verify(self->verify ? self->verify : VERIFY, &out->verify, error))
        return false;
    if (!sim_peer_parse(self->to, self->allow_remote, peer, error)) {
        g_prefix_error(error, "--to: ");
        return false;
    }
    out->to = peer;
    return true;
}
