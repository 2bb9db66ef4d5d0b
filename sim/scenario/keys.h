/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one list of what a scenario can say. The reader, its messages and docs/scenario.md are held
 * to it: a key has one entry, which names where its value goes and how it is read. */
#pragma once

#include "sim/scenario/files.h"
#include "sim/scenario/scenario.h"

/**
 * SimReading: what readers of values need beside the value.
 * @scenario: being filled; its networks come before its phones
 * @lines: `register =>` lines of the group being read, #SimTrunkLine
 * @spacing_within: all devices of the group boot within this time; 0 if not said
 */
typedef struct {
    SimScenario *scenario;
    SimFiles files;
    GArray *lines;
    RollTime spacing_within;
} SimReading;

/** SimKeyForm: how the value of a key is read, and the type of the field it goes to. */
typedef enum {
    SIM_FORM_TEXT,     /* char *, not empty */
    SIM_FORM_TIME,     /* RollTime */
    SIM_FORM_SECONDS,  /* uint32_t; a time of whole seconds */
    SIM_FORM_UNSIGNED, /* unsigned or uint32_t */
    SIM_FORM_PORT,     /* uint16_t */
    SIM_FORM_SEED,     /* uint64_t */
    SIM_FORM_SHARE,    /* double, 0..1 */
    SIM_FORM_EITHER,   /* bool, the second of two @words is true */
    SIM_FORM_WORD,     /* an enum in the order of @words */
    SIM_FORM_LAW,      /* SimLaw */
    SIM_FORM_OWN,      /* @read knows */
} SimKeyForm;

typedef bool (*SimKeyReader)(SimReading *reading, void *object, const char *value, GError **error);

enum { SIM_KEY_REQUIRED = 1, SIM_KEY_REPEATS = 2 };

/**
 * SimKey:
 * @group: scenario, registrar, station, network, phones, event, calls, expect or serve
 * @form, @offset: how it is read, and the field of the group's struct
 * @least, @most: range of a number, or of a time in microseconds
 * @flags: %SIM_KEY_REQUIRED, %SIM_KEY_REPEATS
 * @otherwise: the value taken if the key is absent, %NULL if that is none or depends
 * @format, @example, @meaning: for people
 */
typedef struct {
    const char *group;
    const char *name;
    SimKeyForm form;
    size_t offset;
    int64_t least;
    int64_t most;
    const char *const *words;
    SimKeyReader read;
    unsigned flags;
    const char *otherwise;
    const char *format;
    const char *example;
    const char *meaning;
} SimKey;

/** sim_keys: all of them, group by group. */
const SimKey *sim_keys(size_t *n);

/** sim_key_find: or %NULL. */
const SimKey *sim_key_find(const char *group, const char *name);

/** sim_key_names: of a group. Returns: (transfer container): free with g_free() */
const char **sim_key_names(const char *group);

/** sim_key_read: reads @value into @object, the struct of the key's group. */
bool sim_key_read(const SimKey *self, SimReading *reading, void *object, const char *value,
                  GError **error);
