#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Every command of README.md, CONTRIBUTING.md and docs/ is run as a reader would, page by page, in the order
# of the page, in a folder with the scenarios and nothing else, and in a network of its own, so that each port
# is free. What it prints has to be what the page says. How pages are read: Pages.pm.
#
# README.md, CONTRIBUTING.md and the tutorial are run always, the other pages if ROLLCALL_SLOW is set.
# `pages.t PAGE ...` runs those pages alone. With ROLLCALL_PICTURES=1 nothing is made smaller, and the pictures
# that a page tells to be made are put where it shows them.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(basename dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);
use FindBin;
use lib $FindBin::Bin;
use Pages;
use Run;
use Test::More;
use Time::HiRes qw(sleep time);

plan skip_all => 'ROLLCALL_RELEASE is not set: with the sanitizers this takes too long' unless $ENV{ROLLCALL_RELEASE};
my $tree = abs_path($top);
my $build = abs_path(dirname(dirname($release)));

# The commands as they stand, for the pictures; and when a page hangs, in seconds.
my $whole = $ENV{ROLLCALL_PICTURES};
my $longest = $whole ? 3600 : 400;

# In a network of its own each page has its ports, and 192.0.2.1 is this machine.
my $network = 'ip link set lo up && ip address add 192.0.2.1/32 dev lo && exec "$@"';
my @alone = ('unshare', '-rn', 'sh', '-c', $network, 'sh');
my $alone = system("unshare -rn sh -c '$network' sh true 2>/dev/null") == 0;

sub installed {
    my ($program) = @_;
    return grep { -x "$_/$program" } split(/:/, $ENV{PATH}), '/usr/sbin', '/sbin';
}

