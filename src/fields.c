/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The header fields of one message. One allocation holds the copy and the pieces composed from it,
 * sized for the worst case when the message comes, so that no text moves while it is borrowed. */
#include "fields.h"

#include <glib.h>

void
roll_fields_clear(RollFields *self)
{
    g_free(self->memory);
    self->memory = NULL;
    self->capacity = 0;
}

void
roll_fields_refuse(RollFields *self, int status)
{
    if (self->refusal == 0)
        self->refusal = status;
}

RollHead
roll_fields_load(RollFields *self, const uint8_t *data, size_t len)
{
    /* RFC 3261 section 7.5: line ends may lead a message. */
    while (len > 0 && (*data == '\r' || *data == '\n')) {
        data++;
        len--;
    }
    /* The most repeated part is the topmost Via: for osip, in its parts, sent-by again, in the
     * list. The rest is for an address, a port and some signs between. */
    size_t need = 5 * len + 256;
    if (need > self->capacity) {
        g_free(self->memory);
        self->memory = g_malloc(need);
        self->capacity = need;
    }
    if (len > 0)
        memcpy(self->memory, data, len);
    self->arena = self->memory + len;
    memset(self->single, 0, sizeof(self->single));
    self->n_list = 0;
    self->body_len = 0;
    self->refusal = 0;
    return (RollHead){self->memory, self->memory + len};
}

static void
file_line(RollFields *self, RollText line)
{
    RollHeader kind;
    RollText value;
    if (!roll_header_cut(line, &kind, &value)) {
        roll_fields_refuse(self, 400);
        return;
    }
    if (kind == ROLL_HEADER_OTHER)
        return;
    /* osip wants a NUL; the line end or a blank stood here, in a copy that is ours. */
    ((char *)value.ptr)[value.len] = '\0';
    if (roll_header_is_list(kind))
        self->list[self->n_list++] = (RollField){kind, value};
    else if (self->single[kind].ptr)
        roll_fields_refuse(self, 400);
    else
        self->single[kind] = value;
}

void
roll_fields_scan(RollFields *self, RollHead *head)
{
    for (int i = 0; i < ROLL_LINES_MAX; i++) {
        RollText line;
        bool clean;
        RollLine found = roll_head_next(head, &line, &clean);
        if (found == ROLL_LINE_CUT)
            break;
        if (found == ROLL_LINE_BLANK) {
            self->body_len = (size_t)(head->end - head->at);
            return;
        }
        if (!clean)
            roll_fields_refuse(self, 400);
        file_line(self, line);
    }
    roll_fields_refuse(self, 400);
}

const RollField *
roll_fields_next(const RollFields *self, RollHeader kind, const RollField *after)
{
    const RollField *field = after ? after + 1 : self->list;
    for (; field < self->list + self->n_list; field++)
        if (field->kind == kind)
            return field;
    return NULL;
}

char *
roll_fields_push(RollFields *self, RollText text)
{
    char *start = self->arena;
    g_assert((size_t)(self->memory + self->capacity - start) >= text.len);
    if (text.len > 0)
        memcpy(start, text.ptr, text.len);
    self->arena += text.len;
    return start;
}

RollText
roll_fields_pushed(const RollFields *self, const char *start)
{
    return (RollText){start, (size_t)(self->arena - start)};
}

RollText
roll_fields_tags(RollFields *self, RollHeader kind)
{
    char *start = self->arena;
    for (const RollField *field = NULL; (field = roll_fields_next(self, kind, field));) {
        RollText rest = field->value;
        RollText tag;
        while (roll_header_next_item(&rest, &tag)) {
            if (tag.len == 0)
                continue;
            if (self->arena > start)
                roll_fields_push(self, ROLL_TEXT(","));
            roll_fields_push(self, tag);
        }
    }
    return self->arena > start ? roll_fields_pushed(self, start) : (RollText){0};
}

RollText
roll_fields_keep(RollFields *self, const char *string)
{
    if (!string)
        return (RollText){0};
    RollText text = roll_text_unquote(roll_text(string));
    return (RollText){roll_fields_push(self, text), text.len};
}
