#!/bin/sh
# ppp-stop.sh LINE: ends what ppp-start.sh LINE has begun: pppd ends LCP, and the line takes commands again. As root.
set -eu
kill "$(head -n 1 "/run/ppp-attache-$(basename "$1").pid")"
