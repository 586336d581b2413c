#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "base/posix/file_descriptor.hpp"
#include "base/posix/private_file.hpp"
#include "system/support/process.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string little(std::uint32_t value, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i) {
    bytes += static_cast<char>(value >> (8 * i) & 0xFFU);
  }
  return bytes;
}

std::string padded(std::string bytes) {
  bytes.resize((bytes.size() + 3) / 4 * 4);
  return bytes;
}

std::string pcapng_block(std::uint32_t type, const std::string& body) {
  auto size = static_cast<std::uint32_t>(body.size() + 12);
  return little(type, 4) + little(size, 4) + body + little(size, 4);
}

// A section with one interface of exported PDUs, called uart0.
std::string pcapng_head() {
  return pcapng_block(0x0A0D0D0A,
                      little(0x1A2B3C4D, 4) + little(1, 2) + little(0, 2) + std::string(8, '\xFF')) +
         pcapng_block(1, little(252, 2) + little(0, 2) + little(0, 4) + little(2, 2) + little(5, 2) +
                             padded("uart0") + little(0, 4));
}

// A line of a host or a modem, `milliseconds` after the beginning.
std::string pcapng_line(bool is_host, const std::string& line, std::uint32_t milliseconds) {
  constexpr char in_network_order = '\0';
  std::string packet = in_network_order + std::string("\x0c\x00\x04", 3) + std::string("at\0\0", 4) +
                       in_network_order + std::string("\x23\x00\x04\x00\x00\x00", 6) +
                       (is_host ? '\0' : '\1') + std::string(4, '\0') + line;
  auto size = static_cast<std::uint32_t>(packet.size());
  return pcapng_block(6, little(0, 4) + little(0, 4) + little(milliseconds * 1000, 4) + little(size, 4) +
                             little(size, 4) + padded(packet));
}

std::string at_session() {
  return pcapng_head() + pcapng_line(true, "AT+CFUN=1\r\n", 0) + pcapng_line(false, "\r\nOK\r\n", 10) +
         pcapng_line(true, "AT+CPIN?\r\n", 20) + pcapng_line(false, "\r\n+CME ERROR: 10\r\n", 1500);
}

constexpr std::string_view shown_session =
    "    0.000 uart0  → AT+CFUN=1\n"
    "    0.010 uart0  ← OK\n"
    "    0.020 uart0  → AT+CPIN?\n"
    "    1.500 uart0  ← +CME ERROR: 10 (SIM not inserted)\n";

class TimelineTest : public ::testing::Test {
 protected:
  static Finished trace(std::vector<std::string> arguments, std::string_view input = {}) {
    arguments.insert(arguments.begin(), "trace");
    return run_to_end(attache(arguments), input);
  }

  TempFolder folder;
  std::string file = folder.write("session.pcapng", at_session());
};

TEST_F(TimelineTest, IsPrintedOfAFileAndOfStandardInput) {
  Finished finished = trace({file});
  EXPECT_EQ(finished.exit_code, 0) << finished.errors;
  EXPECT_EQ(finished.output, shown_session);
  EXPECT_EQ(trace({"-"}, at_session()).output, shown_session);
}

TEST_F(TimelineTest, IsFilteredAndAnObjectALineForPrograms) {
  Finished finished =
      trace({file, "--layer", "at", "--port", "0", "--from", "0.015", "--until", "1", "--json"});
  EXPECT_EQ(finished.exit_code, 0);
  auto object = boost::json::parse(finished.output);
  EXPECT_EQ(object.at("text").as_string(), "AT+CPIN?");
  EXPECT_EQ(object.at("packet").to_number<int>(), 3);
  EXPECT_EQ(trace({file, "--layer", "dns"}).output, "");
}

TEST_F(TimelineTest, EndsAtAFileThatWasCutWithARemarkAndAtADamagedOneWithItsPlace) {
  std::string whole = at_session();
  std::string cut = folder.write("cut", std::string_view(whole).substr(0, whole.size() - 5));
  Finished finished = trace({cut});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_EQ(finished.output, shown_session.substr(0, shown_session.find("    1.500")));
  EXPECT_THAT(finished.errors, HasSubstr("the last block is not whole"));
  std::string damaged = folder.write("damaged", pcapng_head() + std::string(64, '\x7F'));
  Finished refused = trace({damaged});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.errors, HasSubstr("any further"));
  EXPECT_EQ(trace({folder.write("log", "AT\nOK\n, a log of some lines that is no capture")}).exit_code, 2);
  EXPECT_EQ(trace({folder / "missing"}).exit_code, 2);
  EXPECT_EQ(trace({file, "--layer", "ip"}).exit_code, 2);
  EXPECT_EQ(trace({file, "--context", "x"}).exit_code, 2);
  EXPECT_EQ(trace({file, "--from", "soon"}).exit_code, 2);
  EXPECT_EQ(trace({file, "--remove"}).exit_code, 2);
}

TEST_F(TimelineTest, FollowsAFileThatGrows) {
  std::string growing = folder.write("growing", pcapng_head());
  Process process(attache({"trace", growing, "--follow"}));
  std::ofstream(growing, std::ios::binary | std::ios::app) << pcapng_line(true, "AT\r\n", 0);
  EXPECT_TRUE(process.wait_for_output("AT\n"));
  std::ofstream(growing, std::ios::binary | std::ios::app) << pcapng_line(false, "\r\nOK\r\n", 3);
  EXPECT_TRUE(process.wait_for_output("    0.003 uart0  ← OK\n"));
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait_exit(), 0);
}

// Whoever writes the capture may wait for ever.
TEST_F(TimelineTest, IsEndedByASignalWhileAFifoHasNothing) {
  std::string fifo = folder / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  base::FileDescriptor writer = base::open_file(fifo, O_RDWR);
  for (bool follow : {false, true}) {
    std::vector<std::string> words{"trace", fifo};
    if (follow) {
      words.emplace_back("--follow");
    }
    Process process(attache(words));
    ASSERT_TRUE(base::write_all(writer.get(), pcapng_head() + pcapng_line(true, "AT\r\n", 0)));
    ASSERT_TRUE(process.wait_for_output("AT\n"));
    process.signal(SIGTERM);
    EXPECT_EQ(process.wait_exit(), follow ? 0 : 128 + SIGTERM);
  }
}

TEST_F(TimelineTest, IsALogForDoctorWhoseFindingsBecomeComments) {
  std::string copy = folder / "annotated.pcapng";
  Finished finished = run_to_end(attache({"doctor", file, "--brief", "--annotate", copy}));
  EXPECT_EQ(finished.exit_code, 1) << finished.errors;
  EXPECT_THAT(finished.output, StartsWith(file + ":4: "));
  struct stat found {};
  ASSERT_EQ(::stat(copy.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777U, 0600U);
  Finished annotated = trace({copy});
  EXPECT_EQ(annotated.exit_code, 0);
  EXPECT_THAT(annotated.output, StartsWith(std::string(shown_session)));
  EXPECT_THAT(annotated.output, HasSubstr("    1.500 uart0  · doctor: error ("));
  Finished again = run_to_end(attache({"doctor", file, "--annotate", copy}));
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.errors, HasSubstr("it is left alone"));
  std::string log = folder.write("session.log", "AT\nOK\n");
  EXPECT_EQ(run_to_end(attache({"doctor", log, "--annotate", folder / "other"})).exit_code, 2);
  EXPECT_FALSE(folder.has("other"));
}

}  // namespace
}  // namespace attache::system_test
