#!/bin/sh
# install.sh BUILD-FOLDER PREFIX: what `cmake --install` puts where, that the manual of each subcommand is among it, and
# that systemd takes the unit.
set -eu
build=$1
prefix=$2
root=$(mktemp -d /tmp/attache-install-XXXXXX)
trap 'rm -rf "$root"' EXIT
DESTDIR=$root cmake --install "$build" >/dev/null

status=0
for file in bin/attache share/bash-completion/completions/attache share/zsh/site-functions/_attache \
  share/fish/vendor_completions.d/attache.fish share/man/man1/attache.1 share/man/man5/attache-run.5 \
  lib/systemd/system/attache@.service share/doc/attache/README.md share/doc/attache/docs/install.md \
  share/doc/attache/examples/scripts; do
  [ -e "$root$prefix/$file" ] || { echo "not installed: $prefix/$file"; status=1; }
done
# The subcommands as the program tells them.
for command in $("$build/attache" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
  [ -e "$root$prefix/share/man/man1/attache-$command.1" ] || { echo "no manual: $command"; status=1; }
done

unit=$root$prefix/lib/systemd/system/attache@.service
program=$(sed -n 's/^ExecStart=\([^ ]*\) .*/\1/p' "$unit")
[ -x "$root$program" ] || { echo "the unit starts $program, which is not installed"; status=1; }
configuration=$(sed -n 's/^AssertPathExists=\(.*\)%i.toml/\1/p' "$unit")example.toml
[ -e "$root$configuration" ] || { echo "the unit reads $configuration, which is not installed"; status=1; }
if command -v systemd-analyze >/dev/null; then
  # It looks for program and manual here: those of this installation.
  sed -e "s|$program|$root$program|" -e '/^Documentation=/d' "$unit" >"$root/attache@.service"
  systemd-analyze verify "$root/attache@.service" 2>&1 | grep attache && status=1
fi
exit $status
