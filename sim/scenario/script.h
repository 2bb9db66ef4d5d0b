/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `[script]`: a timeline of requests to a registrar and of what is expected of it, one step a line.
 * Steps can be read from text and written as text; sim/script plays them. */
#pragma once

#include <glib.h>
#include <rollcall/time.h>
#include <stdbool.h>

typedef enum {
    SIM_STEP_SEND,  /* alice sends REGISTER key=value ... */
    SIM_STEP_AGAIN, /* alice sends again */
    SIM_STEP_CLOSE, /* connection of alice closes */
    SIM_STEP_BREAK, /* connection of alice breaks */
    /* From here on something is expected. */
    SIM_STEP_EXPECT, /* expect 200 key=value ... | expect nothing */
    SIM_STEP_LOOKUP, /* lookup alice finds CONTACT ... | none */
    SIM_STEP_EVENT,  /* event expired alice CONTACT */
} SimStepKind;

enum {
    SIM_SCRIPT_CONTACTS = 64, /* in one step */
    SIM_SCRIPT_HEADERS = 16,
};

/**
 * SimStep: texts as written, %NULL if absent; borrowed from the script, or from whoever made it.
 * @text: the line, for messages; %NULL if made by a program
 * @who: a user, or a whole address of record
 * @method, @uri .. @transport, @password, @headers, @without: of a request. What is absent has a
 *   plain value: docs/scenario.md. @without names header fields that are left out
 * @contacts: of a request: Contact values as they stand on the wire. Of an expectation or a lookup:
 *   what is listed, each a URI in angle brackets with the parameters it must have
 * @status: expected; 0 for no answer
 * @lists: @contacts has to be the whole list; else the list is not looked at
 * @min_expires: expected
 * @headers: expected lines; @without: header fields that must not be there
 * @event: 0.. in the order of #RollBindingEventKind
 */
typedef struct {
    unsigned line;
    const char *text;
    RollTime at;
    SimStepKind kind;
    const char *who;
    const char *method;
    const char *uri;
    const char *to;
    const char *to_tag;
    const char *from;
    const char *from_tag;
    const char *call_id;
    const char *cseq;
    const char *branch;
    const char *expires;
    const char *transport;
    const char *password;
    const char *min_expires;
    const char *const *contacts;
    size_t n_contacts;
    const char *const *headers;
    size_t n_headers;
    const char *const *without;
    size_t n_without;
    int status;
    bool lists;
    int event;
} SimStep;

/** SimScript: steps in the order of time; the rest keeps their texts. */
typedef struct {
    GArray *steps;
    GStringChunk *texts;
    GPtrArray *lists;
} SimScript;

SimScript *sim_script_new(void);
void sim_script_free(SimScript *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimScript, sim_script_free)

/** sim_script_step: the @i-th step. */
static inline const SimStep *
sim_script_step(const SimScript *self, size_t i)
{
    return &g_array_index(self->steps, SimStep, i);
}

/**
 * sim_script_read_line: adds the step that @text describes.
 * @error: what is wrong with it, without its place
 */
bool sim_script_read_line(SimScript *self, const char *text, unsigned line, GError **error);

/** sim_step_write: appends @step to @out as the line that sim_script_read_line() reads. */
void sim_step_write(const SimStep *step, GString *out);

/** sim_script_events: "created", ... in the order of #RollBindingEventKind, then %NULL. */
extern const char *const sim_script_events[];
