#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The exit status of `rollcall run`, and what it says of bad input and of a world that fails it:
# one line on stderr, nothing half-done left behind.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Path qw(remove_tree);
use Run;
use Test::More;

my $hello = "$top/scenarios/hello.ini";
my $text  = slurp($hello);

# hello.ini with changes: pattern and replacement.
sub hello_but {
    my ($name, @changes) = @_;
    my $changed = $text;
    while (my ($from, $to) = splice @changes, 0, 2) {
        $changed =~ s/$from/$to/ or die "$name: hello.ini has no $from";
    }
    spew("$scratch/$name.ini", $changed);
    return "$name.ini";
}

# Number of the last line of a file that holds this.
sub line_of {
    my ($file, $part) = @_;
    my @lines = split /\n/, slurp("$scratch/$file");
    return 1 + (grep { index($lines[$_], $part) >= 0 } 0 .. $#lines)[-1];
}

sub refused {
    my ($name, $pattern, @arguments) = @_;
    my ($status, $out, $complaint) = run($program, @arguments);
    is($status, 2, "$name: exit status");
    is($out, '', "$name: nothing on stdout");
    one_line($complaint, $pattern, $name);
    ok(!-e "$scratch/results", "$name: no results");
}

# --- commands and options
refused('unknown command', qr/"runn"; did you mean "run"\?/, 'runn');
refused('unknown option', qr/--bogus/, 'run', '--bogus', $hello);
refused('no file', qr/needs a scenario file/, 'run');
refused('unknown link', qr/carrier.*wire, direct/, 'run', $hello, '--link', 'carrier');
refused('option without its value', qr/--set/, 'run', $hello, '--set');
refused('--set without a value', qr/GROUP\.NAME\.KEY=VALUE/, 'run', $hello, '--set', 'foo');
refused('--set of an unknown group', qr/desc.*"desk"/, 'run', $hello, '--set', 'phones.desc.expires=2h');
refused('--set of an unknown key', qr/--set phones\.desk\.expire=2h: .*"expires"/,
    'run', $hello, '--set', 'phones.desk.expire=2h');
refused('--set without a unit', qr/--set phones\.desk\.expires=2: .*"2s"/,
    'run', $hello, '--set', 'phones.desk.expires=2');
refused('--set of an expectation', qr/in the file only/, 'run', $hello, '--set', 'expect.stale-share=1');
refused('packets of the direct link', qr/--pcap: the direct link/, 'run', $hello, '--link', 'direct', '--pcap', 'hello.pcap');
my $storm = "$top/scenarios/blackout-storm.ini";
refused('unknown variant', qr/--variant jit: .* has no \[variant\] of that name/, 'run', $storm, '--variant', 'jit');
refused('trace of several runs', qr/--trace is of one run.*--variant none/, 'run', $storm, '--trace');
refused('plot without a folder', qr/needs a results folder/, 'plot');
refused('plot of nothing', qr/no plots in nothing/, 'plot', 'nothing');

# --- variants
spew("$scratch/twins.ini", "$text\n[variant late]\nphones.desk.boot = 30s\n[variant early]\nphones.desk.boot = 0s\n");
{
    my @arguments = ('run', 'twins.ini', '--quiet', '--output', 'twins');
    is((run($program, @arguments))[0], 0, 'variants: exit status');
    my %fingerprint = map { $_ => slurp("$scratch/twins/twins/$_/summary.txt") =~ /^fingerprint +(\w+)/m } qw(. late early);
    is(scalar keys %{{reverse %fingerprint}}, 3, 'variants: three different runs');
    like(slurp("$scratch/twins/twins/late/summary.txt"), qr/^variant +late$/m, 'variants: the summary names it');
    unlike(slurp("$scratch/twins/twins/summary.txt"), qr/^variant/m, 'variants: the file itself is none');
    is((run($program, @arguments, '--output', 'one', '--variant', 'late'))[0], 0, 'one variant: exit status');
    is(slurp("$scratch/one/twins/late/summary.txt"), slurp("$scratch/twins/twins/late/summary.txt"), 'one variant: the same run');
    ok(!-e "$scratch/one/twins/$_", "one variant: no $_") for qw(early summary.txt);
    is((run($program, @arguments, '--output', 'none', '--variant', 'none'))[0], 0, 'no variant: exit status');
    is(slurp("$scratch/none/twins/summary.txt"), slurp("$scratch/twins/twins/summary.txt"), 'no variant: the file itself');
    ok(!-e "$scratch/none/twins/$_", "no variant: no $_") for qw(early late);
}

# --- files
spew("$scratch/empty.ini",  '');
spew("$scratch/blank.ini",  "\n \n");
spew("$scratch/binary.ini", join '', map { chr($_ * 37 % 256) } 0 .. 4095);
spew("$scratch/nul.ini",    "[scenario]\n\0\n");
spew("$scratch/10mb.ini",   'a' x 10_000_000);
spew("$scratch/100kb.ini",  'a' x 100_000);
refused('missing file', qr/nowhere\.ini: cannot be read: No such file/, 'run', 'nowhere.ini');
refused('a folder', qr/is a folder/, 'run', $scratch);
refused('an empty file', qr/empty\.ini: the file is empty/, 'run', 'empty.ini');
refused('a blank file', qr/blank\.ini: the file is empty/, 'run', 'blank.ini');
refused('a binary file', qr/binary\.ini:\d+: .*not a text file/, 'run', 'binary.ini');
refused('a NUL byte', qr/nul\.ini:2: .*not a text file/, 'run', 'nul.ini');
refused('a line of 10 MB', qr/10mb\.ini: is larger than 1 MiB/, 'run', '10mb.ini');
refused('a line of 100 kB', qr/100kb\.ini:1: the line is longer/, 'run', '100kb.ini');

# --- mistakes within a file: name, what hello.ini has, what stands there instead, the complaint
my @mistakes = (
    [ 'unknown key',     qr/^expires .*/m, 'expire = 60s', qr/"expire"; did you mean "expires"\?/ ],
    [ 'unknown group',   qr/^\[calls\]/m,  '[cals]',       qr/"cals".*"calls"/ ],
    [ 'repeated group',  qr/^\[calls\]/m,  "[phones desk]", qr/phones desk/ ],
    [ 'repeated key',    qr/^expires .*/m, "expires = 60s\nexpires = 61s", qr/expires/ ],
    [ 'missing unit',    qr/^expires .*/m, 'expires = 60', qr/"60" has no unit; did you mean "60s"\?/ ],
    [ 'contradiction',   qr/^expires .*/m, "expires = 1h\nrefresh = 2h", qr/refresh 2h is later than expires 1h/ ],
    [ 'unknown profile', qr/^expires .*/m, 'profile = yealnik', qr/"yealnik"; did you mean "yealink"\?/ ],
    [ 'unknown network', qr/^network .*=.*/m, 'network = hone', qr/"hone"; did you mean "home"\?/ ],
    [ 'out of range',    qr/40%/,          '140%',         qr/140%/ ],
    [ 'unknown metric',  qr/^stale-share/m, 'stale-shar',  qr/"stale-shar".*"stale-share"/ ],
);
for (@mistakes) {
    my ($name, $from, $to, $pattern) = @$_;
    my $file = hello_but($name =~ tr/ /-/r, $from => $to);
    my $line = line_of($file, (split /\n/, $to)[-1]);
    refused($name, qr/\Arollcall[^:]*: \Q$file\E:$line: .*$pattern/, 'run', $file);
}

# --- expectations
sub runs {
    my ($name, $expected, @arguments) = @_;
    my ($status, $out, $complaint) = run($program, 'run', @arguments);
    is($status, $expected, "$name: exit status");
    is($complaint, '', "$name: no complaint");
    return $out;
}
my $not_met = hello_but('not-met', qr/^(stale-share *<=).*/m => 'stale-share <= 0.1%');
like(runs('met', 0, $hello, '--output', 'met'), qr/^  met +stale-share/m, 'met: told so');
is(runs('quiet', 0, $hello, '--quiet', '--output', 'quiet'), '', 'quiet: nothing on stdout');
like(runs('not met', 1, $not_met, '--output', 'worse'), qr/^  NOT MET +stale-share/m, 'not met: told so');
ok(-s "$scratch/worse/not-met/report.html", 'not met: all is reported nevertheless');
runs('the worst of several counts', 1, $not_met, $hello, '--output', 'several');
ok(-s "$scratch/several/$_/report.html", "each of several is reported: $_") for qw(not-met hello);
my ($status, undef, $complaint) = run($program, 'run', 'nowhere.ini', $hello, '-o', 'rest');
is($status, 2, 'a bad file among good ones: exit status');
one_line($complaint, qr/nowhere\.ini/, 'a bad file among good ones');
ok(-s "$scratch/rest/hello/report.html", 'a bad file among good ones: these are run');

# --- an output folder that cannot be
sub fails {
    my ($name, $pattern, @command) = @_;
    my ($status, $out, $complaint) = run(@command);
    is($status, 2, "$name: exit status");
    one_line($complaint, $pattern, $name);
    return $out;
}
spew("$scratch/in-the-way", '');
is(fails('a file in the way', qr{in-the-way/hello: Not a directory}, $program, 'run', $hello, '-o', 'in-the-way'),
    '', 'a file in the way: told before anything is simulated');
fails('a folder that cannot be made', qr{/proc/rollcall/hello},
    $program, 'run', $hello, '-q', '-o', '/proc/rollcall');
mkdir "$scratch/$_" for 'taken', 'taken/hello', 'taken/hello/summary.txt';
fails('a folder in the way of a file', qr{taken/hello/summary\.txt: Is a directory},
    $program, 'run', $hello, '-q', '-o', 'taken');
fails('a full stdout', qr/standard output/, '/bin/sh', '-c', 'exec "$0" run "$@" > /dev/full',
    $program, $hello, '-o', 'full');
fails('a full stdout of a list', qr/standard output/, '/bin/sh', '-c', 'exec "$0" metrics > /dev/full',
    $program);

# --- a disk that is full: no file can grow to the size that one of them has
sub without_clock {
    my ($content) = @_;
    return defined $content ? $content =~ s/"(?:wall|cpu)_s": [^,]*,//gr : undef;
}
sub files_in {
    my ($dir) = @_;
    return map { -d ? files_in($_) : $_ } glob "$dir/{.[!.],}*";
}
local $SIG{XFSZ} = 'IGNORE';
my $good = "$scratch/met/hello";
for my $file (qw(summary.txt summary.json series.csv plots/accuracy.png plots/accuracy.svg report.html)) {
    # In blocks of 512 bytes; a little less, for the digits of wall_s come and go.
    my $blocks = int(((-s "$good/$file") - 64) / 512);
    my $dir = "$scratch/full";
    remove_tree($dir);
    fails("no room for $file", qr/cannot write|could not finish/,
        '/bin/sh', '-c', 'ulimit -f "$0"; exec "$@"', $blocks, $program, 'run', $hello, '-q', '-o', 'full');
    ok(!-e "$dir/hello/$file", "no room for $file: it is not there");
    ok(!-e "$dir/hello/report.html", "no room for $file: no page");
    my @halves = grep { without_clock(slurp($_)) ne (without_clock(slurp(s/^\Q$dir\E\/hello/$good/r)) // '') }
        files_in($dir);
    is("@halves", '', "no room for $file: what is there is whole");
}

done_testing;
