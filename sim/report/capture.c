/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libpcap writes the file; here each SIP message gets the IPv4 and UDP headers it would have had
 * (RFC 791, RFC 768). */
#include "sim/report/capture.h"
#include "sim/report/output.h"

#include <errno.h>
#include <gio/gio.h>
#include <pcap/pcap.h>
#include <string.h>

#define IP_HEADER 20
#define UDP_HEADER 8
#define MOST_BYTES 65535

struct SimCapture {
    char *path;
    char *beside;
    pcap_t *pcap;
    pcap_dumper_t *dumper;
    uint16_t number;
};

static void
capture_free(SimCapture *self)
{
    if (self->dumper != NULL)
        pcap_dump_close(self->dumper);
    if (self->pcap != NULL)
        pcap_close(self->pcap);
    g_free(self->beside);
    g_free(self->path);
    g_free(self);
}

SimCapture *
sim_capture_new(const char *path, GError **error)
{
    SimCapture *self = g_new0(SimCapture, 1);
    self->path = g_strdup(path);
    self->beside = g_strconcat(path, ".part", NULL);
    self->pcap = pcap_open_dead(DLT_RAW, MOST_BYTES);
    self->dumper = self->pcap != NULL ? pcap_dump_open(self->pcap, self->beside) : NULL;
    if (self->dumper != NULL)
        return self;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s",
                self->pcap != NULL ? pcap_geterr(self->pcap) : g_strerror(ENOMEM));
    capture_free(self);
    return NULL;
}

static void
put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void
put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}

/* The ones' complement sum of RFC 1071, before its complement. */
static uint32_t
add_words(uint32_t sum, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i + 1 < len; i += 2)
        sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
    if (len % 2 == 1)
        sum += (uint32_t)bytes[len - 1] << 8;
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

static void
put_headers(uint8_t *frame, const SimPacket *packet, size_t payload, uint16_t number)
{
    uint8_t *udp = frame + IP_HEADER;
    memset(frame, 0, IP_HEADER + UDP_HEADER);
    frame[0] = 0x45;
    put16(frame + 2, (uint32_t)(IP_HEADER + UDP_HEADER + payload));
    put16(frame + 4, number);
    frame[8] = 64;
    frame[9] = 17;
    put32(frame + 12, packet->from);
    put32(frame + 16, packet->to);
    put16(frame + 10, ~add_words(0, frame, IP_HEADER) & 0xffff);
    put16(udp, packet->from_port);
    put16(udp + 2, packet->to_port);
    put16(udp + 4, (uint32_t)(UDP_HEADER + payload));
    /* The pseudo header: both addresses, protocol and length. */
    uint32_t sum = add_words(17 + (uint32_t)(UDP_HEADER + payload), frame + 12, 8);
    sum = ~add_words(sum, udp, UDP_HEADER + payload) & 0xffff;
    put16(udp + 6, sum != 0 ? sum : 0xffff);
}

void
sim_capture_packet(void *data, const SimPacket *packet)
{
    SimCapture *self = data;
    uint8_t frame[MOST_BYTES];
    size_t payload = MIN(packet->len, MOST_BYTES - IP_HEADER - UDP_HEADER);
    memcpy(frame + IP_HEADER + UDP_HEADER, packet->data, payload);
    put_headers(frame, packet, payload, self->number++);
    struct pcap_pkthdr header = {
        .ts = {.tv_sec = packet->at / ROLL_SECOND, .tv_usec = packet->at % ROLL_SECOND},
        .caplen = (bpf_u_int32)(IP_HEADER + UDP_HEADER + payload),
        .len = (bpf_u_int32)(IP_HEADER + UDP_HEADER + payload),
    };
    pcap_dump((u_char *)self->dumper, &header, frame);
}

bool
sim_capture_close(SimCapture *self, GError **error)
{
    bool done = pcap_dump_flush(self->dumper) == 0;
    if (!done)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", self->beside,
                    g_strerror(errno));
    pcap_dump_close(self->dumper);
    self->dumper = NULL;
    done = done && sim_output_move(self->beside, self->path, error);
    capture_free(self);
    return done;
}
