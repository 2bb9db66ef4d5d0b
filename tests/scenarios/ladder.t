#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# `run --phone`: the life of one phone as a ladder, the same on both links and well-formed; the
# trace of one phone; names that are none.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Run;
use Test::More;

my $hello = "$top/scenarios/hello.ini";

sub simulate {
    my ($folder, $file, @arguments) = @_;
    my ($status, $out, $complaint) = run($program, 'run', $file, @arguments, '--output', "$scratch/$folder");
    is($status, 0, "$folder: exit status");
    is($complaint, '', "$folder: no complaint");
    return $out;
}

# A picture is XML; xmllint says so where it is installed, and tags that match do everywhere.
sub well_formed {
    my ($path, $name) = @_;
    my $text = slurp($path) // '';
    my @open;
    my $bad = 0;
    for ($text =~ m{<(/?[A-Za-z]+[^<>]*?/?)>}g) {
        next if m{/$};
        if    (m{^/(\w+)}) { $bad++ if (pop @open // '') ne $1 }
        elsif (m{^(\w+)})  { push @open, $1 }
    }
    ok($text =~ /\A<\?xml / && !$bad && !@open, "$name: each tag is closed");
    unlike($text, qr/&(?!(?:amp|lt|gt|quot|#\d+);)/, "$name: no bare ampersand");
  SKIP: {
        my ($xmllint) = grep { -x } map { "$_/xmllint" } split /:/, $ENV{PATH};
        skip 'no xmllint', 1 unless $xmllint;
        my ($status, undef, $said) = run($xmllint, '--noout', '--nonet', $path);
        is($status, 0, "$name: xmllint") or diag($said);
    }
    return;
}

# --- files
my $out = simulate('wire', $hello, '--phone', 'desk.4');
my $dir = "$scratch/wire/hello";
like($out, qr{^Phone: \S+/hello/phone-desk\.4\.txt and \S+/hello/phone-desk\.4\.svg$}m, 'the files are named');
my $text = slurp("$dir/phone-desk.4.txt");
like($text, qr/^00:04:00\.000  #\* off +s  stale$/m, 'the fuse');
like($text, qr/^00:04:35\.\d+  # +\.  record expired 192\.0\.2\.\d+: absent$/m, 'the record outlives it');
like($text, qr/^ +\| +30\.0 s +\|$/m, 'a gap');
like($text, qr/^\S+  \|-- REGISTER initial, CSeq 1 -+>m$/m, 'a request');
like($text, qr/^\S+  \|<-+ 200 OK, granted 60 s ---\|  record created/m, 'an answer');
like($text, qr/^ +=  ?\d+ more refreshes like this, CSeq \d+ to \d+/m, 'refreshes in a row');
is(scalar(grep { length > 110 } split /\n/, $text), 0, 'no line is longer than an e-mail bears');
well_formed("$dir/phone-desk.4.svg", 'hello');
my $picture = slurp("$dir/phone-desk.4.svg");
like($picture, qr/>REGISTER initial, CSeq 1</, 'picture: a request');
like($picture, qr/>stale</, 'picture: a state');

# --- the same without --phone: the files of the run before are gone, and nothing else is changed
my $summary = slurp("$dir/summary.txt");
simulate('wire', $hello, '--quiet');
ok(!-e "$dir/phone-desk.4.$_", "$_ of an earlier run is gone") for qw(txt svg);
same_text(slurp("$dir/summary.txt"), $summary, 'it changes nothing');

# --- a bad line, both links; a title that has to be escaped
my $lossy = spew("$scratch/lossy.ini", <<'END');
[scenario]
title    = A bad line & "moves" <often>
duration = 12h
seed     = 3
start    = all-on
[network adsl]
pool    = 10.0.0.0/24
address = changes exp(3h)
delay   = lognormal(300ms, 0.8)
loss    = 20%
[phones desk]
count   = 20
network = adsl
leaves  = unregisters 50%
power   = fails exp(6h), back after exp(1h)
[calls]
rate = 1/h per phone
END
simulate($_, $lossy, '--phone', 'desk.7', '--link', $_, '--quiet') for qw(wire direct);
for my $ending (qw(txt svg)) {
    same_text(slurp("$scratch/direct/lossy/phone-desk.07.$ending"),
        slurp("$scratch/wire/lossy/phone-desk.07.$ending"), "$ending: the same on both links");
}
$text = slurp("$scratch/wire/lossy/phone-desk.07.txt");
like($text, qr/^\S+  \|-- REGISTER \w+, CSeq \d+ -+X +[|mw]$/m,  'a lost request');
like($text, qr/^\S+  \| +X-+ [\w ]+ ---[|mw]/m,                  'a lost answer');
like($text, qr/^\S+  \|-- copy \d of CSeq \d+ -+>/m,             'a retransmission');
like($text, qr/^\S+  \|\* address 10\.0\.0\.\d+ +w  wrong address$/m, 'a new address');
well_formed("$scratch/wire/lossy/phone-desk.07.svg", 'lossy');
my $drawn = () = slurp("$scratch/wire/lossy/phone-desk.07.svg") =~ /class="clock"/g;
cmp_ok($drawn, '<=', 410, 'a page has an end');

# Each request that the trace has of this phone is in the ladder, until the ladder is cut.
my $trace = simulate('trace', $hello, '--trace', '--phone', 'desk.2', '--quiet');
my @lines = split /\n/, $trace;
cmp_ok(scalar @lines, '>', 50, 'trace: there is something in it');
is(scalar(grep { !/^\S+  desk\.2 / } @lines), 0, 'trace: of this phone alone');
my $all = simulate('trace-all', $hello, '--trace', '--quiet');
is($trace, join('', map { "$_\n" } grep { /^\S+  desk\.2 / } split /\n/, $all), 'trace: all of this phone');

# --- two phones of the same scenario differ
simulate('other', $hello, '--phone', 'desk.0002', '--quiet');
ok(-e "$scratch/other/hello/phone-desk.2.txt", 'zeros before the number do not matter');

# --- mistakes
for my $case (
    ['desk.6', 'desk.5'], ['desk.0', 'desk.1'], ['dsk.3', 'desk.3'], ['desk', 'desk.1'], ['', 'desk.1'],
    ["a\nb", 'desk.1'])
{
    my ($name, $nearest) = @$case;
    my ($status, $said, $complaint) = run($program, 'run', $hello, '--phone', $name, '--output', "$scratch/none");
    is($status, 2, "--phone $name: exit status");
    is($said, '', "--phone $name: nothing ran");
    one_line($complaint, qr/there is no phone ".*"; did you mean "\Q$nearest\E"\?/, "--phone $name");
}
ok(!-e "$scratch/none", 'a mistake leaves no folder');
done_testing;
