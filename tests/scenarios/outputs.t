#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# What a run writes: which files, what is in them, that they agree with each other and do not
# depend on when or how often it is run.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Math::BigFloat;
use Run;
use Test::More;

my $hello = "$top/scenarios/hello.ini";
my @plots = qw(accuracy blackout contacts-per-aor register-rate registration-delay stale-life stale-records);

# Runs a scenario that has to succeed without a word on stderr; returns stdout.
sub simulate {
    my ($name, @arguments) = @_;
    my ($status, $out, $complaint) = run($program, 'run', @arguments, '--output', "$scratch/$name");
    is($status, 0, "$name: exit status");
    is($complaint, '', "$name: nothing on stderr");
    return $out;
}

sub entries {
    my ($dir) = @_;
    opendir my $listing, $dir or return;
    return [sort grep { !/^\.\.?$/ } readdir $listing];
}

# --- the files
my $out = simulate('first', $hello);
my $dir = "$scratch/first/hello";
is_deeply(entries("$scratch/first"), ['hello'], 'one folder, named after the scenario');
is_deeply(entries($dir), [qw(plots report.html series.csv stale-life.csv summary.json summary.txt)],
    'all files, and no others');
is_deeply(entries("$dir/plots"), [sort map { my $n = $_; map { "$n.$_" } qw(dat gp pdf png svg) } @plots],
    'all plots, and no others');
is(index($out, slurp("$dir/summary.txt")), 0, 'summary.txt is what was printed');
like($out, qr{^Report: \S+first/hello/report\.html$}m, 'the last line tells where the page is');
cmp_ok(-s "$dir/plots/$_.png", '>', 5000, "$_.png is no empty frame") for @plots;
like(slurp("$dir/plots/$_.png"), qr/\A\x89PNG\r\n\x1a\n.*IEND.{4}\z/s, "$_.png is a whole picture") for @plots;
like(slurp("$dir/plots/$_.pdf"), qr/\A%PDF-.*%%EOF\s*\z/s, "$_.pdf is a whole picture") for @plots;
unlike(slurp("$dir/plots/$_.pdf"), qr/CreationDate/, "$_.pdf does not say when it was drawn") for @plots;
like(slurp("$dir/plots/$_.svg"), qr/\A<\?xml.*<\/svg>\s*\z/s, "$_.svg is a whole picture") for @plots;

# --- summary.json
my $json    = slurp("$dir/summary.json");
my $summary = read_json("$dir/summary.json");
my ($status, $metrics) = run($program, 'metrics');
my %unit = map { /^(\S+) +(\S+)/ } split /\n/, $metrics;
is_deeply([$json =~ /^  "([^"]+)":/mg],
    [qw(scenario seed link fingerprint phones duration_s partial events registrations wall_s cpu_s
        metrics expectations)], 'summary.json: its keys, in order');
is_deeply([$json =~ /^    "([^"]+)": \{"value"/mg], [$metrics =~ /^(\S+)/mg],
    'summary.json: the metrics that `rollcall metrics` lists, in its order');
my @odd = grep {
    join(' ', sort keys %{ $summary->{metrics}{$_} }) ne 'groups high low unit value'
        || $summary->{metrics}{$_}{unit} ne $unit{$_}
        || join(' ', keys %{ $summary->{metrics}{$_}{groups} }) ne 'desk'
        || join(' ', sort keys %{ $summary->{metrics}{$_}{groups}{desk} }) ne 'high low value'
} keys %{ $summary->{metrics} };
is("@odd", '', 'summary.json: each metric has value, unit, low, high and groups');
ok(!$summary->{partial}, 'summary.json: not partial');
is(join(' ', map { $_->{met} ? 'met' : 'not met' } @{ $summary->{expectations} }), 'met met',
    'summary.json: both expectations, met');

