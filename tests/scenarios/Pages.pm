# SPDX-License-Identifier: GPL-3.0-or-later
# Reads a page of the documents: its commands, what they print, the files and pictures that belong to
# them. Only ```sh blocks hold commands. A ```text block is what the sh block before it prints, to the
# letter; `...` alone in a line stands for any lines. Comments directly before a block, which the
# reader does not see, say what the test has to know:
#
#   <!-- not run: REASON -->           of an sh block: what cannot be run in a test, and why
#   <!-- long: REASON -->              why it is run for its pictures only
#   <!-- before: COMMAND -->           what the reader is supposed to have: run first; `&` at its end for a server
#   <!-- run with: ARGUMENTS -->       behind each command of rollcall: smaller, so that it ends soon
#   <!-- run as: OLD => NEW -->        in place of a part of the block, with the same aim
#   <!-- needs: PROGRAM ... -->        the block is passed over where one of these is not installed
#   <!-- exit: STATUS -->              with which a command of the block may end, beside 0
#   <!-- output: shape -->             of a text block: any numbers will do, they depend on the machine
#   <!-- output: not compared, REASON -->
#   <!-- file: NAME -->                of another block: the reader has it as this file
#   <!-- picture: PATH -->             of an image: the file that the commands before it have made
package Pages;
use strict;
use warnings;
use Exporter 'import';
use Run;

our @EXPORT = qw(read_page matches);

my $known = qr/not run|long|before|run with|run as|needs|exit|output|file|picture/;

# Adds a block of the page to its items.
sub take_block {
    my ($page, $block) = @_;
    my ($last) = grep { $_->{kind} eq 'sh' } reverse @{ $page->{items} };
    if ($block->{language} =~ /^(?:sh|bash)$/) {
        push @{ $page->{items} }, { %$block, kind => 'sh' };
    } elsif ($block->{language} eq 'text') {
        return push @{ $page->{mistakes} }, "line $block->{line}: output of no command" if !$last || $last->{prints};
        $last->{prints} = $block;
    } elsif ($block->{notes}{file}) {
        push @{ $page->{items} }, { %$block, kind => 'file', name => $block->{notes}{file}[0] };
    } elsif ($block->{language} eq '' && $block->{text} =~ /^(?:\$ )?(?:\.\/)?(?:rollcall|quickstart|kamailio) /m) {
        push @{ $page->{mistakes} }, "line $block->{line}: commands belong into a block of sh";
    }
    return;
}

# Returns: { name, items: [{ kind: sh, file or picture, line, text, notes: {KEY: [VALUE...]}, prints }], mistakes }
sub read_page {
    my ($path, $name) = @_;
    my $page = { name => $name, items => [], mistakes => [] };
    my ($block, %notes, $line);
    for (split /\n/, slurp($path)) {
        $line++;
        if ($block) {
            if (/^```\s*$/) {
                take_block($page, $block);
                undef $block;
            } else {
                $block->{text} .= "$_\n";
            }
        } elsif (/^```(\w*)/) {
            $block = { language => $1, line => $line, text => '', notes => {%notes} };
            %notes = ();
        } elsif (/^<!-- ($known): (.*?) -->$/) {
            push @{ $notes{$1} }, $2;
        } elsif (/^!\[/ && $notes{picture}) {
            my ($maker) = grep { $_->{kind} eq 'sh' } reverse @{ $page->{items} };
            push @{ $page->{items} },
                { kind => 'picture', line => $line, path => $notes{picture}[0], image => /\]\((.*?)\)/, maker => $maker };
            %notes = ();
        } elsif (/\S/) {
            push @{ $page->{mistakes} }, "line $line: a note that belongs to nothing" if %notes;
            %notes = ();
        }
    }
    return $page;
}

# How a line of the page has to look when it is printed.
sub pattern_of {
    my ($line, $shape) = @_;
    $line =~ s/\s+$//;
    return '(?:[^\n]*\n)*?' if $line eq '...';
    my $pattern = quotemeta $line;
    if ($shape) {
        $pattern =~ s/(?:\\-)?\d(?:\d|\\,(?=\d)|\\\.(?=\d))*/-?[\\d,]+(?:\\.[\\d,]+)*/g;
        $pattern =~ s/(?:\\ )+/[ ]+/g;
    }
    return "$pattern *\n";
}

# Whether @$printed is what the text block says. Returns: the first of its lines that is not so, or nothing.
sub matches {
    my ($printed, $block) = @_;
    my $shape = ($block->{notes}{output}[0] // '') eq 'shape';
    my @lines = split /\n/, $block->{text};
    my @patterns = map { pattern_of($_, $shape) } @lines;
    my $all = join '', @patterns;
    return if $printed =~ /\A$all\z/;
    for my $upto (0 .. $#lines) {
        my $some = join '', @patterns[0 .. $upto];
        return $lines[$upto] unless $printed =~ /\A$some/;
    }
    return '(the end)';
}

1;
