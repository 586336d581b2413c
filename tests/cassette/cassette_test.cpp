#include "cassette/cassette.hpp"

#include <gtest/gtest.h>

#include <string>

namespace attache::cassette {
namespace {

using namespace std::chrono_literals;

const std::string head = "attache cassette 1\n";

base::Reason fault_of(const std::string& text) {
  auto read = parse_cassette(text, "a.cassette");
  EXPECT_FALSE(read);
  return read ? base::Reason() : read.error();
}

TEST(Cassette, HasHeadersAndEntriesOfEachKind) {
  auto read = parse_cassette(head +
                                 "# a remark\n"
                                 "@ dialect slm-3.1\n"
                                 "@ recorded 2026-11-30T13:00:00Z\n"
                                 "@ start boot\n"
                                 "\n"
                                 "0.000 < \\r\\nReady\\r\\n\n"
                                 "1.250 > AT+CPIN=\"{PIN}\"\\r\\n\n"
                                 "1.250 = dtr off\n"
                                 "62.001 = baud 9600\n",
                             "a.cassette");
  ASSERT_TRUE(read) << base::to_block(read.error());
  EXPECT_EQ(read->dialect(), "slm-3.1");
  EXPECT_EQ(read->header("recorded"), "2026-11-30T13:00:00Z");
  EXPECT_EQ(read->start_conditions(),
            (std::map<std::string, std::string>{{"dialect", "slm-3.1"}, {"start", "boot"}}));
  ASSERT_EQ(read->entries.size(), 4U);
  EXPECT_TRUE(read->entries[0].says(Side::modem));
  EXPECT_EQ(read->entries[0].text.fill({}), "\r\nReady\r\n");
  EXPECT_EQ(read->entries[1].at, 1250ms);
  EXPECT_EQ(read->entries[1].text.fill({{"PIN", "1234"}}), "AT+CPIN=\"1234\"\r\n");
  EXPECT_EQ(missing_value(read->entries[1].text, {}), "PIN");
  EXPECT_EQ(missing_value(read->entries[1].text, {{"PIN", "1"}}), "");
  EXPECT_EQ(read->entries[2].control_line, ControlLine::dtr);
  EXPECT_FALSE(read->entries[2].on);
  EXPECT_EQ(read->entries[3].baud, 9600U);
  EXPECT_EQ(read->entries[3].at, 62001ms);
  EXPECT_EQ(read->place(read->entries[3]), "a.cassette:10");
  EXPECT_FALSE(read->is_cut);
}

TEST(Cassette, IsWrittenAsItWasRead) {
  std::string lines =
      "@ dialect slm-1.6\n"
      "0.000 < \\r\\nReady\\r\\n\n"
      "1.250 > \\x7BPIN} is none, {PIN} is one\\x00\\xFF\\\\\n"
      "1.250 = ri on\n"
      "2.000 = baud 115200\n";
  auto read = parse_cassette(head + lines, "a");
  ASSERT_TRUE(read) << base::to_block(read.error());
  std::string written = line_of(read->headers[0]);
  for (const Entry& entry : read->entries) {
    written += line_of(entry);
  }
  EXPECT_EQ(written, lines);
}

TEST(Cassette, EscapesAnyBytesSoThatTheyComeBack) {
  std::string bytes = "{PIN} {1} \\x41";
  for (int i = 0; i < 256; ++i) {
    bytes += static_cast<char>(i);
  }
  auto entry = make_bytes(Side::host, 0ms, escape_text(bytes));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->text.fill({{"PIN", "1234"}}), bytes);
  EXPECT_EQ(line_of(*entry).find('\n'), line_of(*entry).size() - 1);
}

TEST(Cassette, LeavesOutALastLineThatWasCut) {
  auto read = parse_cassette(head + "0.000 > AT\\r\\n\n0.010 < \\r\\nO", "a");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->entries.size(), 1U);
  EXPECT_TRUE(read->is_cut);
}

TEST(Cassette, MayBeCutAnywhereBehindItsFirstLine) {
  std::string text =
      head + "@ dialect slm-1.6\n0.000 > AT+CPIN=\"{PIN}\"\\r\\n\n0.010 < \\r\\nOK\\r\\n\n1.000 = rts off\n";
  for (std::size_t length = head.size(); length < text.size(); ++length) {
    EXPECT_TRUE(parse_cassette(text.substr(0, length), "a")) << length;
  }
  for (std::size_t length = 0; length < head.size(); ++length) {
    EXPECT_FALSE(parse_cassette(text.substr(0, length), "a")) << length;
  }
}

TEST(Cassette, TakesLinesEndedByCrLf) {
  auto read = parse_cassette("attache cassette 1\r\n0.000 > AT\\r\\n\r\n", "a");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->entries.at(0).text.fill({}), "AT\r\n");
}

struct Wrong {
  std::string line;
  std::string why;
};

TEST(Cassette, SaysWhereAndWhatIsWrong) {
  for (const auto& [line, why] : std::vector<Wrong>{
           {"AT", "it does not begin with a time such as 12.345, in seconds"},
           {"1 > AT", "it does not begin with a time such as 12.345, in seconds"},
           {"-1.000 > AT", "it does not begin with a time such as 12.345, in seconds"},
           {"1.00 > AT", "it does not begin with a time such as 12.345, in seconds"},
           {"99999999999.000 > AT", "it does not begin with a time such as 12.345, in seconds"},
           {"1.000", "behind the time stands none of > TEXT, < TEXT and = NAME VALUE"},
           {"1.000 > ", "behind the time stands none of > TEXT, < TEXT and = NAME VALUE"},
           {"1.000 ! AT", "behind the time stands none of > TEXT, < TEXT and = NAME VALUE"},
           {"1.000 > AT\\q", "an escape in it is not known"},
           {"1.000 > AT\\x4", "an escape in it is not known"},
           {"1.000 = dtr maybe", "a control line is on or off, not \"maybe\""},
           {"1.000 = cd on", "\"cd\" is neither a control line nor baud"},
           {"1.000 = baud 0", "\"0\" is no line rate in bit/s"},
           {"1.000 = baud fast", "\"fast\" is no line rate in bit/s"},
           {"0.000 > AT", "its time lies before that of the line before"},
           {"@ dialect slm-1.6", "headers stand before the first entry"},
       }) {
    base::Reason reason = fault_of(head + "0.500 < x\n" + line + "\n");
    EXPECT_EQ(reason.why, why) << line;
    EXPECT_EQ(reason.where, "a.cassette:3");
    EXPECT_EQ(reason.excerpt, line);
    EXPECT_EQ(reason.what, "a.cassette is no cassette that can be read");
  }
  EXPECT_EQ(fault_of(head + "@ dialekt slm-1.6\n").why,
            "the header 'dialekt' is not known; did you mean 'dialect'?");
  EXPECT_EQ(fault_of("attache cassette 2\n").why, "its first line is not \"attache cassette 1\"");
  EXPECT_EQ(fault_of("").why, "its first line is not \"attache cassette 1\"");
  EXPECT_EQ(fault_of(head + std::string(longest_line + 1, 'x') + "\n").why, "the line is longer than 1 MiB");
}

}  // namespace
}  // namespace attache::cassette
