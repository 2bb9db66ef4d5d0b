/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The server's side of TLS on a socket that does not block. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/** RollTlsKeys: a certificate and its key; shared by the connections that were opened with them. */
typedef struct RollTlsKeys RollTlsKeys;

/**
 * roll_tls_keys_load:
 * @certificate: PEM file, ours first, then those that lead to its root; @key: PEM file
 * @error: %G_IO_ERROR_FAILED, naming the file
 */
RollTlsKeys *roll_tls_keys_load(const char *certificate, const char *key, GError **error);
RollTlsKeys *roll_tls_keys_ref(RollTlsKeys *self);
void roll_tls_keys_unref(RollTlsKeys *self);

typedef struct RollTls RollTls;

/** roll_tls_new: @fd is borrowed, @keys are referenced. Returns: or %NULL, out of memory */
RollTls *roll_tls_new(RollTlsKeys *keys, int fd);

/** roll_tls_free: says goodbye if that takes no waiting. */
void roll_tls_free(RollTls *self);

/**
 * roll_tls_read, roll_tls_write: like recv() and send() that do not wait. The handshake goes on in
 * whichever is called. What roll_tls_write() did not take is to be offered again as it was; more
 * may follow it.
 * Returns: bytes; 0 at the end; -1 with errno EAGAIN, or EPROTO if it is over
 */
ssize_t roll_tls_read(RollTls *self, void *data, size_t len);
ssize_t roll_tls_write(RollTls *self, const void *data, size_t len);

/** roll_tls_is_open: the handshake is done. */
bool roll_tls_is_open(const RollTls *self);

/** roll_tls_wants_write: what gave EAGAIN last waits until the socket can be written. */
bool roll_tls_wants_write(const RollTls *self);
