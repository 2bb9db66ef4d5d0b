/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each size is simulated by a process of its own, whose largest resident set the kernel reports;
 * what a run of one phone needs is taken off. */
#include "sim/command/memory.h"

#include "sim/command/command.h"
#include "sim/experiment/run.h"
#include "sim/report/chart.h"
#include "sim/report/output.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const unsigned SIZES[] = {1000, 3000, 10000, 30000, 100000, 300000};

/* An hour of phones that refresh each half hour, on the direct link. */
static bool
simulate(unsigned phones)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strdup_printf("[scenario]\nduration = 1h\n"
                                            "[network net]\npool = 10.0.0.0/8\n"
                                            "[phones p]\ncount = %u\nnetwork = net\n"
                                            "power = fails exp(1d), back after exp(2h)\n",
                                            phones);
    g_autoptr(SimScenario) scenario =
        sim_scenario_parse("memory.ini", text, strlen(text), NULL, &error);
    SimRunOptions options = {.link = SIM_LINK_DIRECT};
    g_autoptr(SimResult) result = scenario != NULL ? sim_run(scenario, &options, &error) : NULL;
    return result != NULL;
}

/* Bytes; NaN if the process failed. */
static double
measure(unsigned phones)
{
    int status;
    struct rusage usage;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(simulate(phones) ? 0 : 1);
    if (child < 0 || wait4(child, &status, 0, &usage) < 0 || status != 0)
        return NAN;
    return 1024.0 * (double)usage.ru_maxrss;
}

static SimChart *
make_chart(const double *bytes)
{
    SimChart *chart = sim_chart_new("memory", "Memory that a simulated phone takes",
                                    "Largest resident set of a run, less that of a run of one "
                                    "phone, for each phone: model, registrar, table, events and "
                                    "measurement.");
    sim_chart_x(chart, "phones", SIM_SCALE_PLAIN, true);
    sim_chart_y(chart, "bytes for each phone", SIM_SCALE_PLAIN, false);
    SimCurve *curve = sim_chart_curve(chart, "direct link", SIM_CURVE_POINTS, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(SIZES); i++)
        sim_curve_add(curve, SIZES[i], bytes[i] / SIZES[i], NAN, NAN);
    chart->y.from = 0;
    return chart;
}

int
sim_bench_memory(const char *dir)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) csv = g_string_new("phones,bytes,bytes_per_phone\n");
    g_autofree char *path = g_build_filename(dir, "memory.csv", NULL);
    double bytes[G_N_ELEMENTS(SIZES)];
    double base = measure(1);
    for (size_t i = 0; i < G_N_ELEMENTS(SIZES); i++) {
        bytes[i] = measure(SIZES[i]) - base;
        if (isnan(bytes[i])) {
            fprintf(stderr, "rollcall: the run of %u phones failed\n", SIZES[i]);
            return SIM_EXIT_BAD;
        }
        printf("memory-%u %.0f B/phone\n", SIZES[i], bytes[i] / SIZES[i]);
        fflush(stdout);
        g_string_append_printf(csv, "%u,%.0f,%.0f\n", SIZES[i], bytes[i], bytes[i] / SIZES[i]);
    }
    g_autoptr(GPtrArray) charts = g_ptr_array_new_with_free_func((GDestroyNotify)sim_chart_free);
    g_ptr_array_add(charts, make_chart(bytes));
    if (!sim_output_directory(dir, &error) || !sim_output_write(path, csv->str, -1, &error) ||
        !sim_charts_write(charts, dir, &error))
        return sim_command_fail(error);
    return SIM_EXIT_MET;
}
