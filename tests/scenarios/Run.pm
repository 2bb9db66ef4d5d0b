# SPDX-License-Identifier: GPL-3.0-or-later
# What the end-to-end tests share: where the program is, running it, reading what it wrote.
package Run;
use strict;
use warnings;
use Exporter 'import';
use File::Temp ();
use FindBin;
use JSON::PP ();
use Test::More;

our @EXPORT = qw($top $scratch $program $release run slurp spew read_json same_text one_line);

our $top     = "$FindBin::Bin/../..";
our $scratch = File::Temp::tempdir(CLEANUP => 1);
our $program = $ENV{ROLLCALL} or plan skip_all => 'ROLLCALL is not set';
# The program without sanitizers, for what takes long; the same one where there is no other.
our $release = $ENV{ROLLCALL_RELEASE} || $program;
die "$_ is no program\n" for grep { !-x } $program, $release;

# What hangs is killed.
my $longest = 300;

sub slurp {
    my ($path) = @_;
    open my $in, '<:raw', $path or return undef;
    local $/;
    return scalar <$in> // '';
}

sub spew {
    my ($path, $text) = @_;
    open my $out, '>:raw', $path or die "$path: $!";
    print $out $text;
    close $out or die "$path: $!";
    return $path;
}

sub read_json { return JSON::PP->new->utf8->decode(slurp($_[0]) // 'null') }

# Runs a command in the scratch folder. Returns its exit status (128 and the signal if it was
# killed), what it wrote to stdout and to stderr.
sub run {
    my (@command) = @_;
    my $child = fork // die "fork: $!";
    if ($child == 0) {
        chdir $scratch or die;
        open STDIN,  '<', '/dev/null' or die;
        open STDOUT, '>', "$scratch/.stdout" or die;
        open STDERR, '>', "$scratch/.stderr" or die;
        alarm $longest;
        exec { $command[0] } @command or die "$command[0]: $!";
    }
    waitpid $child, 0;
    my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    return ($status, slurp("$scratch/.stdout"), slurp("$scratch/.stderr"));
}

# Equal texts, or the first lines in which they differ.
sub same_text {
    my ($got, $expected, $name) = @_;
    return pass($name) if defined $got && defined $expected && $got eq $expected;
    fail($name);
    return diag(defined $got ? 'nothing to compare with' : 'nothing there')
        unless defined $got && defined $expected;
    my @got      = split /\n/, $got,      -1;
    my @expected = split /\n/, $expected, -1;
    my @differ   = grep { ($got[$_] // "\0") ne ($expected[$_] // "\0") }
        0 .. ($#got > $#expected ? $#got : $#expected);
    for my $i (grep { defined } @differ[0 .. 4]) {
        diag("line ${\($i + 1)}: ", $got[$i] // '(none)');
        diag("   expected: ", $expected[$i] // '(none)');
    }
    return;
}

# A complaint as it has to be: one line, from the program.
sub one_line {
    my ($text, $pattern, $name) = @_;
    like($text, qr/\Arollcall[^\n]*\n\z/, "$name: one line");
    like($text, $pattern, "$name: what is wrong");
    return;
}

1;