# The shares of the states as they are written, digit by digit.
sub shares_of {
    my ($text, $group) = @_;
    my $sum = Math::BigFloat->bzero;
    for my $state (qw(correct wrong-address unreachable missing stale absent)) {
        my ($metric) = $text =~ /^    "$state-share": (\{.*?\}\})/ms or return 'none';
        my ($value) = $metric =~ ($group eq '' ? qr/^\{"value": ([^,]+)/ : qr/"\Q$group\E": \{"value": ([^,]+)/);
        $sum->badd($value);
    }
    return $sum->bstr;
}
is(shares_of($json, $_), '1', 'the shares of the states add up to 1: ' . ($_ || 'all')) for '', 'desk';

# --- series.csv and stale-life.csv
my ($head, @rows) = split /\n/, slurp("$dir/series.csv");
is($head, join(',', 'time_s', 'group', $metrics =~ /^(\S+ +\S+)/mg) =~ s/ +([^,]+)/[$1]/gr,
    'series.csv: a column for each metric, with its unit');
is(scalar(grep { tr/,// != $head =~ tr/,// } @rows), 0, 'series.csv: all rows are of one length');
is(scalar(grep { /^\d+(?:\.\d+)?,(?:all|desk),/ } @rows), scalar @rows, 'series.csv: each row is of a group');
my @lives = split /\n/, slurp("$dir/stale-life.csv");
is(shift @lives, 'low_s,high_s,group,expired,removed,returned', 'stale-life.csv: its columns');
cmp_ok(scalar @lives, '>', 0, 'stale-life.csv: the two phones that were cut off');

# --- report.html stands alone
my $page = slurp("$dir/report.html");
my @outside = grep { !/^#|^data:/ }
    $page =~ /(?<![\w-])(?:src|srcset|href|poster|action|data)\s*=\s*["']?([^"'\s>]*)/gi,
    $page =~ /url\(\s*["']?([^"')]*)/gi;
is("@outside", '', 'report.html refers to nothing outside itself');
unlike($page, qr/\@import|<(?:script|link|iframe|object|embed|base)\b[^>]*(?:src|href|data)/i, 'report.html loads nothing');
my @addresses = grep { !m{^http://www\.w3\.org/} } $page =~ m{(\w+://[^"'\s<>]*)}g;
is("@addresses", '', 'report.html names no address but those of namespaces');
is(scalar(() = $page =~ /<svg/g), scalar @plots, 'report.html: all plots are in it');

# --- plots again
my %before = map { $_ => slurp("$dir/plots/$_") } map { ("$_.pdf", "$_.png", "$_.svg") } @plots;
unlink map { "$dir/plots/$_" } keys %before;
($status, undef, my $complaint) = run($program, 'plot', $dir);
is($status, 0, 'plot: exit status');
is($complaint, '', 'plot: nothing on stderr');
is(join(' ', grep { (slurp("$dir/plots/$_") // '') ne $before{$_} } sort keys %before), '',
    'plot: the pictures are as they were');
is(slurp("$dir/report.html"), $page, 'plot: the page is as it was');
my $script = slurp("$dir/plots/accuracy.gp");
spew("$dir/plots/accuracy.gp", $script =~ s/^set title '[^']*'/set title 'Another heading'/mr);
is((run($program, 'plot', $dir))[0], 0, 'plot: after an edit');
like(slurp("$dir/plots/accuracy.svg"), qr/Another heading/, 'plot: the picture is renewed');
like(slurp("$dir/report.html"), qr/Another heading/, 'plot: the page is renewed');

# --- --transactions
simulate('attempts', $hello, '--transactions');
($head, @rows) = split /\n/, slurp("$scratch/attempts/hello/transactions.csv");
is($head, 'began_s,ended_s,phone,kind,granted,delay_s', 'transactions.csv: its columns');
my @cells = map { [split /,/, $_, -1] } @rows;
is(scalar(grep { $_->[4] eq 'yes' } @cells), $summary->{registrations},
    'transactions.csv: as many granted as the summary counts');
is(scalar(grep { @$_ != 6 || $_->[2] !~ /^desk\.\d$/ || $_->[4] !~ /^(?:yes|no)$/ } @cells), 0,
    'transactions.csv: each row is of a phone');
is(scalar(grep { sprintf('%.6f', $_->[1] - $_->[0]) != $_->[5] } @cells), 0,
    'transactions.csv: the delay is from beginning to end');
is(scalar(grep { $cells[$_][1] < $cells[$_ - 1][1] } 1 .. $#cells), 0, 'transactions.csv: in order');
same_text(slurp("$scratch/attempts/hello/summary.txt"), slurp("$dir/summary.txt"),
    'transactions.csv: writing it changes nothing');

simulate('attempts', $hello);
is_deeply(entries("$scratch/attempts/hello"), entries($dir), 'transactions.csv of an earlier run does not stay');

# --- --trace
my $trace = simulate('trace', $hello, '--trace', '--quiet');
my @lines = split /\n/, $trace;
my @times = map { /^(\d\d:\d\d:\d\d\.\d{6})  \S/ ? $1 : () } @lines;
cmp_ok(scalar @lines, '>', 500, 'trace: there is something in it');
is(scalar @times, scalar @lines, 'trace: each line begins with its time');
is(scalar(grep { $times[$_] lt $times[$_ - 1] } 1 .. $#times), 0, 'trace: the times are in order');
is(scalar(grep { /record expired/ } @lines), 2, 'trace: the two records that outlived their phones');
same_text(simulate('trace-again', $hello, '--trace', '--quiet'), $trace, 'trace: the same again');
same_text(simulate('trace-direct', $hello, '--trace', '--quiet', '--link', 'direct'), $trace,
    'trace: the same on the other link');
same_text(slurp("$scratch/trace/hello/summary.txt"), slurp("$dir/summary.txt"), 'trace: it changes nothing');

# --- the same seed, the same bytes
sub without_clock { return slurp("$_[0]/hello/summary.json") =~ s/^  "(?:wall|cpu)_s": .*\n//mgr }
simulate('second', $hello, '--set', 'scenario.seed=1', '--quiet');
same_text(slurp("$scratch/second/hello/$_"), slurp("$dir/$_"), "the same seed: $_")
    for qw(series.csv stale-life.csv);
same_text(slurp("$scratch/second/hello/summary.txt") =~ s/^changed .*\n//mr, slurp("$dir/summary.txt"),
    'the same seed: summary.txt');
same_text(without_clock("$scratch/second"), without_clock("$scratch/first"), 'the same seed: summary.json');
simulate('other', $hello, '--set', 'scenario.seed=2', '--quiet');
isnt(read_json("$scratch/other/hello/summary.json")->{fingerprint}, $summary->{fingerprint},
    'another seed: another fingerprint');
isnt(slurp("$scratch/other/hello/series.csv"), slurp("$dir/series.csv"), 'another seed: another series');
simulate('third', $hello, '--set', 'scenario.replication=1', '--quiet');
isnt(read_json("$scratch/third/hello/summary.json")->{fingerprint}, $summary->{fingerprint},
    'another replication: another fingerprint');

# --- the shares once more, in a world of several groups in which all states occur
simulate('office', "$top/scenarios/office.ini", '--quiet', '--link', 'direct', '--set', 'scenario.duration=2d');
$json = slurp("$scratch/office/office/summary.json");
is(shares_of($json, $_), '1', 'office: the shares of the states add up to 1: ' . ($_ || 'all'))
    for '', 'softphones', 'laptops';

# --- the progress bar: drawn on a terminal only
my @long = ($release, 'run', "$top/scenarios/town-day.ini", '--link', 'direct', '--output', "$scratch/long");
is((run(@long))[2], '', 'no progress bar without a terminal');
SKIP: {
    skip 'no script(1)', 4 if system('command -v script >/dev/null') != 0;
    local $ENV{TERM} = 'xterm';
    sub on_terminal { return (run('script', '-qec', join(' ', map { "'$_'" } @_), '/dev/null'))[0, 1] }
    ($status, $out) = on_terminal(@long);
    is($status, 0, 'a terminal: exit status');
    like($out, qr/\r\e\[K\[#*\.*\] +\d+ %/, 'a terminal: a progress bar');
    like($out, qr/\r\e\[Kscenario/, 'a terminal: the bar is wiped before the summary');
    ($status, $out) = on_terminal(@long, '--quiet');
    is($out, '', 'a terminal: none with --quiet');
}

done_testing;
