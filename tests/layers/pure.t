#!/usr/bin/env perl
# The registrar core has no clock, socket, file, thread or source of chance: what its objects ask
# of the C library is listed by `nm -u` and held against what they must not know.
use strict;
use warnings;
use Test::More;

my $program = $ENV{ROLLCALL} or plan skip_all => 'ROLLCALL is not set';
my $library = $program =~ s{sim/rollcall$}{src/libroll.a}r;
my $symbols = qx(nm -u "$library" 2>/dev/null);
plan skip_all => "nm cannot read $library" if $? != 0 || $symbols !~ /\bU /;

my %forbidden = (
    'a clock'   => qr/\b(?:time|gettimeofday|clock_gettime|clock|g_get_monotonic_time|g_get_real_time|g_date_time_new_now\w*|localtime\w*|gmtime\w*|strftime|osip_clock_gettime)\b/,
    'a socket'  => qr/\b(?:socket|bind|connect|listen|accept4?|sendto|sendmsg|recvfrom|recvmsg|send|recv|g_socket_\w+)\b/,
    'chance'    => qr/\b(?:rand|random|rand_r|[dlmnj]rand48|srand\w*|getrandom|getentropy|arc4random\w*|g_random_\w+|g_rand_\w+|osip_build_random_number)\b/,
    'a thread'  => qr/\b(?:pthread_create|g_thread_\w+)\b/,
    'a file'    => qr/\b(?:fopen|open|openat|creat|g_file_\w+|read|write)\b/,
    'a console' => qr/\b(?:printf|__printf_chk|puts|putchar|fputs|fprintf|__fprintf_chk|g_print|g_printerr)\b/,
);
for my $what (sort keys %forbidden) {
    my @found = map { /^\s+U (\S+)/ && $1 =~ /^$forbidden{$what}$/ ? $1 : () } split /\n/, $symbols;
    is("@found", '', "the core names no $what");
}
done_testing;
