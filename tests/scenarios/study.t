#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The scenarios of studies and of pictures run, and so does all that their comments say to try. They
# have no reference: only that they are still understood is tried, on less time than they are for.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Run;
use Test::More;
use Text::ParseWords qw(shellwords);

# Longer than the warm-up of any of them. What takes minutes has its own duration.
sub shorter {
    my ($path) = @_;
    return slurp($path) =~ /^duration\s*=\s*\d+min$/m ? () : ('--set', 'scenario.duration=13h');
}

my @study   = sort glob "$top/scenarios/study/*.ini";
my @gallery = sort glob "$top/scenarios/gallery/*.ini";

# What a file says to try: a list of lists of KEY=VALUE. A line may have several --set and a word or
# more behind them, at least three blanks later.
sub to_try {
    my ($path) = @_;
    my @lines = slurp($path) =~ /^#[ ]+(--set .*)$/mg;
    return map { [grep { $_ ne '--set' } shellwords(s/\s{3,}.*//r)] } @lines;
}

# By `rollcall check`, which draws no plots but wants something to judge.
sub simulates {
    my ($path, $name, @changes) = @_;
    my $copy = spew("$scratch/tried.ini", slurp($path) . "\n[expect]\nreachability >= 1%\n");
    my ($status, undef, $complaint) = run($release, 'check', '--link', 'direct', shorter($path),
        (map { ('--set', $_) } @changes), $copy);
    is($status, 0, "$name: is understood, and phones are there");
    is($complaint, '', "$name: no complaint");
    return;
}

sub settings {
    my ($path) = @_;
    my %value = slurp($path) =~ /^([a-z-]+)\s*=\s*(.*?)\s*$/mg;
    return \%value;
}

# That an expiry can be swept from a minute to a day, and calls tell what the table is worth.
sub can_be_studied {
    my ($path, $name) = @_;
    my $value = settings($path);
    is($value->{expires}, '1h', "$name: starts from an hour");
    is($value->{'max-expires'}, 'none', "$name: no expiry is too long");
    is($value->{start}, 'stationary', "$name: stationary");
    ok(!exists $value->{warmup}, "$name: all of it counts");
    like($value->{rate}, qr/^[1-9]|^0\.\d/, "$name: phones are called");
    is($value->{count} % 32, 0, "$name: batches of equal size");
    return;
}

for my $path (@study, @gallery) {
    my ($name) = $path =~ m{([^/]+/[^/]+)\.ini$};
    my ($status, undef, $complaint) = run($release, 'run', $path, '--link', 'direct', '--quiet',
        shorter($path), '--output', $scratch);
    ok($status == 0 || $status == 1, "$name: runs");
    is($complaint, '', "$name: runs without complaint");
    my @try = to_try($path);
    cmp_ok(scalar @try, '>=', 3, "$name: says what to try");
    simulates($path, "$name @$_", @$_) for @try;
}
can_be_studied($_, m{([^/]+)\.ini$}) for @study;
cmp_ok(scalar @study, '>=', 5, 'there are the scenarios of the study');
done_testing;
