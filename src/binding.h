/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A binding as the location table holds it: numbers of fixed size, and its texts in one run of
 * bytes that the table finds room for. */
#pragma once

#include <rollcall/message.h>

/**
 * RollBinding: one record.
 * @expires_at: %ROLL_NEVER for a static record
 * @text: contact URI, header parameters and Call-ID, one behind the other, and the extension
 * @cseq: of the request that wrote it last
 * @q: thousandths, or %ROLL_Q_NONE
 */
typedef struct {
    RollTime registered_at;
    RollTime expires_at;
    char *text;
    uint32_t text_size : 31;
    uint32_t extended : 1;
    uint32_t cseq;
    uint16_t contact_len;
    uint16_t params_len;
    uint16_t call_id_len;
    int16_t q;
} RollBinding;

/** ROLL_BINDING_TEXT_MAX: the longest contact, parameters or Call-ID that fits. */
#define ROLL_BINDING_TEXT_MAX UINT16_MAX

static inline RollText
roll_binding_contact(const RollBinding *self)
{
    return (RollText){self->text, self->contact_len};
}

/** roll_binding_params: absent when the contact had none. */
static inline RollText
roll_binding_params(const RollBinding *self)
{
    const char *params = self->text + self->contact_len;
    return (RollText){self->params_len ? params : NULL, self->params_len};
}

static inline RollText
roll_binding_call_id(const RollBinding *self)
{
    return (RollText){self->text + self->contact_len + self->params_len, self->call_id_len};
}

/**
 * RollExtension: what only the bindings of clients with extensions have; kept behind their texts,
 * so that the others pay nothing for it.
 * @gruu: names the temporary GRUUs of the instance that are good now; 0 none (gruu.h)
 * @gruu_count: of those the one made for this binding last
 * @trunk: not 0: the binding was made by the registration of this trunk (bulk.h)
 * @instance: absent without; @path: absent without (RFC 3327)
 * @flow: the connection it came on; of family 0 if none is kept (RFC 5626)
 * @reg_id: not 0: it is bound by @instance and this (RFC 5626)
 * @bulk: its contact stands for the numbers of a trunk (RFC 6140)
 */
typedef struct {
    uint64_t gruu;
    uint64_t gruu_count;
    uint64_t trunk;
    RollText instance;
    RollText path;
    RollEndpoint flow;
    uint32_t reg_id;
    bool bulk;
} RollExtension;

/** roll_binding_extension: Returns: false, @out untouched, if @self has none. */
bool roll_binding_extension(const RollBinding *self, RollExtension *out);
/** roll_binding_set_gruu: on a binding with an extension. */
void roll_binding_set_gruu(RollBinding *self, uint64_t gruu);
/** roll_binding_has_flow: it came on the connection @flow. */
bool roll_binding_has_flow(const RollBinding *self, const RollEndpoint *flow);

/** roll_binding_clean_flow: @flow without what may stand in the bytes its family does not use. */
RollEndpoint roll_binding_clean_flow(const RollEndpoint *flow);

/** roll_binding_write_extension: @extension and its texts, to @at behind the other texts. */
void roll_binding_write_extension(char *at, const RollExtension *extension);
