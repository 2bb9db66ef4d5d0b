/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/net/dial.h"

static gboolean
accept_any(GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags errors,
           void *data)
{
    (void)tls, (void)certificate, (void)errors, (void)data;
    return TRUE;
}

static void
watch_handshake(GSocketClient *client, GSocketClientEvent event, GSocketConnectable *where,
                GIOStream *connection, void *data)
{
    (void)client, (void)where, (void)data;
    if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
        g_signal_connect(connection, "accept-certificate", G_CALLBACK(accept_any), NULL);
}

GSocketClient *
sim_dial_new(RollTransport transport)
{
    bool datagrams = transport == ROLL_TRANSPORT_UDP;
    GSocketClient *client = g_socket_client_new();
    g_socket_client_set_socket_type(client,
                                    datagrams ? G_SOCKET_TYPE_DATAGRAM : G_SOCKET_TYPE_STREAM);
    g_socket_client_set_protocol(client, datagrams ? G_SOCKET_PROTOCOL_UDP : G_SOCKET_PROTOCOL_TCP);
    g_socket_client_set_enable_proxy(client, FALSE);
    g_socket_client_set_tls(client, transport == ROLL_TRANSPORT_TLS);
    g_signal_connect(client, "event", G_CALLBACK(watch_handshake), NULL);
    return client;
}
