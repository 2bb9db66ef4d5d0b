#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Each scenario gives the summary that is committed in results/reference, byte for byte, and the
# same on both links; of what is too large for a test, a part that the file names. After a change
# that is meant to change results: ./quickstart reference.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Run;
use Test::More;

my @names = sort map { m{([^/]+)\.ini$} } glob "$top/scenarios/*.ini";

sub simulate {
    my ($name, $link) = @_;
    my @options = map { split } slurp("$top/scenarios/$name.ini") =~ /^# reference: (.*)/mg;
    my ($status, undef, $complaint) =
        run($release, 'run', "$top/scenarios/$name.ini", @options, '--quiet', '--link', $link,
            '--output', "$scratch/$link");
    is($status, 0, "$name, $link: expectations met");
    is($complaint, '', "$name, $link: no complaint");
}

# All of summary.json that must not depend on the link or the machine.
sub common_json {
    my $summary = read_json("$_[0]/summary.json");
    delete @$summary{qw(link wall_s cpu_s)};
    return $summary;
}

# The results of a file and of its variants: folders in the one of all results.
sub parts {
    my ($name) = @_;
    my @variants = slurp("$top/scenarios/$name.ini") =~ /^\[variant ([\w-]+)\]/mg;
    return $name, map { "$name/$_" } @variants;
}

sub compare {
    my ($name) = @_;
    my ($wire, $direct) = map { "$scratch/$_/$name" } qw(wire direct);
    my $reference = slurp("$top/results/reference/$name/summary.txt");
    same_text(slurp("$wire/summary.txt"), $reference, "$name: the summary is the reference");
    my $text = slurp("$direct/summary.txt");
    is($text =~ s/^(link +)direct$/$1wire/mg, 1, "$name: the summary names the link");
    same_text($text, $reference, "$name, direct: the summary is the reference but for the link");
    is_deeply(common_json($direct), common_json($wire), "$name: summary.json on both links");
    same_text(slurp("$direct/$_"), slurp("$wire/$_"), "$name: $_ on both links")
        for qw(series.csv stale-life.csv);
}

for my $name (@names) {
    simulate($name, $_) for qw(wire direct);
    compare($_) for parts($name);
}

is_deeply([sort map { m{([^/]+)$} } glob "$top/results/reference/*"], \@names,
    'each scenario has a reference, and each reference a scenario');
done_testing;
