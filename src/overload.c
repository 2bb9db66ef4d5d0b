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
enum { SEQ_PER_SECOND = 100000, SEQ_DIGITS = 5 };

/* Section 4.3: milliseconds where oc-validity is left out. */
enum { VALIDITY_DEFAULT = 500 };

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

void
roll_overload_tell(RollRegistrar *self, RollTime now, RollReply *reply)
{
    end_when_over(self, now);
    reply->oc = true;
    reply->oc_percent = self->overload.percent;
    reply->oc_validity = self->overload.validity;
    reply->oc_seq = self->overload.seq;
}

RollText
roll_overload_answer_via(RollRegistrar *self, const RollReply *reply, RollText via)
{
    const char *end = via.len > 0 ? memchr(via.ptr, '\n', via.len) : NULL;
    if (!end)
        return via;
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
        reply->oc_percent, reply->oc_validity, reply->oc_seq / SEQ_PER_SECOND,
        (int)(reply->oc_seq % SEQ_PER_SECOND));
    g_string_append_len(out, end, (gssize)(via.ptr + via.len - end));
    return (RollText){out->str, out->len};
}

static bool
read_number(RollText text, uint64_t max, uint64_t *out)
{
    return roll_text_number(text, max, out) && *out <= max;
}

/* Seconds, a dot and up to five digits; without a dot it is seconds. */
static bool
read_seq(RollText value, int64_t *out)
{
    const char *dot = value.len > 0 ? memchr(value.ptr, '.', value.len) : NULL;
    size_t len = dot ? (size_t)(dot - value.ptr) : value.len;
    RollText digits = {0};
    uint64_t seconds, part = 0;
    if (dot)
        digits = (RollText){dot + 1, value.len - len - 1};
    if (!read_number((RollText){value.ptr, len}, INT64_MAX / SEQ_PER_SECOND - 1, &seconds) ||
        digits.len > SEQ_DIGITS || (dot && !read_number(digits, SEQ_PER_SECOND - 1, &part)))
        return false;
    for (size_t i = digits.len; dot && i < SEQ_DIGITS; i++)
        part *= 10;
    *out = (int64_t)(seconds * SEQ_PER_SECOND + part);
    return true;
}

/* Returns: false if it is a value that @out cannot take. */
static bool
read_param(const RollParam *param, RollReply *out)
{
    uint64_t number;
    if (roll_text_equal_nocase(param->name, ROLL_TEXT("oc"))) {
        out->oc = param->value.ptr && read_number(param->value, 100, &number);
        out->oc_percent = out->oc ? (uint32_t)number : 0;
        return out->oc;
    }
    if (roll_text_equal_nocase(param->name, ROLL_TEXT("oc-algo")))
        return lists_loss(param->value);
    if (roll_text_equal_nocase(param->name, ROLL_TEXT("oc-seq")))
        return read_seq(param->value, &out->oc_seq);
    if (!roll_text_equal_nocase(param->name, ROLL_TEXT("oc-validity")))
        return true;
    if (!read_number(param->value, UINT32_MAX, &number))
        return false;
    out->oc_validity = (uint32_t)number;
    return true;
}

void
roll_overload_read(RollText via, RollReply *out)
{
    RollReply read = {.oc_validity = VALIDITY_DEFAULT};
    RollText rest = cut_params(via);
    RollParam param;
    while (roll_header_next_param(&rest, &param) == 1)
        if (!read_param(&param, &read))
            return;
    if (!read.oc)
        return;
    out->oc = true;
    out->oc_percent = read.oc_percent;
    out->oc_validity = read.oc_validity;
    out->oc_seq = read.oc_seq;
}
