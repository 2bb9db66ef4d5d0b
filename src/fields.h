/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The header fields of one message in memory of their own, which is used again for the next one.
 * A reader goes on after a fault, so that a refusal can repeat what the request said; the first
 * fault decides the status. */
#pragma once

#include "header.h"

/** ROLL_LINES_MAX: a message with more header lines is refused; no device comes near. */
#define ROLL_LINES_MAX 128

/** RollField: a header field of a kind that may stand more than once. */
typedef struct {
    RollHeader kind;
    RollText value;
} RollField;

/**
 * RollFields:
 * @memory: the copy of the message, then room for what is composed from it, used up to @arena
 * @single: by kind, the value of a header field that may stand once; a NUL follows it
 * @list: the fields of the other kinds in the order of the message; a NUL follows each value
 * @body_len: bytes behind the head
 * @refusal: 0, or the status that the first fault asks for
 */
typedef struct {
    char *memory;
    size_t capacity;
    char *arena;
    RollText single[ROLL_N_HEADERS];
    RollField list[ROLL_LINES_MAX];
    size_t n_list;
    size_t body_len;
    int refusal;
} RollFields;

/** roll_fields_clear: frees the memory. */
void roll_fields_clear(RollFields *self);

/** roll_fields_load: copies a message and forgets the one before. Returns: a walk over its lines.
 */
RollHead roll_fields_load(RollFields *self, const uint8_t *data, size_t len);

/** roll_fields_scan: files every header line that @head has left. */
void roll_fields_scan(RollFields *self, RollHead *head);

/** roll_fields_refuse: notes a fault; the first one stands. */
void roll_fields_refuse(RollFields *self, int status);

/** roll_fields_next: the next field of a list kind behind @after, or behind none. */
const RollField *roll_fields_next(const RollFields *self, RollHeader kind, const RollField *after);

/**
 * roll_fields_push: copies @text behind what was pushed before. There is room for four times the
 * message and a little more. Returns: where it lies; it stays until the next load.
 */
char *roll_fields_push(RollFields *self, RollText text);

/** roll_fields_pushed: everything that was pushed from @start on. */
RollText roll_fields_pushed(const RollFields *self, const char *start);

/** roll_fields_tags: all values of one list kind, joined by commas; absent without. */
RollText roll_fields_tags(RollFields *self, RollHeader kind);

/** roll_fields_keep: a copy of a string of osip's, without quotes; absent for %NULL. */
RollText roll_fields_keep(RollFields *self, const char *string);

/**
 * ROLL_OSIP_VALUE_MAX: osip keeps parameters in a list that it walks for each new one: a Via of 64
 * kB took it a second. Values longer than any device's are not shown to it.
 */
#define ROLL_OSIP_VALUE_MAX 2048
