/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A ring indexed by the serial: nonce `s` lives at s modulo the limit until nonce s + limit takes
 * its place. The ring grows up to the limit as serials are issued. Without an entry the issue time
 * is not known and the MAC cannot be checked; such a nonce is stale all the same. */
#include "nonce.h"

#include <glib.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <rollcall/pages.h>
#include <string.h>

typedef struct {
    RollTime issued;
    uint32_t count;
} Nonce;

struct RollNonces {
    RollTime lifetime;
    size_t limit;
    uint64_t last;
    Nonce *ring;
    size_t size;
    struct hmac_sha256_ctx keyed;
};

enum { SERIAL_DIGITS = 16, MAC_BYTES = 16, FIRST_SIZE = 64 };

RollNonces *
roll_nonces_new(RollTime lifetime, size_t limit, const uint8_t key[32])
{
    RollNonces *self = g_new0(RollNonces, 1);
    self->lifetime = lifetime;
    self->limit = MAX(limit, 1);
    hmac_sha256_set_key(&self->keyed, 32, key);
    return self;
}

void
roll_nonces_free(RollNonces *self)
{
    if (!self)
        return;
    roll_pages_free(self->ring, self->size * sizeof *self->ring);
    g_free(self);
}

static void
grow(RollNonces *self, size_t size)
{
    Nonce *ring = roll_pages_new(size * sizeof *ring);
    if (self->size > 0)
        memcpy(ring, self->ring, self->size * sizeof *ring);
    roll_pages_free(self->ring, self->size * sizeof *ring);
    self->ring = ring;
    self->size = size;
}

uint64_t
roll_nonces_issue(RollNonces *self, RollTime now)
{
    size_t slot = ++self->last % self->limit;
    /* Serials count up from 1, so until the ring has its full size slots come in order. */
    if (slot >= self->size)
        grow(self, MIN(MAX(MAX(2 * self->size, FIRST_SIZE), slot + 1), self->limit));
    self->ring[slot] = (Nonce){now, 0};
    return self->last;
}

static const Nonce *
find(const RollNonces *self, uint64_t serial)
{
    if (serial == 0 || serial > self->last || self->last - serial >= self->limit)
        return NULL;
    return &self->ring[serial % self->limit];
}

uint32_t *
roll_nonces_count(RollNonces *self, RollTime now, uint64_t serial)
{
    Nonce *nonce = (Nonce *)find(self, serial);
    return nonce && now - nonce->issued <= self->lifetime ? &nonce->count : NULL;
}

static void
put64(uint8_t *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(value >> (56 - 8 * i));
}

void
roll_nonces_write(const RollNonces *self, uint64_t serial, RollTime issued,
                  char out[ROLL_NONCE_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[8 + MAC_BYTES];
    put64(bytes, serial);
    put64(bytes + 8, (uint64_t)issued);
    struct hmac_sha256_ctx mac = self->keyed;
    hmac_sha256_update(&mac, 16, bytes);
    hmac_sha256_digest(&mac, MAC_BYTES, bytes + 8);
    for (size_t i = 0; i < sizeof bytes; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
}

uint64_t
roll_nonces_read(const RollNonces *self, RollText text)
{
    if (text.len != ROLL_NONCE_TEXT)
        return 0;
    uint64_t serial = 0;
    for (size_t i = 0; i < SERIAL_DIGITS; i++) {
        int digit = g_ascii_xdigit_value(text.ptr[i]);
        if (digit < 0)
            return 0;
        serial = serial << 4 | (uint64_t)digit;
    }
    const Nonce *nonce = find(self, serial);
    if (!nonce)
        return 0;
    char expected[ROLL_NONCE_TEXT];
    roll_nonces_write(self, serial, nonce->issued, expected);
    return memeql_sec(expected, text.ptr, sizeof expected) ? serial : 0;
}
