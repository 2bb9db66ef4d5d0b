/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A temporary GRUU is `tgruu.`, then one AES block and a MAC of 80 bits in hexadecimal. The block
 * holds 48 bits of serial, 48 of count and 32 of row; the count never repeats, so no two blocks are
 * alike and nobody without the key can tell which belong together (RFC 5627 section 5.1). */
#include "gruu.h"

#include <nettle/aes.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>

#include "outbound.h"

enum { MAC_BYTES = 10, TOKEN_BYTES = AES_BLOCK_SIZE + MAC_BYTES, SERIAL_BITS = 48 };

#define SERIAL_MASK ((UINT64_C(1) << SERIAL_BITS) - 1)

static const RollText prefix = {"tgruu.", 6};

struct RollGruus {
    struct aes256_ctx seal;
    struct aes256_ctx open;
    struct hmac_sha256_ctx mac;
    int64_t epoch;
    uint64_t serial;
    uint64_t count;
};

/* A key for each purpose, so that what is seen of one tells nothing of the others. */
static void
derive_key(const uint8_t key[32], const char *purpose, uint8_t out[32])
{
    struct hmac_sha256_ctx keyed;
    hmac_sha256_set_key(&keyed, 32, key);
    hmac_sha256_update(&keyed, strlen(purpose), (const uint8_t *)purpose);
    hmac_sha256_digest(&keyed, 32, out);
}

RollGruus *
roll_gruus_new(const uint8_t key[32], int64_t epoch)
{
    RollGruus *self = g_new0(RollGruus, 1);
    uint8_t derived[32];
    derive_key(key, "gruu block", derived);
    aes256_set_encrypt_key(&self->seal, derived);
    aes256_set_decrypt_key(&self->open, derived);
    derive_key(key, "gruu mac", derived);
    hmac_sha256_set_key(&self->mac, sizeof derived, derived);
    self->epoch = epoch;
    return self;
}

void
roll_gruus_free(RollGruus *self)
{
    g_free(self);
}

/* Serials begin at the time of day: after a restart with the same key an old GRUU finds nothing
 * rather than somebody else (appendix A.2 has a counter on disk for that). */
static uint64_t
next_serial(RollGruus *self, RollTime now)
{
    if (self->serial == 0) {
        self->serial = (uint64_t)(self->epoch + now / ROLL_SECOND) << 16 & SERIAL_MASK;
        self->count = self->serial;
    }
    self->serial = (self->serial + 1) & SERIAL_MASK;
    return self->serial ? self->serial : next_serial(self, now);
}

static void
put_number(uint8_t *out, uint64_t value, size_t n_bytes)
{
    while (n_bytes-- > 0) {
        out[n_bytes] = (uint8_t)value;
        value >>= 8;
    }
}

static uint64_t
get_number(const uint8_t *in, size_t n_bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n_bytes; i++)
        value = value << 8 | in[i];
    return value;
}

static void
make_mac(const RollGruus *self, const uint8_t block[AES_BLOCK_SIZE], uint8_t out[MAC_BYTES])
{
    struct hmac_sha256_ctx mac = self->mac;
    hmac_sha256_update(&mac, AES_BLOCK_SIZE, block);
    hmac_sha256_digest(&mac, MAC_BYTES, out);
}

static void
put_token(const RollGruus *self, uint32_t row, const RollExtension *extension, GString *out)
{
    uint8_t plain[AES_BLOCK_SIZE], token[TOKEN_BYTES];
    put_number(plain, extension->gruu, 6);
    put_number(plain + 6, extension->gruu_count, 6);
    put_number(plain + 12, row, 4);
    aes256_encrypt(&self->seal, AES_BLOCK_SIZE, token, plain);
    make_mac(self, token, token + AES_BLOCK_SIZE);
    for (size_t i = 0; i < sizeof token; i++) {
        g_string_append_c(out, "0123456789abcdef"[token[i] >> 4]);
        g_string_append_c(out, "0123456789abcdef"[token[i] & 15]);
    }
}

