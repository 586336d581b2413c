#!/bin/sh
# cmux-stop.sh LINE: ends CMUX on the modem at LINE, and Linux's multiplexer with it. As root.
set -eu
line=$1
here=$(dirname "$0")
chat -f "$here/cmux-stop.chat" </dev/gsmtty1 >/dev/gsmtty1 || true
pkill -x -f "ldattach GSM0710 $line" || true
sleep 1
# If the modem has not heard it: flags, and a close-down on DLC 0.
printf '\371\371\371\371\371\371\371\371\371\003\357\005\303\001\362\371' >"$line"
