/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The registrar does not measure its load: its owner knows it and says how much to shed. A client
 * that offers `oc` is told so and sheds by itself, so its requests are served (RFC 7339 section
 * 5.5). Of the others the same share is refused here (section 5.10.2), chosen by a keyed hash of
 * the request: a copy of it has the same fate, its next try another one. Of the classes of
 * algorithms only "loss" is spoken; every client has to know it (section 4.2). */
#include "overload.h"

#include "header.h"
#include "registrar.h"

/* Section 9: oc-seq = 1*12DIGIT "." 1*5DIGIT. */
enum { SEQ_PER_SECOND = 100000 };

static bool
lists_loss(RollText value)
{
    RollText list = roll_text_unquote(value);
    RollText item;
    while (roll_header_next_item(&list, &item))
        if (roll_text_equal_nocase(item, ROLL_TEXT("loss")))
            return true;
    return false;
}

static RollText
cut_params(RollText via)
{
    const char *semicolon = via.len > 0 ? memchr(via.ptr, ';', via.len) : NULL;
    size_t len = semicolon ? (size_t)(semicolon - via.ptr) : via.len;
    return (RollText){via.ptr + len, via.len - len};
}

/* Section 4.1: in a request `oc` has no value. Section 4.2: the list has "loss" by default. */
bool
roll_overload_is_offered(RollText value)
{
    RollText rest = cut_params(value);
    RollParam param;
    bool offered = false, loss = true;
    while (roll_header_next_param(&rest, &param) == 1) {
        if (roll_text_equal_nocase(param.name, ROLL_TEXT("oc")))
            offered = !param.value.ptr;
        else if (roll_text_equal_nocase(param.name, ROLL_TEXT("oc-algo")))
            loss = lists_loss(param.value);
    }
    return offered && loss;
}

/* Section 4.4: a time stamp, but never the one before again. */
static void
change(RollRegistrar *self, RollTime now, uint32_t percent, uint32_t validity)
{
    RollOverload *overload = &self->overload;
    int64_t stamp = self->config.epoch * SEQ_PER_SECOND + now / (ROLL_SECOND / SEQ_PER_SECOND);
    overload->percent = percent;
    overload->validity = percent > 0 ? validity : 0;
    overload->until = percent > 0 ? now + validity * ROLL_MILLISECOND : ROLL_NEVER;
    overload->seq = MAX(MAX(stamp, 1), overload->seq + 1);
}

void
roll_registrar_set_overload(RollRegistrar *self, RollTime now, uint32_t percent,
                            uint32_t validity_ms)
{
    change(self, now, validity_ms > 0 ? MIN(percent, 100) : 0, validity_ms);
}

/* Section 5.7: clients stop when the validity is over, and so do we. */
static void
end_when_over(RollRegistrar *self, RollTime now)
{
    if (self->overload.percent > 0 && now >= self->overload.until)
        change(self, now, 0, 0);
}

bool
roll_overload_refuses(RollRegistrar *self, RollTime now, const RollRequest *request)
{
    end_when_over(self, now);
    if (self->overload.percent == 0 || request->oc)
        return false;
    uint64_t hash = roll_hash(self->tag_key, request->cseq, ROLL_TEXT("overload"));
    hash = roll_hash(self->tag_key, hash, request->call_id);
    return hash % 100 < self->overload.percent;
}

static bool
is_ours(RollText name)
{
    return roll_text_equal_nocase(name, ROLL_TEXT("oc")) ||
           roll_text_equal_nocase(name, ROLL_TEXT("oc-algo")) ||
           roll_text_equal_nocase(name, ROLL_TEXT("oc-validity")) ||
           roll_text_equal_nocase(name, ROLL_TEXT("oc-seq"));
}

RollText
roll_overload_answer_via(RollRegistrar *self, RollTime now, RollText via)
{
    const char *end = via.len > 0 ? memchr(via.ptr, '\n', via.len) : NULL;
    if (!end)
        return via;
    end_when_over(self, now);
    const RollOverload *overload = &self->overload;
    RollText top = {via.ptr, (size_t)(end - via.ptr)};
    RollText rest = cut_params(top);
    RollParam param;
    GString *out = g_string_truncate(self->via, 0);
    g_string_append_len(out, top.ptr, (gssize)(top.len - rest.len));
    while (roll_header_next_param(&rest, &param) == 1)
        if (!is_ours(param.name))
            g_string_append_len(out, param.text.ptr, (gssize)param.text.len);
    /* Sections 5.1 and 5.2: 0 and no time when there is nothing to hold back. */
    g_string_append_printf(
        out, ";oc=%u;oc-algo=\"loss\";oc-validity=%u;oc-seq=%" G_GINT64_FORMAT ".%05d",
        overload->percent, overload->validity, overload->seq / SEQ_PER_SECOND,
        (int)(overload->seq % SEQ_PER_SECOND));
    g_string_append_len(out, end, (gssize)(via.ptr + via.len - end));
    return (RollText){out->str, out->len};
}
