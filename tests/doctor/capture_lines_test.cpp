#include "doctor/reader/capture_lines.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "doctor/diagnosis.hpp"
#include "trace/format/block_writer.hpp"
#include "trace/format/exported_pdu.hpp"

namespace attache::doctor {
namespace {

using namespace std::chrono_literals;

std::string at_packet(trace::ExportedPdu::Way way, std::string bytes, base::Duration after,
                      std::vector<std::string> comments = {}) {
  trace::ExportedPdu pdu;
  pdu.way = way;
  pdu.bytes = std::move(bytes);
  return trace::to_bytes(trace::Block(
      trace::block::Packet{0, base::WallTime(1'700'000'000s) + after, trace::PacketDirection::unknown,
                           trace::to_bytes(pdu), 0, std::move(comments), std::nullopt}));
}

std::string at_capture() {
  using Way = trace::ExportedPdu::Way;
  return trace::to_bytes(trace::Block(trace::block::Section{"", "", "test", {}})) +
         trace::to_bytes(
             trace::Block(trace::block::Interface{trace::link_type_upper_pdu, 0, "uart0", "", {}})) +
         at_packet(Way::sent, "AT+CFUN=1\r\n", 0ms) + at_packet(Way::received, "\r\nOK\r\n", 10ms) +
         at_packet(Way::sent, "AT+CPIN?\r\n", 20ms) +
         at_packet(Way::received, "\r\n+CME ERROR: 10\r\n", 1500ms, {"there is no SIM"});
}

std::string lines_of(std::string_view bytes, std::size_t piece) {
  std::string log;
  CaptureLines lines([&](std::string_view text) { log += text; });
  for (std::size_t at = 0; at < bytes.size(); at += std::min(piece, bytes.size() - at)) {
    lines.take(bytes.substr(at, piece));
  }
  lines.finish();
  EXPECT_EQ(lines.fault(), "");
  return log;
}

TEST(CaptureLines, AreALogOfTheLinesAndComments) {
  for (std::size_t piece : {std::size_t{1}, std::string::npos}) {
    EXPECT_EQ(lines_of(at_capture(), piece),
              "[22:13:20.000] > AT+CFUN=1\n"
              "[22:13:20.010] < OK\n"
              "[22:13:20.020] > AT+CPIN?\n"
              "[22:13:21.500] < +CME ERROR: 10\n"
              "[22:13:21.500] there is no SIM\n");
  }
}

TEST(CaptureLines, LetALogThroughAsItIs) {
  for (const char* log : {"", "\n", "\n\r\r", "\n\r\nAT\r\n", "AT\nOK\n"}) {
    EXPECT_EQ(lines_of(log, 1), log);
  }
}

TEST(CaptureLines, SayWhereACaptureIsDamaged) {
  std::string bytes = at_capture();
  CaptureLines lines([](std::string_view) {});
  lines.take(bytes.substr(0, bytes.size() - 3));
  lines.finish();
  EXPECT_EQ(lines.fault(), "the last block of the capture is not whole");
}

TEST(DoctorOfACapture, FindsWhatItFindsInALogAndNamesThePacket) {
  Doctor of_capture{PatientFile()};
  of_capture.begin("session.pcapng");
  of_capture.take(at_capture());
  of_capture.end();
  Doctor of_log{PatientFile()};
  of_log.begin("session.log");
  of_log.take("> AT+CFUN=1\n< OK\n> AT+CPIN?\n< +CME ERROR: 10\n");
  of_log.end();
  Diagnosis found = of_capture.diagnose();
  Diagnosis expected = of_log.diagnose();
  ASSERT_FALSE(expected.findings.empty());
  ASSERT_FALSE(found.findings.empty());
  EXPECT_EQ(found.findings.front().cause, expected.findings.front().cause);
  ASSERT_TRUE(found.findings.front().primary());
  EXPECT_EQ(found.findings.front().primary()->place.packet, 4U);
}

// The level of what is said of `cause`, and how sure it is: "error certain"; empty if nothing is.
std::string found_in(const std::string& packets, base::Cause cause) {
  Doctor doctor{PatientFile()};
  doctor.begin("session.pcapng");
  doctor.take(
      trace::to_bytes(trace::Block(trace::block::Section{"", "", "test", {}})) +
      trace::to_bytes(trace::Block(trace::block::Interface{trace::link_type_upper_pdu, 0, "uart0", "", {}})) +
      packets);
  doctor.end();
  for (const Finding& finding : doctor.diagnose().findings) {
    if (finding.cause == cause) {
      return fmt::format("{} {}", name_of(finding.level), name_of(finding.confidence()));
    }
  }
  return {};
}

TEST(DoctorOfACapture, TakesTheReasonThatTheTraceTellsOfAFailure) {
  using Way = trace::ExportedPdu::Way;
  const std::string connect = at_packet(Way::sent, "AT#XHTTPCCON=1,\"example.com\",443,42\r\n", 0ms);
  const std::string told = "failure [ca-expired]: HTTPS connection to example.com:443 failed: expired";
  EXPECT_EQ(found_in(connect + at_packet(Way::received, "\r\n#XHTTPCCON: 0\r\n", 10ms) +
                         at_packet(Way::received, "\r\nERROR\r\n", 10ms, {told}),
                     base::Cause::ca_expired),
            "error certain");
  EXPECT_EQ(found_in(at_packet(Way::received, "\r\n#XTCPCLI: -111,\"not connected\"\r\n", 10ms, {told}),
                     base::Cause::ca_expired),
            "error certain");
}

TEST(DoctorOfACapture, IsLessSureOfAFailureThatTheHostWasNotTold) {
  using Way = trace::ExportedPdu::Way;
  const std::string told = "failure [ipv6-unreachable]: connection to [100::1]:443 failed: no IPv6";
  std::string found =
      found_in(at_packet(Way::sent, "AT#XHTTPCCON=1,\"example.com\",443,42\r\n", 0ms, {told}) +
                   at_packet(Way::received, "\r\n#XHTTPCCON: 1\r\n", 10ms) +
                   at_packet(Way::received, "\r\nOK\r\n", 10ms),
               base::Cause::ipv6_unreachable);
  EXPECT_EQ(found.find("certain"), std::string::npos) << found;
  EXPECT_EQ(found_in(at_packet(Way::received, "\r\nERROR\r\n", 0ms, {"failure [no-such-cause]: a: b"}),
                     base::Cause::ca_expired),
            "");
}

}  // namespace
}  // namespace attache::doctor
