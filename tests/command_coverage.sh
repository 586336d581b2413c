#!/bin/sh
# Which forms of the application's commands the tests have tried: every command of #XCLAC (all services built
# in) in its set form with a good and a bad end, its read and its test form, in every dialect.
# Counted are the lines that the dialects' tests send, and those of the transcripts that pass.
#
# usage: tests/command_coverage.sh BUILD_FOLDER TRIED_LINES     Fails if a form has not been tried, of SLM 1.5 aside.
# TRIED_LINES is the file that ATTACHE_TRIED_LINES named while the dialects' tests ran.
set -eu
build=${1:?usage: tests/command_coverage.sh BUILD_FOLDER TRIED_LINES}
tried=${2:?usage: tests/command_coverage.sh BUILD_FOLDER TRIED_LINES}
tests=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dialects="slm-1.6 slm-1.5 slm-2.9 slm-3.1 serial-modem-2.0"

# A service that is in no build without being asked for has to be named; those of 1.5 are none but one.
cat >"$work/slm-1.6.toml" <<'END'
[dialect]
services = ["httpc", "ftpc", "mqttc", "gps", "sms", "twi"]
[[i2c]]
bus = 0
address = "76"
END
cat >"$work/slm-1.5.toml" <<'END'
[dialect]
services = ["httpc", "ftpc", "mqttc", "gps"]
END
for dialect in slm-2.9 slm-3.1; do
  cat >"$work/$dialect.toml" <<'END'
[dialect]
native_tls = true
services = [
  "httpc", "ftpc", "tftpc", "mqttc", "gnss", "sms", "gpio", "twi", "cmux", "ppp", "nrfcloud", "carrier",
]
[[i2c]]
bus = 2
address = "76"
END
done
cat >"$work/serial-modem-2.0.toml" <<'END'
[dialect]
services = [
  "sms", "mqttc", "httpc", "coapc", "gnss", "cmux", "ppp", "nrfcloud", "nrfcloud_location", "nrfcloud_fota",
  "nrfcloud_observability", "nrfcloud_observability_debug", "provisioning", "carrier", "debug_stats", "trace_uart", "trace_cmux",
]
END
for dialect in $dialects; do
  printf 'AT#XCLAC\r\n' | "$build/attache" serve --dialect "$dialect" --config "$work/$dialect.toml" --port stdio \
    --log-level off 2>/dev/null | tr -d '\r' | sed -n "s/^AT\([#%+].*\)\$/$dialect\t\1/p" >>"$work/commands"
done

cp "$tried" "$work/tried"
# NAME DIALECT: whether the tests play this transcript as that dialect.
is_played() {
  ! grep -q "^$1\$" "$tests/conformance/expected_to_come.txt" &&
    { [ "$2" != slm-2.9 ] || ! grep -q "^$1 " "$tests/conformance/not_of_slm_2_9.txt"; }
}
# FOLDER DIALECT: the lines of the transcripts that pass. The end of an answer is the next line of the device that is
# OK or ERROR.
add_transcripts() {
  for transcript in "$tests"/conformance/"$1"/*.at; do
    if is_played "$1/$(basename "$transcript")" "$2"; then
      awk -v dialect="$2" '
        /^@ dialect /{if ($3 != dialect && dialect != "slm-2.9") exit}
        /^> /{line = substr($0, 3)}
        /^< (OK|ERROR)/ && line {print dialect "\t" substr($0, 3) "\t" line; line = ""}' "$transcript" >>"$work/tried"
    fi
  done
}
add_transcripts slm-1.6 slm-1.6
add_transcripts slm-3.1 slm-3.1
add_transcripts slm-3.1 slm-2.9 # All but those that do not hold for 2.9.
add_transcripts serial-modem-2.0 serial-modem-2.0

awk -F '\t' -v names="$dialects" '
  NR == FNR { command = toupper($2); if (!(($1, command) in known)) { known[$1, command] = 1; commands[$1, ++count[$1]] = command }; next }
  {
    line = toupper($3)
    if (substr(line, 1, 2) != "AT") next
    line = substr(line, 3)
    match(line, /^[#%+][A-Z0-9_]+/)
    if (RLENGTH < 1) next
    name = substr(line, 1, RLENGTH)
    rest = substr(line, RLENGTH + 1)
    form = rest ~ /^=\?/ ? "test" : rest ~ /^\?/ ? "read" : $2 ~ /^ERROR/ ? "bad" : "good"
    tried[$1, name, form] = 1
  }
  END {
    split("good bad read test", forms, " ")
    last = split(names, dialects, " ")
    for (d = 1; d <= last; ++d) {
      dialect = dialects[d]
      done = 0
      for (i = 1; i <= count[dialect]; ++i) {
        missing = ""
        for (f = 1; f <= 4; ++f) {
          if ((dialect, commands[dialect, i], forms[f]) in tried) ++done
          else missing = missing " " (f < 3 ? "set/" : "") forms[f]
        }
        if (missing != "" && dialect != "slm-1.5") print dialect ", not tried: AT" commands[dialect, i] ":" missing
      }
      all = count[dialect] * 4
      printf "%s: %d commands x 4 forms, %d of %d tried (%d %%)\n", dialect, count[dialect], done, all, all ? done * 100 / all : 0
      if (dialect != "slm-1.5" && (done < all || all == 0)) failed = 1
    }
    exit failed
  }' "$work/commands" "$work/tried"
