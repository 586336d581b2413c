#!/bin/sh
# Which forms of the application's commands the tests have tried: every command of #XCLAC (all services built
# in) in its set form with a good and a bad end, its read and its test form, in SLM 1.6; SLM 1.5 is counted too.
# Counted are the lines that the dialect's tests send, and those of the transcripts that pass.
#
# usage: tests/command_coverage.sh BUILD_FOLDER     Fails if a form of SLM 1.6 has not been tried.
set -eu
build=${1:?usage: tests/command_coverage.sh BUILD_FOLDER}
tests=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/all.toml" <<'END'
[dialect]
services = ["httpc", "ftpc", "mqttc", "gps", "sms", "twi"]
[[i2c]]
bus = 0
address = "76"
END
printf 'AT#XCLAC\r\n' | "$build/attache" serve --config "$work/all.toml" --port stdio --log-level off 2>/dev/null |
  tr -d '\r' | sed -n 's/^AT\([#%].*\)$/\1/p' >"$work/commands"

ATTACHE_TRIED_LINES=$work/tried "$build/dialects_tests" >"$work/log" 2>&1 || {
  tail -n 20 "$work/log"
  exit 1
}
for transcript in "$tests"/conformance/slm-1.6/*.at; do
  if ! grep -q "^slm-1.6/$(basename "$transcript")\$" "$tests/conformance/expected_to_come.txt"; then
    # The end of the answer is the next line of the device that is OK or ERROR.
    awk '/^> /{line = substr($0, 3)} /^< (OK|ERROR)/ && line {print "slm-1.6\t" substr($0, 3) "\t" line; line = ""}' \
      "$transcript" >>"$work/tried"
  fi
done

awk -F '\t' '
  NR == FNR { commands[++count] = toupper($1); next }
  {
    line = toupper($3)
    if (substr(line, 1, 2) != "AT") next
    line = substr(line, 3)
    match(line, /^[#%+][A-Z0-9]+/)
    if (RLENGTH < 1) next
    name = substr(line, 1, RLENGTH)
    rest = substr(line, RLENGTH + 1)
    form = rest ~ /^=\?/ ? "test" : rest ~ /^\?/ ? "read" : $2 == "ERROR" ? "bad" : "good"
    tried[$1, name, form] = 1
  }
  END {
    split("good bad read test", forms, " ")
    split("slm-1.6 slm-1.5", dialects, " ")
    for (d = 1; d <= 2; ++d) {
      done = 0
      for (i = 1; i <= count; ++i) {
        missing = ""
        for (f = 1; f <= 4; ++f) {
          if ((dialects[d], commands[i], forms[f]) in tried) ++done
          else missing = missing " " (f < 3 ? "set/" : "") forms[f]
        }
        if (missing != "" && d == 1) print "not tried: AT" commands[i] ":" missing
      }
      printf "%s: %d commands x 4 forms, %d of %d tried (%d %%)\n", dialects[d], count, done, count * 4, done * 100 / (count * 4)
      if (d == 1 && (done < count * 4 || count == 0)) failed = 1
    }
    exit failed
  }' "$work/commands" "$work/tried"
