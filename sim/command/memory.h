/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall bench --memory DIR`: what a phone costs in memory. */
#pragma once

/** sim_bench_memory: prints a line for each size, and writes memory.csv and plots/memory into @dir.
 * Returns: an exit code */
int sim_bench_memory(const char *dir);
