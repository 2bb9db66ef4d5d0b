/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the build knows comes from build-facts.h, which meson writes. Libraries are asked for the
 * version that is there now, as it may be another than that of the build. */
#include "sim/command/version.h"

#include "build-facts.h"

#include <glib.h>
#include <gnutls/gnutls.h>
#include <gsl/gsl_version.h>
#include <microhttpd.h>
#include <nettle/version.h>
#include <pcap/pcap.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

/* @built is what meson found; @here is %NULL of a library that does not tell. */
static void
print_library(FILE *out, const char *name, const char *built, const char *here)
{
    fprintf(out, "  %-15s%s", name, here ? here : built);
    if (here && strcmp(here, built) != 0)
        fprintf(out, " (built with %s)", built);
    fputc('\n', out);
}

/* The number in "libpcap version 1.10.3 (with TPACKET_V3)". */
static char *
pcap_number(void)
{
    const char *text = pcap_lib_version();
    const char *number = strpbrk(text, "0123456789");
    return g_strndup(number ? number : text, strcspn(number ? number : text, " ("));
}

static void
print_libraries(FILE *out)
{
    g_autofree char *glib =
        g_strdup_printf("%u.%u.%u", glib_major_version, glib_minor_version, glib_micro_version);
    /* nettle tells two of its three numbers. */
    g_autofree char *nettle =
        g_strdup_printf("%d.%d", nettle_version_major(), nettle_version_minor());
    bool same = g_str_has_prefix(nettle, BUILD_NETTLE);
    g_autofree char *pcap = pcap_number();
    fprintf(out, "\nLibraries:\n");
    print_library(out, "GLib", BUILD_GLIB, glib);
    print_library(out, "libosip2", BUILD_OSIP, NULL);
    print_library(out, "nettle", BUILD_NETTLE, same ? NULL : nettle);
    print_library(out, "GSL", BUILD_GSL, gsl_version);
    print_library(out, "SQLite", BUILD_SQLITE, sqlite3_libversion());
    print_library(out, "hiredis", BUILD_HIREDIS, NULL);
    print_library(out, "GnuTLS", BUILD_GNUTLS, gnutls_check_version(NULL));
    print_library(out, "libmicrohttpd", BUILD_MICROHTTPD, MHD_get_version());
    print_library(out, "libpcap", BUILD_PCAP, pcap);
    print_library(out, "MPI", BUILD_MPI, NULL);
}

void
sim_version_print(FILE *out)
{
    fprintf(out, "rollcall %s\n", SIM_VERSION);
    fprintf(out, "\nBuilt by %s for %s:\n", BUILD_COMPILER, BUILD_MACHINE);
    fprintf(out, "  build type     %s, optimisation %s%s\n", BUILD_TYPE, BUILD_OPTIMISATION,
            BUILD_LTO ? ", LTO" : "");
    fprintf(out, "  sanitizers     %s\n", BUILD_SANITIZERS);
    fprintf(out, "  assertions     %s\n", BUILD_ASSERTIONS);
    print_libraries(out);
    fprintf(out,
            "\nLicence: GPL-3.0-or-later; of libroll, the core, LGPL-2.1-or-later. This is free "
            "software:\nyou may change and share it. There is no warranty, to the extent "
            "permitted by law.\n");
}
