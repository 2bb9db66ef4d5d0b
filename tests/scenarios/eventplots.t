#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The plots that show a closed form beside what was simulated: that the two agree, and that the
# formula is not drawn where it does not hold.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Run;
use Test::More;

my $blackout = "$top/scenarios/gallery/blackout.ini";
my $together = "$top/scenarios/gallery/desynchronisation.ini";
my $runs     = 0;

# The blocks of the data of a plot as rows of numbers, or nothing if there is no such plot.
sub blocks {
    my ($plot, $file, @set) = @_;
    my $to = 'run' . ++$runs;
    my @changes = map { ('--set', $_) } map { split '; ' } @set;
    my ($status, undef, $complaint) =
        run($program, 'run', $file, '--link', 'direct', '--quiet', @changes, '--output', "$scratch/$to");
    is($complaint, '', "$to: @set: nothing on stderr");
    is($status, 0, "$to: exit status");
    my ($name) = $file =~ m{(\w+)\.ini$};
    my $data = slurp("$scratch/$to/$name/plots/$plot.dat");
    return unless defined $data;
    return map { [map { [split ' '] } grep { !/^#/ && /\S/ } split /\n/] } split /\n\n\n/, $data;
}

# --- a blackout: between the bins the records are where the line is
my ($layers, $line) = blocks('blackout', $blackout);
is_deeply($line, [[0, 1200], [1800, 1200], [3600, 0]], 'blackout: (E - t)/R of the phones that were cut');
my $far = 0;
for my $i (0 .. $#$layers / 2) {
    my ($from, $to) = ($layers->[2 * $i], $layers->[2 * $i + 1]);
    my $middle = ($from->[0] + $to->[0]) / 2;
    next if $middle < 0;
    my $share = (3600 - $middle) / 1800;
    $share = $share < 0 ? 0 : $share > 1 ? 1 : $share;
    # Four standard deviations of a binomial law, and one phone more or less that is cut.
    my $off = abs($from->[1] - 1200 * $share) - 4 * sqrt(1200 * $share * (1 - $share)) - 3;
    $far++ if $off > 0;
}
cmp_ok(scalar @$layers, '==', 360, 'blackout: two rows for each of 180 bins');
is($far, 0, 'blackout: stale records follow it');
is(scalar(grep { $_->[1] > $_->[2] || $_->[2] > $_->[3] } @$layers), 0, 'blackout: the layers stand on each other');

for my $case (
    ['phones.town.refresh=uniform(40%, 60%)', 'no fixed point'],
    ['scenario.start=all-on',                 'phones that are in step'],
    ['registrar.expires-jitter=10%',          'expiries that the registrar draws'],
    ['network.net.address=changes exp(1h)',   'addresses that change'],
    ['phones.town.ups=20% for 15min',         'phones that go on for a while'],
    ['phones.town.expires=3h; registrar.max-expires=2h', 'less granted than asked for'],
) {
    my @of = blocks('blackout', $blackout, $case->[0]);
    is(scalar @of, 1, "blackout: no formula: $case->[1]");
}
is(scalar(my @none = blocks('blackout', $together)), 0, 'no blackout, no such plot');

# --- phones that came together
my ($rounds) = blocks('rounds', $together);
is(scalar @$rounds, 13, 'rounds: the first registrations and twelve rounds');
cmp_ok(abs($rounds->[0][1] - 1), '<', 0.001, 'rounds: all at once at first');
my $pi = atan2(1, 1) * 4;
for my $row (@$rounds) {
    my ($k, $seen, $low, $high, $formula) = @$row;
    my $exact = (sin(0.4 * $pi) / (0.4 * $pi))**$k;
    cmp_ok(abs($formula - $exact), '<', 0.002, "rounds: the formula of round $k");
    # Rounds of different numbers meet at the edges of a window: up to 0.011 at the third.
    my $wide = 2 * ($high - $low) / 2 + 0.011;
    cmp_ok(abs($seen - $formula), '<', $wide, "rounds: round $k is where the formula is");
}
my ($late) = blocks('rounds', $together, 'phones.p.boot=uniform(100s, 400s)');
my $part = sin($pi / 3) / ($pi / 3);
cmp_ok(abs($late->[0][1] - $part), '<', 0.02, 'rounds: phones that boot over a third of an interval');
cmp_ok(abs($late->[4][1] - $late->[4][4]), '<', 0.03, 'rounds: ... come apart from there on');
my ($step) = blocks('rounds', $together, 'phones.p.refresh=50%');
is(scalar(grep { abs($_->[1] - 1) > 0.001 || abs($_->[4] - 1) > 0.001 } @$step), 0,
    'rounds: without jitter they stay in step for ever');
for my $case (
    ['scenario.bin=10min',              'bins too coarse'],
    ['scenario.start=stationary',       'phones that did not come together'],
    ['phones.p.power=fails exp(2h), back after exp(10min)', 'phones that go off'],
) {
    is(scalar(@none = blocks('rounds', $together, $case->[0])), 0, "no rounds: $case->[1]");
}
is(scalar(@none = blocks('rounds', "$top/scenarios/hello.ini")), 0, 'no rounds: power is cut');

done_testing;
