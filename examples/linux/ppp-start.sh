#!/bin/sh
# ppp-start.sh LINE [AT_LINE]: the modem at LINE as a network interface of this machine: a serial port, or a channel of
# cmux-start.sh (/dev/gsmtty2; commands go on /dev/gsmtty1). With AT_LINE PPP has LINE for itself, as in SLM 2.x and 3.x, and commands go there.
# As root; needs pppd and chat (package ppp) and a kernel with CONFIG_PPP_ASYNC.
set -eu
line=$1
here=$(dirname "$(realpath "$0")")
if ! [ -e /dev/ppp ]; then
  echo "this kernel has no PPP (CONFIG_PPP)" >&2
  exit 1
fi
name=attache-$(basename "$line")
if [ $# -gt 1 ]; then
  dial="chat -f '$here/ppp-begin.chat' <$2 >$2"
else
  dial="chat -f '$here/ppp-dial.chat'"
fi
exec pppd "$line" file "$here/ppp.options" linkname "$name" connect "$dial" updetach
