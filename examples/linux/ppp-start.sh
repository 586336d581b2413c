#!/bin/sh
# ppp-start.sh LINE: the modem at LINE as a network interface of this machine: a serial port, or a channel of
# cmux-start.sh (/dev/gsmtty1). As root; needs pppd and chat (package ppp) and a kernel with CONFIG_PPP_ASYNC.
set -eu
line=$1
here=$(dirname "$(realpath "$0")")
if ! [ -e /dev/ppp ]; then
  echo "this kernel has no PPP (CONFIG_PPP)" >&2
  exit 1
fi
name=attache-$(basename "$line")
exec pppd "$line" file "$here/ppp.options" linkname "$name" connect "chat -f '$here/ppp-dial.chat'" updetach
