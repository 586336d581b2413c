#include "client/run_report.hpp"

#include <gtest/gtest.h>

namespace attache::client {
namespace {

using namespace std::chrono_literals;

RunReport report() {
  RunReport run;
  run.modem = "pty:/tmp/modem";
  run.began = base::WallTime{} + std::chrono::seconds(1779624187);
  run.duration = 1234567us;
  run.exit_code = 3;
  ScriptReport& good = run.scripts.emplace_back();
  good = {"tests/a.at", ScriptOutcome::passed, 2, 2, 1s, std::nullopt, "    0.000 → AT\n    0.000 ← OK\n"};
  ScriptReport& late = run.scripts.emplace_back();
  late = {
      "b\xFF.at", ScriptOutcome::timed_out, 3, 1, 234ms, base::make_reason("what", "<why>\x01", "do \"it\""),
      {}};
  late.reason->facts.emplace_back("got", "nothing");
  run.scripts.emplace_back().name = "c.at";
  return run;
}

TEST(RunReport, IsJson) {
  EXPECT_EQ(
      to_json(report()),
      "{\"format\":\"attache-run-1\",\"modem\":\"pty:/tmp/modem\",\"began\":\"2026-05-24T12:03:07Z\","
      "\"seconds\":1.235E0,\"exit_code\":3,\"scripts\":["
      "{\"script\":\"tests/a.at\",\"outcome\":\"passed\",\"seconds\":1E0,\"exchanges\":2,\"passed\":2,"
      "\"transcript\":[\"    0.000 → AT\",\"    0.000 ← OK\"]},"
      "{\"script\":\"b\\\\xFF.at\",\"outcome\":\"timed-out\",\"seconds\":2.34E-1,\"exchanges\":3,\"passed\":"
      "1,"
      "\"reason\":{\"what\":\"what\",\"where\":\"\",\"why\":\"<why>\\\\x01\",\"advice\":\"do \\\"it\\\"\","
      "\"excerpt\":\"\",\"facts\":[{\"name\":\"got\",\"text\":\"nothing\"}]},\"transcript\":[]},"
      "{\"script\":\"c.at\",\"outcome\":\"not-run\",\"seconds\":0E0,\"exchanges\":0,\"passed\":0,"
      "\"transcript\":[]}]}\n");
}

TEST(RunReport, IsJunitsXml) {
  EXPECT_EQ(to_junit(report()), R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="attache run" tests="3" failures="1" errors="0" skipped="1" time="1.235">
  <testsuite name="attache run" tests="3" failures="1" errors="0" skipped="1" time="1.235" timestamp="2026-05-24T12:03:07">
    <properties>
      <property name="modem" value="pty:/tmp/modem" />
    </properties>
    <testcase name="a.at" classname="tests" time="1.000">
      <system-out>    0.000 → AT
    0.000 ← OK
</system-out>
    </testcase>
    <testcase name="b\xFF.at" classname="." time="0.234">
      <failure type="timed-out" message="what: &lt;why>\x01">  what:     what
  why:      &lt;why&gt;\x01
  got:      nothing
  do:       do "it"
</failure>
    </testcase>
    <testcase name="c.at" classname="." time="0.000">
      <skipped message="the run ended before" />
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST(RunReport, HasNoCharacterThatXmlDoesNotKnow) {
  RunReport run;
  run.scripts.emplace_back().transcript =
      "a\xEF\xBF\xBE\xEF\xBF\xBF"
      "b\n";
  EXPECT_NE(to_junit(run).find("<system-out>a\xEF\xBF\xBD\xEF\xBF\xBD"
                               "b\n</system-out>"),
            std::string::npos);
}

}  // namespace
}  // namespace attache::client
