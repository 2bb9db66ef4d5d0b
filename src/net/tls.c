/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * GnuTLS on the descriptor, and not GIO's TLS streams: those read a handshake in a thread of a
 * small pool, so that a few clients who stop in the middle of theirs hold up everybody's, and
 * closing one waits for a client who does not read. */
#include "tls.h"

#include <errno.h>
#include <gio/gio.h>
#include <gnutls/gnutls.h>

struct RollTlsKeys {
    gint count;
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priority;
};

struct RollTls {
    RollTlsKeys *keys;
    gnutls_session_t session;
    bool open;
};

RollTlsKeys *
roll_tls_keys_ref(RollTlsKeys *self)
{
    g_atomic_int_inc(&self->count);
    return self;
}

void
roll_tls_keys_unref(RollTlsKeys *self)
{
    if (!self || !g_atomic_int_dec_and_test(&self->count))
        return;
    if (self->credentials)
        gnutls_certificate_free_credentials(self->credentials);
    if (self->priority)
        gnutls_priority_deinit(self->priority);
    g_free(self);
}

RollTlsKeys *
roll_tls_keys_load(const char *certificate, const char *key, GError **error)
{
    RollTlsKeys *self = g_new0(RollTlsKeys, 1);
    self->count = 1;
    int status = gnutls_certificate_allocate_credentials(&self->credentials);
    if (status >= 0)
        status = gnutls_priority_init(&self->priority, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2",
                                      NULL);
    if (status >= 0)
        status = gnutls_certificate_set_x509_key_file(self->credentials, certificate, key,
                                                      GNUTLS_X509_FMT_PEM);
    if (status >= 0)
        return self;
    roll_tls_keys_unref(self);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                "certificate %s with key %s: %s; give PEM files that belong together", certificate,
                key, gnutls_strerror(status));
    return NULL;
}

RollTls *
roll_tls_new(RollTlsKeys *keys, int fd)
{
    RollTls *self = g_new0(RollTls, 1);
    self->keys = roll_tls_keys_ref(keys);
    if (gnutls_init(&self->session, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) >= 0 &&
        gnutls_priority_set(self->session, keys->priority) >= 0 &&
        gnutls_credentials_set(self->session, GNUTLS_CRD_CERTIFICATE, keys->credentials) >= 0) {
        /* Whoever calls has a clock of his own. */
        gnutls_handshake_set_timeout(self->session, GNUTLS_INDEFINITE_TIMEOUT);
        gnutls_transport_set_int(self->session, fd);
        return self;
    }
    roll_tls_free(self);
    return NULL;
}

void
roll_tls_free(RollTls *self)
{
    if (!self)
        return;
    if (self->open)
        gnutls_bye(self->session, GNUTLS_SHUT_WR);
    if (self->session)
        gnutls_deinit(self->session);
    roll_tls_keys_unref(self->keys);
    g_free(self);
}

/* As errno has it. */
static ssize_t
result_of(RollTls *self, ssize_t n)
{
    if (n >= 0)
        return n;
    bool over = gnutls_error_is_fatal((int)n) != 0;
    /* A warning, or a client that wants to shake hands again, which it need not be granted. */
    errno = over ? EPROTO : EAGAIN;
    if (over)
        self->open = false;
    return -1;
}

/* Returns: whether there is something to do behind it. */
static bool
shake_hands(RollTls *self)
{
    int status = GNUTLS_E_SUCCESS;
    while (!self->open && (status = gnutls_handshake(self->session)) == GNUTLS_E_INTERRUPTED)
        continue;
    if (status < 0)
        result_of(self, status);
    else
        self->open = true;
    return status >= 0;
}

ssize_t
roll_tls_read(RollTls *self, void *data, size_t len)
{
    if (!shake_hands(self))
        return -1;
    ssize_t n;
    do
        n = gnutls_record_recv(self->session, data, len);
    while (n == GNUTLS_E_INTERRUPTED);
    return result_of(self, n);
}

ssize_t
roll_tls_write(RollTls *self, const void *data, size_t len)
{
    if (!shake_hands(self))
        return -1;
    ssize_t n;
    do
        n = gnutls_record_send(self->session, data, len);
    while (n == GNUTLS_E_INTERRUPTED);
    return result_of(self, n);
}

bool
roll_tls_is_open(const RollTls *self)
{
    return self->open;
}

bool
roll_tls_wants_write(const RollTls *self)
{
    return gnutls_record_get_direction(self->session) == 1;
}
