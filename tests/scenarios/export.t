#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# A campaign leaves the program with the numbers it has, in each of the formats.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Run;
use JSON::PP;
use Test::More;

my ($made) = run($release, 'run', "$top/scenarios/hello.ini", '-n', '3', '-q', '-o', $scratch);
ok($made == 0 || $made == 1, 'three runs');
my $folder = "$scratch/hello/runs";

sub export {
    my (@options) = @_;
    my ($status, $out, $complaint) = run($program, 'export', $folder, @options);
    is("$status$complaint", '0', "export @options");
    return $out;
}

# Cells of these tables have no commas.
sub csv {
    my ($heading, @lines) = split /\n/, $_[0];
    my @names = split /,/, $heading;
    return map { my %row; @row{@names} = split /,/, $_, -1; \%row } @lines;
}

# A word, or a quoted one with its escapes.
sub words {
    my ($line) = @_;
    my %escaped = (n => "\n", r => "\r", t => "\t");
    my @words;
    while ($line =~ /\G\s*(?:"((?:[^"\\]|\\.)*)"|(\S+))/gc) {
        push @words, defined $2 ? $2 : $1 =~ s/\\(.)/$escaped{$1} \/\/ $1/ger;
    }
    return @words;
}

my @results = csv(export('--table', 'results'));
my %scalar;
my ($run, $version);
for my $line (split /\n/, export('--format', 'sca')) {
    my ($what, @rest) = words($line);
    next unless defined $what;
    $version = $rest[0] if $what eq 'version';
    $run = $rest[0] if $what eq 'run';
    $scalar{"$run $rest[0] $rest[1]"} = $rest[2] if $what eq 'scalar';
}
is($version, 3, 'sca: version');
cmp_ok(scalar @results, '>', 30, 'there are results');
is(scalar keys %scalar, scalar @results, 'sca: as many scalars as results');
my @other = grep {
    ($scalar{"hello-runs-$_->{point}-$_->{replication} rollcall.$_->{population} $_->{metric}"} // '') ne
        $_->{value}
} @results;
is(scalar @other, 0, 'sca: the same values');

for my $table (qw(estimates results runs quantiles warmup)) {
    my @rows = csv(export('--table', $table));
    my @objects = map { decode_json($_) } split /\n/, export('--table', $table, '--format', 'jsonl');
    is(scalar @objects, scalar @rows, "$table: as many objects as rows");
    my $differ = 0;
    for my $i (0 .. $#rows) {
        $differ += ($objects[$i]{$_} // '') ne $rows[$i]{$_}
            && !($rows[$i]{$_} =~ /^-?(?:[\d.e+-]+|inf)$/ && $objects[$i]{$_} == $rows[$i]{$_})
            for keys %{ $rows[$i] };
    }
    is($differ, 0, "$table: equal values");
}

# An independent reader of the file: every double to the bit.
my $reader = spew("$scratch/reader.py", <<'PYTHON');
import csv, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
want = db.execute("SELECT value, error FROM value ORDER BY point, replication, population, metric").fetchall()
rows = list(csv.DictReader(open(sys.argv[2])))
got = [(float(r["value"]), float(r["error"]) if r["error"] else None) for r in rows]
sys.exit(0 if got == want and len(got) > 30 else 1)
PYTHON
export('--table', 'results', '--output', "$scratch/results.csv");
my ($same, undef, $why) =
    run('/usr/bin/env', 'python3', $reader, "$folder/campaign.db", "$scratch/results.csv");
is("$same$why", '0', 'results read back equal to what the database has');

for my $case (
    [['--table', 'result'],                    qr/unknown table.*results/],
    [['--format', 'jsnl'],                     qr/unknown format.*jsonl/],
    [['--format', 'sca', '--table', 'runs'],   qr/--table/])
{
    my ($status, undef, $complaint) = run($program, 'export', $folder, @{ $case->[0] });
    is($status, 2, "@{$case->[0]}: refused");
    like($complaint, qr/\Arollcall: .*$case->[1].*\n\z/, "@{$case->[0]}: in one line");
}
# What the page on the database says to try, on the campaign that it names.
my $page = slurp("$top/docs/database.md");
my ($swept) = run($release, 'sweep', "$top/scenarios/study/one-group.ini", '--vary', 'phones.p.expires=1h..4h:log3',
    '--set', 'scenario.duration=1d', '--quiet');
is($swept, 0, 'the campaign of the page');
my ($sh) = $page =~ /^```sh\n(sqlite3.*?)^```/ms;
my ($status, $out, $complaint) = run('/bin/sh', '-c', $sh);
is("$status$complaint", '0', 'docs/database.md: sqlite3 runs');
like($out, qr/stale-share/, 'docs/database.md: sqlite3 shows it');
my ($gp) = $page =~ /^```gnuplot\n(.*?)^```/ms;
($status, undef, $complaint) = run('/usr/bin/env', 'gnuplot', '-e', "load '" . spew("$scratch/page.gp", $gp) . "'");
is("$status$complaint", '0', 'docs/database.md: gnuplot runs');
like(slurp("$scratch/stale.png") // '', qr/\A\x89PNG/, 'docs/database.md: gnuplot draws it');
for my $language (qw(python r)) {
    my ($query) = $page =~ /^```$language\n.*?"+(\s*SELECT .*?)"+,? ?.*?^```/ms;
    (undef, $out, $complaint) = run('/usr/bin/env', 'sqlite3', "$scratch/results/one-group/sweep/campaign.db", $query);
    is($complaint, '', "docs/database.md: $language: the query is one");
    like($out, qr/stale-share/, "docs/database.md: $language: it finds something");
}
done_testing;
