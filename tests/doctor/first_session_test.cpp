#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "doctor/support/diagnose.hpp"

namespace attache::doctor {
namespace {

// The five failures of the thread that the program was started for, each from its log alone.

const std::string registered =
    "AT%XSYSTEMMODE=0,1,0,2\nOK\nAT+CGDCONT=0,\"IP\",\"nbiot.example\"\nOK\nAT+CEREG=5\nOK\nAT+CFUN=21\nOK\n"
    "AT%XICCID\nERROR\nAT+CPIN=\"1234\"\nOK\n"
    "+CEREG: 2,\"5209\",\"0A19790D\",9,0,0,\"11100000\",\"11100000\"\n"
    "+CEREG: 1,\"5209\",\"0A19790D\",9,,,\"11100000\",\"00000110\"\n"
    "AT%XICCID\n%XICCID: 89270100000012345672\nOK\n";
const std::string https_fails = "AT#XHTTPCCON=1,\"google.com\",443,42\n#XHTTPCCON: 0\nERROR\n";

std::string expired_root() {
  std::ifstream file(std::filesystem::path(ATTACHE_TEST_DATA) /
                     "doctor/cases/001-xhttpccon-zero-error/ca.pem");
  std::ostringstream text;
  text << file.rdbuf();
  std::string pem = text.str();
  while (pem.ends_with('\n')) {
    pem.pop_back();
  }
  return pem;
}

TEST(FirstSession, HttpsOfSlm15FailsWhateverIsStored) {
  EXPECT_EQ(first_code("AT#XSLMVER\n#XSLMVER: \"1.5\"\nOK\n" + registered + https_fails), "wrong-dialect");
}

TEST(FirstSession, NoAnswerOverIpv4AndNoWayOverIpv6) {
  std::string log = registered + https_fails +
                    "[00:00:32.326,385] <inf> httpc: Attempting to connect over IPv6\n"
                    "[00:00:32.328,765] <err> httpc: Unable to connect, errno 114\n"
                    "[00:00:32.708,679] <inf> httpc: Attempting to connect over IPv4\n"
                    "[00:00:32.956,939] <err> httpc: Unable to connect, errno 116\n"
                    "[00:00:32.965,850] <err> httpc: Fail to resolve and connect\n"
                    "[00:00:32.965,850] <err> httpc: server_connect fail.\n";
  std::vector<std::string> codes = codes_of(diagnose(log));
  ASSERT_FALSE(codes.empty());
  EXPECT_EQ(codes.front(), "server-timeout");
  EXPECT_TRUE(std::ranges::find(codes, "ipv6-unreachable") != codes.end());
}

TEST(FirstSession, StrayQuoteLeavesTheLineOpen) {
  Diagnosis diagnosis = diagnose(registered + "AT#XHTTPCCON=1,\"google.com\",443,42\"\nAT\n");
  ASSERT_FALSE(diagnosis.findings.empty());
  const Finding& first = diagnosis.findings.front();
  EXPECT_EQ(base::code_of(first.cause), "stray-quote");
  EXPECT_EQ(first.confidence(), Confidence::certain);
  ASSERT_FALSE(first.fixes.empty());
  EXPECT_EQ(first.fixes.front().edit, "AT#XHTTPCCON=1,\"google.com\",443,42");
}

TEST(FirstSession, HttpClientIsMissingInTheBuild) {
  PatientFile file;
  file.build = read_build_settings("CONFIG_SLM_AT_MODE=y\n#CONFIG_SLM_HTTPC=y\n", 1);
  Diagnosis diagnosis =
      diagnose(registered + "AT#XHTTPCCON=1,\"google.com\",443,42\nERROR\n", std::move(file));
  ASSERT_FALSE(diagnosis.findings.empty());
  EXPECT_EQ(base::code_of(diagnosis.findings.front().cause), "service-not-built-in");
}

TEST(FirstSession, RootUnderTheTagHasExpired) {
  std::string log = "AT%CMNG=2,42,0\n%CMNG: 42,0,\"" + std::string(64, '0') + "\",\"" + expired_root() +
                    "\"\nOK\n" + registered + https_fails;
  EXPECT_EQ(first_code(log), "ca-expired");
}

}  // namespace
}  // namespace attache::doctor