# Why a block is not run on this machine, or nothing.
sub obstacle {
    my ($block) = @_;
    for (map { split } @{ $block->{notes}{needs} // [] }) {
        return "$_ is not installed" unless installed($_);
    }
    my $serves = grep { /&\s*(?:#.*)?$/m } $block->{text}, @{ $block->{notes}{before} // [] };
    return $serves && !$alone ? 'no network of its own to be had' : undef;
}

# What makes a block smaller for the test is done to its text.
sub shrink {
    my ($block, $text) = @_;
    for (@{ $block->{notes}{'run as'} // [] }) {
        my ($old, $new) = split / => /;
        die "line $block->{line}: no \"$old\" to be replaced\n" unless $text =~ s/\Q$old\E/$new/g;
    }
    for my $with (@{ $block->{notes}{'run with'} // [] }) {
        $text =~ s/^((?:build\/sim\/)?rollcall (?!plot|export|serve)[^#\n]*?)(?=\s*(?:#|>|&|$))/$1 $with/mg;
    }
    return $text;
}

# The commands of a block, as they are run: a server gets a log of its own and is waited for.
sub commands {
    my ($block, $number) = @_;
    my $text = $block->{text} =~ s/\\\n\s*/ /gr;
    $text = shrink($block, $text) unless $whole;
    my @lines = (map({ "$_\n" } @{ $block->{notes}{before} // [] }), split /^/, $text);
    return join '', map { s/^(.*\S)\s*(?<!&)&\s*(?:#.*)?$/before=\$(sockets); { $1; } >>.log.$number 2>&1 & await \$before\n/r } @lines;
}

my $prologue = <<'BASH';
sockets() { cat /proc/net/{tcp,udp}{,6} | wc -l; }
await() { for i in {1..200}; do [ "$(sockets)" -gt "$1" ] && break; sleep 0.1; done; sleep 0.2; }
finish() {
    local pid pids
    pids=$(jobs -p)
    for pid in $pids; do kill $(cat /proc/$pid/task/$pid/children) $pid; done 2>/dev/null
    [ -z "$pids" ] || wait $pids 2>/dev/null
    return 0
}
failed() { echo "$1: $2" >>".failed.$number"; }
trap 'failed $? "$BASH_COMMAND"' ERR
BASH

sub script {
    my ($folder, @blocks) = @_;
    my $text = "${prologue}date +%s.%N >.done.0\n";
    my $number = 0;
    for my $block (@blocks) {
        $block->{number} = ++$number;
        my $commands = commands($block, $number);
        # Who starts a server has its port: those of earlier blocks are ended.
        $commands = "finish\n$commands" if $commands =~ /^before=/m;
        spew("$folder/.block.$number", $commands);
        $text .= "number=$number; . ./.block.$number >.out.$number 2>&1; date +%s.%N >.done.$number\n";
    }
    return spew("$folder/.script", $text);
}

# What a reader has: the program, the folders of the tree, and the files that the page tells to write.
sub furnish {
    my ($page) = @_;
    my $folder = "$scratch/" . $page->{name} =~ s{\W}{-}gr;
    make_path("$folder/.bin", "$folder/.home", "$folder/docs");
    symlink "$tree/$_", "$folder/$_" for qw(scenarios tests include packaging sim src);
    symlink $_, "$folder/docs/" . basename($_) for glob "$tree/docs/*";
    symlink $build, "$folder/build";
    symlink $release, "$folder/.bin/rollcall";
    spew("$folder/$_->{name}", $_->{text}) for grep { $_->{kind} eq 'file' } @{ $page->{items} };
    return $folder;
}

# Runs the script with all that it starts; servers are ended behind it.
sub play {
    my ($folder) = @_;
    my $child = fork // die "fork: $!";
    if ($child == 0) {
        setpgrp;
        chdir $folder or die;
        %ENV = (%ENV, HOME => "$folder/.home", PATH => "$folder/.bin:$ENV{PATH}:/usr/sbin:/sbin", LC_ALL => 'C.UTF-8');
        delete @ENV{ grep { /^XDG_|^STATE_DIRECTORY$/ } keys %ENV };
        open STDIN, '<', '/dev/null' or die;
        open STDOUT, '>', "$folder/.said" or die;
        open STDERR, '>&', \*STDOUT or die;
        exec $alone ? @alone : (), 'bash', '.script' or die;
    }
    local $SIG{ALRM} = sub { kill KILL => -$child };
    local @SIG{qw(INT TERM)} = (sub { kill KILL => -$child; exit 130 }) x 2;
    alarm $longest;
    waitpid $child, 0;
    alarm 0;
    kill TERM => -$child;
    for (1 .. 50) { kill(0, -$child) or last; sleep 0.1 }
    return kill KILL => -$child;
}

# Seconds that a block ran.
sub took {
    my ($folder, $number) = @_;
    my ($end, $begin) = map { slurp("$folder/.done.$_") // 0 } $number, $number - 1;
    return $end && $begin ? $end - $begin : 0;
}

sub judge_block {
    my ($page, $folder, $block) = @_;
    my $name = "$page->{name}:$block->{line}";
    my $number = $block->{number};
    my $took = took($folder, $number);
    note(sprintf '%s: %.1f s', $name, $took) if $took > 5;
    my @may = (0, @{ $block->{notes}{exit} // [] });
    my @failed = grep { my ($status) = /^(\d+)/; defined $status && !grep { $_ == $status } @may }
        split /\n/, slurp("$folder/.failed.$number") // '';
    my $printed = (slurp("$folder/.out.$number") // '') =~ s/\e\[[\d;]*[A-Za-z]//gr;
    ok(-e "$folder/.done.$number" && !@failed, "$name: runs")
        or diag join("\n", @failed, (split /\n/, $printed)[-15 .. -1] // ()), "\n", slurp("$folder/.said");
    my $prints = $block->{prints} or return;
    my $how = $prints->{notes}{output}[0] // 'exact';
    return note("$page->{name}:$prints->{line}: $how") if $how =~ /^not compared/;
    my $amiss = matches($printed, $prints);
    ok(!defined $amiss, "$page->{name}:$prints->{line}: prints what it says ($how)")
        or diag "not so: $amiss\nwhat was printed:\n$printed";
    return;
}

sub judge_picture {
    my ($page, $folder, $picture) = @_;
    ok(-s "$folder/$picture->{path}", "$page->{name}:$picture->{line}: the picture is made") or return;
    return unless $whole;
    my $image = "$tree/" . dirname($page->{name}) . "/$picture->{image}";
    make_path(dirname($image));
    return copy("$folder/$picture->{path}", $image) || die "$image: $!";
}

sub try_page {
    my ($path) = @_;
    my $page = read_page($path, $path =~ s{^\Q$tree\E/}{}r);
    is(join("\n", @{ $page->{mistakes} }), '', "$page->{name}: its blocks are clear") if @{ $page->{items} };
    my @blocks;
    for my $block (grep { $_->{kind} eq 'sh' } @{ $page->{items} }) {
        my ($why) = map { @{ $block->{notes}{$_} // [] } } 'not run', $whole ? () : 'long';
        note("$page->{name}:$block->{line}: not run: $why") if $why;
        next if $why;
        my $obstacle = obstacle($block);
        if ($obstacle) {
            SKIP: { skip "$page->{name}:$block->{line}: $obstacle", 1 }
            $page->{lacking} = 1;
            next;
        }
        push @blocks, $block;
    }
    return unless @blocks;
    my $folder = furnish($page);
    script($folder, @blocks);
    my $began = time;
    play($folder);
    judge_block($page, $folder, $_) for @blocks;
    for my $picture (grep { $_->{kind} eq 'picture' } @{ $page->{items} }) {
        judge_picture($page, $folder, $picture) if $picture->{maker}{number} && !$page->{lacking};
    }
    note(sprintf '%s: %.1f s', $page->{name}, time - $began);
    return;
}

# All pages together take too long for every day.
my @every_day = grep { -e } map { "$tree/$_" } qw(README.md CONTRIBUTING.md docs/tutorial.md);
my @pages = @ARGV ? map { "$tree/$_" } @ARGV : $ENV{ROLLCALL_SLOW} ? (@every_day, grep { !/tutorial/ } sort glob "$tree/docs/*.md") : @every_day;
try_page($_) for @pages;
done_testing;
