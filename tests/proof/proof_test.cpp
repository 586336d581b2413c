#include "proof/proof.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "proof/render_proof.hpp"

namespace attache::proof {
namespace {

Proof proof_of_first(std::string_view log) {
  doctor::Doctor doctor(doctor::PatientFile{});
  doctor.begin("session.log");
  doctor.take(log);
  doctor.end();
  doctor::Diagnosis diagnosis = doctor.diagnose();
  EXPECT_FALSE(diagnosis.findings.empty());
  return prove(doctor.session(), diagnosis.findings.front());
}

TEST(Proof, BringsTheCauseAboutAndTakesItAway) {
  Proof proof = proof_of_first("AT%XSYSTEMMODE=1,0,0,0\nOK\nAT+CFUN=31\nERROR\n");
  EXPECT_EQ(proof.verdict, Verdict::proven) << proof.why;
  EXPECT_EQ(proof.cause, base::Cause::wrong_system_mode);
  EXPECT_EQ(proof.agreeing(), 2U);
  ASSERT_EQ(proof.repaired.size(), 5U);
  EXPECT_EQ(proof.repaired[1].text, "AT%XSYSTEMMODE=1,0,1,0");
  EXPECT_EQ(proof.repaired[4].text, "OK");
}

TEST(Proof, SaysWhichLineTheEmulatorAnswersOtherwise) {
  // This firmware has no such mode alone; the log is of a fault that the emulator does not have.
  Proof proof = proof_of_first("AT%XSYSTEMMODE=1,0,0,0\nOK\nAT+CFUN=31\n+CME ERROR: 4711\n");
  EXPECT_EQ(proof.verdict, Verdict::not_reproducible);
  EXPECT_EQ(proof.why, "the emulator says \"ERROR\" where line 4 has \"+CME ERROR: 4711\"");
}

TEST(Proof, SaysWhyTheEmulatorCannotHaveACause) {
  Proof proof = proof_of_first("AT\n[00:00:01.000,000] <err> uart: framing error\nAT\n");
  EXPECT_EQ(proof.verdict, Verdict::not_reproducible);
  EXPECT_EQ(proof.why.substr(0, 40), "the cause lies on the line or the board ");
  EXPECT_TRUE(proof.compared.empty());
}

TEST(Proof, ReplacesAPinThatTheLogHides) {
  Proof proof = proof_of_first(
      "AT+CMEE=1\nOK\nAT+CFUN=1\nOK\nAT+CPIN=\"****\"\n+CME ERROR: 16\nAT+CPIN?\n+CPIN: SIM PIN\nOK\n");
  EXPECT_EQ(proof.cause, base::Cause::sim_pin);
  EXPECT_EQ(proof.verdict, Verdict::proven) << proof.why;
}

// What the log does not tell, a root and a server, is made up for it.
constexpr std::string_view registered_log =
    "AT#XSLMVER\n#XSLMVER: \"1.6.0\"\nOK\nAT+CEREG=5\nOK\nAT+CFUN=1\nOK\n"
    "+CEREG: 1,\"0A1B\",\"0112F301\",7\n";

TEST(Proof, GivesAServerAnotherNameThanTheHostAsksFor) {
  Proof proof = proof_of_first(
      fmt::format("{}AT#XHTTPCCON=1,\"192.0.2.7\",443,42\n#XHTTPCCON: 0\nERROR\n", registered_log));
  EXPECT_EQ(proof.cause, base::Cause::hostname_mismatch);
  EXPECT_EQ(proof.verdict, Verdict::proven) << proof.why;
  EXPECT_EQ(proof.fix,
            "The host names example.com, as the server's certificate does, instead of an address.");
}

TEST(Proof, GivesTheHostTheNameThatItHasSetOtherwise) {
  Proof proof = proof_of_first(
      "AT#XSLMVER\n#XSLMVER: \"3.1.0\"\nOK\nAT+CEREG=5\nOK\nAT+CFUN=1\nOK\n"
      "+CEREG: 1,\"0A1B\",\"0112F301\",7\n"
      "AT#XSSOCKET=1,1,0,42\n#XSSOCKET: 1,1,258\nOK\n"
      "AT#XSSOCKETOPT=1,2,\"other.example.org\"\nOK\n"
      "AT#XCONNECT=\"server.example.org\",8443\nERROR\n");
  EXPECT_EQ(proof.cause, base::Cause::hostname_mismatch);
  EXPECT_EQ(proof.verdict, Verdict::proven) << proof.why;
  EXPECT_EQ(proof.fix, "The host sends AT#XSSOCKETOPT=1,2,\"server.example.org\" instead.");
}

TEST(Proof, PutsTheRightRootInThePlaceOfTheWrongOneThatItHadMadeUp) {
  Proof proof = proof_of_first(
      fmt::format("{}AT#XHTTPCCON=1,\"server.example.org\",443,42\n#XHTTPCCON: 0\nERROR\n", registered_log));
  EXPECT_EQ(proof.cause, base::Cause::ca_mismatch);
  EXPECT_EQ(proof.verdict, Verdict::proven) << proof.why;
}

TEST(Proof, CrashesTheModemWhereItBeginsToRefuseAll) {
  Proof proof = proof_of_first(fmt::format("{}AT+CFUN?\nERROR\nAT\nERROR\n", registered_log));
  EXPECT_EQ(proof.cause, base::Cause::modem_crash);
  EXPECT_EQ(proof.verdict, Verdict::proven) << proof.why;
}

TEST(Proof, PrintsNoSecret) {
  Proof proof = proof_of_first(
      "AT+CMEE=1\nOK\nAT+CFUN=1\nOK\nAT+CPIN=\"7391\"\n+CME ERROR: 16\nAT+CPIN?\n+CPIN: SIM PIN\nOK\n");
  for (const std::string& text : {render_text(proof, {"session.log"}), render_json(proof, {"session.log"})}) {
    EXPECT_EQ(text.find("7391"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace attache::proof
