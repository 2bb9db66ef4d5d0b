#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
# `meson install` into an empty folder: what a system gets, that the program works from there, and
# that `ninja uninstall` takes all of it away again.
use strict;
use warnings;
use FindBin;
use File::Find;
use File::Temp qw(tempdir);
use Test::More;

my $build = $ENV{BUILD} or plan skip_all => 'BUILD is not set';
my $scratch = tempdir(CLEANUP => 1);
my $top = "$scratch/system";
mkdir $top or die "$top: $!";

for my $tool (qw(meson ninja)) {
    plan skip_all => "there is no $tool" if system("command -v $tool >/dev/null 2>&1") != 0;
}

sub succeeds {
    my ($name, $command) = @_;
    my $said = qx(($command) 2>&1);
    my $good = ok($? == 0, $name);
    diag($said) unless $good;
    return $good;
}

# What is below the folder, without its own name; folders end in a slash.
sub below {
    my ($folder) = @_;
    my @found;
    find({ no_chdir => 1, wanted => sub {
        push @found, substr($_, length $folder) . (-d $_ && !-l $_ ? '/' : '') if $_ ne $folder;
    } }, $folder);
    return sort @found;
}

succeeds('meson install', "DESTDIR=$top meson install -C $build --no-rebuild --quiet") or BAIL_OUT('not installed');
my @files = grep { !m{/$} } below($top);
my $prefix = (grep { m{/bin/rollcall$} } @files)[0];
ok(defined $prefix, 'the program') or BAIL_OUT('no program');
$prefix =~ s{/bin/rollcall$}{};

# --- what a system gets
my %kinds = (
    'man pages' => qr{^\Q$prefix\E/share/man/man1/rollcall\.1$},
    'the completion for bash' => qr{^\Q$prefix\E/share/bash-completion/completions/rollcall$},
    'the library' => qr{/libroll\.so\.0$},
    'its headers' => qr{^\Q$prefix\E/include/rollcall/rollcall\.h$},
    'its pkg-config file' => qr{/pkgconfig/roll\.pc$},
    'a configuration of the server' => qr{^\Q$prefix\E/share/doc/rollcall/rollcall\.conf$},
);
for my $kind (sort keys %kinds) {
    is(scalar(grep { $_ =~ $kinds{$kind} } @files), 1, $kind);
}
is(join("\n", grep { !m{^\Q$prefix\E/(?:bin|include|lib(?:64)?|share)/} } @files), '', 'nothing outside of the prefix');
is(join("\n", grep { m{/(?:lib(?:sim|net|store)\b|test-|fuzz-|plugin[^/]*\.so)} } @files), '', 'nothing that only tests need');

# --- it works from there
succeeds('the installed program runs', "$top$prefix/bin/rollcall metrics");

# --- and goes away
succeeds('ninja uninstall', "ninja -C $build uninstall");
is(join("\n", grep { !m{/$} } below($top)), '', 'no file is left');
is(join("\n", grep { m{rollcall} } below($top)), '', 'nor a folder of its own');
done_testing;
