/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The bytes that wait stand in one buffer; what was taken out is dropped before the next push, so
 * the buffer never holds more than one push beside an unfinished message. */
#include <rollcall/stream.h>

#include <string.h>

/* Of a message whose head is not whole: more than any client sends. A buffer longer than KEPT is
 * not kept once it is empty. */
enum { HEAD_MAX = 65536, KEPT = 4096 };

struct RollStream {
    GByteArray *bytes;
    size_t taken;
    size_t searched; /* of the bytes not taken, where no head ends */
    size_t needed;   /* bytes of the message whose head is whole, or 0 */
    size_t longest;  /* that the buffer was */
    size_t max_message;
    bool server;
    bool broken;
};

RollStream *
roll_stream_new(size_t max_message, bool server)
{
    RollStream *self = g_new0(RollStream, 1);
    self->bytes = g_byte_array_new();
    self->max_message = max_message;
    self->server = server;
    return self;
}

void
roll_stream_free(RollStream *self)
{
    if (!self)
        return;
    g_byte_array_unref(self->bytes);
    g_free(self);
}

void
roll_stream_push(RollStream *self, const void *data, size_t len)
{
    if (self->broken)
        return;
    if (self->taken == self->bytes->len && self->longest > KEPT) {
        g_byte_array_unref(self->bytes);
        self->bytes = g_byte_array_new();
        self->longest = 0;
    } else if (self->taken > 0)
        g_byte_array_remove_range(self->bytes, 0, (guint)self->taken);
    self->taken = 0;
    g_byte_array_append(self->bytes, data, (guint)len);
    self->longest = MAX(self->longest, self->bytes->len);
}

size_t
roll_stream_pending(const RollStream *self)
{
    return self->bytes->len - self->taken;
}

static bool
is_name(const char *line, size_t len, const char *name)
{
    size_t n = strlen(name);
    if (len < n || g_ascii_strncasecmp(line, name, n) != 0)
        return false;
    while (n < len && (line[n] == ' ' || line[n] == '\t'))
        n++;
    return n < len && line[n] == ':';
}

/* RFC 3261 section 20.14: digits alone. Returns: false if @value is none. */
static bool
read_length(const char *value, size_t len, size_t *out)
{
    size_t n = 0, digits = 0;
    while (len > 0 && (value[0] == ' ' || value[0] == '\t'))
        value++, len--;
    for (; len > 0 && g_ascii_isdigit(value[0]) && digits < 10; value++, len--, digits++)
        n = 10 * n + (size_t)(value[0] - '0');
    while (len > 0 && (value[0] == ' ' || value[0] == '\t'))
        value++, len--;
    *out = n;
    return digits > 0 && len == 0;
}

/* Of the head at @text, @len bytes. Two lengths that differ would let two readers see different
 * messages in the same bytes. Returns: false without one good length. */
static bool
find_length(const char *text, size_t len, size_t *out)
{
    bool found = false;
    const char *end = text + len;
    for (const char *line = text; line < end;) {
        const char *stop = memmem(line, (size_t)(end - line), "\r\n", 2);
        size_t n = (size_t)((stop ? stop : end) - line);
        if (is_name(line, n, "Content-Length") || is_name(line, n, "l")) {
            const char *colon = memchr(line, ':', n);
            size_t length;
            if (!read_length(colon + 1, n - (size_t)(colon + 1 - line), &length) ||
                (found && length != *out))
                return false;
            *out = length;
            found = true;
        }
        line = stop ? stop + 2 : end;
    }
    return found;
}

static RollStreamPart
break_off(RollStream *self, const uint8_t **data, size_t *len)
{
    self->broken = true;
    *data = self->bytes->data + self->taken;
    *len = roll_stream_pending(self);
    self->taken = self->bytes->len;
    return ROLL_STREAM_BROKEN;
}

/* Where the head ends that begins at the first byte not taken, or 0. */
static size_t
find_head(RollStream *self)
{
    const uint8_t *text = self->bytes->data + self->taken;
    size_t len = roll_stream_pending(self);
    size_t from = self->searched > 3 ? self->searched - 3 : 0;
    const uint8_t *end = memmem(text + from, len - from, "\r\n\r\n", 4);
    self->searched = len;
    return end ? (size_t)(end - text) + 4 : 0;
}

/* Reads the head, once. Returns: false if no message can be found from here on. */
static bool
measure(RollStream *self)
{
    size_t longest = MIN(self->max_message, HEAD_MAX);
    size_t head = find_head(self), body = 0;
    if (head == 0)
        return roll_stream_pending(self) <= longest;
    const char *text = (const char *)self->bytes->data + self->taken;
    if (head > longest || !find_length(text, head, &body) || body > self->max_message - head)
        return false;
    self->needed = head + body;
    return true;
}

static RollStreamPart
next_message(RollStream *self, const uint8_t **data, size_t *len)
{
    if (self->needed == 0 && !measure(self))
        return break_off(self, data, len);
    if (self->needed == 0 || self->needed > roll_stream_pending(self))
        return ROLL_STREAM_MORE;
    *data = self->bytes->data + self->taken;
    *len = self->needed;
    self->taken += self->needed;
    self->searched = self->needed = 0;
    return ROLL_STREAM_MESSAGE;
}

RollStreamPart
roll_stream_next(RollStream *self, const uint8_t **data, size_t *len)
{
    *data = NULL;
    *len = 0;
    if (self->broken)
        return ROLL_STREAM_BROKEN;
    size_t pending = roll_stream_pending(self);
    const char *text = (const char *)self->bytes->data + self->taken;
    if (pending == 0 || (pending == 1 && text[0] == '\r'))
        return ROLL_STREAM_MORE;
    if (memcmp(text, "\r\n", MIN(pending, 2)) != 0)
        return next_message(self, data, len);
    /* Half a ping: whether it is one shows with the next bytes. */
    if (self->server && pending < 4 && memcmp(text, "\r\n\r\n", pending) == 0)
        return ROLL_STREAM_MORE;
    bool ping = self->server && memcmp(text, "\r\n\r\n", 4) == 0;
    self->taken += ping ? 4 : 2;
    self->searched = 0;
    return ping ? ROLL_STREAM_PING : ROLL_STREAM_PONG;
}
