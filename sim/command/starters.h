/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The scenarios that `rollcall new` writes. */
#pragma once

#include <stddef.h>

/**
 * SimStarter:
 * @kind: its name for --kind
 * @does: what it is, in some words
 * @text: the file, with `@NAME@` where the name of the scenario goes
 * @next: how to go on; each `@FILE@` is the file that was written
 */
typedef struct {
    const char *kind;
    const char *does;
    const char *text;
    const char *next;
} SimStarter;

/** sim_starters: the first one is what is taken if nothing is said. */
const SimStarter *sim_starters(size_t *n);
