/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An executable model of RFC 3261 section 10.3: what a registrar answers, and what its location
 * table holds afterwards. It is written from the text of the RFC alone, shares nothing with libroll
 * (neither code nor headers) and is as plain as it can be: arrays, copies, linear search. `rollcall
 * fuzz` holds the core against it.
 *
 * It is told what a request says, not its bytes, and knows of URIs what the fuzzer writes: sip and
 * sips, a user, a host, a port, parameters; no password, no headers, no IPv6. There is no
 * authentication in it. Time is in microseconds, and handed in. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MODEL_TEXT = 80, /* longest text, with its NUL */
    MODEL_MOST_USERS = 8,
    MODEL_MOST_BINDINGS = 32, /* of an address of record, tentative ones included */
    MODEL_MOST_ANSWERED = 64, /* requests remembered for the sake of copies */
};

/**
 * ModelConfig: what section 10.3 leaves to configuration.
 * @domain: served
 * @max_expires: 0 for none
 * @max_bindings: of an address of record; what would exceed it is refused whole
 */
typedef struct {
    const char *domain;
    int64_t default_expires;
    int64_t min_expires;
    int64_t max_expires;
    size_t max_bindings;
} ModelConfig;

/** ModelContact: @uri is "*" for the star; @expires and @q as written, %NULL if absent. */
typedef struct {
    const char *uri;
    const char *expires;
    const char *q;
} ModelContact;

/** ModelRequest: texts as written, %NULL if absent; URIs without angle brackets. */
typedef struct {
    const char *method;
    const char *uri;
    const char *to;
    const char *to_tag;
    const char *from_tag;
    const char *call_id;
    int64_t cseq;
    const char *branch;
    const char *require;
    const char *expires;
    const ModelContact *contacts;
    size_t n_contacts;
} ModelRequest;

/** ModelBinding: @q in thousandths. */
typedef struct {
    char uri[MODEL_TEXT];
    char call_id[MODEL_TEXT];
    int64_t cseq;
    int64_t expires_at;
    int64_t updated_at;
    int q;
} ModelBinding;

/**
 * ModelAnswer:
 * @repeats: the request is a copy of one that was answered: this is that answer again
 * @min_expires: seconds in a 423, else 0
 * @at: when it was decided
 * @bindings: what a 200 lists, in any order
 */
typedef struct {
    int status;
    bool repeats;
    int64_t min_expires;
    int64_t at;
    size_t n_bindings;
    ModelBinding bindings[MODEL_MOST_BINDINGS];
} ModelAnswer;

typedef struct {
    char aor[MODEL_TEXT];
    size_t n_bindings;
    ModelBinding bindings[MODEL_MOST_BINDINGS];
} ModelUser;

typedef struct {
    bool has_to_tag;
    char method[MODEL_TEXT];
    char branch[MODEL_TEXT];
    char from_tag[MODEL_TEXT];
    char call_id[MODEL_TEXT];
    int64_t cseq;
    ModelAnswer answer;
} ModelAnswered;

/** Model: start with model_start(); large. */
typedef struct {
    ModelConfig config;
    size_t n_users;
    ModelUser users[MODEL_MOST_USERS];
    size_t n_answered;
    ModelAnswered answered[MODEL_MOST_ANSWERED];
} Model;

/** model_start: an empty table. @config: its text is borrowed */
void model_start(Model *self, const ModelConfig *config);

/** model_receive: what the registrar does with @request. Returns: borrowed until the next call */
const ModelAnswer *model_receive(Model *self, int64_t now, const ModelRequest *request);

/** model_lookup: the bindings of @aor that have not expired, into @out, in any order. Returns: how
 * many */
size_t model_lookup(const Model *self, int64_t now, const char *aor,
                    ModelBinding out[MODEL_MOST_BINDINGS]);

/** model_uri_equal: section 19.1.4, for the URIs named above. */
bool model_uri_equal(const char *a, const char *b);
