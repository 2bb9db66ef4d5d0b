/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sequences of requests as `rollcall fuzz` draws them: every field is a number that stands for one
 * of a few texts, 0 for the plainest, so that a sequence is cheap to draw and easy to shrink. */
#pragma once

#include "sim/engine/random.h"
#include "sim/scenario/script.h"
#include "tests/model/model.h"

enum { SIM_FUZZ_STEPS = 16, SIM_FUZZ_CONTACTS = 4, SIM_FUZZ_USERS = 3 };

/** SimFuzzContact: indices of texts. */
typedef struct {
    uint8_t uri;
    uint8_t expires;
    uint8_t q;
} SimFuzzContact;

/**
 * SimFuzzStep: @kind is %SIM_STEP_SEND, %SIM_STEP_AGAIN or %SIM_STEP_LOOKUP.
 * @number: names the branch and the From tag, whatever steps before it are dropped
 * @from_tag: 0 for one of its own, else one that several requests share
 */
typedef struct {
    RollTime at;
    uint8_t kind;
    uint8_t user;
    uint8_t number;
    uint8_t method;
    uint8_t uri;
    uint8_t to;
    uint8_t to_tag;
    uint8_t from_tag;
    uint8_t call_id;
    uint8_t require;
    uint8_t expires;
    uint8_t n_contacts;
    uint32_t cseq;
    SimFuzzContact contacts[SIM_FUZZ_CONTACTS];
} SimFuzzStep;

/** SimFuzzSetting: of the registrar; each an index, 0 for the default. */
typedef struct {
    uint8_t default_expires;
    uint8_t min_expires;
    uint8_t max_expires;
    uint8_t max_bindings;
    uint8_t purge;
} SimFuzzSetting;

typedef struct {
    SimFuzzSetting setting;
    size_t n_steps;
    SimFuzzStep steps[SIM_FUZZ_STEPS];
} SimFuzzSequence;

/** SIM_FUZZ_DOMAIN: of the addresses of record. */
#define SIM_FUZZ_DOMAIN "example.org"

/** sim_fuzz_draw: the @which-th sequence of @random. */
void sim_fuzz_draw(const SimRandom *random, uint32_t which, SimFuzzSequence *out);

/** SimFuzzTexts: room for what a step says in words. */
typedef struct {
    char cseq[12];
    char branch[24];
    char from_tag[12];
    char contacts[SIM_FUZZ_CONTACTS][96];
    const char *contact_list[SIM_FUZZ_CONTACTS];
    const char *headers[1];
    ModelContact model_contacts[SIM_FUZZ_CONTACTS];
} SimFuzzTexts;

/** sim_fuzz_step: @step as a script has it. @texts: @out borrows from it */
void sim_fuzz_step(const SimFuzzStep *step, SimFuzzTexts *texts, SimStep *out);

/** sim_fuzz_request: the same as the model has it. @texts was filled by sim_fuzz_step() */
void sim_fuzz_request(const SimFuzzStep *step, SimFuzzTexts *texts, ModelRequest *out);

/** sim_fuzz_config: for the model. */
ModelConfig sim_fuzz_config(const SimFuzzSetting *setting);

/** sim_fuzz_purge: seconds between sweeps; 0 for none. */
unsigned sim_fuzz_purge(const SimFuzzSetting *setting);

/** sim_fuzz_aor: the address of record of a user, for the model. */
const char *sim_fuzz_aor(unsigned user);

/** sim_fuzz_user: its name. */
const char *sim_fuzz_user(unsigned user);
