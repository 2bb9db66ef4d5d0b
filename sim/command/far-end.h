/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The options that `load` and `capacity` share: a registrar and the users it knows. */
#pragma once

#include "sim/load/drive.h"

/** SimFarEnd: as the command line says. Strings are owned. */
typedef struct {
    char *to;
    char *domain;
    char *realm;
    char *user;
    char *password;
    char *algorithm;
    char *expires;
    int users;
    int first;
    int sockets;
    int seed;
    gboolean allow_remote;
} SimFarEnd;

#define SIM_FAR_END_DEFAULT ((SimFarEnd){.users = 1000, .sockets = 1})

/** SIM_FAR_END_OPTIONS: entries that write into @end. */
#define SIM_FAR_END_OPTIONS(end)                                                                     \
    {"to",      't',                                                                                 \
     0,         G_OPTION_ARG_STRING,                                                                 \
     &(end).to, "The registrar: udp:HOST:PORT, tcp:HOST:PORT or tls:HOST:PORT",                      \
     "ADDRESS"},                                                                                     \
        {"allow-remote",                                                                             \
         0,                                                                                          \
         0,                                                                                          \
         G_OPTION_ARG_NONE,                                                                          \
         &(end).allow_remote,                                                                        \
         "Send to another machine than this one",                                                    \
         NULL},                                                                                      \
        {"domain",                                                                                   \
         0,                                                                                          \
         0,                                                                                          \
         G_OPTION_ARG_STRING,                                                                        \
         &(end).domain,                                                                              \
         "Of the users' addresses of record (default: the host of --to)",                            \
         "DOMAIN"},                                                                                  \
        {"users", 'u', 0, G_OPTION_ARG_INT, &(end).users, "How many (default: 1000)", "N"},          \
        {"first", 0, 0, G_OPTION_ARG_INT, &(end).first, "Number of the first user (default: 0)",     \
         "N"},                                                                                       \
        {"user-format", 0, 0, G_OPTION_ARG_STRING, &(end).user, "Names of the users (default: u%d)", \
         "FORMAT"},                                                                                  \
        {"password-format",                                                                          \
         0,                                                                                          \
         0,                                                                                          \
         G_OPTION_ARG_STRING,                                                                        \
         &(end).password,                                                                            \
         "Their passwords; without %d all have the same (default: p%d)",                             \
         "FORMAT"},                                                                                  \
        {"expires", 0, 0, G_OPTION_ARG_STRING, &(end).expires, "Asked for (default: 1h)", "TIME"},   \
        {"algorithm",                                                                                \
         0,                                                                                          \
         0,                                                                                          \
         G_OPTION_ARG_STRING,                                                                        \
         &(end).algorithm,                                                                           \
         "Answer challenges in MD5, SHA-256 or SHA-512-256 only (default: the first offered)",       \
         "NAME"},                                                                                    \
        {"realm", 0, 0, G_OPTION_ARG_STRING, &(end).realm, "Of --write-users (default: the domain)", \
         "REALM"},                                                                                   \
        {"sockets",                                                                                  \
         0,                                                                                          \
         0,                                                                                          \
         G_OPTION_ARG_INT,                                                                           \
         &(end).sockets,                                                                             \
         "Sockets, or connections, to share the users among (default: 1)",                           \
         "N"},                                                                                       \
    {                                                                                                \
        "seed", 0, 0, G_OPTION_ARG_INT, &(end).seed,                                                 \
            "Of Poisson arrivals and of kinds (default: 0)", "N"                                     \
    }

void sim_far_end_clear(SimFarEnd *self);

/**
 * sim_far_end_open:
 * @out: (out): borrows from @self
 * Returns: (transfer full): ready to drive, or %NULL
 */
SimDrive *sim_far_end_open(const SimFarEnd *self, SimLoadPlan *out, GError **error);

/** sim_far_end_write_users: credentials of all users as htdigest writes them. */
bool sim_far_end_write_users(const SimFarEnd *self, const char *path, GError **error);