static bool
read_token(const RollGruus *self, RollText text, RollGruuTarget *out)
{
    uint8_t plain[AES_BLOCK_SIZE], token[TOKEN_BYTES], mac[MAC_BYTES];
    if (text.len != 2 * sizeof token)
        return false;
    for (size_t i = 0; i < sizeof token; i++) {
        int high = g_ascii_xdigit_value(text.ptr[2 * i]);
        int low = g_ascii_xdigit_value(text.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        token[i] = (uint8_t)(high << 4 | low);
    }
    make_mac(self, token, mac);
    if (!memeql_sec(mac, token + AES_BLOCK_SIZE, MAC_BYTES))
        return false;
    aes256_decrypt(&self->open, AES_BLOCK_SIZE, plain, token);
    out->serial = get_number(plain, 6);
    out->row = (uint32_t)get_number(plain + 12, 4);
    return true;
}

int
roll_gruu_read(const RollRegistrar *self, const RollUri *uri, RollGruuTarget *out)
{
    RollText instance;
    if (!roll_uri_is_sip(uri) || !roll_uri_find_param(uri, ROLL_TEXT("gr"), &instance))
        return 0;
    out->instance = instance;
    out->serial = 0;
    if (instance.len > 0)
        return 1;
    /* Section 3.1.2: without a value it is a temporary one, and all is in the user part. */
    if (uri->user.len <= prefix.len || memcmp(uri->user.ptr, prefix.ptr, prefix.len) != 0)
        return -1;
    RollText token = {uri->user.ptr + prefix.len, uri->user.len - prefix.len};
    return self->gruus && read_token(self->gruus, token, out) ? 1 : -1;
}

/* Whether @escaped is the instance @plain with some of its characters escaped. */
static bool
is_escaped(RollText escaped, RollText plain, GString *scratch)
{
    g_string_truncate(scratch, 0);
    for (size_t i = 0; i < escaped.len; i++) {
        char c = escaped.ptr[i];
        if (c == '%' && i + 2 < escaped.len) {
            c = (char)(g_ascii_xdigit_value(escaped.ptr[i + 1]) << 4 |
                       g_ascii_xdigit_value(escaped.ptr[i + 2]));
            i += 2;
        }
        g_string_append_c(scratch, c);
    }
    return roll_instance_equal((RollText){scratch->str, scratch->len}, plain);
}

bool
roll_gruu_matches(const RollGruuTarget *target, const RollExtension *extension)
{
    if (target->instance.len == 0)
        return target->serial != 0 && extension->gruu == target->serial;
    g_autoptr(GString) scratch = g_string_new(NULL);
    return extension->instance.ptr && is_escaped(target->instance, extension->instance, scratch);
}

bool
roll_gruu_may_bind(const RollRegistrar *self, const RollSubject *subject,
                   const RollContact *contact)
{
    RollUri aor;
    /* A public GRUU of the address-of-record equals it: a parameter that only one of two URIs has
     * does not count, and `gr` is one. */
    if (!roll_uri_is_sip(&contact->uri) ||
        (roll_uri_parse(subject->aor, &aor) && roll_uri_equal(&aor, &contact->uri)))
        return false;
    RollGruuTarget target;
    if (!subject->row || roll_gruu_read(self, &contact->uri, &target) <= 0 || target.serial == 0)
        return true;
    for (size_t i = 0; i < roll_row_count(subject->row); i++) {
        RollExtension extension;
        if (roll_binding_extension(roll_row_binding(subject->row, i), &extension) &&
            extension.gruu == target.serial)
            return false;
    }
    return true;
}

/* Section 5.1: the contact of this instance, and of this flow if it is one, registered last. */
static const RollBinding *
find_last(RollRow *row, const RollExtension *wanted, uint64_t *serial)
{
    const RollBinding *last = NULL;
    for (size_t i = 0; row && i < roll_row_count(row); i++) {
        const RollBinding *binding = roll_row_binding(row, i);
        RollExtension extension;
        if (!roll_binding_extension(binding, &extension) || extension.trunk != 0 ||
            extension.bulk || !roll_instance_equal(extension.instance, wanted->instance))
            continue;
        *serial = extension.gruu;
        if ((wanted->reg_id == 0 || extension.reg_id == wanted->reg_id) &&
            (!last || binding->registered_at >= last->registered_at))
            last = binding;
    }
    return last;
}

static void
change_serial(RollRow *row, uint64_t from, uint64_t to)
{
    for (size_t i = 0; row && i < roll_row_count(row); i++) {
        RollBinding *binding = roll_row_binding(row, i);
        RollExtension extension;
        if (roll_binding_extension(binding, &extension) && extension.gruu == from)
            roll_binding_set_gruu(binding, to);
    }
}

void
roll_gruu_grant(RollRegistrar *self, RollTime now, RollRow *row, RollText call_id,
                RollExtension *extension)
{
    if (!self->gruus || extension->instance.len == 0 || extension->bulk)
        return;
    uint64_t serial = 0;
    const RollBinding *last = find_last(row, extension, &serial);
    if (serial == 0) {
        serial = next_serial(self->gruus, now);
    } else if (last && !roll_text_equal(roll_binding_call_id(last), call_id)) {
        /* The device has started anew: what it was called before leads nowhere from now on. */
        uint64_t old = serial;
        serial = next_serial(self->gruus, now);
        change_serial(row, old, serial);
    }
    extension->gruu = serial;
    extension->gruu_count = ++self->gruus->count & SERIAL_MASK;
}

/* A temporary GRUU made for another binding of the instance may be the newest. */
static RollExtension
find_newest(RollRow *row, const RollExtension *extension)
{
    RollExtension newest = *extension, other;
    for (size_t i = 0; i < roll_row_count(row); i++)
        if (roll_binding_extension(roll_row_binding(row, i), &other) && other.gruu == newest.gruu &&
            other.gruu_count > newest.gruu_count)
            newest = other;
    return newest;
}

static void
put_escaped(RollText instance, GString *out)
{
    for (size_t i = 0; i < instance.len; i++) {
        char c = instance.ptr[i];
        if (g_ascii_isalnum(c) || (c != '\0' && strchr("-_.!~*'()[]/:&+$", c)))
            g_string_append_c(out, c);
        else
            g_string_append_printf(out, "%%%02X", (uint8_t)c);
    }
}

static RollText
keep(RollRegistrar *self, const GString *text)
{
    return (RollText){g_string_chunk_insert_len(self->texts, text->str, (gssize)text->len),
                      text->len};
}

void
roll_gruu_list(RollRegistrar *self, RollRow *row, const RollExtension *extension,
               RollContact *contact)
{
    if (!self->gruus || extension->gruu == 0)
        return;
    RollText aor = roll_row_aor(row);
    g_autoptr(GString) text = g_string_new_len(aor.ptr, (gssize)aor.len);
    g_string_append(text, ";gr=");
    put_escaped(extension->instance, text);
    contact->pub_gruu = keep(self, text);

    RollUri uri;
    RollExtension newest = find_newest(row, extension);
    if (!roll_uri_parse(aor, &uri))
        return;
    g_string_truncate(text, 0);
    g_string_append_len(text, uri.scheme.ptr, (gssize)uri.scheme.len);
    g_string_append_printf(text, ":%s", prefix.ptr);
    put_token(self->gruus, roll_row_id(row), &newest, text);
    g_string_append_printf(text, "@%.*s;gr", (int)uri.host.len, uri.host.ptr);
    contact->temp_gruu = keep(self, text);
}
