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

/** sim_far_end_entries: options that write into @self, with those of the command, @own, which end
 * in %G_OPTION_ENTRY_NULL. (transfer full) */
GOptionEntry *sim_far_end_entries(SimFarEnd *self, const GOptionEntry *own);

void sim_far_end_clear(SimFarEnd *self);

/**
 * sim_far_end_open:
 * @out: (out): borrows from @self
 * Returns: (transfer full): ready to drive, or %NULL
 */
SimDrive *sim_far_end_open(const SimFarEnd *self, SimLoadPlan *out, GError **error);

/** sim_far_end_write_users: credentials of all users as htdigest writes them. */
bool sim_far_end_write_users(const SimFarEnd *self, const char *path, GError **error);
