#include "doctor/reader/reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace attache::doctor {
namespace {

std::vector<Event> read(std::string_view log, std::size_t piece = SIZE_MAX) {
  std::vector<Event> events;
  Reader reader(0, [&](Event event) { events.push_back(std::move(event)); });
  while (!log.empty()) {
    reader.take(log.substr(0, piece));
    log.remove_prefix(std::min(piece, log.size()));
  }
  reader.finish();
  return events;
}

// One letter for each event and its text.
std::string told(const std::vector<Event>& events) {
  std::string text;
  for (const Event& event : events) {
    constexpr std::string_view letters = "CFLGBMNT";  // In the order of Event::Kind.
    text += letters[static_cast<std::size_t>(event.kind)];
    text += ' ' + event.text + '\n';
  }
  return text;
}

constexpr std::string_view session =
    "C AT+CFUN=1\nF OK\nL +CEREG: 2,\"AF9C\",\"00AA6A65\",9\nC AT%XICCID\nF ERROR\n";

TEST(Reader, ReadsABareTerminal) {
  EXPECT_EQ(told(read("AT+CFUN=1\r\nOK\r\n\r\n+CEREG: 2,\"AF9C\",\"00AA6A65\",9\r\nAT%XICCID\r\nERROR\r\n")),
            session);
}

TEST(Reader, ReadsArrowsEitherWay) {
  EXPECT_EQ(told(read("> AT+CFUN=1\n< OK\n< +CEREG: 2,\"AF9C\",\"00AA6A65\",9\n> AT%XICCID\n< ERROR\n")),
            session);
  EXPECT_EQ(told(read("< AT+CFUN=1\n> OK\n> +CEREG: 2,\"AF9C\",\"00AA6A65\",9\n< AT%XICCID\n> ERROR\n")),
            session);
}

// The lines of a credential write as a UART driver dumps them.
TEST(Reader, PutsACertificateInAHexDumpTogether) {
  std::vector<Event> events = read(
      "[00:00:01.000,000] <dbg> sm_at_host: RX\n"
      "    41 54 25 43 4d 4e 47 3d  30 2c 34 32 2c 30 2c 22 |AT%CMNG= 0,42,0,\"\n"
      "    2d 2d 2d 2d 2d 42 45 47  49 4e 20 58 2d 2d 2d 2d |-----BEG IN X----\n"
      "    2d 0a 41 42 43 44 0a 2d  2d 2d 2d 2d 45 4e 44 20 |-.ABCD.- ----END \n"
      "    58 2d 2d 2d 2d 2d 22 0d  0a                      |X-----\". .\n"
      "[00:00:01.100,000] <dbg> sm_at_host: TX\n"
      "    0d 0a 4f 4b 0d 0a                                |..OK..\n");
  std::erase_if(events, [](const Event& event) { return event.kind == Event::Kind::log; });
  EXPECT_EQ(told(events), "C AT%CMNG=0,42,0,\"-----BEGIN X-----\nABCD\n-----END X-----\"\nF OK\n");
  ASSERT_EQ(events.size(), 2U);
  EXPECT_TRUE(events[0].is_prompted);  // What the device itself receives comes from the host.
  EXPECT_FALSE(events[0].has_carriage_returns);
}

TEST(Reader, GivesTheOwnBytesOfEachLine) {
  for (const Event& event : read("> AT+CFUN=1\n[09:30:01.000] OK\nAT+CFUN?  // on\n")) {
    std::string_view line = event.place.line == 1   ? "> AT+CFUN=1"
                            : event.place.line == 2 ? "[09:30:01.000] OK"
                                                    : "AT+CFUN?  // on";
    EXPECT_EQ(event.line_text(), line);
  }
}

TEST(Reader, ReadsTimeStampsOfSeveralTools) {
  EXPECT_EQ(told(read("2021-05-03T09:30:00.123Z DEBUG modem >> AT+CFUN=1\n"
                      "2021-05-03T09:30:00.150Z DEBUG modem << OK\n"
                      "[09:30:01.000] +CEREG: 2,\"AF9C\",\"00AA6A65\",9\n"
                      "09:30:02.100 TX: AT%XICCID\n"
                      "09:30:02.200 RX: ERROR\n")),
            session);
}

TEST(Reader, ReadsShellPromptsAndZephyrLogs) {
  EXPECT_EQ(
      told(
          read("uart:~$ at AT+CFUN=1\nOK\n+CEREG: 2,\"AF9C\",\"00AA6A65\",9\nmosh:~$ at AT%XICCID\nERROR\n")),
      session);
  EXPECT_EQ(
      told(read(
          "[00:00:03.380,706] <inf> nrf_modem_at: < AT+CFUN=1\n[00:00:03.392,395] <inf> nrf_modem_at: > OK\n"
          "[00:00:04.392,395] <inf> nrf_modem_at: > +CEREG: 2,\"AF9C\",\"00AA6A65\",9\n"
          "[00:00:05.380,706] <inf> nrf_modem_at: < AT%XICCID\n[00:00:05.392,395] <inf> nrf_modem_at: > "
          "ERROR\n")),
      session);
}

TEST(Reader, ReadsReprsOfPythonAndWrittenLineEnds) {
  EXPECT_EQ(told(read("b'AT+CFUN=1\\r\\n'\nb'OK\\r\\n'\nb'+CEREG: "
                      "2,\"AF9C\",\"00AA6A65\",9\\r\\n'\nAT%XICCID<CR><LF>\nERROR<CR><LF>\n")),
            session);
}

TEST(Reader, ReadsHexDumpsOverSeveralLines) {
  std::vector<Event> events = read(
      "00> <info> app: UART SEND, length:9\n00> <info> app: 41 54 2B 43 46 55 4E 3D|AT+CFUN=\n00> <info> "
      "app: 31 |1\n"
      "00> <info> app: UART SEND, length:2\n00> <info> app: 0D 00 |..\n00> <info> app: UART SEND, "
      "length:2\n");
  auto command = std::ranges::find(events, Event::Kind::command, &Event::kind);
  ASSERT_NE(command, events.end());
  EXPECT_EQ(command->text, "AT+CFUN=1");
  EXPECT_EQ(command->terminator, std::string("\r\0", 2));
}

TEST(Reader, ReadsTheTranscriptsOfOurOwnRuns) {
  EXPECT_EQ(told(read("    0.201 \u2192 AT+CFUN=1\n    0.201 \u2190 OK\n"
                      "   12.201 \u2190 +CEREG: 2,\"AF9C\",\"00AA6A65\",9\n  120.000 \u2192 AT%XICCID\n"
                      "  120.005 \u2190 ERROR\n")),
            session);
}

TEST(Reader, KeepsACertificateInOneEvent) {
  std::vector<Event> events = read(
      "AT%CMNG=0,42,0,\"-----BEGIN CERTIFICATE-----\nMIIDujCC\nAqKgAwIB\n-----END CERTIFICATE-----\"\nOK\n");
  EXPECT_EQ(told(events),
            "C AT%CMNG=0,42,0,\"-----BEGIN CERTIFICATE-----\nMIIDujCC\nAqKgAwIB\n-----END "
            "CERTIFICATE-----\"\nF OK\n");
  EXPECT_FALSE(events.front().has_carriage_returns);
}

TEST(Reader, SeesWindowsLineEndsWithinTheQuotes) {
  std::vector<Event> events = read(
      "AT%CMNG=0,42,0,\"-----BEGIN CERTIFICATE-----\r\nMIIDujCC\r\n-----END CERTIFICATE-----\"\r\n+CME "
      "ERROR: 527\r\n");
  EXPECT_TRUE(events.front().has_carriage_returns);
}

TEST(Reader, CutsEchoThatRunsIntoAnswers) {
  EXPECT_EQ(told(read("at+cnec=24OK\n")), "C at+cnec=24\nF OK\n");
  EXPECT_EQ(told(read("AT+CFUN? -> +CFUN: 1\n")), "C AT+CFUN?\nL +CFUN: 1\n");
}

TEST(Reader, TakesNotificationsOutOfSentences) {
  EXPECT_EQ(told(read("[00:00:09.013,824] <wrn> ct: AT notification received: +CNEC_ESM: 27,0\n")),
            "L +CNEC_ESM: 27,0\nG AT notification received: +CNEC_ESM: 27,0\n");
}

TEST(Reader, TakesNoNotificationOutOfASentenceThatWaitsForIt) {
  EXPECT_EQ(told(read("[00:00:09.013,824] <inf> app: waiting for +CEREG: 1 or 5\n")),
            "G waiting for +CEREG: 1 or 5\n");
}

TEST(Reader, ReadsProseAsProse) {
  EXPECT_EQ(told(read("at the end nothing happens\nThis is what I get:\n")),
            "T at the end nothing happens\nT This is what I get:\n");
}

TEST(Reader, ReadsUtf16WithAndWithoutItsMark) {
  std::string plain = "AT+CFUN=1\r\nOK\r\n";
  std::string wide;
  for (char c : plain) {
    wide += c;
    wide += '\0';
  }
  EXPECT_EQ(told(read(wide)), "C AT+CFUN=1\nF OK\n");
  EXPECT_EQ(told(read(std::string("\xFF\xFE").append(wide))), "C AT+CFUN=1\nF OK\n");
}

TEST(Reader, ReadsUtf16WithLoneCrsBeforeCharactersBeyondAscii) {
  std::string log = "\xFF\xFE";
  for (char16_t unit : std::u16string_view(u"\u00FCber\rAT\r\u00FCber\r\U0001F600\r\nOK\r")) {
    log += static_cast<char>(unit & 0xFFU);
    log += static_cast<char>(unit >> 8U);
  }
  for (std::size_t piece : {std::size_t{1}, std::size_t{5}, log.size()}) {
    std::vector<Event> events = read(log, piece);
    EXPECT_EQ(told(events), "T \u00FCber\nC AT\nT \u00FCber\nT \U0001F600\nF OK\n") << piece;
    EXPECT_EQ(events.back().place.line, 5U);
  }
}

TEST(Reader, TellsThatALineOfUtf16WasCutWhereItIsOfCharactersBeyondAscii) {
  std::string log = "\xFF\xFE";
  for (int i = 0; i < 40'000; ++i) {
    log += "\xFC\x01";
  }
  Reader reader(0, [](Event&&) {});
  reader.take(log);
  reader.finish();
  EXPECT_EQ(reader.unread().long_lines, 1U);
}

TEST(Reader, ReadsLinesThatALoneCrEnds) {
  EXPECT_EQ(told(read("AT+CFUN=1\rOK\r+CEREG: 2,\"AF9C\",\"00AA6A65\",9\rAT%XICCID\rERROR\r")), session);
}

TEST(Reader, TakesColoursAndNulsAway) {
  EXPECT_EQ(told(read(std::string("\x1b[1;32mAT+CFUN=1\x1b[0m\r\n\0OK\r\n", 27))), "C AT+CFUN=1\nF OK\n");
}

TEST(Reader, ReadsTheSameInPiecesOfAnySize) {
  std::string log =
      "uart:~$ at AT+CFUN=1\r\nOK\r\nAT%CMNG=0,42,0,\"-----BEGIN CERTIFICATE-----\r\nMIID\r\n-----END "
      "CERTIFICATE-----\"\r\nOK\r\n"
      "[00:00:09.013,824] <wrn> ct: AT notification received: +CNEC_ESM: 27,0\rAT\rOK\r";
  std::string whole = told(read(log));
  for (std::size_t piece = 1; piece < 40; ++piece) {
    EXPECT_EQ(told(read(log, piece)), whole) << piece;
  }
}

TEST(Reader, TakesNulsBehindTheFirstLineForNoEncodingHoweverTheLogIsCut) {
  std::string log = "AT+CFUN?\r\nOK\r\n" + std::string(200, '\0') + "\r\nAT\r\nOK\r\n";
  std::string whole = told(read(log));
  EXPECT_EQ(whole, "C AT+CFUN?\nF OK\nC AT\nF OK\n");
  for (std::size_t piece = 1; piece < 20; ++piece) {
    EXPECT_EQ(told(read(log, piece)), whole) << piece;
  }
}

TEST(Reader, TellsPlacesInBytesOfTheFile) {
  std::string log = "AT\r\nOK\r\n  > AT+CFUN?\r\n";
  std::vector<Event> events = read(log);
  const Place& place = events.back().place;
  EXPECT_EQ(place.line, 3U);
  EXPECT_EQ(place.column, 5U);
  EXPECT_EQ(log.substr(place.begin, place.end - place.begin), "AT+CFUN?");
}

TEST(Reader, CutsALineWithoutEndAndSaysSo) {
  Reader reader(0, [](Event) {});
  std::string piece(1024 * 1024, 'a');
  for (int i = 0; i < 8; ++i) {
    reader.take(piece);
  }
  reader.finish();
  EXPECT_EQ(reader.unread().long_lines, 1U);
}

TEST(Reader, CountsLinesThatAreNoText) {
  Reader reader(0, [](Event) {});
  reader.take("AT\r\nOK\r\n\x81\x92\xFE\x01\x02\xFF\xFF\x80\n");
  reader.finish();
  EXPECT_EQ(reader.unread().noise_lines, 1U);
  EXPECT_EQ(reader.unread().first_noise_line, 3U);
}

}  // namespace
}  // namespace attache::doctor
