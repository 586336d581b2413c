#include "explain/number.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <climits>
#include <set>

#include "explain/device.hpp"
#include "explain/meanings.hpp"
#include "explain/page.hpp"

namespace attache::explain {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using vocabulary::Numbering;

std::vector<std::string> codes_read(std::string_view text) {
  std::vector<std::string> codes;
  for (const Number& number : read_number(text)) {
    codes.push_back(code_of(number));
  }
  return codes;
}

TEST(NumberAlone, IsReadAsErrorNumberFirst) {
  EXPECT_THAT(codes_read("116"), ElementsAre("errno:116", "alert:116"));
  EXPECT_THAT(codes_read("527"), ElementsAre("CME:527"));
  EXPECT_THAT(codes_read("60"), ElementsAre("errno-2020:60", "ESM:60", "alert:60"));
}

TEST(NumberAlone, WithAMinusIsOfAKindThatHasOne) {
  EXPECT_THAT(codes_read("-116"), ElementsAre("errno:116"));
  EXPECT_THAT(codes_read("-2"), ElementsAre("errno:2", "EAI:2"));
  EXPECT_THAT(codes_read("-527"), IsEmpty());
}

TEST(NumberWithPrefix, IsOfThatKindInAnyCaseAndWithAnySign) {
  EXPECT_THAT(codes_read("errno:111"), ElementsAre("errno:111"));
  EXPECT_THAT(codes_read("errno:-111"), ElementsAre("errno:111"));
  EXPECT_THAT(codes_read("cme:527"), ElementsAre("CME:527"));
  EXPECT_THAT(codes_read("EMM:15"), ElementsAre("EMM:15"));
  EXPECT_THAT(codes_read("ESM: 27"), ElementsAre("ESM:27"));
  EXPECT_THAT(codes_read("EAI:-3"), ElementsAre("EAI:3"));
  EXPECT_THAT(codes_read("CME:999"), IsEmpty());
  EXPECT_THAT(codes_read("what:5"), IsEmpty());
  EXPECT_THAT(codes_read(":5"), IsEmpty());
  EXPECT_THAT(codes_read("CME:"), IsEmpty());
  EXPECT_THAT(codes_read(""), IsEmpty());
}

TEST(NumberWithPrefix, OfAnErrorIsThatOfReportsOf2020Too) {
  EXPECT_THAT(codes_read("errno:45"), ElementsAre("errno:45", "errno-2020:45"));
  EXPECT_EQ(as_of_today({Numbering::former_error_number, 45}), (Number{Numbering::error_number, 95}));
  EXPECT_EQ(&meaning_of({Numbering::former_error_number, 45}), &meaning_of({Numbering::error_number, 95}));
}

TEST(NumberInALine, IsAnErrorNumberWhereTheApplicationShowsOneWithAMinus) {
  for (const char* line : {"#XTCPCLI: -116,\"not connected\"", "#XHTTPCRSP:0,-116", "#XFOTA: 5,1,-116",
                           "#XMQTTEVT: 0,-116", "#XMQTTEVT: 1,-116", "#XSOCKET: -116"}) {
    ASSERT_FALSE(codes_read(line).empty()) << line;
    EXPECT_EQ(codes_read(line).front(), "errno:116") << line;
  }
  EXPECT_THAT(codes_read("#XMQTTEVT: 0,5"), ElementsAre("CONNACK:5"));
  for (const char* line :
       {"#XTCPCLI: 116", "#XGPS: -33.8,151.2", "+CEREG: -116", "#XFOTA: 5,1,-9999", "#XRECV: -"}) {
    EXPECT_THAT(codes_read(line), IsEmpty()) << line;
  }
}

TEST(NumberInALine, IsTheOneThatSaysWhy) {
  EXPECT_THAT(codes_read("+CME ERROR: 527"), ElementsAre("CME:527"));
  EXPECT_THAT(codes_read("+CMS ERROR: 304"), ElementsAre("CMS:304"));
  EXPECT_THAT(codes_read("+CEREG: 3"), ElementsAre("CEREG:3"));
  EXPECT_THAT(codes_read(R"(+CEREG: 2,"412D","03392510",7,0,11)"), ElementsAre("EMM:11"));
  EXPECT_THAT(codes_read("+CNEC_ESM: 50,0"), ElementsAre("ESM:50"));
  EXPECT_THAT(codes_read("%XSIM: 0,9"), ElementsAre("XSIM:9"));
  EXPECT_THAT(codes_read("#XMQTTEVT: 0,5"), ElementsAre("CONNACK:5"));
  EXPECT_THAT(codes_read("#XHTTPCCON: 0"), ElementsAre("XHTTPCCON:0"));
  EXPECT_THAT(codes_read("#XGETADDRINFO: 3"), ElementsAre("EAI:3"));
}

TEST(NumberByName, IsFound) {
  EXPECT_THAT(codes_read("enetunreach"), ElementsAre("errno:114"));
  EXPECT_THAT(codes_read("EAI_AGAIN"), ElementsAre("EAI:3"));
  EXPECT_THAT(codes_read("PLMN not allowed"), ElementsAre("EMM:11"));
}

// Each number that has a name is explained, and each explanation is of a number that has one.
TEST(NumberMeaning, IsThereForEachNameAndOnlyForThose) {
  constexpr std::pair<Numbering, std::span<const NumberMeaning> (*)()> kinds[] = {
      {Numbering::error_number, error_number_meanings},
      {Numbering::resolver, resolver_meanings},
      {Numbering::equipment, equipment_meanings},
      {Numbering::message, message_meanings},
      {Numbering::mobility, mobility_meanings},
      {Numbering::session, session_meanings},
      {Numbering::registration, registration_meanings},
      {Numbering::card, card_meanings},
      {Numbering::connack, connack_meanings},
      {Numbering::tls_alert, tls_alert_meanings},
      {Numbering::http_connection, http_connection_meanings},
      {Numbering::ftp_reply, ftp_reply_meanings},
      {Numbering::tftp_error, tftp_error_meanings},
  };
  for (auto [numbering, meanings] : kinds) {
    SCOPED_TRACE(title_of(numbering));
    EXPECT_EQ(meanings().front().number, any_number);
    int before = any_number - 1;
    for (const NumberMeaning& meaning : meanings()) {
      SCOPED_TRACE(meaning.number);
      EXPECT_GT(meaning.number, before);
      before = meaning.number;
      EXPECT_TRUE(meaning.meaning.ends_with('.')) << meaning.meaning;
      EXPECT_TRUE(meaning.number == any_number || !vocabulary::name_of(numbering, meaning.number).empty());
      std::set<base::Cause> causes(meaning.causes);
      EXPECT_EQ(causes.size(), meaning.causes.size());
      EXPECT_FALSE(causes.contains(base::Cause::none));
      for (const Note& note : meaning.notes) {
        EXPECT_TRUE(!note.dialects.empty() || note.firmware.since > 0 || note.firmware.before < INT_MAX)
            << note.text;
      }
    }
    for (const vocabulary::NamedNumber& named : vocabulary::names_of(numbering)) {
      EXPECT_FALSE(meaning_of({numbering, named.number}).meaning.empty());
    }
  }
}

TEST(NumberMeaning, OfEachFormerErrorNumberIsThatOfOneOfToday) {
  for (const vocabulary::NamedNumber& former : vocabulary::names_of(Numbering::former_error_number)) {
    Number today = as_of_today({Numbering::former_error_number, former.number});
    EXPECT_EQ(vocabulary::name_of(today.numbering, today.number), former.name);
  }
}

TEST(NumberMeaning, OfAnOlderResolverIsThatOfTheSameNameToday) {
  EXPECT_THAT(codes_read("-258"), ElementsAre("EAI:258"));
  EXPECT_EQ(as_of_today({Numbering::resolver, 258}), (Number{Numbering::resolver, 3}));
  EXPECT_EQ(as_of_today({Numbering::resolver, 3}), (Number{Numbering::resolver, 3}));
  EXPECT_EQ(&meaning_of({Numbering::resolver, 273}), &meaning_of({Numbering::resolver, 2}));
}

TEST(NotesOfANumber, AreThoseThatHoldForTheDevice) {
  Number refused{Numbering::error_number, 111};
  Device of_1_5{vocabulary::find("slm-1.5")};
  Device of_serial_modem{vocabulary::find("serial-modem-2.0")};
  EXPECT_THAT(notes_of(refused, of_1_5),
              ElementsAre("Here a failed handshake is 95, so 111 is a closed port."));
  EXPECT_THAT(notes_of(refused, of_serial_modem), IsEmpty());
  EXPECT_THAT(notes_of(refused, {}), ElementsAre(StartsWith("slm-1.5: ")));
  Number content{Numbering::equipment, 527};
  EXPECT_THAT(notes_of(content, {}),
              ElementsAre(StartsWith("firmware from 2.0.2 on: "), StartsWith("firmware before 2.0.2: ")));
  EXPECT_THAT(notes_of(content, {nullptr, vocabulary::version(1, 3, 5)}),
              ElementsAre(StartsWith("This firmware stores any text")));
}

TEST(PageOfANumber, SaysWhatItIsAndWhatMayLieBehindIt) {
  auto numbers = read_number("-2");
  std::string page = page_of(numbers.front(), {numbers.begin() + 1, numbers.end()}, {});
  EXPECT_EQ(
      page,
      "errno:2 ENOENT: error number of the modem library\n"
      "\n"
      "  A name, a file or an entry does not exist.\n"
      "\n"
      "  causes:   dns-failure                the host's name could not be resolved\n"
      "            sec-tag-missing            nothing, or not everything, is stored under the security tag\n"
      "  apart:    With a host name: it was not resolved. With credentials: nothing lies under\n"
      "            tag and type.\n"
      "  also:     EAI:2 EAI_NONAME\n");
  EXPECT_THAT(page_of({Numbering::former_error_number, 60}, {}, {}),
              HasSubstr("  today:    errno:116 ETIMEDOUT\n"));
}

TEST(PageOfACause, SaysWhichCommandsTheDeviceLacks) {
  std::string page = page_of(base::Cause::baud_or_flow_control, {vocabulary::find("serial-modem-2.0")});
  EXPECT_THAT(page, HasSubstr("AT#XSLMUART=115200   (not on this device)\n"));
  EXPECT_THAT(page_of(base::Cause::baud_or_flow_control, {vocabulary::find("slm-1.6")}),
              HasSubstr("AT#XSLMUART=115200\n"));
  EXPECT_THAT(page_of(base::Cause::key_format, {nullptr, vocabulary::version(1, 2)}),
              HasSubstr("AT%KEYGEN=<sec_tag>,2,0   (not on this device)\n"));
  EXPECT_THAT(page_of(base::Cause::key_format, {}), Not(HasSubstr("(not on this device)")));
}

TEST(NearestCodes, AreOneSlipAwayOrShareAWord) {
  EXPECT_THAT(nearest_codes("ca-expird"), testing::Contains("ca-expired"));
  EXPECT_THAT(nearest_codes("timeout"), testing::Contains("server-timeout"));
  EXPECT_THAT(nearest_codes("certificate"), testing::Contains("ca-mismatch"));
  EXPECT_THAT(nearest_codes("zzzzzz"), IsEmpty());
}

}  // namespace
}  // namespace attache::explain
