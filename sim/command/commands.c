/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one list of subcommands, in the order in which somebody new would meet them. A new one has
 * its line here, its prose in docs/man/NAME.mdoc, and its options in both completions. */
#include "sim/command/command.h"

static const SimCommand COMMANDS[] = {
    {"new", sim_command_new, "write a scenario to start from"},
    {"run", sim_command_run, "simulate a scenario; summary, series, plots and a page come out"},
    {"plot", sim_command_plot, "draw the plots of a results folder again, after editing them"},
    {"check", sim_command_check, "judge what scenarios expect, or their scripts, as TAP"},
    {"fuzz", sim_command_fuzz, "hold the registrar core against a model of RFC 3261 section 10.3"},
    {"metrics", sim_command_metrics, "list what is measured, with units and meanings"},
    {"profiles", sim_command_profiles, "list the device profiles and what they set"},
    {"conform", sim_command_conform, "try the rules of the RFCs on a registrar"},
    {"presets", sim_command_presets, "list the registrar presets and what they set"},
    {"validate", sim_command_validate, "hold the simulator against what is known exactly"},
    {"capacity", sim_command_capacity, "search the registration rate that a registrar stands"},
    {"load", sim_command_load, "register at a real registrar at a given rate, and time it"},
    {"sweep", sim_command_sweep, "simulate a scenario at many values of its keys"},
    {"tune", sim_command_tune, "search the value of a key that costs least"},
    {"compare", sim_command_compare, "tell whether two scenarios or results differ"},
    {"export", sim_command_export, "write the results of a campaign for other tools"},
    {"users", sim_command_users, "list the users of a scenario for the server they register with"},
    {"serve", sim_command_serve, "be a registrar: the core behind UDP, TCP and TLS"},
    {"bench", sim_command_bench, "measure what an event and a registration cost here"},
};

const SimCommand *
sim_commands(size_t *n)
{
    *n = G_N_ELEMENTS(COMMANDS);
    return COMMANDS;
}
