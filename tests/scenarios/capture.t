#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The packets of a run as others read them: tshark opens the capture, finds nothing malformed and
# every checksum right, and sees the dialogue that the run counted.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Run;
use Test::More;

my ($found) = run('sh', '-c', 'command -v tshark');
plan skip_all => 'tshark is not installed' if $found != 0;

my $hello = "$top/scenarios/hello.ini";
my $file  = "$scratch/hello.pcap";
my ($status, $out, $err) = run($program, 'run', $hello, '--quiet', '--output', $scratch, '--pcap', $file);
is($status, 0, 'a run with --pcap ends well');
is($err, '', 'and says nothing');
ok(!-e "$file.part", 'no half file is left');

sub seen {
    my ($filter, @more) = @_;
    my (undef, $lines) = run('tshark', '-r', $file, '-Y', $filter, @more);
    return split /\n/, $lines;
}

my @check = qw(-o ip.check_checksum:TRUE -o udp.check_checksum:TRUE);
is(scalar(seen('_ws.malformed')), 0, 'nothing is malformed');
is(scalar(seen('ip.checksum.status == "Bad" || udp.checksum.status == "Bad"', @check)), 0, 'no checksum is wrong');
is(scalar(seen('!sip')), 0, 'every packet is SIP');

my $granted = () = seen('sip.Status-Code == 200');
my $asked   = () = seen('sip.Method == "REGISTER"');
cmp_ok($granted, '>', 50, 'registrations are granted');
cmp_ok($asked, '>=', 2 * $granted, 'each after a challenge');

my @times = seen('sip', '-T', 'fields', '-e', 'frame.time_epoch');
ok(!(grep { $times[$_] < $times[ $_ - 1 ] } 1 .. $#times), 'packets stand in the order of time');
like($times[0], qr/^170406720\d\./, 'time 0 is Monday, 1 January 2024');

($status, $out, $err) = run($program, 'run', $hello, '--link', 'direct', '--output', $scratch, '--pcap', $file);
is($status, 2, 'the direct link has no packets');
one_line($err, qr/direct link has no packets/, 'and says so');

($status, $out, $err) = run($program, 'run', $hello, '--output', $scratch, '--pcap', '/proc/none/x.pcap');
is($status, 2, 'a file that cannot be made');
one_line($err, qr{/proc/none/x\.pcap}, 'is named');
done_testing;
