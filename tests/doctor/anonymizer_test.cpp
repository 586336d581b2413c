#include "doctor/anonymizer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/text.hpp"
#include "doctor/support/diagnose.hpp"
#include "doctor/support/play.hpp"

namespace attache::doctor {
namespace {

std::string anonymous(std::string_view log, bool hosts = false) {
  Anonymizer anonymizer(hosts);
  std::string shown;
  for (std::string_view line : base::split(log, '\n')) {
    shown += anonymizer.line(line) + "\n";
  }
  return shown;
}

TEST(Anonymizer, GivesTheSameIdentityTheSameOtherOne) {
  EXPECT_EQ(anonymous("AT+CGSN=1\n+CGSN: \"352656106111232\"\nIMEI 352656106111232 and 352656106111240"),
            "AT+CGSN=1\n+CGSN: \"352650000000001\"\nIMEI 352650000000001 and 352650000000002\n");
}

TEST(Anonymizer, ReplacesCardsNumbersDevicesAndPlaces) {
  EXPECT_EQ(anonymous("%XICCID: 8901234567012345678F"), "%XICCID: 8901230000000000001F\n");
  EXPECT_EQ(anonymous("+CNUM: ,\"+4915112345678\",145"), "+CNUM: ,\"+4900000000001\",145\n");
  EXPECT_EQ(anonymous("%DEVICEUUID: 50503041-3633-4261-803d-1e2b8f70111a"),
            "%DEVICEUUID: 00000000-0000-0000-0000-000000000001\n");
  EXPECT_EQ(anonymous("#XGPS: 62.123456,21.654321,12.5"), "#XGPS: 00.000001,00.000002,12.5\n");
}

TEST(Anonymizer, LeavesWhatNamesNobody) {
  for (std::string_view line :
       {"+CEREG: 2,\"AF9C\",\"00AA6A65\",9,0,11", "AT+COPS=1,2,\"24202\"", "%CESQ: 99,99,255,255,255,255",
        "AT%XBANDLOCK=1,\"10000000000000000000\"", "mfw_nrf9160_1.3.6", "[00:00:02.547,424] <inf> a: b"}) {
    EXPECT_EQ(anonymous(line), std::string(line) + "\n");
  }
}

TEST(Anonymizer, TakesNamesOfServersOutWhenAskedTo) {
  EXPECT_EQ(
      anonymous(
          "AT#XHTTPCCON=1,\"api.secret-start-up.com\",443,42\nAT#XGETADDRINFO=\"api.secret-start-up.com\"",
          true),
      "AT#XHTTPCCON=1,\"host1.example\",443,42\nAT#XGETADDRINFO=\"host1.example\"\n");
}

TEST(Anonymizer, ShowsNoneOfTheSecretsPlanted) {
  std::vector<std::string> secrets{"4711",
                                   "8642",
                                   "hunter2",
                                   "tok3n-ABC",
                                   "352656106111232",
                                   "8901234567012345678",
                                   "262011234567890",
                                   "+4915112345678",
                                   "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg",
                                   "DEADBEEF0BADF00D"};
  std::string log =
      "AT+CPIN=\"4711\"\nOK\nAT+CPWD=\"SC\",\"4711\",\"8642\"\nOK\n+CGSN: \"352656106111232\"\n%XICCID: "
      "8901234567012345678\n"
      "AT+CIMI\n262011234567890\nOK\n+CNUM: "
      ",\"+4915112345678\",145\nAT#XMQTTCON=1,\"id\",\"user\",\"hunter2\",\"h.example\",1883\nOK\n"
      "AT+CGAUTH=0,1,\"user\",\"hunter2\"\nOK\n"
      "AT%CMNG=0,42,2,\"-----BEGIN PRIVATE "
      "KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n-----END PRIVATE KEY-----\"\nOK\n"
      "AT%CMNG=0,43,3,\"DEADBEEF0BADF00D\"\nOK\nAT#XHTTPCREQ=\"GET\",\"/\",\"Authorization: Bearer "
      "tok3n-ABC\\r\\n\"\nOK\n";
  for (const Style& style : styles()) {
    std::vector<Spoken> lines;
    for (std::string_view line : base::split(log, '\n')) {
      bool host =
          line.starts_with("AT") || line.find("-----") != std::string_view::npos || line.starts_with("MIG");
      lines.push_back({1, host ? Spoken::Who::host : Spoken::Who::modem, std::string(line)});
    }
    std::string shown = anonymous(style.write(lines));
    for (const std::string& secret : secrets) {
      EXPECT_EQ(shown.find(secret), std::string::npos) << secret << " in\n" << shown;
    }
  }
}

TEST(Anonymizer, LeavesTheFindingsAsTheyWere) {
  for (const Play& play : plays("slm-1.6")) {
    std::string log = styles().front().write(perform(play));
    EXPECT_EQ(codes_of(diagnose(anonymous(log))), codes_of(diagnose(log))) << play.name << "\n"
                                                                           << anonymous(log);
  }
}

}  // namespace
}  // namespace attache::doctor
