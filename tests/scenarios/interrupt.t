#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Ctrl-C ends a long run within seconds, and what it found until then is written, marked partial.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Run;
use Test::More;
use Time::HiRes qw(sleep time);

my $town = "$top/scenarios/town-day.ini";

# Interrupts a run that would take minutes, this many seconds after its start.
sub interrupt_after {
    my ($seconds, @options) = @_;
    my $start = time;
    my @command = ($release, 'run', $town, @options);
    # The program takes the place of this child, so the other one knows whom to interrupt.
    my ($status, $out, $complaint) =
        run('/bin/sh', '-c', 'd=$0; (sleep "$d"; kill -INT $$) & exec "$@"', $seconds, @command);
    return ($status, $out, $complaint, time - $start - $seconds);
}

sub check {
    my ($name, $seconds, @options) = @_;
    my $dir = "$scratch/$name";
    my ($status, $out, $complaint, $took) =
        interrupt_after($seconds, @options, '--output', $dir);
    is($status, 130, "$name: exit status");
    is($complaint, '', "$name: no complaint");
    cmp_ok($took, '<', 30, "$name: it ends soon");
    like($out, qr/\APARTIAL/, "$name: the summary printed says so first");
    like(slurp("$dir/town-day/summary.txt"), qr/\APARTIAL/, "$name: so does summary.txt");
    like(slurp("$dir/town-day/report.html"), qr/PARTIAL.*<\/html>\s*\z/is, "$name: so does the page");
    ok(-s "$dir/town-day/plots/$_.png", "$name: plot $_")
        for qw(accuracy stale-records register-rate contacts-per-aor stale-life registration-delay);
    my $summary = read_json("$dir/town-day/summary.json");
    ok($summary->{partial}, "$name: partial in summary.json");
    return $summary;
}

my $summary = check('midway', 2, '--link', 'direct', '--set', 'scenario.duration=4w');
cmp_ok($summary->{duration_s}, '>', 0, 'midway: something was measured');
cmp_ok($summary->{duration_s}, '<', 4 * 7 * 86400, 'midway: but not all');
my $shares = 0;
$shares += $summary->{metrics}{"$_-share"}{value} for qw(correct wrong-address unreachable missing stale absent);
cmp_ok(abs($shares - 1), '<', 1e-9, 'midway: the states share out the time that was simulated');

# Nothing is measured in the warm-up, so there is nothing to report, and that is reported.
$summary = check('warm-up', 1, '--set', 'scenario.duration=4w', '--set', 'scenario.warmup=3w');
is($summary->{duration_s}, 0, 'warm-up: nothing was measured');
is($summary->{metrics}{'stale-share'}{value}, undef, 'warm-up: so there is no share');

done_testing;
